"""Answering: once, by buttons or typing, with a way back from a wrong button, and memory that takes it in once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.tables import OutboxRow, SentMessageRow
from bot.kit.errors import Refused
from bot.kit.events import Voted
from bot.kit.replies import Message, Reply
from bot.learning import actions, chat, lists, showing, store, ticks, waiting
from bot.learning.model import Asked, Attempt
from bot.learning.tables import AnswerRow, MemoryRow, ReadingRow
from bot.ledger.tables import FactRow
from bot.library.kinds.registry import grade
from bot.library.tables import LessonRow, QuestionRow
from tests.store.learning_house import chicago, house, press, reachable, say, who

NOW = chicago(18, 10)


@contextmanager
def asked(database_url: str, kind: str = "one") -> Iterator[tuple[Session, Attempt]]:
    """Ana has a practice of one question of this kind open."""
    with house(database_url, "D-1", "L-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        given = actions.practise(session, ana, NOW)
        question = session.scalar(select(QuestionRow.id).where(QuestionRow.kind == kind).order_by(QuestionRow.id))
        id = actions.add_attempt(session, given.id, ana.id, str(question), 1)
        planned = store.attempt(session, id)
        assert planned is not None
        yield session, actions.ask(session, planned, ana, NOW)


def right_places(session: Session, attempt: Attempt) -> list[int]:
    """Where the right choices stand on the screen."""
    judged = grade(actions.published(session, attempt), ())
    return [attempt.shown.index(position) for position in judged.right_positions]


def shown(reply: Reply | None) -> Message:
    """The message that a reply shows."""
    assert reply is not None
    return reply.edit or reply.messages[0]


def key(reply: Reply | None) -> str:
    """The text key that a reply shows."""
    message = shown(reply)
    assert message.text is not None
    return message.text.key


def state(session: Session, attempt: Attempt) -> Attempt:
    """The attempt as it is now."""
    found = store.attempt(session, attempt.id)
    assert found is not None
    return found


def test_an_answer_gets_its_verdict_at_once_and_counts_once(database_url: str) -> None:
    """The second press of the same question is told so, and changes nothing."""
    with asked(database_url) as (session, attempt):
        right = right_places(session, attempt)[0]
        reply = chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{right}", NOW), NOW)
        assert key(reply) == "learning.verdict"
        again = chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{1 - min(right, 1)}", NOW), NOW)
        assert again.toast is not None
        assert again.toast.key == "learning.answered"
        assert state(session, attempt).right is True
        with pytest.raises(Refused):
            actions.answer(session, state(session, attempt), (0,), who(session, "D-1", NOW), NOW)
        assert session.scalar(select(func.count()).where(FactRow.kind == "QuestionAnswered")) == 1


def test_a_wrong_answer_names_the_right_one_and_the_belief(database_url: str) -> None:
    """The verdict marks what was chosen and what is right, and says which belief misled."""
    with asked(database_url) as (session, attempt):
        wrong = next(at for at in range(len(attempt.shown)) if at not in right_places(session, attempt))
        reply = chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{wrong}", NOW), NOW)
        params = shown(reply).text.params  # type: ignore[union-attr]
        assert params["right"] is False
        assert params["beliefs"]
        assert [option["chosen"] for option in params["options"]][wrong]
        assert sum(option["right"] for option in params["options"]) == 1


def test_the_ledger_never_learns_whether_practice_was_right(database_url: str) -> None:
    """Mode and first, and nothing that could become a score."""
    with asked(database_url) as (session, attempt):
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:0", NOW), NOW)
        body = session.scalar(select(FactRow.body).where(FactRow.kind == "QuestionAnswered"))
        assert body == {"question": attempt.question, "version": 1, "mode": "practice", "first": True}


def test_a_wrong_button_is_taken_back_before_memory_takes_it_in(database_url: str) -> None:
    """The answer that counts is the second one; memory is made once; the fact of taking part stays one."""
    with asked(database_url) as (session, attempt):
        right = right_places(session, attempt)[0]
        wrong = next(at for at in range(len(attempt.shown)) if at != right)
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{wrong}", NOW), NOW)
        assert store.memory(session, attempt.person, attempt.question) is None
        back = chat.on_undo(session, press(attempt.person, f"ln.undo:{attempt.id}", NOW), NOW)
        assert key(back) == "library.question"
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{right}", NOW), NOW)
        chat.on_next(session, press(attempt.person, f"ln.next:{attempt.id}", NOW), NOW)
        memory = store.memory(session, attempt.person, attempt.question)
        assert memory is not None
        assert (memory.reps, memory.lapses) == (1, 0)
        assert session.scalar(select(func.count()).where(FactRow.kind == "QuestionAnswered")) == 1


def test_a_wrong_button_can_be_taken_back_once_and_not_for_ever(database_url: str) -> None:
    """A second time it is kept: the way back is for gloves, not for guessing."""
    with asked(database_url) as (session, attempt):
        undo = press(attempt.person, f"ln.undo:{attempt.id}", NOW)
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:0", NOW), NOW)
        chat.on_undo(session, undo, NOW)
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:1", NOW), NOW)
        assert chat.on_undo(session, undo, NOW).toast.key == "learning.kept"  # type: ignore[union-attr]


def test_after_half_a_minute_memory_takes_the_answer_in_by_itself(database_url: str) -> None:
    """Who walks away after answering has learned all the same; the wrong button is gone then."""
    with asked(database_url) as (session, attempt):
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:0", NOW), NOW)
        ticks.settle_answers(session, NOW + timedelta(seconds=29))
        assert state(session, attempt).state is Asked.ANSWERED
        for _ in range(2):
            ticks.settle_answers(session, NOW + timedelta(seconds=30))
        memory = store.memory(session, attempt.person, attempt.question)
        assert memory is not None
        assert memory.reps == 1
        undo = chat.on_undo(session, press(attempt.person, f"ln.undo:{attempt.id}", NOW), NOW)
        assert undo.toast is not None


def test_several_right_ones_are_marked_first_and_then_sent_off(database_url: str) -> None:
    """A tap marks, another unmarks; Done without a mark asks for one; only exactly all right ones are right."""
    with asked(database_url, "several") as (session, attempt):
        done = press(attempt.person, f"ln.done:{attempt.id}", NOW)
        assert chat.on_done(session, done, NOW).toast.key == "learning.choose_first"  # type: ignore[union-attr]
        places = right_places(session, attempt)
        wrong = next(at for at in range(len(attempt.shown)) if at not in places)
        for place in (wrong, *places, wrong):
            reply = chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{place}", NOW), NOW)
        marks = [button.text.params["chosen"] for row in shown(reply).buttons[:-1] for button in row]
        assert [at for at, mark in enumerate(marks) if mark] == sorted(places)
        assert key(chat.on_done(session, done, NOW)) == "learning.verdict"
        assert state(session, attempt).right is True


def test_a_typed_letter_answers_and_other_words_are_passed_on(database_url: str) -> None:
    """ "b" is an answer; a sentence about oil on the floor is not, and goes to whoever understands it."""
    with asked(database_url) as (session, attempt):
        drafts.begin(session, attempt.person, "quiz", "asked", {"attempt": attempt.id, "message": 7}, NOW)
        assert chat.on_typed(session, say(attempt.person, "There is oil on the floor", NOW), NOW) is None
        letter = "abcdef"[right_places(session, attempt)[0]]
        assert key(chat.on_typed(session, say(attempt.person, letter, NOW), NOW)) == "learning.verdict"
        assert state(session, attempt).right is True
        unbutton = select(OutboxRow.message_id).where(OutboxRow.method == "unbutton")
        assert session.scalar(unbutton) == 7, "the question above loses its buttons"
        assert chat.on_typed(session, say(attempt.person, letter, NOW), NOW) is None


def test_nobody_answers_for_somebody_else(database_url: str) -> None:
    """A forwarded or forged button of another person's question or lesson does nothing."""
    with asked(database_url) as (session, attempt):
        other = who(session, "L-1", NOW).id
        chat.on_choice(session, press(other, f"ln.a:{attempt.id}:0", NOW), NOW)
        chat.on_done(session, press(other, f"ln.done:{attempt.id}", NOW), NOW)
        chat.on_undo(session, press(other, f"ln.undo:{attempt.id}", NOW), NOW)
        chat.on_next(session, press(other, f"ln.next:{attempt.id}", NOW), NOW)
        assert state(session, attempt).state is Asked.OPEN
        with pytest.raises(Refused):
            chat.on_start(session, press(other, f"ln.start:{attempt.assignment}", NOW), NOW)
        for bad in ("ln.a", "ln.a:", f"ln.a:{attempt.id}:99", f"ln.a:{attempt.id}:x", "ln.a:99999999999999999999:0"):
            chat.on_choice(session, press(attempt.person, bad, NOW), NOW)
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

        chat.on_vote(session, vote(), NOW)
        assert state(session, attempt).state is Asked.OPEN
        chat.on_vote(session, vote(*poll.right), NOW)
        assert (state(session, attempt).state, state(session, attempt).right) == (Asked.SETTLED, True)
        chat.on_vote(session, vote(0), NOW)
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
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:{places[0]}", NOW), NOW)
        assert state(session, attempt).right is True
        assert state(session, attempt).version == 1


