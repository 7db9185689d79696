"""What a trainer does about what they see: the lesson comes first where it is needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.analysis.model import PUT_FIRST
from bot.db import jobs
from bot.delivery import schedules
from bot.kit.errors import Refused
from bot.learning.wishing import wish_lesson
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Role, Unit

FIGURES, MAP, FEED = "analysis.figures", "analysis.map", "analysis.feed"


def ask_for(
    session: Session, job: str, person: int, now: datetime, *, update: int, bank: str = "", file: bool = False
) -> None:
    """Queues the reading of answers: it takes seconds, and what people send meanwhile must not wait."""
    key = f"{job}:{person}:{update}"
    jobs.enqueue(session, job, {"person": person, "bank": bank, "file": file, "key": key}, key=key, now=now)


def feed(session: Session, now: datetime) -> bool:
    """Queues, once a day, that the map feeds the push; says whether it is new."""
    key = f"run:{FEED}:{now.date()}"
    return schedules.once(session, key, now) and jobs.enqueue(session, FEED, {}, key=key, now=now, tries=2)


def put_first(session: Session, person: int, unit: int, topic: str, now: datetime) -> tuple[Unit, int]:
    """The lesson about a topic comes first for a team: the team, and for how many that is new.

    Raises Refused to who is no trainer of the team.
    """
    viewer, here = people.viewer(session, person, now), people.unit(session, unit)
    if viewer is None or here is None or not viewer.holds(Role.TRAINER, here.path):
        raise Refused("analysis.not_yours")
    count = wish_lesson(session, here, topic, now)
    if count:
        key = f"put-first:{unit}:{topic}:{now.isoformat()}"
        record(
            session, Fact(PUT_FIRST, key, now, person=person, unit=unit, body={"topic": topic, "people": count}), now
        )
    return here, count
