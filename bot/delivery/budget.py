"""One budget a person over all rooms, for what nobody asked for: so many messages on each of their days.

The kinds are ranked in one table (`model.UNASKED` of each room). When a day is full, what still waits gives way to what
goes before it; what has no place is deferred, or held back and listed in one message of the next day. Alerts are exempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.delivery.model import WAITING, Overflow, UnaskedKind
from bot.delivery.tables import OutboxRow, in_state
from bot.kit.clock import instant, local_date
from bot.kit.quiet import quiet_ends
from bot.people import agreement, worktime
from bot.people.model import Person

LOOK_AHEAD = 14
"""Days that are looked at for room."""
A_DAY = timedelta(days=1)
MORNING = time(9)
"""When what was put off comes, at the latest: for people who chose an earlier hour for their lesson, then."""
HERE = ("waiting", "started", "sent", "paused")
_o = table_of(OutboxRow)
_kinds: dict[str, UnaskedKind] = {WAITING.name: WAITING}


@dataclass
class Budget:
    """Messages a local day that a person gets without having asked."""

    per_day: int = 2


@dataclass(frozen=True)
class Taken:
    """A message that has a place of a day."""

    id: int
    kind: str
    state: str
    not_before: datetime
    created_at: datetime


@dataclass(frozen=True)
class Place:
    """Where a message goes: sent at `at`; or, with `held`, kept back. `displaced` is the row that gives way to it."""

    at: datetime
    held: bool = False
    displaced: int | None = None


budget = Budget()
"""The installation's message budget; set at the composition root."""


def declare(kinds: Iterable[UnaskedKind]) -> None:
    """Sets the kinds there are: of all rooms, at the composition root. Raises ValueError on a name given out twice."""
    found = list(kinds)
    names = [kind.name for kind in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    _kinds.clear()
    _kinds.update({kind.name: kind for kind in (WAITING, *found)})


def kinds() -> list[UnaskedKind]:
    """All kinds, what goes first in front."""
    return sorted(_kinds.values(), key=lambda kind: (kind.rank, kind.name))


def kind_of(name: str) -> UnaskedKind:
    """A kind by its name; one that no room declares any more goes last."""
    found = _kinds.get(name)
    return found or UnaskedKind(name, 99, Overflow.JOIN, timedelta(days=2), "delivery.other_title", "")


def day_of(who: Person, at: datetime) -> tuple[datetime, datetime]:
    """The person's own day that an instant falls on: from, until (exclusive)."""
    day = local_date(at, who.zone)
    return starts(day, who.zone), starts(day + timedelta(days=1), who.zone)


def starts(day: date, zone: str) -> datetime:
    """When a day begins somewhere."""
    return instant(day, time(), zone)


def taken(session: Session, person: int, first: datetime, last: datetime, topic: str | None = None) -> list[Taken]:
    """What has a place of the days between two instants; what waits of a `topic` is about to be replaced."""
    query = select(_o.c.id, _o.c.kind, _o.c.state, _o.c.not_before, _o.c.created_at).where(
        _o.c.person_id == person,
        _o.c.unasked,
        _o.c.not_before >= first,
        _o.c.not_before < last,
        in_state.in_(HERE),
        or_(_o.c.topic.is_(None), _o.c.topic != (topic or ""), _o.c.state != "waiting"),
    )
    return [Taken(row.id, row.kind or "", row.state, row.not_before, row.created_at) for row in session.execute(query)]


def places(kind: UnaskedKind) -> tuple[int, list[str]]:
    """How many of a day's places are for a kind, and the names of the kinds that do not count in them.

    A place is kept for what comes daily, whether it has come or not: it may come at any hour.
    """
    daily = [each.name for each in _kinds.values() if each.daily]
    if kind.daily or budget.per_day < 2:
        return budget.per_day, []
    return budget.per_day - min(len(daily), budget.per_day - 1), daily


def has_room(kind: UnaskedKind, there: Sequence[Taken]) -> bool:
    """Whether a day has a place for a kind. Pure."""
    free, apart = places(kind)
    return len(there) < budget.per_day and sum(row.kind not in apart for row in there) < free


def gives_way(kind: UnaskedKind, there: Sequence[Taken], now: datetime) -> Taken | None:
    """Which of a day's messages gives way to a kind: the one that goes last of those not about to be sent. Pure.

    One that would be late by it stays, but for the message that then tells of it at the same hour.
    """
    behind = [
        row
        for row in there
        if row.state == "waiting" and row.not_before > now and kind_of(row.kind).rank > kind.rank
        if kind is WAITING or not _last_chance(row)
    ]
    return max(behind, key=lambda row: (kind_of(row.kind).rank, row.id), default=None)


def _last_chance(row: Taken) -> bool:
    """Whether a message is late for its kind if it is told of a day later."""
    kind = kind_of(row.kind)
    return kind.overflow is not Overflow.LEAVE and row.not_before + A_DAY > row.created_at + kind.late_after


def place(
    session: Session, who: Person, kind: UnaskedKind, start: datetime, now: datetime, topic: str | None = None
) -> Place:
    """Where a message goes that could go at `start`."""
    there = taken(session, who.id, *day_of(who, start), topic)
    if has_room(kind, there):
        return Place(start)
    behind = gives_way(kind, there, now)
    if behind is not None:
        return Place(start, displaced=behind.id)
    if kind.overflow is Overflow.DEFER:
        later = next_place(session, who, kind, start, now)
        if later.at <= start + kind.late_after or kind is WAITING:
            return later
    return Place(start, held=True)


def at_work(session: Session, who: Person, at: datetime) -> datetime:
    """The same instant, or, where it was agreed that messages come in working time only, the next one in it."""
    if not agreement.holds(session, agreement.WORKTIME, who.path):
        return at
    return worktime.next_working_time(session, who, at)


def next_place(
    session: Session, who: Person, kind: UnaskedKind, start: datetime, now: datetime, by: datetime | None = None
) -> Place:
    """A morning after the day of `start`: the first with room, unless that is late; then the first on which something gives way.

    Late is after `by`; without it, what is late for the kind. After LOOK_AHEAD full days it is that of the last of them: a message
    that is always put off is lost.
    """
    day, behind, at = local_date(start, who.zone), None, start
    by = by or start + kind.late_after
    for ahead in range(1, LOOK_AHEAD + 1):
        morning = quiet_ends(who.quiet, instant(day + timedelta(days=ahead), min(who.push_at, MORNING), who.zone))
        at = at_work(session, who, morning)
        there = taken(session, who.id, *day_of(who, at))
        if behind is not None and at > by:
            break
        if has_room(kind, there):
            return Place(at)
        if behind is None and (way := gives_way(kind, there, now)) is not None:
            behind = Place(at, displaced=way.id)
    return behind or Place(at)
