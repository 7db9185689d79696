"""Questions about the live library: what is there, in which version, and what holds for whom."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from bot.db.among import among
from bot.library.content import as_bank, as_lesson, as_question
from bot.library.model import ANY, Bank, Correction, Lesson, Question
from bot.library.tables import (
    LESSON,
    QUESTION,
    AdoptionRow,
    BankRow,
    CorrectionRow,
    LessonRow,
    LessonScopeRow,
    LessonVersionRow,
    QuestionRow,
    QuestionScopeRow,
    QuestionVersionRow,
    SignatureRow,
    UploadRow,
)
from bot.people.model import Unit
from bot.people.tables import UnitRow


@dataclass(frozen=True)
class Published:
    """A question in one of its versions."""

    question: Question
    version: int


@dataclass(frozen=True)
class LiveBank:
    """A bank as it is live; `digests` are those of its questions that are not retired, `unit` whose it is (None: all)."""

    id: str
    version: int
    digests: dict[str, str]
    unit: int | None = None


_owner = aliased(UnitRow)
"""The unit that a bank is for."""
_signer, _lesson = aliased(UnitRow), aliased(LessonRow)
_versions = select(cast(QuestionVersionRow.content, Text).label("content"), QuestionVersionRow.version)
_at = _versions.where(
    QuestionVersionRow.question_id == bindparam("id"), QuestionVersionRow.version == bindparam("version")
)
_at_any = _versions.add_columns(QuestionVersionRow.question_id).where(among(QuestionVersionRow.question_id, "ids"))
_live = _versions.join(
    QuestionRow,
    and_(QuestionRow.id == QuestionVersionRow.question_id, QuestionRow.version == QuestionVersionRow.version),
).where(QuestionRow.id == bindparam("id"))
_live_any = (
    _versions.add_columns(QuestionVersionRow.question_id)
    .join(
        QuestionRow,
        and_(QuestionRow.id == QuestionVersionRow.question_id, QuestionRow.version == QuestionVersionRow.version),
    )
    .where(among(QuestionRow.id, "ids"))
)
_lessons = select(LessonVersionRow.lesson_id, LessonVersionRow.version, LessonVersionRow.content)
_lesson_at = _lessons.where(
    LessonVersionRow.lesson_id == bindparam("id"), LessonVersionRow.version == bindparam("version")
)
_lesson_live = _lessons.join(
    LessonRow, and_(LessonRow.id == LessonVersionRow.lesson_id, LessonRow.version == LessonVersionRow.version)
)


def question(session: Session, id: str, version: int | None = None) -> Published | None:
    """A question in a version, or the live (or last) one; None where there is no such."""
    row = session.execute(_live if version is None else _at, {"id": id, "version": version}).first()
    return Published(_read(id, row.content), row.version) if row else None


def questions_at(session: Session, which: Collection[tuple[str, int]]) -> dict[tuple[str, int], Question]:
    """Questions in the versions that were asked, by both."""
    found = session.execute(_at_any, {"ids": list({id for id, _ in which})})
    keyed = ((row.question_id, row.version, row.content) for row in found)
    return {(id, version): _read(id, content) for id, version, content in keyed if (id, version) in which}


def live_questions(session: Session, ids: Collection[str]) -> dict[str, Published]:
    """Questions in their live versions, by id."""
    found = session.execute(_live_any, {"ids": list(ids)})
    return {row.question_id: Published(_read(row.question_id, row.content), row.version) for row in found}


@lru_cache(maxsize=2000)
def _read(id: str, content: str) -> Question:
    """A question from its JSON, remembered by its very words: a whole shift is asked the same few."""
    return as_question(id, json.loads(content))


def lesson(session: Session, id: str, version: int | None = None) -> Lesson | None:
    """A lesson in a version, or the live (or last) one."""
    query = _lesson_live.where(LessonRow.id == bindparam("id")) if version is None else _lesson_at
    row = session.execute(query, {"id": id, "version": version}).first()
    return as_lesson(row.lesson_id, row.version, row.content) if row else None


def lessons(session: Session, ids: Iterable[str] | None = None) -> dict[str, Lesson]:
    """Live lessons in their order, by id; with `ids` those only, retired ones too."""
    query = _lesson_live.order_by(LessonRow.position, LessonRow.id)
    query = query.where(LessonRow.retired_at.is_(None)) if ids is None else query.where(LessonRow.id.in_(list(ids)))
    return {row.lesson_id: as_lesson(row.lesson_id, row.version, row.content) for row in session.execute(query)}


def lessons_at(session: Session, unit: Unit) -> list[Lesson]:
    """The live lessons that people of a unit, or of some unit below it, are given: those that are signed there."""
    near = or_(literal(unit.path).startswith(_signer.path), _signer.path.startswith(unit.path))
    signed = (SignatureRow.lesson_id == LessonRow.id, SignatureRow.version == LessonRow.version)
    reached = exists().where(*signed, SignatureRow.unit_id == _signer.id, near)
    query = _lesson_live.where(LessonRow.retired_at.is_(None), reached.correlate_except(SignatureRow, _signer))
    found = session.execute(query.order_by(LessonRow.position, LessonRow.id))
    return [as_lesson(row.lesson_id, row.version, row.content) for row in found]


def lesson_holds(path: SQLColumnExpression[str], jurisdiction: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """SQL: the lesson of the surrounding query is signed for, and holds for or was adopted by, the unit."""
    here = _here(LessonScopeRow.jurisdiction, (LESSON + LessonRow.id,), path, jurisdiction)
    scoped = exists().where(LessonScopeRow.lesson_id == LessonRow.id, here).correlate_except(LessonScopeRow)
    return and_(scoped, _signed(LessonRow.id, LessonRow.version, path))


def _signed(lesson: SQLColumnExpression[str], version: SQLColumnExpression[int], path: SQLColumnExpression[str]) -> Any:
    """Somebody who answers for the unit, or for one above it, has signed this version."""
    return exists().where(*_signing(lesson, version, path)).correlate_except(SignatureRow, _signer)


def _signing(
    lesson: SQLColumnExpression[str], version: SQLColumnExpression[int], path: SQLColumnExpression[str]
) -> tuple[ColumnElement[bool], ...]:
    return (
        SignatureRow.lesson_id == lesson,
        SignatureRow.version == version,
        SignatureRow.unit_id == _signer.id,
        path.startswith(_signer.path),
    )


def question_holds(path: SQLColumnExpression[str], jurisdiction: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """SQL: the question of the surrounding query holds for, or was adopted (itself or its lesson) by, the unit,

    its bank is the whole company's, this unit's, or that of one above it, and if it is a shipped one, its topic is signed.
    """
    own: Sequence[ColumnElement[Any]] = (QUESTION + QuestionRow.id, LESSON + QuestionRow.lesson_id)
    here = _here(QuestionScopeRow.jurisdiction, own, path, jurisdiction)
    scoped = exists().where(QuestionScopeRow.question_id == QuestionRow.id, here).correlate_except(QuestionScopeRow)
    theirs = exists().where(BankRow.unit_id == _owner.id, path.startswith(_owner.path)).correlate_except(_owner)
    bank = exists().where(BankRow.id == QuestionRow.bank_id, or_(BankRow.unit_id.is_(None), theirs))
    lesson = (
        _lesson.topic == QuestionRow.topic,
        _lesson.shipped,  # who publishes a lesson of their own has not read what Davy asks about its topic
        _lesson.retired_at.is_(None),
    )
    # counted, not asked for: PostgreSQL would join all signatures anew for each question
    signatures = select(func.count()).where(*_signing(_lesson.id, _lesson.version, path))
    answered_for = signatures.correlate_except(SignatureRow, _signer).scalar_subquery() > 0
    signed = exists().where(*lesson, answered_for).correlate_except(_lesson)
    return and_(scoped, bank.correlate_except(BankRow), or_(~QuestionRow.shipped, signed))


def _here(
    scope: Any,
    own: Sequence[ColumnElement[Any]],
    path: SQLColumnExpression[str],
    jurisdiction: SQLColumnExpression[str],
) -> ColumnElement[bool]:
    """Everywhere, here (`US-CA` lies in `US`), or adopted by this unit or one above it."""
    adopted = (
        exists()
        .where(
            AdoptionRow.unit_id == UnitRow.id,
            path.startswith(UnitRow.path),
            AdoptionRow.what.in_((scope, *own)),
        )
        .correlate_except(AdoptionRow, UnitRow)
    )
    return or_(scope == ANY, scope == jurisdiction, jurisdiction.startswith(scope + "-"), adopted)


def live_bank(session: Session, id: str) -> LiveBank | None:
    """A bank with the hashes of its live questions."""
    row = session.get(BankRow, id, populate_existing=True)
    if row is None:
        return None
    found = session.execute(
        select(QuestionRow.id, QuestionRow.digest).where(QuestionRow.bank_id == id, QuestionRow.retired_at.is_(None))
    )
    return LiveBank(row.id, row.version, {each.id: each.digest for each in found}, row.unit_id)


def correction(session: Session, id: int) -> Correction | None:
    """What was wrong, and what is right instead."""
    row = session.get(CorrectionRow, id)
    old = question(session, row.question_id, row.version) if row is not None else None
    if row is None or old is None:
        return None
    new = question(session, row.question_id) if row.outcome == "corrected" else None
    return Correction(row.id, old.question, row.version, row.words, new.question if new else None)


def banks_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """In which bank the questions with these ids are."""
    found: dict[str, str] = {}
    wanted = list(ids)
    for at in range(0, len(wanted), 500):
        some = wanted[at : at + 500]
        found |= {
            row.id: row.bank_id
            for row in session.execute(select(QuestionRow.id, QuestionRow.bank_id).where(QuestionRow.id.in_(some)))
        }
    return found


@dataclass(frozen=True)
class BankLine:
    """A bank in a list, with how many questions of it are live, and the path of whom it is for (None: everybody)."""

    id: str
    title: dict[str, str]
    count: int
    path: str | None


def banks(session: Session) -> list[BankLine]:
    """All live banks."""
    query = (
        select(BankRow.id, BankRow.title, func.count(QuestionRow.id), UnitRow.path)
        .outerjoin(UnitRow, UnitRow.id == BankRow.unit_id)
        .join(QuestionRow, and_(QuestionRow.bank_id == BankRow.id, QuestionRow.retired_at.is_(None)))
        .group_by(BankRow.id, UnitRow.path)
        .order_by(BankRow.id)
    )
    return [BankLine(*row) for row in session.execute(query)]


def live_content(session: Session, id: str) -> dict[str, Any] | None:
    """A bank with its live questions as JSON (id, language, title, questions by id)."""
    row = session.get(BankRow, id)
    if row is None:
        return None
    query = (
        select(QuestionRow.id, QuestionVersionRow.content)
        .join(
            QuestionVersionRow,
            and_(QuestionVersionRow.question_id == QuestionRow.id, QuestionVersionRow.version == QuestionRow.version),
        )
        .where(QuestionRow.bank_id == id, QuestionRow.retired_at.is_(None))
        .order_by(QuestionRow.id)
    )
    questions = {each.id: each.content for each in session.execute(query)}
    return {"id": row.id, "language": row.language, "title": row.title, "questions": questions}


def bank(session: Session, id: str) -> Bank | None:
    """A bank with its live questions, as it could be sent back by a trainer."""
    content = live_content(session, id)
    return as_bank(content) if content else None


def counts(session: Session) -> tuple[int, int]:
    """How many lessons and questions are live."""
    lessons_live = session.scalar(select(func.count()).select_from(LessonRow).where(LessonRow.retired_at.is_(None)))
    questions_live = session.scalar(
        select(func.count()).select_from(QuestionRow).where(QuestionRow.retired_at.is_(None))
    )
    return lessons_live or 0, questions_live or 0


def upload(session: Session, id: int) -> UploadRow | None:
    """An upload as it stands now."""
    return session.get(UploadRow, id, populate_existing=True)
