"""What people say and press about their own courses and exams. Routes only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, button, toast
from bot.kit.room import Route
from bot.learning import actions as learning
from bot.learning import batches
from bot.learning import showing as lesson_showing
from bot.learning import store as sheets
from bot.learning.courses import actions, deciding, exams, leading, papers, rules, sending_in, showing, store
from bot.learning.courses.model import Course, Given, Sitting, Step
from bot.learning.courses.training_file import file_of
from bot.learning.lists import who_is
from bot.learning.model import Asked, Attempt, Mode
from bot.library import store as library
from bot.library.authoring import voices
from bot.library.kinds.registry import kind_of, read_answer
from bot.library.model import Answer
from bot.library.showing import turned
from bot.people import store as people
from bot.people.model import Person


def put(event: AnyEvent, message: Message) -> Reply:
    """Into the pressed message; under a picture or after typed words as a new one."""
    if isinstance(event, Pressed) and not event.captioned:
        return Reply(edit=message)
    return Reply(messages=(message,), drop_buttons=isinstance(event, Pressed))


def mine(session: Session, event: AnyEvent, number: int, now: datetime) -> tuple[Person, Given, Course]:
    """Whose press it is, and the course of theirs that it names. Raises Refused."""
    who = who_is(session, event, now)
    given = store.given(session, number, who.id)
    if given is None or given.state is Step.WITHDRAWN:
        raise Refused("learning.courses.not_open")
    return who, given, actions.course_of(session, given)


def on_courses(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/courses`: what I must do, by when, how long it takes; and what counts."""
    who = who_is(session, event, now)
    on = people.today_of(who, now)
    shown = []
    for given in store.open_courses(session, who.id):
        course = actions.course_of(session, given)
        shown.append((given, course, showing.minutes(course, library.lessons(session, course.lessons))))
    done = []
    for id in dict.fromkeys(each.course for each in store.completions(session, [who.id], on)):
        counting = store.completed(session, who.id, id, on)
        known = store.course(session, id)
        if counting is not None and known is not None:
            done.append((counting, known))
    return Reply(messages=(showing.mine(shown, done, on),))


def on_open(session: Session, event: Pressed, now: datetime) -> Reply:
    """One course."""
    who, given, course = mine(session, event, event.number(0), now)
    return put(event, _page(session, who, given, course, now))


def _page(session: Session, who: Person, given: Given, course: Course, now: datetime) -> Message:
    lessons = library.lessons(session, course.lessons)
    running = exams.running(session, given)
    left = _left(session, given, course)
    on = people.today_of(who, now)
    return showing.page(given, course, lessons, store.read_in(session, given.id), running, left, on)


def _left(session: Session, given: Given, course: Course) -> int:
    used = len(store.sittings(session, given.id))
    return rules.tries_left(course.exam, given, used) if course.exam and given.state is Step.OPEN else 0


def on_card(session: Session, event: Pressed, now: datetime) -> Reply:
    """A card of a lesson of the course: also to read it again."""
    who, given, course = mine(session, event, event.number(0), now)
    place = event.number(1)
    lesson = library.lesson(session, course.lessons[place]) if 0 <= place < len(course.lessons) else None
    if lesson is None:
        return toast("delivery.stale", alert=True)
    number = min(max(event.number(2), 1), lesson_showing.card_count(lesson))
    onward = button("learning.next_card", f"co.card:{given.id}:{place}:{number + 1}")
    if number == lesson_showing.card_count(lesson):
        onward = button("learning.courses.lesson_done", f"co.read:{given.id}:{place}")
    card = lesson_showing.card(lesson, number, onward, *voices.listen(session, who, lesson))
    # a lesson begins with a message of its own: its picture is another
    return turned(event, lesson, card) if number > 1 else Reply(messages=(card,), drop_buttons=True)


def on_read(session: Session, event: Pressed, now: datetime) -> Reply:
    """The last card of a lesson was turned; a course without an exam is done with its last lesson."""
    who, given, course = mine(session, event, event.number(0), now)
    place = event.number(1)
    lesson = library.lesson(session, course.lessons[place]) if 0 <= place < len(course.lessons) else None
    if lesson is not None and given.state is Step.OPEN:
        actions.note_lesson(session, given, lesson.id, lesson.version, now)
        learning.note_reading(session, who.id, lesson.id, lesson.version, now)
        if course.exam is None and not set(course.lessons) - store.read_in(session, given.id):
            actions.complete(session, given, course, people.today_of(who, now), now)
            return on_courses(session, event, now)
    return Reply(messages=(_page(session, who, given, course, now),), drop_buttons=True)


# --- exams -----------------------------------------------------------------------------------------------------------


