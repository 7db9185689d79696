"""Answering: once, by buttons or typing, with a way back from a wrong button, and memory that takes it in once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.tables import OutboxRow, SentMessageRow
from bot.kit.errors import Refused
from bot.kit.events import Voted
from bot.learning import actions, chat, quiz, showing, store, ticks
from bot.learning.answering import answer
from bot.learning.model import Asked, Attempt
from bot.learning.tables import MemoryRow
from bot.ledger.tables import FactRow
from bot.library.kinds.registry import grade
from bot.library.tables import QuestionRow
from tests.store.learning_house import NOW, asked, key, press, say, shown, who


def right_places(session: Session, attempt: Attempt) -> list[int]:
    """Where the right choices stand on the screen."""
    judged = grade(actions.published(session, attempt), ())
    return [attempt.shown.index(position) for position in judged.right_positions]


def state(session: Session, attempt: Attempt) -> Attempt:
    """The attempt as it is now."""
    found = store.attempt(session, attempt.id)
    assert found is not None
    return found


def test_an_answer_gets_its_verdict_at_once_and_counts_once(database_url: str) -> None:
    """The second press of the same question is told so, and changes nothing."""
    with asked(database_url) as (session, attempt):
        right = right_places(session, attempt)[0]
        reply = quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{right}", NOW)], NOW)[0]
        assert key(reply) == "learning.verdict"
        again = quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{1 - min(right, 1)}", NOW)], NOW)[0]
        assert again.toast is not None
        assert again.toast.key == "learning.answered"
        assert state(session, attempt).right is True
        with pytest.raises(Refused):
            answer(session, state(session, attempt), (0,), who(session, "D-1", NOW), NOW)
        assert session.scalar(select(func.count()).where(FactRow.kind == "QuestionAnswered")) == 1


def test_a_wrong_answer_names_the_right_one_and_the_belief(database_url: str) -> None:
    """The verdict marks what was chosen and what is right, and says which belief misled."""
    with asked(database_url) as (session, attempt):
        wrong = next(at for at in range(len(attempt.shown)) if at not in right_places(session, attempt))
        reply = quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{wrong}", NOW)], NOW)[0]
        params = shown(reply).text.params  # type: ignore[union-attr]
        assert params["right"] is False
        assert params["beliefs"]
        assert [option["chosen"] for option in params["options"]][wrong]
        assert sum(option["right"] for option in params["options"]) == 1


def test_the_ledger_never_learns_whether_practice_was_right(database_url: str) -> None:
    """Mode and first, and nothing that could become a score."""
    with asked(database_url) as (session, attempt):
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:0", NOW)], NOW)[0]
        body = session.scalar(select(FactRow.body).where(FactRow.kind == "QuestionAnswered"))
        assert body == {"question": attempt.question, "version": 1, "mode": "practice", "first": True}


def test_a_wrong_button_is_taken_back_before_memory_takes_it_in(database_url: str) -> None:
    """The answer that counts is the second one; memory is made once; the fact of taking part stays one."""
    with asked(database_url) as (session, attempt):
        right = right_places(session, attempt)[0]
        wrong = next(at for at in range(len(attempt.shown)) if at != right)
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{wrong}", NOW)], NOW)[0]
        assert store.memory(session, attempt.person, attempt.question) is None
        back = quiz.on_undo(session, press(attempt.person, f"ln.undo:{attempt.id}", NOW), NOW)
        assert key(back) == "library.question"
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{right}", NOW)], NOW)[0]
        quiz.on_nexts(session, [press(attempt.person, f"ln.next:{attempt.id}", NOW)], NOW)[0]
        memory = store.memory(session, attempt.person, attempt.question)
        assert memory is not None
        assert (memory.reps, memory.lapses) == (1, 0)
        assert session.scalar(select(func.count()).where(FactRow.kind == "QuestionAnswered")) == 1


def test_a_wrong_button_can_be_taken_back_once_and_not_for_ever(database_url: str) -> None:
    """A second time it is kept: the way back is for gloves, not for guessing."""
    with asked(database_url) as (session, attempt):
        undo = press(attempt.person, f"ln.undo:{attempt.id}", NOW)
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:0", NOW)], NOW)[0]
        quiz.on_undo(session, undo, NOW)
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:1", NOW)], NOW)[0]
        assert quiz.on_undo(session, undo, NOW).toast.key == "learning.kept"  # type: ignore[union-attr]


def test_after_half_a_minute_memory_takes_the_answer_in_by_itself(database_url: str) -> None:
    """Who walks away after answering has learned all the same; the wrong button is gone then."""
    with asked(database_url) as (session, attempt):
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:0", NOW)], NOW)[0]
        ticks.settle_answers(session, NOW + timedelta(seconds=29))
        assert state(session, attempt).state is Asked.ANSWERED
        for _ in range(2):
            ticks.settle_answers(session, NOW + timedelta(seconds=30))
        memory = store.memory(session, attempt.person, attempt.question)
        assert memory is not None
        assert memory.reps == 1
        undo = quiz.on_undo(session, press(attempt.person, f"ln.undo:{attempt.id}", NOW), NOW)
        assert undo.toast is not None


def test_several_right_ones_are_marked_first_and_then_sent_off(database_url: str) -> None:
    """A tap marks, another unmarks; Done without a mark asks for one; only exactly all right ones are right."""
    with asked(database_url, "several") as (session, attempt):
        done = press(attempt.person, f"ln.done:{attempt.id}", NOW)
        assert quiz.on_done(session, done, NOW).toast.key == "learning.choose_first"  # type: ignore[union-attr]
        places = right_places(session, attempt)
        wrong = next(at for at in range(len(attempt.shown)) if at not in places)
        for place in (wrong, *places, wrong):
            reply = quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{place}", NOW)], NOW)[0]
        marks = [button.text.params["chosen"] for row in shown(reply).buttons[:-1] for button in row]
        assert [at for at, mark in enumerate(marks) if mark] == sorted(places)
        assert key(quiz.on_done(session, done, NOW)) == "learning.verdict"
        assert state(session, attempt).right is True


def test_a_typed_letter_answers_and_other_words_are_passed_on(database_url: str) -> None:
    """ "b" is an answer; a sentence about oil on the floor is not, and goes to whoever understands it."""
    with asked(database_url) as (session, attempt):
        drafts.begin(session, attempt.person, "quiz", "asked", {"attempt": attempt.id, "message": 7}, NOW)
        assert quiz.on_typed(session, say(attempt.person, "There is oil on the floor", NOW), NOW) is None
        late = NOW + timedelta(hours=3)
        assert quiz.on_typed(session, say(attempt.person, "a", late), late) is None, "left lying, it takes no words"
        letter = "abcdef"[right_places(session, attempt)[0]]
        assert key(quiz.on_typed(session, say(attempt.person, letter, NOW), NOW)) == "learning.verdict"
        assert state(session, attempt).right is True
        unbutton = select(OutboxRow.message_id).where(OutboxRow.method == "unbutton")
        assert session.scalar(unbutton) == 7, "the question above loses its buttons"
        assert quiz.on_typed(session, say(attempt.person, letter, NOW), NOW) is None


def test_nobody_answers_for_somebody_else(database_url: str) -> None:
    """A forwarded or forged button of another person's question or lesson does nothing."""
    with asked(database_url) as (session, attempt):
        other = who(session, "L-1", NOW).id
        quiz.on_choices(session, [press(other, f"ln.a:{attempt.id}:0", NOW)], NOW)[0]
        quiz.on_done(session, press(other, f"ln.done:{attempt.id}", NOW), NOW)
        quiz.on_undo(session, press(other, f"ln.undo:{attempt.id}", NOW), NOW)
        quiz.on_nexts(session, [press(other, f"ln.next:{attempt.id}", NOW)], NOW)[0]
        assert state(session, attempt).state is Asked.OPEN
        with pytest.raises(Refused):
            chat.on_start(session, press(other, f"ln.start:{attempt.assignment}", NOW), NOW)
        for bad in ("ln.a", "ln.a:", f"ln.a:{attempt.id}:99", f"ln.a:{attempt.id}:x", "ln.a:99999999999999999999:0"):
            quiz.on_choices(session, [press(attempt.person, bad, NOW)], NOW)[0]
        assert state(session, attempt).state is Asked.OPEN


