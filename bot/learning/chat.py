"""What people say and press about lessons and questions. Routes only: work is in `actions`, looks in `showing`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.kit.events import Pressed
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning import actions, showing, store
from bot.learning.courses import actions as course_actions
from bot.learning.courses import chat as courses
from bot.learning.lists import on_lessons, on_read, on_status, on_today, who_is
from bot.learning.model import Assignment, State
from bot.learning.quiz import (
    next_question,
    on_back,
    on_choices,
    on_done,
    on_learn,
    on_nexts,
    on_skip,
    on_typed,
    on_undo,
    on_vote,
)
from bot.library import store as library
from bot.library.authoring import voices
from bot.library.model import Lesson
from bot.library.showing import said, turned
from bot.people import store as people

# --- lessons -------------------------------------------------------------------------------------------------------


def on_start(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Start*: the first card, or the first question where there is no lesson in it."""
    over = _over(session, event, now)
    return over or _turn_to(session, event, event.number(0), 1, now)


def _over(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """The day of a message is over before anybody began: says where today's waits, in its place."""
    given = store.assignment(session, event.number(0), event.person or 0)
    if given is None or given.state is not State.OFFERED or now < given.expires_at:
        return None
    return Reply(edit=showing.lapsed(given, _lesson_of(session, given)), toast=text("learning.t_day_over"))


def on_begin(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Start the lesson* under Today: today's lesson whether it was pushed or not."""
    given = actions.assign_today(session, who_is(session, event, now), now)
    if given.kind in actions.PUSHED:
        actions.move_push(session, given, _lesson_of(session, given), now)
    return _turn_to(session, event, given.id, 1, now)


def on_card(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Next* within a lesson."""
    return _turn_to(session, event, event.number(0), event.number(1), now)


def _turn_to(session: Session, event: Pressed, assignment: int, number: int, now: datetime) -> Reply:
    who = who_is(session, event, now)
    given = actions.open_assignment(session, assignment, who, now)
    lesson = _lesson_of(session, given)
    if lesson is None:
        return next_question(session, event, given, who, now)
    card = _card(given, lesson, min(max(number, 1), showing.card_count(lesson)), voices.listen(session, who, lesson))
    return turned(event, lesson, card)


def _lesson_of(session: Session, given: Assignment) -> Lesson | None:
    if given.lesson is None:
        return None
    return library.lesson(session, given.lesson, given.lesson_version)


def _card(given: Assignment, lesson: Lesson, number: int, listen: tuple[Button, ...]) -> Message:
    if number < showing.card_count(lesson):
        onward = button("learning.next_card", f"ln.card:{given.id}:{number + 1}")
    else:
        onward = button("learning.to_questions", f"ln.quiz:{given.id}")
    return showing.card(lesson, number, onward, *listen)


def on_quiz(session: Session, event: Pressed, now: datetime) -> Reply:
    """*To the questions*: the lesson is read."""
    who = who_is(session, event, now)
    given = actions.open_assignment(session, event.number(0), who, now)
    if actions.read_through(session, given, who, now) and given.lesson is not None:
        on = people.today_of(who, now)
        course_actions.note_elsewhere(session, who, given.lesson, given.lesson_version or 1, on, now)
    return next_question(session, event, given, who, now)


def on_anew(session: Session, event: Pressed, now: datetime) -> Reply:
    """*To the questions* under a lesson that was corrected: what holds now is read, and is not given again."""
    who, lesson, version = who_is(session, event, now), event.word(0), event.number(1)
    found = library.lesson(session, lesson)
    if found is not None and found.version == version and actions.read_anew(session, who, lesson, version, now):
        course_actions.note_elsewhere(session, who, lesson, version, people.today_of(who, now), now)
    return on_learn(session, event, now)


def on_later(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Later*: asked once more after two hours, if that is still today and disturbs nobody."""
    over = _over(session, event, now)
    if over is not None:
        return over
    who = who_is(session, event, now)
    at, new = actions.ask_later(session, event.number(0), who, now)
    given = store.assignment(session, event.number(0), who.id)
    assert given is not None
    lesson = _lesson_of(session, given)
    if new:
        again = (
            showing.push(given.id, lesson, False, True)
            if lesson
            else showing.push_review(given.id, store.count_due(session, who, now), True)
        )
        outbox.send(
            session, outbox.to_person(who.id), again, outbox.Lane.LESSON, now,
            key=f"later:{given.id}", topic="push", not_before=at, expires_at=given.expires_at,
        )  # fmt: skip
    title = said(lesson.title) if lesson else None
    words = text("learning.put_off", title=title, at=at.isoformat() if at else None)
    return Reply(edit=Message(words, rows(button("learning.start", f"ln.start:{given.id}"))))


ROUTES = (
    Route(on_today, command="today", menu="learning.menu_today"),
    Route(on_learn, command="learn", menu="learning.menu_learn"),
    Route(on_status, command="mystatus", menu="learning.menu_status"),
    Route(on_lessons, command="lessons", menu="learning.menu_lessons"),
    Route(on_start, verb="ln.start"),
    Route(on_begin, verb="ln.begin"),
    Route(on_later, verb="ln.later"),
    Route(on_card, verb="ln.card"),
    Route(on_quiz, verb="ln.quiz"),
    Route(on_choices, verb="ln.a", many=True),
    Route(on_done, verb="ln.done"),
    Route(on_skip, verb="ln.skip"),
    Route(on_back, verb="ln.back"),
    Route(on_undo, verb="ln.undo"),
    Route(on_nexts, verb="ln.next", many=True),
    Route(on_learn, verb="ln.more"),
    Route(on_today, verb="ln.today"),
    Route(on_status, verb="ln.status"),
    Route(on_lessons, verb="ln.lessons"),
    Route(on_read, verb="ln.read"),
    Route(on_anew, verb="ln.anew"),
    Route(on_typed, draft=actions.DRAFT),
    Route(on_vote, poll="quiz"),
    *courses.ROUTES,
)
