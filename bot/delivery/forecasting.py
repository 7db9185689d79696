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
    everybody = _count(session, audience, now)
    surveyed = everybody <= SURVEYED
    if surveyed:
        said = planning.Broadcast("", message, kind, audience)
        groups = planning.survey(session, said, now)
    else:
        groups = [(at, False, count) for at, count in _awake(session, audience, now).items()]
    later = dict[datetime, int]()
    for at, full, count in groups:
        if at > now and not full:
            later[at] = later.get(at, 0) + count
    reached = sum(count for _, _, count in groups)
    held = sum(count for _, full, count in groups if full)
    at_once = reached - held - sum(later.values())
    takes = seconds(at_once, allowed, ahead=due(session, now))
    times = tuple(sorted(later.items()))
    return Forecast(reached, at_once, times, held if surveyed else None, max(0, everybody - reached), takes)


def _count(session: Session, audience: Audience, now: datetime) -> int:
    meant: Any = people.people_on.where(*audiences.meant(audience, now))
    ids = meant.with_only_columns(PersonRow.id, maintain_column_froms=True).subquery()
    return session.scalar(select(func.count()).select_from(ids), {"on": now.date()}) or 0


def _awake(session: Session, audience: Audience, now: datetime) -> dict[datetime, int]:
    """From when on how many may be written to: by the few pairs of quiet hours that people have."""
    found = planning._people(audience, now).order_by(None).subquery()
    quiet = (found.c.zone, found.c.quiet_start, found.c.quiet_end)
    times = dict[datetime, int]()
    groups = select(*quiet, func.count()).group_by(*quiet)
    for zone, start, end, count in session.execute(groups, {"on": now.date()}).all():
        at = quiet_ends(QuietHours(start, end, zone), now)
        times[at] = times.get(at, 0) + count
    return times


def due(session: Session, now: datetime) -> int:
    """How many messages of any broadcast or room are due and have not gone; alerts and answers among them."""
    waiting = (_o.c.state == "waiting", _o.c.lane.in_([lane.value for lane in Lane]), _o.c.not_before <= now)
    return session.scalar(select(func.count()).select_from(_o).where(*waiting)) or 0
