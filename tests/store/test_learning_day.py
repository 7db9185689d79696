"""A learner's day: the lesson by taps, later, what waits today, what was read, how far somebody is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.delivery.tables import OutboxRow
from bot.learning import actions, chat, lists, quiz, store, waiting
from bot.learning.tables import AnswerRow, ReadingRow
from bot.ledger.tables import FactRow
from bot.library.tables import LessonRow
from tests.store.learning_house import NOW, asked, house, key, press, reachable, say, shown, who


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
        assert key(lists.on_read(session, press(ana, f"ln.read:{ids[0]}", NOW), NOW)) == "library.card"
        assert key(lists.on_read(session, press(ana, f"ln.read:{ids[11]}", NOW), NOW)) == "learning.lessons"


def test_practice_without_anything_to_practise_says_so(database_url: str) -> None:
    """Before the first lesson there are no questions; the way to the lesson is shown."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        reply = quiz.on_learn(session, say(ana.id, "/learn", NOW), NOW)
        assert key(reply) == "learning.nothing_to_practise"


def test_status_counts_what_somebody_did(database_url: str) -> None:
    """Lessons read of those that hold here, questions answered, days."""
    with asked(database_url) as (session, attempt):
        quiz.on_choices(session, [press(attempt.person, f"ln.a:{attempt.id}:0", NOW)], NOW)
        actions.note_reading(session, attempt.person, "dry-floor", 1, NOW)
        words = shown(lists.on_status(session, say(attempt.person, "/mystatus", NOW), NOW)).text
        assert words is not None
        assert (words.params["read"], words.params["answered"], words.params["days"]) == (1, 1, 1)
        assert words.params["lessons"] >= 10
