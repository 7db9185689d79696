"""A quiz about one's own duties: begun by a tap, one question a screen, each answer a fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.duties import rules, store
from bot.duties.model import QUIZZED, Asks, Question
from bot.duties.tables import DutyQuizRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, button
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.company import post_label
from bot.people.model import Person

LETTERS = "ABCD"


def begin(session: Session, who: Person, now: datetime) -> Message:
    """Draws questions from the list that holds for somebody. Refused where there is none, or too little to ask about."""
    found = store.of(session, who)
    if found is None:
        raise Refused("duties.no_quiz")
    made = rules.quiz(found, store.lists(session), f"{found.id}:{who.id}:{now.isoformat()}")
    if not made:
        raise Refused("duties.no_quiz")
    row = DutyQuizRow(
        person_id=who.id, list_id=found.id, begun_at=now, number=0, right=0,
        questions=[{"asks": q.asks.value, "duty": q.duty, "options": list(q.options), "right": q.right} for q in made],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _screen(session, row, None)


def answer(session: Session, who: Person, quiz: int, number: int, chosen: int, now: datetime) -> Message:
    """An answer, once a question; the next one with what was right. Refused for another's quiz and for what is answered."""
    row = session.get(DutyQuizRow, quiz, populate_existing=True)
    if row is None or row.person_id != who.id or not 0 <= chosen < rules.OPTIONS or number >= len(row.questions):
        raise Refused("duties.not_yours")
    question = _question(row.questions[number])
    right = chosen == question.right
    done = number + 1 == len(row.questions)
    which = (DutyQuizRow.id == quiz, DutyQuizRow.number == number)
    values = {"number": number + 1, "right": DutyQuizRow.right + int(right), "done_at": now if done else None}
    if changed(session, update(DutyQuizRow).where(*which).values(**values)) != 1:
        raise Refused("duties.answered_before")
    body = {"list": row.list_id, "quiz": quiz, "number": number + 1, "asks": question.asks.value, "right": right}
    record(session, Fact(QUIZZED, f"duty-quiz:{quiz}:{number}", now, who.id, body=body), now)
    session.refresh(row)
    return _screen(session, row, (question, right))


def _screen(session: Session, row: DutyQuizRow, before: tuple[Question, bool] | None) -> Message:
    told = None
    if before is not None:
        told = {"right": before[1], "answer": _option(session, row, before[0].asks, before[0].options[before[0].right])}
    if row.number == len(row.questions):
        return Message(text("duties.quiz_done", told=told, right=row.right, of=len(row.questions)))
    question = _question(row.questions[row.number])
    options = [
        {"letter": LETTERS[at], "words": _option(session, row, question.asks, each)}
        for at, each in enumerate(question.options)
    ]
    duty = "" if question.asks is Asks.MINE else _duty(session, row, question.duty, check=False)
    said = text(
        "duties.question", told=told, asks=question.asks.value, duty=duty, options=options,
        number=row.number + 1, of=len(row.questions),
    )  # fmt: skip
    letters = tuple(
        button("duties.b_letter", f"duq:{row.id}:{row.number}:{at}", letter=LETTERS[at]) for at in range(len(options))
    )
    return Message(said, (letters,))


def _option(session: Session, row: DutyQuizRow, asks: Asks, option: str) -> Any:
    if asks is Asks.WHOSE:
        return post_label(session, option)
    return _duty(session, row, option, check=asks is Asks.CHECK)


def _duty(session: Session, row: DutyQuizRow, code: str, *, check: bool) -> dict[str, str] | str:
    """A duty's words: of the version that the quiz was made from; those of others as they are now."""
    own = store.one(session, row.list_id)
    for each in ([own] if own is not None else []) + store.lists(session):
        for duty in each.duties:
            if duty.code == code:
                return dict(duty.check if check else duty.words)
    return code


def _question(kept: dict[str, Any]) -> Question:
    return Question(Asks(kept["asks"]), kept["duty"], tuple(kept["options"]), kept["right"])
