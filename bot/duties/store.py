"""Questions about duties. What somebody may see of others is decided in the query, by the units they answer for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.duties.model import Duty, DutyList, Given, Holder, Level
from bot.duties.rules import RENEWED
from bot.duties.tables import DutyGivenRow, DutyListRow, DutyQuizRow
from bot.people import counting, speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.store import people_on
from bot.people.tables import PersonRow, PlacementRow, UnitRow

HOLDS = DutyListRow.ended_at.is_(None)
OPEN = (DutyGivenRow.acknowledged_at.is_(None), DutyGivenRow.withdrawn_at.is_(None))


def as_list(row: DutyListRow) -> DutyList:
    """A row as a DutyList."""
    return DutyList(
        row.id, row.post, row.unit_id, row.path, row.version, Level(row.level), row.scope,
        tuple(as_duty(each) for each in row.duties), row.source, row.signed_by, row.signed_at,
    )  # fmt: skip


def as_duty(kept: dict[str, Any]) -> Duty:
    """A duty as it is kept in its list."""
    return Duty(kept["code"], kept["words"], kept["check"], kept.get("above", ""), tuple(kept.get("facts", ())))


def duty_json(duty: Duty) -> dict[str, Any]:
    """What `as_duty` reads."""
    return {
        "code": duty.code, "words": dict(duty.words), "check": dict(duty.check), "above": duty.above, "facts": list(duty.facts)
    }  # fmt: skip


def lists(session: Session, paths: Sequence[str] = ("/",)) -> list[DutyList]:
    """The lists in force whose unit lies under some paths, from the company down."""
    query = select(DutyListRow).where(HOLDS, speaking.under(DutyListRow.path, paths))
    found = [as_list(row) for row in session.scalars(query.execution_options(populate_existing=True))]
    levels = list(Level)
    return sorted(found, key=lambda each: (levels.index(each.level), each.post, each.path))


def one(session: Session, id: int) -> DutyList | None:
    """A list by its number, in force or not."""
    row = session.get(DutyListRow, id, populate_existing=True)
    return as_list(row) if row else None


def of(session: Session, who: Person) -> DutyList | None:
    """The list that holds for somebody: of the nearest unit that has one for their post."""
    row = session.scalar(_of, {"post": who.post, "units": people.ancestors(who.path)})
    return as_list(row) if row else None


_of = (
    select(DutyListRow)
    .where(HOLDS, DutyListRow.post == bindparam("post"), among(DutyListRow.unit_id, "units"))
    .order_by(func.length(DutyListRow.path).desc())
    .limit(1)
)


def bound(session: Session, found: DutyList) -> Select[*tuple[Any, ...]]:
    """`people_on` for those whom a list binds; execute it with {"on": a date}."""
    nearer = session.scalars(
        select(DutyListRow.path).where(
            HOLDS, DutyListRow.post == found.post, DutyListRow.id != found.id,
            DutyListRow.path.startswith(found.path, autoescape=True),
        )
    )  # fmt: skip
    here = [~UnitRow.path.startswith(path, autoescape=True) for path in nearer]
    return people_on.where(
        PlacementRow.post == found.post, UnitRow.path.startswith(found.path, autoescape=True),
        PersonRow.left_on.is_(None), *here,
    )  # fmt: skip


def given(session: Session, id: int) -> Given | None:
    """What somebody was given, by its number."""
    row = session.get(DutyGivenRow, id, populate_existing=True)
    return as_given(row) if row else None


def as_given(row: DutyGivenRow) -> Given:
    """A row as a Given."""
    return Given(row.id, row.list_id, row.person_id, row.given_at, row.acknowledged_at)


def current(session: Session, person: int, found: int, now: datetime) -> Given | None:
    """What somebody was given of a list within the year."""
    row = session.scalar(_current, {"list": found, "person": person, "since": now - RENEWED})
    return as_given(row) if row else None


def opened(session: Session, person: int, now: datetime) -> Given | None:
    """What somebody has not acknowledged yet."""
    row = session.scalar(_opened, {"person": person})
    return as_given(row) if row else None


_newest = (
    select(DutyGivenRow)
    .where(DutyGivenRow.person_id == bindparam("person"), DutyGivenRow.withdrawn_at.is_(None))
    .order_by(DutyGivenRow.id.desc())
    .limit(1)
    .execution_options(populate_existing=True)
)
_current = _newest.where(DutyGivenRow.list_id == bindparam("list"), DutyGivenRow.given_at > bindparam("since"))
_opened = _newest.where(DutyGivenRow.acknowledged_at.is_(None))


# --- for whoever leads ------------------------------------------------------------------------------------------------


def led(session: Session, person: int, now: datetime, role: Role = Role.SUPERVISOR) -> tuple[str, ...]:
    """The units that somebody answers for."""
    viewer = people.viewer(session, person, now)
    return viewer.paths(role) if viewer else ()


def holders(session: Session, paths: Sequence[str], now: datetime) -> list[Holder]:
    """How many people work in which post and unit under some paths today."""
    counts, known = counting.by_post(session, now.date(), paths), counting.paths_of(session)
    found = [Holder(post, known[unit], count) for (unit, post), count in counts.items()]
    return sorted(found, key=lambda each: (each.path, each.post))


def behind(session: Session, paths: Sequence[str], now: datetime, most: int) -> list[tuple[Person, DutyGivenRow]]:
    """Who has not acknowledged under some paths, the longest given first."""
    query = (
        people_on.join(DutyGivenRow, DutyGivenRow.person_id == PersonRow.id)
        .add_columns(DutyGivenRow)
        .where(*OPEN, counting.inside(paths, wide=True), PersonRow.left_on.is_(None))
        .order_by(DutyGivenRow.given_at, DutyGivenRow.person_id)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return [(people.as_person(row), row.DutyGivenRow) for row in session.execute(query, {"on": now.date()})]


def behind_by_unit(
    session: Session, paths: Sequence[str], now: datetime, most: int
) -> tuple[list[tuple[int, int, int]], int]:
    """The units under some paths where most have not acknowledged their duties, each with how many have any and how many
    of those have not; and how many have not altogether. What was given is counted in the units that are shown alone."""
    late = _by_unit(session, now, *OPEN, *counting.within(session, paths))
    first = sorted(late, key=lambda unit: (-late[unit], unit))[:most]
    given = _by_unit(session, now, DutyGivenRow.withdrawn_at.is_(None), PlacementRow.unit_id.in_(first))
    return [(unit, given[unit], late[unit]) for unit in first], sum(late.values())


def _by_unit(session: Session, now: datetime, *which: ColumnElement[bool]) -> dict[int, int]:
    gone = select(PersonRow.id).where(counting.LEFT)
    query = (
        select(PlacementRow.unit_id, func.count())
        .join(DutyGivenRow, DutyGivenRow.person_id == PlacementRow.person_id)
        .where(*which, counting.placed(now.date()), PlacementRow.person_id.not_in(gone))
        .group_by(PlacementRow.unit_id)
    )
    return dict(session.execute(query).all())


def to_chase(
    session: Session, paths: Sequence[str], now: datetime, before: datetime, after: int, most: int
) -> list[int]:
    """What was given, told and not acknowledged under some paths, and not asked for since an instant; by its number."""
    query = _to_chase(paths, now, before).where(DutyGivenRow.id > after)
    return list(session.scalars(query.order_by(DutyGivenRow.id).limit(most)))


def any_to_chase(session: Session, paths: Sequence[str], now: datetime, before: datetime) -> bool:
    """Whether there is anything of it: whatever is met first."""
    return session.scalar(_to_chase(paths, now, before).limit(1)) is not None


def _to_chase(paths: Sequence[str], now: datetime, before: datetime) -> Select[Any]:
    heard = (
        DutyGivenRow.told_at <= before,
        or_(DutyGivenRow.reminded_at.is_(None), DutyGivenRow.reminded_at <= before),
    )
    return (
        select(DutyGivenRow.id)
        .join(PlacementRow, PlacementRow.person_id == DutyGivenRow.person_id)
        .join(PersonRow, PersonRow.id == PlacementRow.person_id)
        .where(*OPEN, *heard, counting.placed(now.date()), counting.inside(paths, wide=True), ~counting.LEFT)
    )


def counts(session: Session, paths: Sequence[str], now: datetime) -> tuple[int, int]:
    """How many people under some paths have acknowledged what they were given, and how many have not."""
    query = (
        people_on.join(DutyGivenRow, DutyGivenRow.person_id == PersonRow.id)
        .where(DutyGivenRow.withdrawn_at.is_(None), speaking.under(UnitRow.path, paths), PersonRow.left_on.is_(None))
        .with_only_columns(func.count(), func.count(DutyGivenRow.acknowledged_at), maintain_column_froms=True)
    )
    given, done = session.execute(query, {"on": now.date()}).one()
    return done, given - done


def proof(
    session: Session, paths: Sequence[str], now: datetime, most: int
) -> list[tuple[Person, DutyGivenRow, DutyListRow]]:
    """Everybody's newest giving under some paths, with the list: who acknowledged which version, and when."""
    query = (
        people_on.join(DutyGivenRow, DutyGivenRow.person_id == PersonRow.id)
        .add_columns(DutyGivenRow)
        .where(DutyGivenRow.withdrawn_at.is_(None), counting.inside(paths, wide=True), PersonRow.left_on.is_(None))
        .order_by(DutyGivenRow.person_id, DutyGivenRow.id)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query, {"on": now.date()}).all()
    # the lists apart, each once: with every row its duties would be read anew
    wanted = select(DutyListRow).where(DutyListRow.id.in_({row.DutyGivenRow.list_id for row in rows}))
    kept = {each.id: each for each in session.scalars(wanted.execution_options(populate_existing=True))}
    return [(people.as_person(row), row.DutyGivenRow, kept[row.DutyGivenRow.list_id]) for row in rows]


def played(session: Session, person: int, found: int) -> bool:
    """Whether somebody has answered the questions about a list."""
    return session.scalar(_played, {"person": person, "list": found}) is not None


_played = (
    select(DutyQuizRow.id)
    .where(
        DutyQuizRow.person_id == bindparam("person"), DutyQuizRow.list_id == bindparam("list"),
        DutyQuizRow.done_at.is_not(None),
    )
    .limit(1)
)  # fmt: skip


def quizzed(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of some lists about which somebody has finished a quiz."""
    query = select(DutyQuizRow.list_id).where(DutyQuizRow.list_id.in_(ids), DutyQuizRow.done_at.is_not(None))
    return set(session.scalars(query.distinct())) if ids else set()
