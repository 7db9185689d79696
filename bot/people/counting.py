"""How many people work where: counted from their placements alone, as cheaply as a whole company lets itself be counted.

`people_on` joins person, unit and shift row by row; of a hundred thousand people that costs a second, of their placements, in
the order of an index that holds all that is asked, hardly any. Those who left keep their placements: they are counted apart,
because they are few, and taken off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.db.once import table_of
from bot.db.reading import shared
from bot.people.tables import PersonRow, PlacementRow, UnitRow

LEFT = PersonRow.left_on.is_not(None)
"""Who does not work here at this moment; of another day see `elsewhere_on`."""


def placed(on: date) -> ColumnElement[bool]:
    """SQL: a placement is in force on a day."""
    return and_(PlacementRow.starts_on <= on, or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on))


def elsewhere_on(on: date) -> ColumnElement[bool]:
    """SQL: a person did not work here on a day, or not yet."""
    return or_(PersonRow.left_on <= on, PersonRow.joined_on > on)


def here_on(on: date) -> ColumnElement[bool]:
    """SQL: a person worked here on a day. Not the mere opposite of `elsewhere_on`, which is unknown of who never left."""
    return and_(or_(PersonRow.left_on.is_(None), PersonRow.left_on > on), PersonRow.joined_on <= on)


def inside(paths: Sequence[str], wide: bool = False) -> ColumnElement[bool]:
    """SQL: a placement is in a unit under some paths; nothing lies under none.

    `wide`: there are so many that something else leads to the right rows sooner than the units do. Without its statistics
    SQLite cannot know; what is added to the unit's id keeps it from its index.
    """
    under = [UnitRow.path.startswith(path, autoescape=True) for path in paths]
    unit = PlacementRow.unit_id + 0 if wide else PlacementRow.unit_id
    return unit.in_(select(UnitRow.id).where(or_(*under))) if under else false()


_unit = table_of(UnitRow).c
_roots = select(_unit.path).where(_unit.parent_id.is_(None))


def within(session: Session, paths: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """`inside`; nothing at all where that is everybody: no unit need be looked up for each of a hundred thousand."""
    roots = shared(session, "roots", lambda: list(session.scalars(_roots)))
    return () if all(root.startswith(tuple(paths)) for root in roots) else (inside(paths),)


def by_unit(session: Session, on: date, paths: Sequence[str], gone: ColumnElement[bool] = LEFT) -> dict[int, int]:
    """How many people work in each unit itself under some paths on a day; units without any are left out."""
    return {unit: n for (unit,), n in _counted(session, on, paths, gone, PlacementRow.unit_id).items()}


def staffed(session: Session, on: date, after: int, most: int) -> list[int]:
    """The next units by number after one in which somebody works on a day; closed ones are left out."""
    here = select(PlacementRow.id).join(PersonRow, PersonRow.id == PlacementRow.person_id)
    here = here.where(PlacementRow.unit_id == UnitRow.id, placed(on), ~LEFT)
    query = select(UnitRow.id).where(UnitRow.id > after, UnitRow.ends_on.is_(None), here.exists())
    return list(session.scalars(query.order_by(UnitRow.id).limit(most)))


def by_post(
    session: Session, on: date, paths: Sequence[str], gone: ColumnElement[bool] = LEFT
) -> dict[tuple[int, str], int]:
    """The same by unit and post."""
    return _counted(session, on, paths, gone, PlacementRow.unit_id, PlacementRow.post)


def many(session: Session, on: date, paths: Sequence[str], gone: ColumnElement[bool] = LEFT) -> int:
    """How many people work under some paths on a day."""
    return sum(_counted(session, on, paths, gone).values())


def by_language(session: Session, on: date, paths: Sequence[str]) -> dict[str, int]:
    """How many people who work under some paths on a day read which language."""
    query = (
        select(PersonRow.lang, func.count())
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .where(placed(on), inside(paths), ~LEFT)
    )
    return dict(session.execute(query.group_by(PersonRow.lang)).all()) if paths else {}


def rolled(counts: Mapping[int, int], paths: Mapping[int, str]) -> Counter[int]:
    """What was counted `by_unit`, for each unit with all below it. `paths` are those of the units by id."""
    found: dict[str, int] = {}
    for unit, n in counts.items():
        for above in paths[unit].strip("/").split("/"):
            found[above] = found.get(above, 0) + n
    return Counter({int(id): n for id, n in found.items()})


def paths_of(session: Session) -> dict[int, str]:
    """The path of every unit, closed ones too: people may still be placed there."""
    unit = table_of(UnitRow).c
    return dict(session.execute(select(unit.id, unit.path)).all())


def _counted(
    session: Session,
    on: date,
    paths: Sequence[str],
    gone: ColumnElement[bool],
    *by: InstrumentedAttribute[Any],
) -> dict[tuple[Any, ...], int]:
    """One statement: everybody placed there, and with a minus those of them who do not work here. The parts of a page share it."""
    if not paths:
        return {}
    if gone is not LEFT:
        return _count(session, on, paths, gone, *by)
    asked = ("placed", on, tuple(paths), tuple(column.key for column in by))
    return shared(session, asked, lambda: _count(session, on, paths, gone, *by))


def _count(
    session: Session, on: date, paths: Sequence[str], gone: ColumnElement[bool], *by: InstrumentedAttribute[Any]
) -> dict[tuple[Any, ...], int]:
    everybody: Select[Any] = select(func.count(), *by).select_from(PlacementRow)
    everybody = everybody.where(placed(on), *within(session, paths))
    less: Select[Any] = select(-func.count(), *by).select_from(PlacementRow)
    less = less.where(
        PlacementRow.person_id.in_(select(PersonRow.id).where(gone)), placed(on), inside(paths, wide=True)
    )
    found: Counter[tuple[Any, ...]] = Counter()
    for n, *key in session.execute(union_all(everybody.group_by(*by), less.group_by(*by))).all():
        found[tuple(key)] += n
    return {key: n for key, n in found.items() if n}
