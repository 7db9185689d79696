"""Facts counted up by person over some days, by sets: what each was offered, what was done with it, what was lost.

An opportunity belongs to the day on which it was offered, on the calendar of the unit of its fact. What is done or lost on
days of a later stretch than the offer's is listed singly (`carried`), so that stretches can be added up without counting
anything twice: see `periods.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from bot.db.among import among
from bot.db.base import Json
from bot.kit.clock import instant
from bot.ledger.tables import FactBodyRow, FactRow
from bot.people.tables import UnitRow

DAY = timedelta(days=1)
WIDEST_ZONE = timedelta(hours=14)
"""The farthest that a local calendar is from UTC."""
LONG_AGO = timedelta(days=400)
"""So far back SQLite knows the hours of zones exactly: an offer is taken up within days."""


@dataclass(frozen=True)
class Counted:
    """Something that is counted by person: a kind of fact, or an opportunity with what becomes of it.

    `offered`, `done`, `lost`: kinds of facts that are of one opportunity where what stands behind the first colon of their
    keys is the same (`assigned:7`, `read:7`). `offer`, `deed`, `loss`: what stands before it. `where`: what the offer's body says.
    """

    what: str
    offered: str
    done: str = ""
    lost: str = ""
    offer: str = ""
    deed: str = ""
    loss: str = ""
    where: Mapping[str, str | bool] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of facts that it is counted from."""
        return tuple(kind for kind in (self.offered, self.done, self.lost) if kind)


@dataclass(frozen=True)
class Days:
    """A stretch of days, both included, of everybody or of some people by pseudonym."""

    first: date
    last: date
    of: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Sum:
    """What one person was offered in a stretch, and what became of it on days of the same stretch."""

    pseudonym: str
    what: str
    offered: int
    done: int
    lost: int
    missed: Mapping[str, int]


@dataclass(frozen=True)
class Carried:
    """Something done or lost on days of a stretch that it was not offered in. `offered_on` is None where it never was.

    `was_done`, `was_lost`: that is known from days before this stretch.
    """

    pseudonym: str
    what: str
    subject: str
    offered_on: date | None
    done_on: date | None
    lost_on: date | None
    was_done: bool
    was_lost: bool


def sums(session: Session, counted: Counted, days: Days) -> Select[Any]:
    """The statement: in the order of `Sum`, a row for each person who was offered something."""
    found = _each(session, counted, days).subquery()
    done, lost = found.c.done_on.is_not(None), found.c.lost_on.is_not(None)
    missed = and_(~done, ~lost) if counted.done else false()
    of_day = (
        select(
            found.c.pseudonym, found.c.offered_on, func.count().label("offered"), func.count(case((done, 1))).label("done"),
            func.count(case((and_(~done, lost), 1))).label("lost"), func.count(case((missed, 1))).label("missed"),
        )
        .where(found.c.offered_on.is_not(None))
        .group_by(found.c.pseudonym, found.c.offered_on)
        .subquery()
    )  # fmt: skip
    engine = session.get_bind().dialect.name
    together = func.jsonb_object_agg if engine == "postgresql" else func.json_group_object
    left = together(cast(of_day.c.offered_on, String), of_day.c.missed).filter(of_day.c.missed > 0)
    nothing = func.jsonb_build_object() if engine == "postgresql" else func.json_object()
    return select(
        of_day.c.pseudonym, literal(counted.what, String).label("what"), _whole(func.sum(of_day.c.offered)).label("offered"),
        _whole(func.sum(of_day.c.done)).label("done"), _whole(func.sum(of_day.c.lost)).label("lost"),
        type_coerce(func.coalesce(left, nothing), Json).label("missed"),
    ).group_by(of_day.c.pseudonym)  # fmt: skip


def carried(session: Session, counted: Counted, days: Days) -> Select[Any]:
    """The statement: in the order of `Carried`, a row for each thing of another stretch, found by the key of its offer."""
    found = _each(session, counted, days).subquery()
    offer, body, unit = aliased(FactRow), aliased(FactBodyRow), aliased(UnitRow)
    long = Days(days.first - LONG_AGO, days.last)
    on = _local_date(session, offer.at, unit.zone, long)
    is_offer = and_(
        offer.key == literal(f"{counted.offer}:", String).concat(found.c.subject),
        offer.kind == counted.offered,
        offer.pseudonym == found.c.pseudonym,
    )
    def before(kind: str, name: str) -> ColumnElement[bool]:
        if not kind:
            return false()
        fact, its_unit = aliased(FactRow), aliased(UnitRow)
        key = literal(f"{name}:", String).concat(found.c.subject)
        query = select(fact.id).outerjoin(its_unit, its_unit.id == fact.unit_id)
        day = _local_date(session, fact.at, its_unit.zone, long)
        return query.where(fact.key == key, fact.kind == kind, day < days.first).exists()

    made = (
        select(
            found.c.pseudonym, literal(counted.what, String).label("what"), found.c.subject, on.label("offered_on"),
            found.c.done_on, found.c.lost_on, before(counted.done, counted.deed).label("was_done"),
            before(counted.lost, counted.loss).label("was_lost"),
        )
        .outerjoin(offer, is_offer)
        .outerjoin(unit, unit.id == offer.unit_id)
        .where(found.c.offered_on.is_(None))
        # that something was lost which nobody was offered says nothing
        .where(or_(offer.id.is_not(None), and_(found.c.done_on.is_not(None), literal(not counted.where))))
    )  # fmt: skip
    if counted.where:
        made = made.outerjoin(body, and_(body.fact_id == offer.id, body.at == offer.at))
        made = made.where(_says(func.coalesce(body.body, offer.body, type_=Json), counted.where))
    return made


