"""Today's participation by unit, without reading all of today's facts at each look.

A tick counts units up, and of each it keeps how many of its facts behind a mark are in the count. As long as there are as many, no
fact has come since, whatever its time: the count holds to the fact. The units that have new ones are counted from the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from bot.assessment.model import Place
from bot.assessment.tables import ParticipationMarkRow, ParticipationTodayRow
from bot.db.among import among
from bot.db.once import table_of, upsert_many
from bot.learning import model as learning
from bot.ledger.sealing import LATE
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import counting
from bot.people.tables import LeaveRow, PersonRow, PlacementRow

OFFERS = (learning.LESSON_ASSIGNED.name, learning.REVIEW_ASSIGNED.name)
READ, ANSWERED, LOST = learning.LESSON_READ.name, learning.QUESTION_ANSWERED.name, learning.NOT_DELIVERED.name
TODAY = (*OFFERS, READ, ANSWERED, LOST)
Counts = tuple[int, int, int, int, int]
"""Who was offered something, and of these: who read, who answered, who took part, whom it did not reach."""
NOTHING: Counts = (0, 0, 0, 0, 0)
_fact, _kept = table_of(FactRow), table_of(ParticipationTodayRow)
FEW = 50
"""So many units are sooner counted than looked up."""
_NEVER = -1
"""No number of facts: the count is made anew."""


def of_kinds(kinds: Collection[str]) -> ColumnElement[bool]:
    """Whether a fact is of some kinds, as an expression: SQLite would else go along all facts of these kinds that there are,
    instead of those of some units or behind some number.
    """
    return func.coalesce(FactRow.kind, "").in_(kinds)


def newer(session: Session) -> Mapping[int, int] | None:
    """How many facts behind the mark each unit has; None where nothing was counted up yet."""
    mark = session.scalar(select(ParticipationMarkRow.fact))
    return _behind(session, mark) if mark is not None else None


def _behind(session: Session, mark: int) -> dict[int, int]:
    unit = func.coalesce(_fact.c.unit_id, 0)  # no column, for the same reason as the kind
    query = select(unit, func.count()).where(_fact.c.id > mark, of_kinds(TODAY)).group_by(unit)
    return dict(session.execute(query).all())


def kept(session: Session, since: datetime, newer: Mapping[int, int] | None) -> dict[int, Counts]:
    """What was counted up for the day that began at an instant and still holds, by unit; those on leave are in it."""
    if newer is None:
        return {}
    found = session.execute(_of_day, {"since": since}).all()
    return {row[0]: row[2:] for row in found if row[1] == newer.get(row[0], 0)}


_of_day = select(
    _kept.c.unit_id, _kept.c.newer, _kept.c.offered, _kept.c.read, _kept.c.answered, _kept.c.took_part, _kept.c.undelivered
).where(_kept.c.since == bindparam("since"))  # fmt: skip


def _flag(*kinds: str):  # type: ignore[no-untyped-def]
    return func.max(case((FactRow.kind.in_(kinds), 1), else_=0))


def counted(session: Session, units: Collection[int], starts: datetime, ends: datetime) -> dict[int, Counts]:
    """What the facts of some units say of a day; those on leave are in it.

    Who learned without having been offered anything is not counted: there is no opportunity to set it against.
    """
    if not units:
        return {}
    each = (
        select(
            FactRow.unit_id.label("unit"), _flag(*OFFERS).label("offered"), _flag(READ).label("read"),
            _flag(ANSWERED).label("answered"), _flag(READ, ANSWERED).label("took_part"), _flag(LOST).label("lost"),
        )
        .where(among(FactRow.unit_id, "units"), of_kinds(TODAY), FactRow.at >= starts, FactRow.at < ends)
        .group_by(FactRow.unit_id, FactRow.pseudonym)
        .subquery()
    )  # fmt: skip
    offered = each.c.offered
    query = select(
        each.c.unit, func.sum(offered), func.sum(offered * each.c.read), func.sum(offered * each.c.answered),
        func.sum(offered * each.c.took_part), func.sum(offered * each.c.lost * (1 - each.c.took_part)),
    ).group_by(each.c.unit)  # fmt: skip
    found = session.execute(query, {"units": list(units)})
    return {unit: (int(a), int(b), int(c), int(d), int(e)) for unit, a, b, c, d, e in found}


def on_leave(session: Session, now: datetime) -> Sequence[str]:
    """The pseudonyms of those who are on leave now."""
    query = select(LeaveRow.person_id).where(
        LeaveRow.starts_at <= now, or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > now)
    )
    persons = set(session.scalars(query))
    theirs = select(PseudonymRow.pseudonym).where(among(PseudonymRow.person_id, "persons"))
    return session.scalars(theirs, {"persons": persons}).all() if persons else ()


def away(session: Session, them: Sequence[str], starts: datetime, ends: datetime) -> dict[int, tuple[int, int]]:
    """By the unit of the facts: who of some people was offered something on a day and has not begun; whom it did not reach."""
    if not them:
        return {}
    query = (
        select(FactRow.unit_id, _flag(LOST))
        .where(among(FactRow.pseudonym, "them"), of_kinds(TODAY), FactRow.at >= starts, FactRow.at < ends)
        .where(FactRow.unit_id.is_not(None))
        .group_by(FactRow.unit_id, FactRow.pseudonym)
        .having(_flag(*OFFERS) == 1, _flag(READ, ANSWERED) == 0)
    )
    found: dict[int, tuple[int, int]] = {}
    for unit, lost in session.execute(query, {"them": them}):
        assert unit is not None
        offered, undelivered = found.get(unit, (0, 0))
        found[unit] = (offered + 1, undelivered + lost)
    return found


# --- who works where -----------------------------------------------------------------------------------------------------


def at_work(session: Session, places: Sequence[Place], now: datetime) -> dict[int, int]:
    """How many people work in each of some units today; a unit without any is left out."""
    wanted, on = {place.id for place in places}, now.date()
    if len(wanted) <= FEW:
        return _placed(session, wanted, on)
    tops = sorted({f"/{place.path.split('/')[1]}/" for place in places})
    return {unit: people for unit, people in counting.by_unit(session, on, tops).items() if unit in wanted}


def _placed(session: Session, units: Collection[int], on: date) -> dict[int, int]:
    query = (
        select(PlacementRow.unit_id, func.count())
        .join(PersonRow, PersonRow.id == PlacementRow.person_id)
        .where(among(PlacementRow.unit_id, "units"), counting.placed(on), PersonRow.left_on.is_(None))
        .group_by(PlacementRow.unit_id)
    )
    return {row[0]: row[1] for row in session.execute(query, {"units": list(units)})}


# --- counting up ---------------------------------------------------------------------------------------------------------


def count_up(session: Session, days: Mapping[tuple[datetime, datetime], Sequence[int]], most: int) -> bool:
    """A slice of the units with new facts; True while more are left."""
    if _advanced(session):
        return True
    # before the facts themselves: one that comes in between is counted twice as new, never not at all
    seen = newer(session) or {}
    left = most
    for (starts, ends), units in days.items():
        there = kept(session, starts, seen)
        due = [unit for unit in units if unit not in there]
        found = counted(session, due[:left], starts, ends)
        rows = [_row(unit, starts, seen.get(unit, 0), found.get(unit, NOTHING)) for unit in due[:left]]
        upsert_many(session, ParticipationTodayRow, rows)
        if len(due) > left:
            return True
        left -= len(due)
    return False


def _row(unit: int, since: datetime, seen: int, counts: Counts) -> dict[str, object]:
    names = ("offered", "read", "answered", "took_part", "undelivered")
    return {"unit_id": unit, "since": since, "newer": seen, **dict(zip(names, counts, strict=True))}


def _advanced(session: Session) -> bool:
    """Moves the mark on once many facts are behind it; True where it did. As far back as the sealer looks, for the same reason."""
    mark = session.scalar(select(ParticipationMarkRow.fact))
    wanted = max((session.scalar(select(func.max(FactRow.id))) or 0) - LATE, 0)
    if mark is not None and wanted - mark <= LATE:
        return False
    behind = _behind(session, wanted)
    # after the other: a fact that comes in between makes its unit one that is counted anew
    seen = _behind(session, mark) if mark is not None else {}
    for row in session.scalars(select(ParticipationTodayRow).execution_options(populate_existing=True)).all():
        holds = mark is not None and row.newer == seen.get(row.unit_id, 0)
        row.newer = behind.get(row.unit_id, 0) if holds else _NEVER
    if mark is None:
        session.add(ParticipationMarkRow(id=1, fact=wanted))
    else:
        session.execute(update(ParticipationMarkRow).values(fact=wanted))
    return True