def test_a_press_on_start_shows_the_lesson_and_the_picture_stays(database_url: str) -> None:
    """Under a picture only the caption changes; from a text the picture comes with the first card."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        given = actions.assign_today(session, ana, NOW)
        plain = chat.on_start(session, press(ana.id, f"ln.start:{given.id}", NOW), NOW)
        assert shown(plain).media
        captioned = chat.on_card(session, press(ana.id, f"ln.card:{given.id}:2", NOW, captioned=True), NOW)
        assert captioned.edit is not None
        assert not captioned.edit.media
        questions = chat.on_quiz(session, press(ana.id, f"ln.quiz:{given.id}", NOW, captioned=True), NOW)
        assert questions.drop_buttons, "the lesson stays readable above the questions"
        assert key(questions) == "library.question"
        assert store.has_read(session, ana.id, str(given.lesson))


def test_reading_a_lesson_twice_is_one_fact(database_url: str) -> None:
    """However often the buttons are pressed: opened once, read once, and the questions stay the same ones."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        given = actions.assign_today(session, ana, NOW)
        for _ in range(2):
            chat.on_start(session, press(ana.id, f"ln.start:{given.id}", NOW), NOW)
            chat.on_quiz(session, press(ana.id, f"ln.quiz:{given.id}", NOW), NOW)
        kinds = list(session.scalars(select(FactRow.kind)))
        assert (kinds.count("LessonOpened"), kinds.count("LessonRead"), kinds.count("QuestionOffered")) == (1, 1, 1)
        assert session.scalar(select(func.count()).select_from(AnswerRow)) == 3


