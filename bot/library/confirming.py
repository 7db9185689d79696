"""A translation that was set aside because its source changed: somebody who answers for it says that it still holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import owning, store, translations
from bot.library.actions import Difference, publish, spoken
from bot.library.model import TRANSLATION_CONFIRMED
from bot.library.tables import BankRow, QuestionRow, QuestionVersionRow
from bot.library.versions import live_contents


@dataclass(frozen=True)
class Gap:
    """A question that people of a language read in another one. `aside`: it had a translation, of older words."""

    question: str
    bank: str
    aside: bool


def gaps(session: Session, banks: Sequence[str], language: str, most: int = 30) -> list[Gap]:
    """The live questions of some banks that are not said in a language, first those that were."""
    aside = QuestionRow.aside_in.contains(f",{language},")
    query = (
        select(QuestionRow.id, QuestionRow.bank_id, aside.label("aside"))
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(
            QuestionRow.retired_at.is_(None),
            QuestionRow.bank_id.in_(list(banks)),
            BankRow.language != language,
            or_(aside, ~QuestionRow.said_in.contains(f",{language},")),
        )
        .order_by(case((aside, 0), else_=1), QuestionRow.bank_id, QuestionRow.id)
    )
    return [Gap(row.id, row.bank_id, bool(row.aside)) for row in session.execute(query.limit(most))]


def count_gaps(session: Session, banks: Sequence[str], language: str) -> tuple[int, int]:
    """How many live questions have a translation that was set aside, and how many have none or not all of it."""
    aside = QuestionRow.aside_in.contains(f",{language},")
    query = (
        select(func.count().filter(aside), func.count().filter(~aside, ~QuestionRow.said_in.contains(f",{language},")))
        .select_from(QuestionRow)
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(QuestionRow.retired_at.is_(None), QuestionRow.bank_id.in_(list(banks)), BankRow.language != language)
    )
    row = session.execute(query).one()
    return row[0] or 0, row[1] or 0


def count_all_gaps(session: Session, languages: Collection[str]) -> dict[str, int]:
    """By bank: how often a live question is not said in one of some languages, or its translation was set aside."""
    if not languages:
        return {}
    every: Any = 0
    for language in sorted(languages):
        aside, said = (column.contains(f",{language},") for column in (QuestionRow.aside_in, QuestionRow.said_in))
        every += case((and_(BankRow.language != language, or_(aside, and_(~aside, ~said))), 1), else_=0)
    query = (
        select(QuestionRow.bank_id, func.sum(every))
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(QuestionRow.retired_at.is_(None))
        .group_by(QuestionRow.bank_id)
    )
    return {bank: int(count) for bank, count in session.execute(query)}


def count_aside(session: Session, banks: Sequence[str]) -> int:
    """How many live questions of some banks have a translation, in any language, that was set aside."""
    return session.scalar(_count_aside, {"banks": list(banks)}) or 0


_count_aside = (
    select(func.count())
    .select_from(QuestionRow)
    .where(QuestionRow.retired_at.is_(None), among(QuestionRow.bank_id, "banks"), QuestionRow.aside_in != ",,")
)


def look_at_languages(session: Session, most: int) -> bool:
    """Notes of a few questions from before in which languages they are said; True while more are left."""
    query = (
        select(QuestionRow.id, BankRow.language, QuestionVersionRow.content)
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .join(
            QuestionVersionRow,
            and_(QuestionVersionRow.question_id == QuestionRow.id, QuestionVersionRow.version == QuestionRow.version),
        )
        .where(QuestionRow.said_in.is_(None))
        .limit(most)
    )
    rows = session.execute(query).all()
    for row in rows:
        values = spoken(row.content, row.language)
        session.execute(update(QuestionRow).where(QuestionRow.id == row.id).values(**values))
    return len(rows) == most


def confirm(session: Session, question: str, language: str, seen: int, by: int, now: datetime) -> int:
    """The old translation holds: the question has a new version with it; answers that.

    `seen` is the question's version that was looked at. Refused: not theirs, changed meanwhile, or words are missing.
    """
    row = session.get(QuestionRow, question, populate_existing=True)
    live = store.live_bank(session, row.bank_id) if row is not None else None
    if row is None or live is None or not owning.may_change(session, live.unit, by, now):
        raise Refused("library.t_not_your_bank")
    bank = session.get(BankRow, live.id)
    content = live_contents(session, [question])[question]
    assert bank is not None
    if row.version != seen or row.retired_at is not None or language not in translations.stale(content):
        raise Refused("library.t_changed_meanwhile")
    if not translations.may_come_back(content, bank.language, language):
        raise Refused("library.t_words_missing")
    new = translations.restored(content, bank.language, language)
    said = {"id": bank.id, "language": bank.language, "title": bank.title, "questions": {question: new}}
    change = Difference((), (question,), ())
    if publish(session, said, live.version, change, now, by=by, retire_absent=False) is None:
        raise Refused("library.t_changed_meanwhile")
    body = {"what": f"question:{question}", "language": language, "version": seen + 1}
    key = f"confirmed:question:{question}:{language}:{seen + 1}"
    record(session, Fact(TRANSLATION_CONFIRMED, key, now, by, body=body), now)
    return seen + 1
