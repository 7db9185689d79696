"""Reading facts back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.base import Json
from bot.ledger.tables import BlockMemberRow, FactBodyRow, FactRow, PseudonymRow


@dataclass(frozen=True)
class Recorded:
    """A fact as it stands in the ledger; `person` is None for anonymous and erased ones."""

    id: int
    key: str
    kind: str
    at: datetime
    pseudonym: str | None
    person: int | None
    unit: int | None
    post: str | None
    body: dict[str, Any]


_body = func.coalesce(FactBodyRow.body, FactRow.body, type_=Json)
recorded = (
    select(
        FactRow.id, FactRow.key, FactRow.kind, FactRow.at, FactRow.pseudonym, PseudonymRow.person_id, FactRow.unit_id,
        FactRow.post, _body.label("body"),
    )
    .outerjoin(PseudonymRow, PseudonymRow.pseudonym == FactRow.pseudonym)
    .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
)  # fmt: skip
"""Facts as columns and not as objects: reading a month of them is three times as fast. In the order of `Recorded`."""


def between(session: Session, starts: datetime, ends: datetime, kinds: tuple[str, ...] = ()) -> Iterator[Recorded]:
    """Facts with starts <= at < ends, in the order of their time and key, so that the same data reads the same."""
    query = recorded.where(FactRow.at >= starts, FactRow.at < ends).order_by(FactRow.at, FactRow.key)
    if kinds:
        query = query.where(FactRow.kind.in_(kinds))
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield Recorded(*row)


def of_people(
    session: Session, persons: Sequence[int], starts: datetime, ends: datetime, kinds: tuple[str, ...]
) -> Iterator[Recorded]:
    """Facts of some kinds about some people with starts <= at < ends, person by person."""
    query = recorded.where(among(PseudonymRow.person_id, "persons"), FactRow.at >= starts, FactRow.at < ends)
    query = query.where(FactRow.kind.in_(kinds)).order_by(FactRow.pseudonym, FactRow.at, FactRow.key)
    for row in session.execute(query.execution_options(yield_per=1000), {"persons": list(persons)}):
        yield Recorded(*row)


def about(session: Session, field: str, number: int, kinds: tuple[str, ...], since: datetime) -> list[Recorded]:
    """Facts of some kinds whose body names a number in a field (`hazard`, 12), oldest first: the story of one thing."""
    # the body of an old fact is looked up only where it has moved (its salt went with it), and names only for what is found
    moved = (
        select(FactBodyRow.body)
        .where(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at)
        .correlate(FactRow)
        .scalar_subquery()
    )
    old = func.coalesce(moved, FactRow.body, type_=Json)
    named = case((FactRow.salt.is_not(None), FactRow.body[field].as_integer()), else_=old[field].as_integer())
    found = select(FactRow.id).where(FactRow.kind.in_(kinds), FactRow.at >= since, named == number)
    query = recorded.where(FactRow.id.in_(found))
    return [Recorded(*row) for row in session.execute(query.order_by(FactRow.at, FactRow.id))]


def count(session: Session, kind: str, starts: datetime, ends: datetime) -> int:
    """How many facts of a kind there are in a time."""
    query = (
        select(func.count()).select_from(FactRow).where(FactRow.kind == kind, FactRow.at >= starts, FactRow.at < ends)
    )
    return session.scalar(query) or 0


@dataclass(frozen=True)
class Sum:
    """Facts of one kind, unit and post added up: `total` of a number in their bodies, of how many facts."""

    kind: str
    unit: int | None
    post: str | None
    total: int
    facts: int


def sums(session: Session, field: str, kinds: tuple[str, ...], starts: datetime, ends: datetime) -> list[Sum]:
    """What facts with starts <= at < ends say in a field, added up by unit and post: nobody's own share is read."""
    number = func.coalesce(_body[field].as_integer(), 0)
    query = (
        select(FactRow.kind, FactRow.unit_id, FactRow.post, func.sum(number), func.count())
        .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
        .where(FactRow.kind.in_(kinds), FactRow.at >= starts, FactRow.at < ends)
        .group_by(FactRow.kind, FactRow.unit_id, FactRow.post)
        .order_by(FactRow.kind, FactRow.unit_id, FactRow.post)
    )
    return [Sum(kind, unit, post, int(total), count) for kind, unit, post, total, count in session.execute(query)]


def counted(session: Session, kind: str, field: str, starts: datetime, ends: datetime) -> list[tuple[int, Sum]]:
    """How many facts of a kind there are, by a number in their bodies (`muster`), unit and post."""
    number = _body[field].as_integer()
    query = (
        select(number, FactRow.unit_id, FactRow.post, func.count())
        .select_from(FactRow)
        .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
        .where(FactRow.kind == kind, FactRow.at >= starts, FactRow.at < ends)
        .group_by(number, FactRow.unit_id, FactRow.post)
    )
    return [
        (int(value), Sum(kind, unit, post, 0, n))
        for value, unit, post, n in session.execute(query)
        if value is not None
    ]


@dataclass(frozen=True)
class Sealed:
    """A fact as it was sealed, with its block; of a person only the pseudonym."""

    block: int
    id: int
    kind: str
    version: int
    at: datetime
    pseudonym: str | None
    unit: int | None
    post: str | None
    body: dict[str, Any]


def sealed_after(
    session: Session,
    after: tuple[int, int],
    most: int,
    *,
    where: Callable[[Any], ColumnElement[bool]],
    kind: str | None = None,
) -> list[Sealed]:
    """Facts behind (block, fact) in the order of the seal; `where` is asked of the unit of the fact and of the one in its body.

    Numbers of facts are no order: of two that are written at once the smaller may be seen later. A sealed block gets no more.
    """
    block, member = BlockMemberRow.block_id, BlockMemberRow
    query = (
        select(
            block, FactRow.id, FactRow.kind, FactRow.version, FactRow.at, FactRow.pseudonym, FactRow.unit_id, FactRow.post,
            _body.label("body"),
        )
        .select_from(member)
        .join(FactRow, FactRow.id == member.fact_id)
        .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
        .where(or_(block > after[0], and_(block == after[0], member.fact_id > after[1])))
        .where(where(FactRow.unit_id), where(func.coalesce(_body["unit"].as_integer(), FactRow.unit_id)))
    )  # fmt: skip
    if kind is not None:
        query = query.where(FactRow.kind == kind)
    rows = session.execute(query.order_by(block, member.fact_id).limit(most))
    return [Sealed(*row) for row in rows]