def test_a_vote_in_a_native_quiz_is_graded_and_kept_at_once(database_url: str) -> None:
    """The same grading and the same memory as with buttons; a withdrawn or second vote changes nothing."""
    with asked(database_url) as (session, attempt):
        session.add(
            SentMessageRow(
                chat_id=1, message_id=1, person_id=attempt.person, poll_id="p1", quiz_key=f"quiz:{attempt.id}",
                captioned=False, sent_at=NOW,
            )
        )  # fmt: skip
        poll = showing.poll(attempt, actions.published(session, attempt)).quiz
        assert poll is not None
        assert list(poll.right) == right_places(session, attempt)

        def vote(*options: int) -> Voted:
            return Voted(update_id=1, at=NOW, user=1, chat=1, person=attempt.person, poll="p1", options=options)

        quiz.on_vote(session, vote(), NOW)
        assert state(session, attempt).state is Asked.OPEN
        quiz.on_vote(session, vote(*poll.right), NOW)
        assert (state(session, attempt).state, state(session, attempt).right) == (Asked.SETTLED, True)
        quiz.on_vote(session, vote(0), NOW)
        assert session.scalar(select(func.count()).select_from(MemoryRow)) == 1


def test_an_answer_keeps_the_version_it_was_given_to(database_url: str) -> None:
    """The question changes between showing and answering: what was shown is graded."""
    from bot.library import actions as library
    from bot.library import store as library_store
    from bot.library.content import bank_content

    with asked(database_url) as (session, attempt):
        places = right_places(session, attempt)
        bank_id = session.get_one(QuestionRow, attempt.question).bank_id
        bank = library_store.bank(session, bank_id)
        live = library_store.live_bank(session, bank_id)
        assert bank is not None
        assert live is not None
        content = bank_content(bank)
        options = content["questions"][attempt.question]["payload"]["options"]
        for option in options:
            option["right"] = not option["right"]
        change = library.difference(session, content["questions"], live)
        assert library.publish(session, content, live.version, change, NOW, by=None, retire_absent=False)
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:{places[0]}", NOW)], NOW)[0]
        assert state(session, attempt).right is True
        assert state(session, attempt).version == 1
