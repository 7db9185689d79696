"""Reading what an analysis rests on: one statement over the answers of a bank, whatever their number.

These queries read for seconds where there are a million answers: never in a transaction of the writer, but on a
connection of their own (`ticks.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Select, Text, and_, case, cast, extract, func, or_, select
from sqlalchemy.orm import Session

from bot.analysis.model import LEAST_OTHERS, Group
from bot.learning.tables import AnswerRow
from bot.library import store as library
from bot.library.kinds.options import OptionsKind
from bot.library.kinds.registry import KINDS
from bot.library.kinds.true_false import TrueFalse
from bot.library.model import Localized, Question
from bot.library.tables import BankRow, QuestionRow
from bot.people.tables import PersonRow, PlacementRow, UnitRow

SECONDS = (0, 2, 3, 5, 8, 12, 18, 27, 40, 60, 90, 135, 200)
"""Where the buckets begin in which times are counted."""
LEFT_LYING = 300
"""What took longer was left lying, and its time says nothing."""
WRITTEN = tuple(sorted(name for name, kind in KINDS.items() if isinstance(kind, OptionsKind | TrueFalse)))
"""The kinds whose choices stand on the screen, so that each can be counted."""


def groups(session: Session, bank: str, paths: Sequence[str], now: datetime) -> list[Group]:
    """The first answers to a bank's questions of people who work under these paths (`/`: of everybody), in groups."""
    rows = session.execute(_groups(bank, paths, now))
    return [
        Group(r.question_id, r.question_version, r.right, _positions(r.chosen), r.bucket, r.n, r.others, r.known or 0.0,
              r.squares or 0.0)
        for r in rows
    ]  # fmt: skip


def _positions(chosen: str | None) -> tuple[int, ...] | None:
    return None if chosen is None else tuple(json.loads(chosen))


def _groups(bank: str, paths: Sequence[str], now: datetime) -> Select[Any]:
    """The statement of `groups`: who answered first and when, then how each person did on all other questions."""
    a = AnswerRow
    same: dict[str, Any] = {"partition_by": (a.person_id, a.question_id), "order_by": (a.answered_at, a.id)}
    written = case((QuestionRow.kind.in_(WRITTEN), cast(a.chosen, Text)))
    numbered = (
        select(
            a.person_id, a.question_id, a.question_version, a.right, written.label("chosen"), _bucket().label("bucket"),
            func.row_number().over(**same).label("nth"),
        )
        .join(QuestionRow, QuestionRow.id == a.question_id)
        .where(QuestionRow.bank_id == bank, a.right.is_not(None), a.answered_at.is_not(None))
    )  # fmt: skip
    if "/" not in paths:
        numbered = numbered.where(a.person_id.in_(working_under(paths, now)))
    each = numbered.subquery()
    one = cast(each.c.right, Integer)
    mine: dict[str, Any] = {"partition_by": each.c.person_id}
    first = (
        select(
            *each.c,
            (func.count().over(**mine) - 1).label("others"),
            (func.sum(one).over(**mine) - one).label("right_of"),
        )
        .where(each.c.nth == 1)
        .subquery()
    )
    enough = first.c.others >= LEAST_OTHERS
    share = cast(first.c.right_of, Float) / case((enough, first.c.others))
    key = (first.c.question_id, first.c.question_version, first.c.right, first.c.chosen, first.c.bucket)
    return select(
        *key, func.count().label("n"), func.count(share).label("others"), func.sum(share).label("known"),
        func.sum(share * share).label("squares"),
    ).group_by(*key)  # fmt: skip


def _bucket() -> ColumnElement[Any]:
    took = extract("epoch", AnswerRow.answered_at) - extract("epoch", AnswerRow.asked_at)
    within = [(took < upto, place) for place, upto in enumerate(SECONDS[1:])]
    return case(*within, (took <= LEFT_LYING, len(SECONDS) - 1))


def working_under(paths: Sequence[str], now: datetime) -> Select[int]:
    """The ids of people who work under some paths today."""
    on = now.date()
    return (
        select(PlacementRow.person_id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .join(PersonRow, PersonRow.id == PlacementRow.person_id)
        .where(
            or_(*(UnitRow.path.startswith(path) for path in paths)),
            PlacementRow.starts_on <= on,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on),
            PersonRow.left_on.is_(None),
        )
    )


def contents(
    session: Session, bank: str, seen: Iterable[tuple[str, int]]
) -> tuple[Localized, dict[tuple[str, int], Question], frozenset[tuple[str, int]]] | None:
    """A bank's title, its questions in the versions seen and in the live one, and which of these are live.

    None where there is no such bank.
    """
    row = session.get(BankRow, bank)
    if row is None:
        return None
    live = select(QuestionRow.id, QuestionRow.version).where(
        QuestionRow.bank_id == bank, QuestionRow.retired_at.is_(None)
    )
    asked_now = frozenset((each.id, each.version) for each in session.execute(live))
    return row.title, library.questions_at(session, asked_now | set(seen)), asked_now


def surely_wrong() -> ColumnElement[bool]:
    """SQL: a wrong answer, but for those whose person said that they were not sure of it."""
    return and_(AnswerRow.right.is_(False), AnswerRow.sure.is_not(False))
