"""Queueing many unasked messages at once, for planning: the same rows as `outbox.send`, a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, not_, select, update
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.base import Instant
from bot.db.once import insert_many_once, table_of
from bot.db.writer import after_commit
from bot.delivery import outbox
from bot.delivery.model import UnaskedKind
from bot.delivery.outbox import Lane, to_person
from bot.delivery.tables import OutboxRow, in_state
from bot.kit.replies import Message
from bot.people import agreement

_outbox = table_of(OutboxRow)
_whose = select(_outbox.c.person_id).where(among(_outbox.c.id, "ids"))
# looked up person by person: what waits for them is little, what waits of all pushes may be a million
_older = (among(_outbox.c.person_id, "persons"), _outbox.c.topic == bindparam("about"), in_state == "waiting")
_replace = (
    update(_outbox)
    .where(*_older, not_(among(_outbox.c.id, "ids")))
    .values(state="replaced", settled_at=bindparam("now", type_=Instant()))
)


@dataclass(frozen=True)
class Parcel:
    """One person's message. The caller has looked at quiet hours and budget: `not_before` is kept as it is."""

    person: int
    message: Message
    key: str
    not_before: datetime
    expires_at: datetime


def send_all(
    session: Session,
    parcels: Sequence[Parcel],
    lane: Lane,
    now: datetime,
    *,
    topic: str,
    kind: UnaskedKind | None = None,
    on_failure: str | None = None,
) -> None:
    """Queues unasked messages; an older one of the same topic that has not gone out is replaced."""
    if kind is not None and parcels:
        off = agreement.off_for(session, kind.room, [parcel.person for parcel in parcels], now)
        parcels = [parcel for parcel in parcels if parcel.person not in off]
    if not parcels:
        return
    rows = [
        outbox._values(to_person(parcel.person), parcel.message, lane, now)
        | {
            "key": parcel.key,
            "not_before": parcel.not_before,
            "expires_at": parcel.expires_at,
            "topic": topic,
            "unasked": True,
            "kind": kind.name if kind else None,
            "on_failure": on_failure,
        }
        for parcel in parcels
    ]
    new = insert_many_once(session, OutboxRow, rows, "key")
    # only for whom a new one is really there: planning the same again must not take back what it planned
    theirs = session.scalars(_whose, {"ids": new}).all()
    session.execute(_replace, {"persons": theirs, "ids": new, "about": topic, "now": now})
    after_commit(session, "outbox")
