"""Pledges, read. Who has not signed is asked at every moment and never written down: joiners and leavers need no event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.delivery.audience import away
from bot.people import counting, speaking
from bot.people import store as people
from bot.people.model import Person
from bot.people.store import people_on
from bot.people.tables import AccountRow, PersonRow, PlacementRow, UnitRow
from bot.voice.pledge import rules
from bot.voice.pledge.model import Call, Signed
from bot.voice.pledge.tables import PledgeAskedRow, PledgeCallRow, PledgeRow

LIVE = PledgeCallRow.ended_at.is_(None)


def newest(session: Session, person: int) -> Signed | None:
    """What somebody has signed last."""
    row = session.scalar(_newest, {"person": person})
    return Signed(row.person_id, row.signed_at, row.until_on) if row is not None else None


def holds(on: date) -> ColumnElement[bool]:
    """SQL: the person of the row has a pledge that holds on a day."""
    return exists().where(PledgeRow.person_id == PersonRow.id, PledgeRow.until_on >= on).correlate_except(PledgeRow)


def calls(session: Session, paths: Sequence[str]) -> list[Call]:
    """The units under some paths whose people are asked."""
    rows = session.scalars(_calls.where(speaking.under(PledgeCallRow.path, paths))) if paths else ()
    return [Call(row.id, row.unit_id, row.path) for row in rows]


def call_over(session: Session, path: str) -> Call | None:
    """The nearest unit at or above a path whose people are asked."""
    row = session.scalar(_call_over, {"units": people.ancestors(path)})
    return Call(row.id, row.unit_id, row.path) if row is not None else None


_newest = (
    select(PledgeRow).where(PledgeRow.person_id == bindparam("person")).order_by(PledgeRow.until_on.desc()).limit(1)
)
_calls = select(PledgeCallRow).where(LIVE).order_by(PledgeCallRow.path)
_call_over = (
    select(PledgeCallRow)
    .where(LIVE, among(PledgeCallRow.unit_id, "units"))
    .order_by(func.length(PledgeCallRow.path).desc())
    .limit(1)
)


def missing(session: Session, path: str, now: datetime, most: int | None = None) -> list[Person]:
    """Who of a unit has no pledge that holds today, in the order of their names."""
    query = _of(path).where(not_(holds(now.date()))).order_by(PersonRow.name, PersonRow.id)
    return [people.as_person(row) for row in session.execute(query.limit(most), {"on": now.date()})]


def counts(session: Session, path: str, now: datetime) -> tuple[int, int]:
    """(how many people a unit has, how many of them have a pledge that holds)."""

    def count(query: Select[*tuple[object, ...]]) -> int:
        counted = query.with_only_columns(func.count(), maintain_column_froms=True)
        return int(session.execute(counted, {"on": now.date()}).scalar() or 0)

    return count(_of(path)), count(_of(path).where(holds(now.date())))


def counts_by_unit(session: Session, paths: Sequence[str], now: datetime) -> tuple[Counter[int], Counter[int]]:
    """The same of every unit with people under some paths, each with all below it: how many there are, how many signed."""
    today, known = now.date(), counting.paths_of(session)
    held = select(PledgeRow.person_id).where(PledgeRow.until_on >= today)
    signed = (
        select(PlacementRow.unit_id, func.count())
        .where(
            PlacementRow.person_id.in_(held), counting.placed(today), counting.inside(paths),
            PlacementRow.person_id.not_in(select(PersonRow.id).where(counting.LEFT)),
        )
        .group_by(PlacementRow.unit_id)
    )  # fmt: skip
    done = dict(session.execute(signed).all())
    return counting.rolled(counting.by_unit(session, today, paths), known), counting.rolled(done, known)


def names_missing(session: Session, path: str, now: datetime) -> list[str]:
    """Those of `missing`, by name alone."""
    query = (
        select(PersonRow.name)
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .where(
            counting.placed(now.date()), counting.inside((path,)), ~counting.LEFT,
            not_(holds(now.date())),
        )
        .order_by(PersonRow.name, PersonRow.id)
    )  # fmt: skip
    return list(session.scalars(query))


def to_ask(session: Session, now: datetime, most: int) -> list[tuple[Person, int]]:
    """Who is to be asked now, with how often they were: under a call, without a pledge that holds for two more weeks."""
    called = exists().where(LIVE, UnitRow.path.startswith(PledgeCallRow.path)).correlate_except(PledgeCallRow)
    reached = exists().where(
        AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
    )
    asked = or_(
        PledgeAskedRow.person_id.is_(None),
        and_(PledgeAskedRow.asked_at <= now - rules.AGAIN, PledgeAskedRow.times < rules.MOST_ASKED),
    )
    query = (
        people_on.add_columns(func.coalesce(PledgeAskedRow.times, 0).label("times"))
        .outerjoin(PledgeAskedRow, PledgeAskedRow.person_id == PersonRow.id)
        .where(PersonRow.left_on.is_(None), called, reached, ~away(now), asked, not_(holds(now.date() + rules.SOON)))
        .order_by(PersonRow.id)
        .limit(most)
    )
    return [(people.as_person(row), row.times) for row in session.execute(query, {"on": now.date()})]


def _of(path: str) -> Select[*tuple[object, ...]]:
    found: Select[*tuple[object, ...]] = people_on.where(
        UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None)
    )
    return found
