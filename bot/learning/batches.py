"""Questions about many people's answers at once, in statements that are built once: a whole shift answers at the same minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import table_of, upsert_many
from bot.learning.model import Asked, Attempt, Memory, Mode
from bot.learning.tables import AnswerRow, MemoryRow

_answer, _memory = table_of(AnswerRow), table_of(MemoryRow)
_all = select(
    _answer.c.id, _answer.c.assignment_id, _answer.c.person_id, _answer.c.question_id, _answer.c.question_version,
    _answer.c.place, _answer.c.shown, _answer.c.state, _answer.c.chosen, _answer.c.right, _answer.c.mode, _answer.c.taken_back,
    _answer.c.sure,
)  # fmt: skip
_attempts = _all.where(among(_answer.c.id, "ids"))
_sittings = _all.where(among(_answer.c.assignment_id, "ids")).order_by(_answer.c.place)
_memories = select(_memory).where(
    among(_memory.c.person_id, "persons"),
    among(_memory.c.question_id, "questions"),
)
_settle = (
    update(_answer)
    .where(among(_answer.c.id, "ids"), _answer.c.state == Asked.ANSWERED.value)
    .values(state=Asked.SETTLED.value)
    .returning(_answer.c.id)
)
_counts = (
    select(_answer.c.assignment_id, func.count())
    .where(among(_answer.c.assignment_id, "ids"))
    .group_by(_answer.c.assignment_id)
)
_open = (
    update(_answer)
    .where(_answer.c.id == bindparam("the_id"), _answer.c.state == bindparam("before"))
    .values(state=Asked.OPEN.value, asked_at=bindparam("now"))
)
_mark = (
    update(_answer)
    .where(_answer.c.id == bindparam("the_id"), _answer.c.state == bindparam("before"))
    .values(
        state=Asked.ANSWERED.value,
        chosen=bindparam("said", type_=_answer.c.chosen.type),
        right=bindparam("was_right"),
        sure=bindparam("was_sure"),
        answered_at=bindparam("now"),
    )
)
_choose = (
    update(_answer)
    .where(_answer.c.id == bindparam("the_id"), _answer.c.state == Asked.OPEN.value)
    .values(chosen=bindparam("said", type_=_answer.c.chosen.type))
)


def attempts(session: Session, ids: Sequence[int]) -> dict[int, Attempt]:
    """Questions that were put to people, by attempt."""
    return {row[0]: _attempt(row) for row in session.execute(_attempts, {"ids": list(ids)})}


def sittings(session: Session, assignments: Iterable[int]) -> dict[int, list[Attempt]]:
    """All questions of these assignments, each in its order."""
    found: dict[int, list[Attempt]] = {}
    for row in session.execute(_sittings, {"ids": list(assignments)}):
        found.setdefault(row[1], []).append(_attempt(row))
    return found


def counts(session: Session, assignments: Iterable[int]) -> dict[int, int]:
    """How many questions each of these assignments has."""
    return {row[0]: row[1] for row in session.execute(_counts, {"ids": list(assignments)})}


def _attempt(row: Any) -> Attempt:
    return Attempt(
        row[0], row[1], row[2], row[3], row[4], row[5], tuple(row[6]), Asked(row[7]), tuple(row[8]), row[9],
        Mode(row[10]), row[11], row[12],
    )  # fmt: skip


def open_up(session: Session, asked: Sequence[Attempt], now: datetime) -> None:
    """Marks questions as lying before people from now on."""
    rows = [{"the_id": each.id, "before": each.state.value, "now": now} for each in asked]
    if rows:
        session.connection().execute(_open, rows)


def choose(session: Session, asked: Sequence[Attempt]) -> None:
    """Writes what is marked in questions that lie open, and not answered yet."""
    rows = [{"the_id": each.id, "said": list(each.chosen)} for each in asked]
    if rows:
        session.connection().execute(_choose, rows)


def memories(session: Session, asked: Sequence[Attempt]) -> dict[tuple[int, str], Memory]:
    """What these people remember of these questions; nothing where they never answered one."""
    values = {"persons": [each.person for each in asked], "questions": list({each.question for each in asked})}
    return {
        (row.person_id, row.question_id): Memory(
            row.stability, row.difficulty, row.due_at, row.reviewed_at, row.reps, row.lapses
        )
        for row in session.execute(_memories, values)
    }


def take_in(session: Session, asked: Sequence[Attempt]) -> set[int]:
    """Answers that memory takes in now, once each; answers which of them were still to be taken in."""
    return set(session.scalars(_settle, {"ids": [each.id for each in asked]}))


def keep(session: Session, known: Iterable[tuple[tuple[int, str], Memory]]) -> None:
    """Writes what people remember now."""
    rows = [
        {
            "person_id": person, "question_id": question, "stability": now.stability, "difficulty": now.difficulty,
            "due_at": now.due_at, "reviewed_at": now.reviewed_at, "reps": now.reps, "lapses": now.lapses,
        }
        for (person, question), now in known
    ]  # fmt: skip
    upsert_many(session, MemoryRow, rows)


def mark_answered(session: Session, answers: Sequence[tuple[Attempt, Asked]], now: datetime) -> int:
    """Writes answers, each with the state in which its question was read; says how many still stood so."""
    rows = [
        {
            "the_id": each.id, "before": before.value, "said": list(each.chosen), "was_right": each.right,
            "was_sure": each.sure, "now": now,
        }
        for each, before in answers
    ]  # fmt: skip
    return int(session.connection().execute(_mark, rows).rowcount)
