"""The dock of the habit's stories: three crews, who leads them, and how a day's learning is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.hazards.model import REPORTED
from bot.learning import store as learning
from bot.learning.habit import actions
from bot.learning.tables import AssignmentRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role, Unit, UnitKind
from bot.people.tables import PersonRow, UnitRow
from tests.flows.house import Story
from tests.flows.learning_company import SINCE, company
from tests.flows.test_learning import answer_rightly, to_the_questions

MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
"""06:00 in Chicago: before anybody's push."""
CREW = ("Ana", "Bea", "Cal", "Dan", "Eve")


def nine(day: int, hour: int = 9, minute: int = 5) -> datetime:
    """A moment of November 2026 on the wall clock of Chicago; days after the 30th are in December."""
    return datetime(2026, 11, 1, hour, minute, tzinfo=UTC) + timedelta(days=day - 1, hours=6)


def harbour(session: Session, now: datetime) -> Unit:
    """The company of the learning stories; Grace manages it, Sue leads the dock, and two more crews stand beside it."""
    dock = company(session, now)
    site = session.scalars(select(UnitRow).where(UnitRow.name == "Harbour Works")).one()
    top, harbour = store.unit(session, site.parent_id or 0), store.unit(session, site.id)
    assert top is not None
    assert harbour is not None
    sue = people.add_person(session, "S-1", "Sue Park", "en", harbour, "supervisor", SINCE, shift="day")
    grace = people.add_person(session, "G-1", "Grace Lin", "en", top, "manager", SINCE)
    people.grant(session, sue, Role.SUPERVISOR, harbour.id, now)
    people.grant(session, grace, Role.MANAGER, top.id, now)
    for number, name in enumerate(CREW[1:], 3):
        people.add_person(session, f"D-{number}", f"{name} Hill", "en", dock, "worker", SINCE)
    crane = people.add_unit(session, UnitKind.TEAM, "Crane Team", harbour, SINCE)
    for number in range(1, 6):
        people.add_person(session, f"C-{number}", f"Kim{number} Vale", "en", crane, "worker", SINCE)
    session.flush()
    return dock


async def learns(s: Story, who: str) -> str:
    """Does today's lesson or questions from /today to the end; answers what the end says."""
    await s.says(who, "/today")
    keys = await s.buttons(who)
    await s.presses(who, "Start the lesson" if "Start the lesson" in keys else "Repeat now")
    if "Question" not in await s.sees(who):
        await to_the_questions(s, who)
    for _ in range(4):
        await answer_rightly(s, who)
        if "Done" in await s.buttons(who):
            await s.presses(who, "Done")
        last = "Finish" in await s.buttons(who)
        await s.presses(who, "Finish" if last else "Next question")
        if last:
            break
    return await s.sees(who)


def did(session: Session, name: str, on: date) -> None:
    """Somebody did the day's learning; how is told in other stories."""
    person = session.scalars(select(PersonRow).where(PersonRow.name.startswith(f"{name} "))).one()
    mine = (AssignmentRow.person_id == person.id, AssignmentRow.on_date == on)
    session.execute(update(AssignmentRow).where(*mine).values(state="done"))
    given = learning.as_assignment(session.scalars(select(AssignmentRow).where(*mine)).one())
    now = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=16)
    who = store.person(session, person.id, now)
    assert who is not None
    actions.end_of_day(session, given, who, now)


def reported(session: Session, person: int | None, key: str) -> None:
    record(session, Fact(REPORTED, f"hazard:{key}", MONDAY, person=person, body={"hazard": 1}), MONDAY)
