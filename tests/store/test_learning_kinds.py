"""Answering questions of every kind: what is marked, what is kept, what is taken back, and whether they were sure."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.replies import Reply
from bot.learning import actions, quiz, store
from bot.learning.model import Asked, Attempt
from bot.learning.tables import AnswerRow, MemoryRow
from bot.ledger.tables import FactRow
from bot.library.kinds.registry import kind_of
from tests.store.learning_house import NOW, asked, key, press, say, shown

KINDS = ("order", "match", "number", "short", "spot")


def now_is(session: Session, attempt: Attempt) -> Attempt:
    """The attempt as it is now."""
    found = store.attempt(session, attempt.id)
    assert found is not None
    return found


def tap(session: Session, attempt: Attempt, data: str) -> Reply:
    """A press under the question."""
    verb = data.partition(":")[0]
    event = press(attempt.person, data, NOW)
    if verb == "ln.a":
        return quiz.on_choices(session, [event], NOW)[0]
    routes: dict[str, Any] = {
        "ln.done": quiz.on_done, "ln.skip": quiz.on_skip, "ln.back": quiz.on_back, "ln.undo": quiz.on_undo,
    }  # fmt: skip
    reply: Reply = routes[verb](session, event, NOW)
    return reply


def buttons(reply: Reply) -> list[str]:
    """The data of all buttons."""
    return [each.data or "" for row in shown(reply).buttons for each in row]


def answer_by_taps(session: Session, attempt: Attempt, positions: tuple[int | str, ...]) -> Reply:
    """Taps the choices that stand for these positions, one after the other, then what sends them off."""
    reply = Reply()
    for stage, position in enumerate(positions):
        reply = tap(session, attempt, f"ln.a:{attempt.id}:{attempt.shown.index(int(position))}:{stage}")
    sends = [data for data in buttons(reply) if data.startswith("ln.done")]
    return tap(session, attempt, sends[0]) if sends else reply


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_answered_by_taps_kept_and_taken_into_memory(database_url: str, kind: str) -> None:
    """Right by taps alone (a word by typing), once; then memory, as for any other question."""
    with asked(database_url, kind) as (session, attempt):
        found = actions.published(session, attempt)
        right = kind_of(found).right_answer(found.payload)
        if kind in ("number", "short"):
            drafts.begin(session, attempt.person, "quiz", "asked", {"attempt": attempt.id, "message": 7}, NOW)
            reply = quiz.on_typed(session, say(attempt.person, str(right[0]), NOW), NOW)
            if found.confidence:
                reply = tap(session, attempt, f"ln.done:{attempt.id}:1")
        else:
            reply = answer_by_taps(session, attempt, right)
        assert key(reply) == "learning.verdict"
        kept = now_is(session, attempt)
        assert (kept.state, kept.right, kept.chosen) == (Asked.ANSWERED, True, right)
        quiz.on_nexts(session, [press(attempt.person, f"ln.next:{attempt.id}", NOW)], NOW)
        assert session.scalars(select(MemoryRow.reps)).all() == [1]
        assert key(reply) == "learning.verdict"


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_every_kind_is_taken_back_whole(database_url: str, kind: str) -> None:
    """*I pressed the wrong button*: nothing is left of it, neither the answer nor whether they were sure."""
    with asked(database_url, kind) as (session, attempt):
        found = actions.published(session, attempt)
        if kind in ("number", "short"):
            reply = tap(session, attempt, f"ln.skip:{attempt.id}")
        else:
            reply = answer_by_taps(session, attempt, kind_of(found).right_answer(found.payload))
        assert f"ln.undo:{attempt.id}" in buttons(reply)
        assert key(tap(session, attempt, f"ln.undo:{attempt.id}")) == "library.question"
        kept = now_is(session, attempt)
        assert (kept.state, kept.chosen, kept.right, kept.sure) == (Asked.OPEN, (), None, None)


def test_steps_are_taken_back_by_a_second_tap_and_none_may_be_missing(database_url: str) -> None:
    """Done with a step left over says how many, and keeps what was tapped."""
    with asked(database_url, "order") as (session, attempt):
        n = len(attempt.shown)
        tap(session, attempt, f"ln.a:{attempt.id}:0")
        tap(session, attempt, f"ln.a:{attempt.id}:1")
        tap(session, attempt, f"ln.a:{attempt.id}:0")
        assert now_is(session, attempt).chosen == (attempt.shown[1],)
        told = tap(session, attempt, f"ln.done:{attempt.id}").toast
        assert told is not None
        assert (told.key, told.params["left"]) == ("learning.tap_all_first", n - 1)
        assert now_is(session, attempt).state is Asked.OPEN


def test_a_double_tap_in_matching_does_not_answer_the_next_one(database_url: str) -> None:
    """Gloves and a weak signal press twice: the second press meant what was asked before. One step back asks it again."""
    with asked(database_url, "match") as (session, attempt):
        for _ in range(2):
            reply = tap(session, attempt, f"ln.a:{attempt.id}:1:0")
        assert now_is(session, attempt).chosen == (attempt.shown[1],)
        assert f"ln.back:{attempt.id}:1" in buttons(reply)
        for _ in range(2):
            reply = tap(session, attempt, f"ln.back:{attempt.id}:1")
        assert now_is(session, attempt).chosen == ()
        assert f"ln.a:{attempt.id}:1:0" in buttons(reply)


def test_a_number_is_answered_by_its_button_too(database_url: str) -> None:
    """The buttons stand from the smallest to the largest; the same answer is kept as for a typed one."""
    with asked(database_url, "number") as (session, attempt):
        found = actions.published(session, attempt)
        place = attempt.shown.index(0)
        tap(session, attempt, f"ln.a:{attempt.id}:{place}")
        tap(session, attempt, f"ln.done:{attempt.id}:0")
        kept = now_is(session, attempt)
        assert kept.chosen == kind_of(found).right_answer(found.payload)
        assert (kept.right, kept.sure) == (True, False)


def test_a_number_in_a_unit_nobody_knows_leaves_the_question_open(database_url: str) -> None:
    """It says how to write it; words without a number go to whoever understands them."""
    with asked(database_url, "number") as (session, attempt):
        drafts.begin(session, attempt.person, "quiz", "asked", {"attempt": attempt.id, "message": 7}, NOW)
        assert key(quiz.on_typed(session, say(attempt.person, "4 elephants", NOW), NOW)) == "learning.not_a_number"
        assert quiz.on_typed(session, say(attempt.person, "there is oil on the floor", NOW), NOW) is None
        assert now_is(session, attempt).state is Asked.OPEN


def test_sure_is_kept_with_the_answer_and_told_to_the_ledger(database_url: str) -> None:
    """One more tap, on one of two buttons; the fact says sure, and never whether it was right."""
    with asked(database_url, "number") as (session, attempt):
        assert actions.published(session, attempt).confidence
        reply = tap(session, attempt, f"ln.a:{attempt.id}:0")
        assert [data for data in buttons(reply) if "done" in data] == [
            f"ln.done:{attempt.id}:1",
            f"ln.done:{attempt.id}:0",
        ]
        tap(session, attempt, f"ln.done:{attempt.id}:1")
        assert session.scalars(select(AnswerRow.sure)).all() == [True]
        body = session.scalar(select(FactRow.body).where(FactRow.kind == "QuestionAnswered"))
        assert body is not None
        assert body["sure"] is True
        assert "right" not in body


def test_where_nobody_is_asked_whether_they_are_sure_it_costs_nothing(database_url: str) -> None:
    """One tap is an answer as before, nothing is marked first, and neither the row nor the fact says anything of it."""
    with asked(database_url, "one") as (session, attempt):
        said: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *all_: said.append(all_[2]))
        reply = tap(session, attempt, f"ln.a:{attempt.id}:0")
        assert key(reply) == "learning.verdict"
        assert sum(each.lstrip().upper().startswith("UPDATE ANSWER") for each in said) == 1
        assert session.scalars(select(AnswerRow.sure)).all() == [None]
        body = session.scalar(select(FactRow.body).where(FactRow.kind == "QuestionAnswered"))
        assert "sure" not in (body or {})
