"""Asking once more, at a leader's word, who has not acknowledged their duties: each at most once a day, within their budget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.duties import store
from bot.duties.model import CHASED, REMINDER
from bot.duties.tables import DutyGivenRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Role, Viewer

JOB = "duties.chase"
AGAIN = timedelta(days=1)
SLICE = 50


def may_chase(session: Session, viewer: Viewer, now: datetime) -> bool:
    """Whether anybody of somebody's people is to be asked again."""
    return store.any_to_chase(session, viewer.paths(Role.SUPERVISOR), now, now - AGAIN)


def chase(session: Session, viewer: Viewer, now: datetime) -> None:
    """All of somebody's people who are behind are asked once more, by a job. Raises Refused: too soon, to others."""
    if not viewer.paths(Role.SUPERVISOR):
        raise Refused("duties.only_leaders")
    who = people.person(session, viewer.person, now)
    key = f"duties-chased:{viewer.person}:{people.today_of(who, now) if who else now.date()}"
    fact = Fact(CHASED, key, now, viewer.person)
    if not may_chase(session, viewer, now) or not record(session, fact, now):
        raise Refused("duties.chased_already")
    jobs.enqueue(session, JOB, {"by": viewer.person, "after": 0}, key=f"{key}:0", now=now)


def chase_slice(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: the next people hear of it; then the next slice is queued. Their leader's rights are those of now."""
    viewer = people.viewer(session, payload["by"], now)
    paths = viewer.paths(Role.SUPERVISOR) if viewer is not None else ()
    some = store.to_chase(session, paths, now, now - AGAIN, payload["after"], SLICE) if paths else []
    for id in some:
        _ask(session, id, now)
    if len(some) == SLICE:
        work = {"by": payload["by"], "after": some[-1]}
        jobs.enqueue(session, JOB, work, key=f"duties-chased:{payload['by']}:{now.isoformat()}:{some[-1]}", now=now)


def _ask(session: Session, id: int, now: datetime) -> None:
    quiet = or_(DutyGivenRow.reminded_at.is_(None), DutyGivenRow.reminded_at <= now - AGAIN)
    mine = update(DutyGivenRow).where(DutyGivenRow.id == id, *store.OPEN, quiet)
    if changed(session, mine.values(reminded_at=now)) != 1:
        return
    person = session.scalar(select(DutyGivenRow.person_id).where(DutyGivenRow.id == id))
    message = Message(text("duties.reminder"), rows(button("duties.b_read", "du:mine")))
    key = f"duty-given:{id}:chased:{now.isoformat()}"
    to = outbox.to_person(int(person or 0))
    outbox.send(session, to, message, Lane.LESSON, now, key=key, topic="duties", unasked=REMINDER)
