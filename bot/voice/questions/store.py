"""Questions and answers, read. What somebody may find: answers given under the same law as theirs, and not kept private."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people.model import Person
from bot.people.tables import UnitRow
from bot.voice.questions import rules
from bot.voice.questions.model import Found
from bot.voice.questions.tables import AnswerWordRow, QuestionAskedRow

OPEN = QuestionAskedRow.state == "open"
_SHOWN = (QuestionAskedRow.state == "answered", QuestionAskedRow.kept_private.is_(False))
CANDIDATES = 40


def question(session: Session, id: int) -> QuestionAskedRow | None:
    """A question, as it is now."""
    return session.get(QuestionAskedRow, id, populate_existing=True)


def open_questions(session: Session, since: datetime) -> list[QuestionAskedRow]:
    """Questions that nobody has answered."""
    query = select(QuestionAskedRow).where(OPEN, QuestionAskedRow.asked_at > since)
    return list(session.scalars(query.order_by(QuestionAskedRow.id)))


def due(session: Session, now: datetime, most: int) -> list[QuestionAskedRow]:
    """Open questions whose reminder or deadline has come."""
    query = select(QuestionAskedRow).where(OPEN, QuestionAskedRow.chase_at <= now)
    return list(session.scalars(query.order_by(QuestionAskedRow.chase_at, QuestionAskedRow.id).limit(most)))


def open_under(session: Session, paths: Sequence[str], most: int, besides: int = 0) -> list[QuestionAskedRow]:
    """Open questions of some units, the one that is due first foremost."""
    if not paths:
        return []
    query = _open_besides.where(speaking.under(UnitRow.path, paths))
    return list(session.scalars(query, {"besides": besides, "most": most}))


_open_besides = (
    select(QuestionAskedRow)
    .join(UnitRow, UnitRow.id == QuestionAskedRow.unit_id)
    .where(OPEN, QuestionAskedRow.person_id != bindparam("besides"))
    .order_by(func.coalesce(QuestionAskedRow.due_at, QuestionAskedRow.asked_at))
    .limit(bindparam("most"))
)


def asked_by(session: Session, person: int, most: int = 3) -> list[QuestionAskedRow]:
    """Somebody's own questions that wait for an answer."""
    query = select(QuestionAskedRow).where(OPEN, QuestionAskedRow.person_id == person)
    return list(session.scalars(query.order_by(QuestionAskedRow.id.desc()).limit(most)))


def found(session: Session, who: Person, id: int) -> Found | None:
    """An answer, where this reader may read it."""
    query = _readable(who).where(QuestionAskedRow.id == id)
    row = session.scalar(query)
    return _as_found(row) if row is not None else None


def newest(session: Session, who: Person, most: int) -> list[Found]:
    """The answers that were given last."""
    query = _readable(who).order_by(QuestionAskedRow.answered_at.desc(), QuestionAskedRow.id.desc()).limit(most)
    return [_as_found(row) for row in session.scalars(query)]


def search(session: Session, who: Person, words: str, most: int, least: float = 0.0) -> list[Found]:
    """The answers that share the most with some words, the best first; only those that share at least so much."""
    wanted = rules.stems(words)
    if not wanted:
        return []
    shared = func.count(AnswerWordRow.word)
    best = (
        select(AnswerWordRow.question_id)
        .where(
            AnswerWordRow.word.in_(wanted),
            AnswerWordRow.question_id.in_(_readable(who).with_only_columns(QuestionAskedRow.id)),
        )
        .group_by(AnswerWordRow.question_id)
        .order_by(shared.desc(), AnswerWordRow.question_id.desc())
        .limit(CANDIDATES)
    )
    ids = list(session.scalars(best))
    if not ids:
        return []
    pairs = select(AnswerWordRow.question_id, AnswerWordRow.word)
    has: dict[int, set[str]] = {}
    for id, word in session.execute(pairs.where(AnswerWordRow.question_id.in_(ids), AnswerWordRow.word.in_(wanted))):
        has.setdefault(id, set()).add(word)
    counted = select(AnswerWordRow.word, shared).where(AnswerWordRow.word.in_(wanted)).group_by(AnswerWordRow.word)
    common = {row[0]: row[1] for row in session.execute(counted)}
    texts = session.scalar(select(func.count()).where(*_SHOWN)) or 0
    scored = {id: rules.alike(wanted, words_, common, texts) for id, words_ in has.items()}
    enough = [id for id in scored if scored[id] >= least and (least == 0 or len(has[id]) > 1 or len(wanted) == 1)]
    rows = {row.id: row for row in session.scalars(select(QuestionAskedRow).where(QuestionAskedRow.id.in_(enough)))}
    return [_as_found(rows[id]) for id in sorted(enough, key=lambda id: (-scored[id], -id))[:most]]


def _readable(who: Person) -> Select[QuestionAskedRow]:
    same_law = or_(UnitRow.jurisdiction == who.jurisdiction, UnitRow.jurisdiction == "any")
    return select(QuestionAskedRow).join(UnitRow, UnitRow.id == QuestionAskedRow.unit_id).where(*_SHOWN, same_law)


def _as_found(row: QuestionAskedRow) -> Found:
    return Found(row.id, row.words, row.answer or "", row.answered_by, row.answered_at)