def test_later_asks_once_more_and_starting_takes_that_back(database_url: str) -> None:
    """Two hours later, once; who starts meanwhile is not asked again."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        given = actions.assign_today(session, ana, NOW)
        later = press(ana.id, f"ln.later:{given.id}", NOW)
        assert shown(chat.on_later(session, later, NOW)).text.params["at"]  # type: ignore[union-attr]
        twice = shown(chat.on_later(session, later, NOW)).text
        assert twice is not None
        assert twice.params["at"] == (NOW + timedelta(hours=2)).isoformat()
        [row] = session.scalars(select(OutboxRow).where(OutboxRow.key == f"later:{given.id}")).all()
        assert (row.not_before, row.state) == (NOW + timedelta(hours=2), "waiting")
        assert row.expires_at == given.expires_at
        chat.on_start(session, press(ana.id, f"ln.start:{given.id}", NOW), NOW)
        session.refresh(row)
        assert row.state == "cancelled"


def test_today_lists_what_waits_here_and_elsewhere(database_url: str) -> None:
    """The lesson to start, what is due, and what other rooms have; the lesson done is said to be done."""
    from bot.kit.texts import text

    with house(database_url, "D-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        waiting.use(today=(lambda session, person, now: [(text("delivery.just", text="A report of yours"), None)],))
        try:
            first = shown(lists.on_today(session, say(ana.id, "/today", NOW), NOW))
            assert first.text is not None
            assert first.text.params["state"] == "offered"
            assert len(first.text.params["others"]) == 1
            assert [button.data for row in first.buttons for button in row] == ["ln.begin"]
        finally:
            waiting.use()
        given = actions.assign_today(session, ana, NOW)
        actions.finish(session, given, NOW)
        after = shown(lists.on_today(session, say(ana.id, "/today", NOW), NOW))
        assert after.text is not None
        assert after.text.params["state"] == "done"
        assert after.buttons == ()


def test_only_what_was_read_can_be_read_again(database_url: str) -> None:
    """The list has the lessons read, a page at a time; another lesson's button opens nothing."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = reachable(session, "D-1", NOW)
        ids = list(session.scalars(select(LessonRow.id).order_by(LessonRow.id)))
        for number, lesson in enumerate(ids[:10]):
            at = NOW + timedelta(minutes=number)
            session.add(ReadingRow(person_id=ana, lesson_id=lesson, version=1, read_at=at))
        session.flush()
        page = shown(lists.on_lessons(session, say(ana, "/lessons", NOW), NOW))
        assert len(page.buttons) == 9
        rest = shown(lists.on_lessons(session, press(ana, "ln.lessons:8", NOW), NOW))
        assert len(rest.buttons) == 2
        assert key(lists.on_read(session, press(ana, f"ln.read:{ids[0]}", NOW), NOW)) == "learning.card"
        assert key(lists.on_read(session, press(ana, f"ln.read:{ids[11]}", NOW), NOW)) == "learning.lessons"


def test_practice_without_anything_to_practise_says_so(database_url: str) -> None:
    """Before the first lesson there are no questions; the way to the lesson is shown."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        reply = chat.on_learn(session, say(ana.id, "/learn", NOW), NOW)
        assert key(reply) == "learning.nothing_to_practise"


def test_status_counts_what_somebody_did(database_url: str) -> None:
    """Lessons read of those that hold here, questions answered, days."""
    with asked(database_url) as (session, attempt):
        chat.on_choice(session, press(attempt.person, f"ln.a:{attempt.id}:0", NOW), NOW)
        actions.note_reading(session, attempt.person, "dry-floor", 1, NOW)
        words = shown(lists.on_status(session, say(attempt.person, "/mystatus", NOW), NOW)).text
        assert words is not None
        assert (words.params["read"], words.params["answered"], words.params["days"]) == (1, 1, 1)
        assert words.params["lessons"] >= 10
