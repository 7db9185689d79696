"""Answers, of one person or of a whole shift at once: graded, kept, taken into memory. One way for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.learning import batches, model, rules
from bot.learning.actions import published
from bot.learning.model import Asked, Attempt, Memory, Mode
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact
from bot.library.kinds.registry import grade
from bot.library.model import Answer as Given
from bot.library.model import Question
from bot.people.model import Person


@dataclass(frozen=True)
class Answer:
    """A question as it lies before somebody, what they answer, who they are, and whether they say that they are sure."""

    asked: Attempt
    question: Question
    chosen: Given
    who: Person
    sure: bool | None = None


def answer(
    session: Session, asked: Attempt, chosen: Given, who: Person, now: datetime, sure: bool | None = None
) -> Attempt:
    """Somebody answers. Once: a second answer is refused."""
    return answer_all(session, [Answer(asked, published(session, asked), chosen, who, sure)], now)[0]


def answer_all(session: Session, answers: Sequence[Answer], now: datetime) -> list[Attempt]:
    """People answer; the attempts as they stand then. Raises Refused, and nothing is kept, where one was answered before.

    Memory waits, because a wrong button may be taken back.
    """
    if not answers:
        return []
    done = [
        replace(a.asked, state=Asked.ANSWERED, chosen=a.chosen, right=grade(a.question, a.chosen).right, sure=a.sure)
        for a in answers
    ]
    befores = [Asked.LAPSED if a.asked.state is Asked.LAPSED else Asked.OPEN for a in answers]
    if batches.mark_answered(session, list(zip(done, befores, strict=True)), now) != len(answers):
        raise Refused("learning.answered_already")
    known = batches.memories(session, done)
    facts = [
        _fact(each, (each.person, each.question) not in known, a.who, now)
        for each, a in zip(done, answers, strict=True)
    ]
    record_all(session, facts, now)
    return done


def ask_all(session: Session, asked: Sequence[tuple[Attempt, Person]], now: datetime) -> list[Attempt]:
    """Questions are shown: an opportunity each, once; what lies open already stays as it is."""
    new = [(each, who) for each, who in asked if each.state is Asked.PLANNED]
    batches.open_up(session, [each for each, _ in new], now)
    facts = [
        Fact(model.QUESTION_OFFERED, f"offered:{each.id}", now, who.id, who.unit, who.post, _what(each))
        for each, who in new
    ]
    record_all(session, facts, now)
    return [replace(each, state=Asked.OPEN) for each, _ in asked]


def settle_all(session: Session, asked: Sequence[Attempt], now: datetime) -> int:
    """Memory takes answers in, once each; says how many it took."""
    if not asked:
        return 0
    mine = batches.take_in(session, asked)
    known = batches.memories(session, asked)
    changed: dict[tuple[int, str], Memory] = {}
    for each in asked:
        if each.id in mine:
            key = (each.person, each.question)
            changed[key] = rules.remember(changed.get(key) or known.get(key), bool(each.right), now)
    batches.keep(session, changed.items())
    return len(mine)


def _fact(asked: Attempt, first: bool, who: Person, now: datetime) -> Fact:
    body = _what(asked) | {"first": first}
    if asked.mode is Mode.EXAM:
        body["right"] = asked.right
    if asked.sure is not None:
        body["sure"] = asked.sure
    return Fact(model.QUESTION_ANSWERED, f"answered:{asked.id}", now, who.id, who.unit, who.post, body)


def _what(asked: Attempt) -> dict[str, Any]:
    return {"question": asked.question, "version": asked.version, "mode": asked.mode.value}
