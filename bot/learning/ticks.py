"""What falls due in learning, and what learning does when something happened elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.learning import actions, answering, changed_lessons, corrections, planning, rules, store
from bot.learning.courses import ticks as courses
from bot.learning.unseen import note_unseen
from bot.learning.wishing import wish_lesson
from bot.ledger.model import Subscription
from bot.people import store as people

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
    note_unseen(session, found, now)
    for given in found:
        actions.lapse(session, given, now)
    return len(found) == LAPSE_SLICE


def on_hazard_verified(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A danger was found and put right: the lesson about it comes first for the people of that unit, once."""
    topic, unit = (payload.get("body") or {}).get("topic"), payload.get("unit")
    here = people.unit(session, unit) if unit is not None else None
    if not topic or here is None:
        return
    wish_lesson(session, here, topic, now)


TICKS = (
    Tick("learning.push_today", planning.push_today, seconds=10),
    Tick("learning.settle_answers", settle_answers, seconds=10),
    Tick("learning.lapse_unbegun", lapse_unbegun, seconds=60),
    *courses.TICKS,
)
JOBS = {
    planning.FAILED: planning.push_failed,
    corrections.JOB: corrections.correct,
    changed_lessons.JOB: changed_lessons.tell,
    **courses.JOBS,
}
SUBSCRIPTIONS = (
    Subscription("HazardVerified", "learning", on_hazard_verified),
    Subscription("QuestionCorrected", "learning", corrections.on_corrected),
    Subscription("QuestionExplained", "learning", corrections.on_corrected),
    Subscription("LessonCorrected", "learning", changed_lessons.on_changed),
    Subscription("LessonWithdrawn", "learning", changed_lessons.on_changed),
)