def read_sums(session: Session, counted: Iterable[Counted], days: Days) -> Iterator[Sum]:
    """The sums of some things over some days, from the facts themselves."""
    for one in counted:
        for row in session.execute(sums(session, one, days), _given(days)):
            yield Sum(*row)


def read_carried(session: Session, counted: Iterable[Counted], days: Days) -> Iterator[Carried]:
    """What was carried into some days, from the facts themselves."""
    for one in counted:
        if one.done or one.lost:
            for row in session.execute(carried(session, one, days), _given(days)):
                yield Carried(*row)


def _given(days: Days) -> dict[str, Any]:
    return {} if days.of is None else {"of": days.of}


def _each(session: Session, counted: Counted, days: Days) -> Select[Any]:
    """A row for each opportunity with a trace in these days: when it was offered, done, known to be lost."""
    starts = instant(days.first, time(), "UTC") - WIDEST_ZONE
    ends = instant(days.last + DAY, time(), "UTC") + WIDEST_ZONE
    on = _local_date(session, FactRow.at, UnitRow.zone, days)
    begins = FactRow.kind == counted.offered
    columns = [FactRow.pseudonym, _subject(session).label("subject"), on.label("on_date"), FactRow.kind]
    facts = (
        select(*columns)
        .outerjoin(UnitRow, UnitRow.id == FactRow.unit_id)
        .where(FactRow.kind.in_(counted.kinds), FactRow.at >= starts, FactRow.at < ends, FactRow.pseudonym.is_not(None))
    )
    if days.of is not None:
        facts = facts.where(among(FactRow.pseudonym, "of"))
    if counted.where:
        held = and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at)
        said = _says(func.coalesce(FactBodyRow.body, FactRow.body, type_=Json), counted.where)
        facts = facts.outerjoin(FactBodyRow, held).where(or_(~begins, said))
    each = facts.subquery()
    day = each.c.on_date
    return (
        select(
            each.c.pseudonym, each.c.subject,
            *(type_coerce(func.min(case((each.c.kind == kind, day))) if kind else cast(null(), Date), Date).label(name)
              for name, kind in (("offered_on", counted.offered), ("done_on", counted.done), ("lost_on", counted.lost))),
        )
        .where(day.between(days.first, days.last))
        .group_by(each.c.pseudonym, each.c.subject)
    )  # fmt: skip


def _whole(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(value, BigInteger)


def _subject(session: Session) -> ColumnElement[str]:
    where = func.strpos if session.get_bind().dialect.name == "postgresql" else func.instr
    return func.substr(FactRow.key, where(FactRow.key, ":") + 1)


def _says(body: ColumnElement[Any], where: Mapping[str, str | bool]) -> ColumnElement[bool]:
    held = [body[name].as_boolean() if isinstance(value, bool) else body[name].as_string() for name, value in where.items()]
    return and_(*(one.is_(True) if value is True else one == value for one, value in zip(held, where.values(), strict=True)))


def _local_date(session: Session, at: Any, zone: Any, days: Days) -> ColumnElement[Any]:
    """The date of an instant on the calendar of a zone. SQLite knows no zones: it is told the hours of those there are."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone(func.coalesce(zone, "UTC"), at), Date)
    since, until = instant(days.first, time(), "UTC") - 2 * DAY, instant(days.last, time(), "UTC") + 3 * DAY
    zones = session.scalars(select(UnitRow.zone).distinct().order_by(UnitRow.zone)).all()
    told = [(zone == each, _by_hours(at, each, since, until)) for each in zones]
    utc = func.date(at)
    return type_coerce(case(*told, else_=utc) if told else utc, Date)


def _by_hours(at: Any, zone: str, since: datetime, until: datetime) -> ColumnElement[Any]:
    """The local date by the hours that a zone is from UTC between two instants, which change with the seasons."""
    *earlier, (_, last) = changes(zone, since, until)
    dates = [(at < until_at, func.date(at, f"{minutes:+d} minutes")) for until_at, minutes in earlier]
    final = func.date(at, f"{last:+d} minutes")
    return case(*dates, else_=final) if dates else final


@cache
def changes(zone: str, start: datetime, end: datetime) -> tuple[tuple[datetime, int], ...]:
    """(until when, minutes from UTC) of a zone between two instants, in their order; the last goes to the end."""
    where = ZoneInfo(zone)
    at, held, found = start, _minutes(start, where), list[tuple[datetime, int]]()
    while at < end:
        then = min(at + DAY, end)
        if _minutes(then, where) != held:
            low, high = at, then
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _minutes(middle, where) == held else (low, middle)
            exact = high.replace(second=0, microsecond=0)
            found.append((exact, held))
            held = _minutes(then, where)
        at = then
    return (*found, (end, held))


def _minutes(at: datetime, zone: ZoneInfo) -> int:
    return int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)