def on_exam(session: Session, event: Pressed, now: datetime) -> Reply:
    """Before the exam: how many questions, how long, what passes. The clock does not run yet."""
    who, given, course = mine(session, event, event.number(0), now)
    left = _left(session, given, course)
    if course.exam is None or not left:
        return toast("learning.courses.no_tries", alert=True)
    on = people.today_of(who, now)
    minutes = int(rules.allowed(course.exam, store.extra_percent(session, who.id, on)).total_seconds() // 60)
    return put(event, showing.before_exam(given, course, minutes, course.exam.questions, left))


def on_begin(session: Session, event: Pressed, now: datetime) -> Reply:
    """The clock runs, or goes on running after a lost connection: the question that lies open comes again."""
    who, given, course = mine(session, event, event.number(0), now)
    if given.state is not Step.OPEN:
        return toast("learning.courses.done_already", alert=True)
    sitting = exams.begin(session, given, course, who, now)
    reply = _go_on(session, event, sitting, who, now)
    # a message of its own, because a message that is there can not be protected afterwards
    return Reply(messages=(reply.edit,) if reply.edit else reply.messages, drop_buttons=True)


def _go_on(session: Session, event: AnyEvent, sitting: Sitting, who: Person, now: datetime) -> Reply:
    asked = exams.next_question(session, sitting, who, now)
    if asked is not None:
        return put(event, showing.question(asked, learning.published(session, asked), sitting))
    exams.end(session, sitting, who, now)
    return put(event, exams.result(session, sitting, who, now))


def _asked(session: Session, id: int, person: int | None) -> tuple[Attempt, Sitting] | None:
    """A question of an exam of this person, with the exam."""
    asked = sheets.attempt(session, id, person or 0)
    if asked is None or asked.mode is not Mode.EXAM:
        return None
    sitting = store.sitting_of_sheet(session, asked.assignment, asked.person)
    return (asked, sitting) if sitting is not None else None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply:
    """A letter, or true and false. One of several is only marked."""
    found = _asked(session, event.number(0), event.person)
    if found is None or not 0 <= event.number(1) < len(found[0].shown):
        return toast("delivery.stale", alert=True)
    asked, sitting = found
    position = asked.shown[event.number(1)]
    question = learning.published(session, asked)
    if kind_of(question).many and asked.state is Asked.OPEN and now < sitting.ends_at:
        marked = replace(asked, chosen=kind_of(question).press(question.payload, asked.chosen, position))
        batches.choose(session, [marked])
        return Reply(edit=showing.question(marked, question, sitting))
    return _take(session, event, asked, sitting, (position,), now)


def on_done(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Done* under a question with several right choices."""
    found = _asked(session, event.number(0), event.person)
    if found is None:
        return toast("delivery.stale", alert=True)
    if not found[0].chosen:
        return toast("learning.choose_first")
    return _take(session, event, found[0], found[1], found[0].chosen, now)


def _take(session: Session, event: AnyEvent, asked: Attempt, sitting: Sitting, chosen: Answer, now: datetime) -> Reply:
    who = who_is(session, event, now)
    if not exams.answer(session, sitting, asked, chosen, who, now) and now < sitting.ends_at:
        return toast("learning.answered")
    return _go_on(session, event, sitting, who, now)


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A typed letter in an exam; anything else is passed on."""
    draft = drafts.current(session, event.person or 0, exams.DRAFT)
    if draft is None or not isinstance(event, Said):
        return None
    found = _asked(session, int(draft.data["attempt"]), event.person)
    if found is None or found[0].state is not Asked.OPEN:
        return None
    asked, sitting = found
    chosen = read_answer(learning.published(session, asked), event.text, asked.shown)
    return None if chosen is None else _take(session, event, asked, sitting, chosen, now)


def on_file(session: Session, event: Pressed, now: datetime) -> Reply:
    """My own training file, as of today."""
    who = who_is(session, event, now)
    return Reply(messages=(file_of(session, who, people.today_of(who, now), now),))


OWN_ROUTES = (
    Route(on_courses, command="courses", menu="learning.courses.menu_courses"),
    Route(on_courses, verb="co.list"),
    Route(on_open, verb="co.open"),
    Route(on_card, verb="co.card"),
    Route(on_read, verb="co.read"),
    Route(on_exam, verb="co.exam"),
    Route(on_begin, verb="co.begin"),
    Route(on_choice, verb="co.a"),
    Route(on_done, verb="co.done"),
    Route(on_typed, draft=exams.DRAFT),
    Route(on_file, verb="co.file"),
)
ROUTES = (*OWN_ROUTES, *leading.ROUTES, *papers.ROUTES, *deciding.ROUTES, *sending_in.ROUTES)
