"""One message to an audience of any size, by sets: a slice is one INSERT ... SELECT of its people.

Quiet hours are looked up for each of the few pairs that people have, not person by person; on a full day the message is
held back like any other. Slices are run by a schedule or a job, with the last person's number as the cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Executable, Select, Table, bindparam, exists, func, literal, select, update
from sqlalchemy.orm import Session

from bot.db import sets
from bot.db.among import among
from bot.db.base import Id, Instant, Json
from bot.db.once import table_of
from bot.db.writer import after_commit
from bot.delivery import backlog, budget
from bot.delivery.audience import Audience, members
from bot.delivery.model import Overflow, UnaskedKind
from bot.delivery.outbox import Lane
from bot.delivery.schedules import Slice
from bot.delivery.tables import OutboxRow, in_state
from bot.kit.clock import local_date
from bot.kit.quiet import QuietHours, quiet_ends
from bot.kit.replies import Message, to_json
from bot.people import agreement, worktime
from bot.people import store as people
from bot.people.tables import PersonRow, ShiftRow, UnitRow

o = table_of(OutboxRow)
t = Table(
    "broadcast_slice", sa.MetaData(),
    Column("person_id", Id, nullable=False), Column("zone", sa.String),
    Column("quiet_start", sa.Time), Column("quiet_end", sa.Time), Column("start_at", Instant()), Column("full", sa.Boolean),
    prefixes=["TEMPORARY"], postgresql_on_commit="DELETE ROWS",
)  # fmt: skip
"""The people of a slice: when the message may go to each, and whether their day is full."""


@dataclass(frozen=True)
class Broadcast:
    """What is said to whom. `name` is its own for ever: nobody gets a message of one name twice."""

    name: str
    message: Message
    kind: UnaskedKind
    audience: Audience
    expires_at: datetime | None = None
    lane: Lane = Lane.BULK
    number: int | None = None
    """The row of `broadcast` that counts, pauses and takes back its messages."""


def plan_slice(session: Session, said: Broadcast, after: int, most: int, now: datetime) -> Slice:
    """Queues the message for the next `most` people of the audience after somebody."""
    # a stretch of numbers, however few of it belong: the range is read from the key, in its order
    stretch = select(PersonRow.id).where(PersonRow.id > after).order_by(PersonRow.id).limit(most).subquery()
    upto, looked = session.execute(select(func.max(stretch.c.id), func.count())).one()
    if not looked:
        return Slice(after, 0, False)
    people_ = _people(said.audience, now).where(PersonRow.id > after, PersonRow.id <= upto)
    _gather(session, said, people_, now)
    count = session.scalar(select(func.count()).select_from(t)) or 0
    values = {
        "name": f"{said.name}:", "lane": said.lane.value, "payload": to_json(said.message), "ref": said.message.ref,
        "kind": said.kind.name, "expires_at": said.expires_at, "now": now, "broadcast": said.number,
    }  # fmt: skip
    if said.kind.overflow is Overflow.LEAVE:
        session.execute(t.delete().where(t.c.full))
    session.execute(_send(session.get_bind().dialect.name), values)
    for person in session.scalars(select(t.c.person_id).where(t.c.full)).all():
        backlog.tell_person(session, person, now)
    after_commit(session, "outbox")
    return Slice(upto, count, looked == most)


def survey(session: Session, said: Broadcast, now: datetime) -> list[tuple[datetime, bool, int]]:
    """For how many of the whole audience it would go when, and whether their day is full by then; nothing is queued."""
    _gather(session, said, _people(said.audience, now), now)
    groups = select(t.c.start_at, t.c.full, func.count()).group_by(t.c.start_at, t.c.full)
    found = [(at, bool(full), count) for at, full, count in session.execute(groups).all()]
    session.execute(t.delete())
    return found


def _gather(session: Session, said: Broadcast, people_: Select[Any], now: datetime) -> None:
    """Puts people into the working table, with when the message may go to each and whether their day is full."""
    sets.working_tables(session, t)
    columns = {each: people_.selected_columns[each] for each in ("person_id", "zone", "quiet_start", "quiet_end")}
    session.execute(sets.insert_from(session.get_bind().dialect.name, t, columns, people_), {"on": now.date()})
    for zone, start, end in session.execute(select(t.c.zone, t.c.quiet_start, t.c.quiet_end).distinct()).all():
        _place(session, said, QuietHours(start, end, zone), now)
    _wait_for_work(session, said, now)


def _wait_for_work(session: Session, said: Broadcast, now: datetime) -> None:
    """Where it was agreed that messages come in working time only, each waits for theirs: looked up one by one, and only there."""
    agreed = agreement.terms(session, agreement.WORKTIME)
    if not any(on for _, on in agreed):
        return
    starts = {row.person_id: row.start_at for row in session.execute(select(t.c.person_id, t.c.start_at))}
    then: dict[tuple[datetime, str], list[int]] = {}
    for who in people.persons(session, list(starts), now).values():
        if agreement.is_on(agreed, agreement.WORKTIME, who.path):
            at = worktime.next_working_time(session, who, starts[who.id])
            if at != starts[who.id]:
                then.setdefault((at, who.zone), []).append(who.id)
    for (at, zone), some in then.items():
        session.execute(_at_work, _values(said, at, zone) | {"persons": some})


def _people(audience: Audience, now: datetime) -> Select[Any]:
    quiet = [
        func.coalesce(getattr(PersonRow, each), getattr(ShiftRow, each), getattr(UnitRow, each), default).label(each)
        for each, default in zip(("quiet_start", "quiet_end"), people.usual.quiet, strict=True)
    ]
    zone = func.coalesce(PersonRow.zone, UnitRow.zone).label("zone")
    return members(audience, now).with_only_columns(
        PersonRow.id.label("person_id"), zone, *quiet, maintain_column_froms=True
    )


def _place(session: Session, said: Broadcast, quiet: QuietHours, now: datetime) -> None:
    """Of the people with these quiet hours: when it may go, and whose day is full by then."""
    at = now if said.message.silent else quiet_ends(quiet, now)
    session.execute(
        _starts, _values(said, at, quiet.zone) | {"zone_": quiet.zone, "start": quiet.start, "end": quiet.end}
    )


def _values(said: Broadcast, at: datetime, zone: str) -> dict[str, Any]:
    """Of a start: the day it falls on for people of a zone, and the places that this day has."""
    day = local_date(at, zone)
    places, daily = budget.places(said.kind)
    first, last = budget.starts(day, zone), budget.starts(day + timedelta(days=1), zone)
    return {
        "at": at, "first": first, "last": last, "places": places, "daily": daily, "all": budget.budget.per_day,
    }  # fmt: skip


_theirs = (
    o.c.person_id == t.c.person_id,
    o.c.unasked,
    o.c.not_before >= bindparam("first", type_=Instant()),
    o.c.not_before < bindparam("last", type_=Instant()),
    in_state.in_(budget.HERE),
)
_apart = o.c.kind.is_(None) | o.c.kind.not_in(bindparam("daily", expanding=True))
_there = select(func.count()).select_from(o)
_start = update(t).values(
    start_at=bindparam("at", type_=Instant()),
    # the places kept for what comes daily, and the day as a whole: several daily kinds may fill it by themselves
    full=sa.or_(
        _there.where(*_theirs, _apart).scalar_subquery() >= bindparam("places", type_=sa.Integer),
        _there.where(*_theirs).scalar_subquery() >= bindparam("all", type_=sa.Integer),
    ),
)
_starts = _start.where(
    t.c.zone == bindparam("zone_"), t.c.quiet_start == bindparam("start"), t.c.quiet_end == bindparam("end")
)
_at_work = _start.where(among(t.c.person_id, "persons"))


@cache
def _send(engine: str) -> Executable:
    columns = {
        "key": sets.joined(bindparam("name", type_=sa.String), t.c.person_id),
        "lane": bindparam("lane", type_=sa.Integer),
        "method": literal("send", sa.String),
        "person_id": t.c.person_id,
        "payload": bindparam("payload", type_=Json),
        "ref": bindparam("ref", type_=sa.String),
        "unasked": sa.true(),
        "kind": bindparam("kind", type_=sa.String),
        "broadcast_id": bindparam("broadcast", type_=sa.Integer),
        "state": sa.case((t.c.full, literal(backlog.HELD, sa.String)), else_=literal("waiting", sa.String)),
        "uncertain": sa.false(),
        "attempts": literal(0, sa.Integer),
        "made": literal(0, sa.Integer),
        "not_before": t.c.start_at,
        "expires_at": bindparam("expires_at", type_=Instant()),
        "created_at": bindparam("now", type_=Instant()),
    }
    # those who have it already are left out before the insert: a place in the day is not taken twice by one name
    there = exists().where(o.c.key == columns["key"])
    return sets.insert_from(engine, OutboxRow, columns, select(t).where(~there).order_by(t.c.person_id))
