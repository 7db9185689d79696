"""Pushes and ends of days for the stories of the habit, without a phone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.tables import OutboxRow
from bot.learning import store as learning
from bot.learning.habit import actions
from bot.learning.habit import days as habit
from bot.learning.tables import AssignmentRow
from tests.store.learning_house import chicago, plan, who


def on(day: int) -> date:
    """A day of November."""
    return date(2026, 11, day)


def pushed(session: Session, *days: int) -> None:
    """The pushes of some days were planned in their mornings, and went out."""
    for day in days:
        plan(session, chicago(day, 9, 1))
        session.execute(update(OutboxRow).where(OutboxRow.state == "waiting").values(state="sent"))


def does(session: Session, day: int, badge: str = "D-1", hour: int = 10, ends_on: int | None = None) -> object:
    """Somebody ends what a day held; answers what the end says. `ends_on`: on a later day, which had been begun on its own."""
    now = chicago(ends_on or day, hour)
    person = who(session, badge, now)
    mine = (AssignmentRow.person_id == person.id, AssignmentRow.on_date == on(day))
    session.execute(update(AssignmentRow).where(*mine).values(state="done", done_at=now))
    given = learning.as_assignment(session.scalars(select(AssignmentRow).where(*mine)).one())
    return actions.end_of_day(session, given, person, now)


def days(session: Session, day: int, hour: int = 20, badge: str = "D-1") -> int:
    """Somebody's working days in a row in the evening of a day."""
    now = chicago(day, hour)
    return habit.streak(session, who(session, badge, now), now).days
