"""Very many reports from one hand in a few minutes: none is lost, the first ring, the rest is gathered in one message.

Whether they are true is for people to say. But a hundred alarms must not stand before the one of somebody else, so what comes
after the first few goes past the alert lane; it is open, listed and in the digest like any other. Somebody hurt always rings.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import store, whom
from bot.hazards.model import Hazard, Kind
from bot.hazards.rules import RUNGS
from bot.hazards.tables import HazardRow
from bot.hazards.telling import moment
from bot.hazards.whom import There
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text

MOST_RINGING = 5
WINDOW = timedelta(minutes=10)


def is_one_of_many(session: Session, hazard: Hazard, now: datetime) -> bool:
    """Whether so many came from the same hand just before; without a name, from the same unit within the hour."""
    return (
        hazard.kind is not Kind.HURT and hazard.finding is None and len(_before(session, hazard, now)) >= MOST_RINGING
    )


def gather(session: Session, hazard: Hazard, there: There, now: datetime) -> None:
    """One message to those who would be called first, with a sound once an hour; after that it is only kept up to date."""
    count = len(_before(session, hazard, now)) + 1
    source = str(hazard.reporter or "sealed")
    ref = f"flood:{hazard.unit}:{source}:{outbox.coarse(now):%Y%m%d%H}"
    name = store.name(session, hazard.reporter, now) if hazard.reporter is not None else ""
    words = text("hazards.many_reports", name=name, count=count, newest=hazard.id)
    message = Message(words, rows(button("hazards.b_all_open", "hz:list:0")), ref=ref)
    for who in RUNGS:
        readers = [person for person, _ in whom.whom(there, who, now) if there.reaches(person)]
        new = [_say(session, person.id, message, moment(hazard, now)) for person in readers]
        if readers:
            if not any(new):
                outbox.edit_ref(session, ref, message, now)
            return


def _say(session: Session, person: int, message: Message, at: datetime) -> int | None:
    to, key = outbox.to_person(person), f"{message.ref}:{person}"
    return outbox.send(session, to, message, Lane.REPLY, at, key=key)


def _before(session: Session, hazard: Hazard, now: datetime) -> list[int]:
    since = outbox.coarse(now) if hazard.anonymous else now - WINDOW
    mine = HazardRow.reporter_seal.is_not(None) if hazard.anonymous else HazardRow.reporter_id == hazard.reporter
    where = (HazardRow.unit_id == hazard.unit,) if hazard.anonymous else ()
    query = select(HazardRow.id).where(HazardRow.created_at >= since, HazardRow.id < hazard.id, mine, *where)
    return list(session.scalars(query.where(HazardRow.finding.is_(None)).order_by(HazardRow.id).limit(1000)))
