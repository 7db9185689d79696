"""What it would mean to send a message to many: shown before it is started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.delivery import audience as audiences
from bot.delivery import planning
from bot.delivery.audience import Audience
from bot.delivery.estimate import allowed, seconds
from bot.delivery.model import UnaskedKind
from bot.delivery.outbox import Lane
from bot.delivery.tables import OutboxRow
from bot.kit.quiet import QuietHours, quiet_ends
from bot.kit.replies import Message
from bot.people import store as people
from bot.people.tables import PersonRow

SURVEYED = 20_000
"""Of so many people it is looked up before whether their day is full: some tenths of a second."""
_o = table_of(OutboxRow)


@dataclass(frozen=True)
class Forecast:
    """What a message to an audience would mean: how many it reaches, and how many of them when."""

    people: int
    due: int
    """To how many it goes at once."""
    later: tuple[tuple[datetime, int], ...]
    """Who is not woken, as (when it goes to them, how many)."""
    held: int | None
    """Whose day is full; None where there are too many people to look at each."""
    not_reached: int
    seconds: float
    """How long those take to whom it goes at once, with what waits before them."""


def forecast(session: Session, message: Message, audience: Audience, kind: UnaskedKind, now: datetime) -> Forecast:
    """What it would mean to send a message to an audience now; nothing is queued."""
    everybody = _count(session, people.people_on.where(*audiences.meant(audience, now)), now)
    reached = _count(session, audiences.members(audience, now).order_by(None), now)
    held, later = None, dict[datetime, int]()
    if reached <= SURVEYED:
        held = 0
        for at, full, count in planning.survey(session, planning.Broadcast("", message, kind, audience), now):
            if full:
                held += count
            elif at > now:
                later[at] = later.get(at, 0) + count
    else:
        later = _asleep(session, audience, now)
    due = reached - (held or 0) - sum(later.values())
    before = ahead(session, None, now)
    times = tuple(sorted(later.items()))
    return Forecast(reached, due, times, held, max(0, everybody - reached), seconds(due, allowed, ahead=before))


def _count(session: Session, who: Any, now: datetime) -> int:
    ids = who.with_only_columns(PersonRow.id, maintain_column_froms=True).subquery()
    return session.scalar(select(func.count()).select_from(ids), {"on": now.date()}) or 0


def _asleep(session: Session, audience: Audience, now: datetime) -> dict[datetime, int]:
    found = planning._people(audience, now).order_by(None).subquery()
    quiet = (found.c.zone, found.c.quiet_start, found.c.quiet_end)
    later = dict[datetime, int]()
    groups = select(*quiet, func.count()).group_by(*quiet)
    for zone, start, end, count in session.execute(groups, {"on": now.date()}).all():
        at = quiet_ends(QuietHours(start, end, zone), now)
        if at > now:
            later[at] = later.get(at, 0) + count
    return later


def ahead(session: Session, id: int | None, now: datetime) -> int:
    """What is due and goes before: all of it for a new one, what was queued earlier for one that runs."""
    due = [_o.c.state == "waiting", _o.c.lane <= Lane.BULK.value, _o.c.not_before <= now]
    if id is not None:
        mine = select(func.max(_o.c.id)).where(_o.c.broadcast_id == id, _o.c.state == "waiting").scalar_subquery()
        due += [_o.c.broadcast_id.is_distinct_from(id), _o.c.id < mine]
    return session.scalar(select(func.count()).select_from(_o).where(*due)) or 0
