"""Questions about the legal register. Who leads a part of where an entry holds sees it; its keepers may change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from bot.compliance.register.model import Flag, Kind, Law, Outcome
from bot.compliance.register.tables import LawEvaluationRow, LawFlagRow, LawRow
from bot.library.tables import LessonRow, LessonScopeRow
from bot.people import speaking as whom

LISTED = ("late", "changed", "not_met")
"""What a list may be kept to: to be looked at or evaluated, with open flags, not met."""


def law(session: Session, id: int) -> Law | None:
    """An entry by its number."""
    row = session.get(LawRow, id, populate_existing=True)
    return as_law(row) if row is not None else None


def as_law(row: LawRow) -> Law:
    """A row as a value."""
    return Law(
        row.id, row.code, Kind(row.kind), row.jurisdiction, row.title, row.version, row.effective_on, row.source,
        row.changes, row.binds, row.unit_id, row.path, tuple(row.topics), row.owner_id, row.look_days, row.look_at,
        row.evaluate_days, row.evaluate_at, row.number, row.retired_at is None, row.watch, row.stirred_at,
        Outcome(row.outcome) if row.outcome else None, row.evaluated_at,
    )  # fmt: skip


def near(paths: Sequence[str]) -> ColumnElement[bool]:
    """Entries that hold for some units: of theirs, of those above, and of their parts."""
    above = sorted({each for path in paths for each in whom.above(path)})
    return or_(LawRow.path.in_(above), *(LawRow.path.startswith(path, autoescape=True) for path in paths))


def kept_to(show: str, now: datetime) -> ColumnElement[bool] | None:
    """A list's condition by its word; None for all."""
    flagged = select(LawFlagRow.law_id).where(LawFlagRow.settled_at.is_(None))
    return {
        "late": or_(LawRow.look_at <= now, LawRow.evaluate_at <= now, LawRow.stirred_at.is_not(None)),
        "changed": LawRow.id.in_(flagged),
        "not_met": LawRow.outcome == Outcome.NOT_MET.value,
    }.get(show)


def laws(
    session: Session, paths: Sequence[str], now: datetime, show: str = "", most: int = 20, skip: int = 0
) -> list[Law]:
    """The entries that hold for some units, by jurisdiction and code."""
    if not paths:
        return []
    query = select(LawRow).where(near(paths), LawRow.retired_at.is_(None))
    only = kept_to(show, now)
    query = query.where(only) if only is not None else query
    query = query.order_by(LawRow.jurisdiction, LawRow.code).limit(most).offset(skip)
    return [as_law(row) for row in session.scalars(query)]


def counts(session: Session, paths: Sequence[str], now: datetime) -> dict[str, int]:
    """How many there are in all and of each list."""
    if not paths:
        return dict.fromkeys(("all", *LISTED), 0)
    kinds = {show: kept_to(show, now) for show in LISTED}
    columns = [func.count().filter(only) for only in kinds.values() if only is not None]
    row = session.execute(select(func.count(), *columns).where(near(paths), LawRow.retired_at.is_(None))).one()
    return dict(zip(("all", *LISTED), row, strict=True))


def flags(session: Session, id: int, most: int = 50) -> list[Flag]:
    """What depends on an entry and has not been looked at since it changed."""
    query = select(LawFlagRow).where(LawFlagRow.law_id == id, LawFlagRow.settled_at.is_(None))
    return [_as_flag(row) for row in session.scalars(query.order_by(LawFlagRow.what, LawFlagRow.id).limit(most))]


def flag(session: Session, id: int) -> Flag | None:
    """A flag by its number."""
    row = session.get(LawFlagRow, id, populate_existing=True)
    return _as_flag(row) if row is not None else None


def _as_flag(row: LawFlagRow) -> Flag:
    return Flag(row.id, row.law_id, row.number, row.what, row.ref, row.settled_at)


def flagged_for(session: Session, person: int, most: int = 5) -> list[Law]:
    """The entries that somebody looks after and that have open flags."""
    return [as_law(row) for row in session.scalars(_flagged, {"person": person, "most": most})]


_theirs = (
    select(LawRow).where(LawRow.owner_id == bindparam("person"), LawRow.retired_at.is_(None)).limit(bindparam("most"))
)
_flagged = _theirs.where(LawRow.id.in_(select(LawFlagRow.law_id).where(LawFlagRow.settled_at.is_(None)))).order_by(
    LawRow.id
)


def lessons_about(session: Session, topics: Sequence[str], jurisdiction: str) -> list[str]:
    """The live lessons on some topics that hold under a jurisdiction."""
    if not topics:
        return []
    there = select(LessonScopeRow.lesson_id).where(LessonScopeRow.jurisdiction.in_(("any", jurisdiction)))
    query = select(LessonRow.id).where(
        LessonRow.topic.in_(topics), LessonRow.retired_at.is_(None), LessonRow.id.in_(there)
    )
    return sorted(session.scalars(query))


def due(session: Session, now: datetime, most: int) -> list[LawRow]:
    """Entries whose source is to be looked at, or that are to be evaluated, and nobody was asked for this time."""
    look = LawRow.look_at <= now, or_(LawRow.look_asked_at.is_(None), LawRow.look_asked_at < LawRow.look_at)
    evaluate = (
        LawRow.evaluate_at <= now,
        or_(LawRow.evaluate_asked_at.is_(None), LawRow.evaluate_asked_at < LawRow.evaluate_at),
    )
    query = select(LawRow).where(LawRow.retired_at.is_(None), or_(_all(look), _all(evaluate)))
    return list(session.scalars(query.order_by(LawRow.id).limit(most)))


def _all(conditions: tuple[ColumnElement[bool], ...]) -> ColumnElement[bool]:
    first, second = conditions
    return first & second


def due_for(session: Session, person: int, now: datetime, most: int) -> list[Law]:
    """What somebody looks after and is due or stirred: stirred first."""
    return [as_law(row) for row in session.scalars(_due, {"person": person, "now": now, "most": most})]


_now = bindparam("now", type_=LawRow.look_at.type)
_due = _theirs.where(or_(LawRow.look_at <= _now, LawRow.evaluate_at <= _now, LawRow.stirred_at.is_not(None))).order_by(
    case((LawRow.stirred_at.is_not(None), 0), else_=1), LawRow.look_at, LawRow.id
)


def evaluations(session: Session, id: int, most: int = 5) -> list[LawEvaluationRow]:
    """The newest evaluations of an entry."""
    query = select(LawEvaluationRow).where(LawEvaluationRow.law_id == id).order_by(LawEvaluationRow.id.desc())
    return list(session.scalars(query.limit(most)))
