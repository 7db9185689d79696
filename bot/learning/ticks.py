"""What falls due in learning, and what learning does when something happened elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.learning import actions, answering, corrections, planning, rules, store
from bot.learning.courses import ticks as courses
from bot.learning.tables import ReadingRow, WishRow
from bot.ledger.model import Subscription
from bot.library.store import lesson_holds
from bot.library.tables import LessonRow
from bot.people import store as people
from bot.people.tables import PersonRow, PlacementRow, UnitRow

FRESH = timedelta(days=30)
"""Who read a lesson so lately does not get it again because of a hazard."""
SETTLE_SLICE = 200
LAPSE_SLICE = 25


def settle_answers(session: Session, now: datetime) -> bool:
    """Memory takes in what was answered half a minute ago; nobody can take it back any more."""
    found = store.unsettled(session, now - rules.TAKE_BACK, SETTLE_SLICE)
    answering.settle_all(session, found, now)
    return len(found) == SETTLE_SLICE


def lapse_unbegun(session: Session, now: datetime) -> bool:
    """The day of what nobody began is over: its buttons go, so that there is one way and it is today's."""
    found = store.unbegun(session, now, LAPSE_SLICE)
    for given in found:
        actions.lapse(session, given, now)
    return len(found) == LAPSE_SLICE


def on_hazard_verified(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A danger was found and put right: the lesson about it comes first for the people of that unit, once."""
    topic, unit = (payload.get("body") or {}).get("topic"), payload.get("unit")
    here = people.unit(session, unit) if unit is not None else None
    if not topic or here is None:
        return
    long_ago = (
        WishRow.offered_at < now - FRESH,
        WishRow.lesson_id.in_(select(LessonRow.id).where(LessonRow.topic == topic)),
    )
    session.execute(delete(WishRow).where(*long_ago))
    fresh = exists().where(
        ReadingRow.person_id == PersonRow.id, ReadingRow.lesson_id == LessonRow.id, ReadingRow.read_at > now - FRESH
    )
    waits = exists().where(WishRow.person_id == PersonRow.id, WishRow.lesson_id == LessonRow.id)
    on = now.date()
    found = (
        select(PersonRow.id, func.min(LessonRow.id), literal(now, WishRow.at.type))
        .select_from(PersonRow)
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .join(LessonRow, LessonRow.topic == topic)
        .where(
            UnitRow.path.startswith(here.path),
            PlacementRow.starts_on <= on,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on),
            PersonRow.left_on.is_(None),
            LessonRow.retired_at.is_(None),
            lesson_holds(UnitRow.path, UnitRow.jurisdiction),
            ~fresh,
            ~waits,
        )
        .group_by(PersonRow.id)
    )
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    into = dialect.insert(WishRow).from_select(["person_id", "lesson_id", "at"], found)
    session.execute(into.on_conflict_do_nothing())


TICKS = (
    Tick("learning.push_today", planning.push_today, seconds=10),
    Tick("learning.settle_answers", settle_answers, seconds=10),
    Tick("learning.lapse_unbegun", lapse_unbegun, seconds=60),
    *courses.TICKS,
)
JOBS = {planning.FAILED: planning.push_failed, corrections.JOB: corrections.correct, **courses.JOBS}
SUBSCRIPTIONS = (
    Subscription("HazardVerified", "learning", on_hazard_verified),
    Subscription("QuestionCorrected", "learning", corrections.on_corrected),
    Subscription("QuestionExplained", "learning", corrections.on_corrected),
)
