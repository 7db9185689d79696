"""Facts counted up by person over some days, by sets: what each was offered, what was done with it, what was lost.

An opportunity belongs to the day on which it was offered, on the calendar of the unit of its fact. What is done or lost on
days of a later stretch than the offer's is listed singly (`carried`), so that stretches can be added up without counting
anything twice: see `periods.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.base import Json
from bot.db.once import table_of
from bot.kit.clock import instant
from bot.ledger.calendars import Calendar, calendar, local_date
from bot.ledger.tables import FactBodyRow, FactRow
from bot.people.tables import UnitRow

DAY = timedelta(days=1)
WIDEST_ZONE = timedelta(hours=14)
"""The farthest that a local calendar is from UTC."""
KEPT = 128
"""Statements that are kept: a few for each thing that is counted, on SQLite for each set of hours of its zones."""


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
    where: tuple[tuple[str, str | bool], ...] = ()

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


def given(days: Days) -> dict[str, Any]:
    """The parameters of `sums` and `carried`."""
    starts = instant(days.first, time(), "UTC") - WIDEST_ZONE
    ends = instant(days.last + DAY, time(), "UTC") + WIDEST_ZONE
    found = {"first": days.first, "last": days.last, "starts": starts, "ends": ends}
    return found if days.of is None else {**found, "of": days.of}


def read_sums(session: Session, counted: Iterable[Counted], days: Days) -> Iterator[Sum]:
    """The sums of some things over some days, from the facts themselves."""
    how = calendar(session, days.first, days.last)
    for one in counted:
        for row in session.execute(sums(one, how, days.of is not None), given(days)):
            yield Sum(*row)


def read_carried(
    session: Session, counted: Iterable[Counted], days: Days, *, only_lost: bool = False
) -> Iterator[Carried]:
    """What was carried into some days, from the facts themselves. `only_lost`: only what was lost in them, which is little."""
    how = calendar(session, days.first, days.last)
    for one in counted:
        if one.lost or (one.done and not only_lost):
            for row in session.execute(carried(one, how, days.of is not None, only_lost), given(days)):
                yield Carried(*row)


# --- the statements, each built once: that takes longer than to run them for a team -----------------------------------------


@lru_cache(KEPT)
def sums(counted: Counted, how: Calendar, some: bool) -> Select[Any]:
    """In the order of `Sum`, a row for each person (or each of `some`) who was offered something."""
    found = _each(counted, how, some, counted.kinds).subquery()
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
    postgres = how.engine == "postgresql"
    together = func.jsonb_object_agg if postgres else func.json_group_object
    left = together(cast(of_day.c.offered_on, String), of_day.c.missed).filter(of_day.c.missed > 0)
    nothing = func.jsonb_build_object() if postgres else func.json_object()
    numbers = (cast(func.sum(of_day.c[name]), BigInteger).label(name) for name in ("offered", "done", "lost"))
    return select(
        of_day.c.pseudonym, literal(counted.what, String).label("what"), *numbers,
        type_coerce(func.coalesce(left, nothing), Json).label("missed"),
    ).group_by(of_day.c.pseudonym)  # fmt: skip


@lru_cache(KEPT)
def carried(counted: Counted, how: Calendar, some: bool, only_lost: bool = False) -> Select[Any]:
    """In the order of `Carried`, a row for each thing of another stretch, found by the key of its offer."""
    found = _each(counted, how, some, (counted.lost,) if only_lost else counted.kinds).subquery()
    offer, body, unit = _fact.alias("offer"), _body.alias("offer_body"), _unit.alias("offer_unit")
    is_offer = and_(
        offer.c.key == literal(f"{counted.offer}:", String).concat(found.c.subject),
        offer.c.kind == counted.offered,
        offer.c.pseudonym == found.c.pseudonym,
    )
    on = local_date(how, offer.c.at, unit.c.zone)
    made = (
        select(
            found.c.pseudonym, literal(counted.what, String).label("what"), found.c.subject, on.label("offered_on"),
            found.c.done_on, found.c.lost_on, _before(counted.done, counted.deed, found, how).label("was_done"),
            _before(counted.lost, counted.loss, found, how).label("was_lost"),
        )
        .outerjoin(offer, is_offer)
        .outerjoin(unit, unit.c.id == offer.c.unit_id)
        .where(found.c.offered_on.is_(None))
        # that something was lost which nobody was offered says nothing
        .where(or_(offer.c.id.is_not(None), and_(found.c.done_on.is_not(None), literal(not counted.where))))
    )  # fmt: skip
    if counted.where:
        made = made.outerjoin(body, and_(body.c.fact_id == offer.c.id, body.c.at == offer.c.at))
        made = made.where(_says(func.coalesce(body.c.body, offer.c.body, type_=Json), counted.where))
    return made


_fact, _body, _unit = table_of(FactRow), table_of(FactBodyRow), table_of(UnitRow)
_first, _last = bindparam("first", type_=Date), bindparam("last", type_=Date)


def _before(kind: str, name: str, found: FromClause, how: Calendar) -> ColumnElement[bool]:
    """Whether there is a fact of that kind of the same thing from before the first day."""
    if not kind:
        return false()
    fact, unit = _fact.alias(), _unit.alias()
    key = literal(f"{name}:", String).concat(found.c.subject)
    query = select(fact.c.id).outerjoin(unit, unit.c.id == fact.c.unit_id)
    return query.where(
        fact.c.key == key, fact.c.kind == kind, local_date(how, fact.c.at, unit.c.zone) < _first
    ).exists()


def _each(counted: Counted, how: Calendar, some: bool, kinds: tuple[str, ...]) -> Select[Any]:
    """A row for each opportunity with a trace of these kinds in these days: when it was offered, done, known to be lost."""
    colon = func.strpos if how.engine == "postgresql" else func.instr
    subject = func.substr(_fact.c.key, colon(_fact.c.key, ":") + 1)
    begins, at = _fact.c.kind == counted.offered, _fact.c.at
    # of some people their own facts are read, and not the month of everybody: SQLite, which cannot know how few they are, is
    # kept from the index of kinds
    kind = func.coalesce(_fact.c.kind, "") if some else _fact.c.kind
    on = local_date(how, at, _unit.c.zone)
    facts = (
        select(_fact.c.pseudonym, subject.label("subject"), on.label("on_date"), _fact.c.kind)
        .outerjoin(_unit, _unit.c.id == _fact.c.unit_id)
        .where(kind.in_(kinds), _fact.c.pseudonym.is_not(None))
        .where(at >= bindparam("starts", type_=at.type), at < bindparam("ends", type_=at.type))
    )
    if some:
        facts = facts.where(among(_fact.c.pseudonym, "of"))
    if counted.where:
        held = and_(_body.c.fact_id == _fact.c.id, _body.c.at == at)
        said = _says(func.coalesce(_body.c.body, _fact.c.body, type_=Json), counted.where)
        facts = facts.outerjoin(_body, held).where(or_(~begins, said))
    each = facts.subquery()
    day = each.c.on_date
    return (
        select(
            each.c.pseudonym, each.c.subject,
            *(type_coerce(func.min(case((each.c.kind == kind, day))) if kind else cast(null(), Date), Date).label(name)
              for name, kind in (("offered_on", counted.offered), ("done_on", counted.done), ("lost_on", counted.lost))),
        )
        .where(day.between(_first, _last))
        .group_by(each.c.pseudonym, each.c.subject)
    )  # fmt: skip


def _says(body: ColumnElement[Any], where: tuple[tuple[str, str | bool], ...]) -> ColumnElement[bool]:
    return and_(
        *(
            body[name].as_boolean().is_(True) if value is True else body[name].as_string() == value
            for name, value in where
        )
    )
