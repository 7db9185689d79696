"""What people say and press about lessons and questions. Routes only: work is in `actions`, looks in `showing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.kit.events import AnyEvent, Pressed, Said, Voted
from bot.kit.replies import NOTHING, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning import actions, answering, batches, showing, store
from bot.learning.answering import Answer
from bot.learning.lists import on_lessons, on_read, on_status, on_today, turn, who_is
from bot.learning.model import Asked, Assignment, Attempt, State
from bot.library import store as library
from bot.library.kinds.registry import kind_of, read_answer
from bot.library.model import Lesson, Question
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Person

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
        return _next_question(session, event, given, who, now)
    return turn(event, _card(given, lesson, min(max(number, 1), showing.card_count(lesson))))


def _lesson_of(session: Session, given: Assignment) -> Lesson | None:
    if given.lesson is None:
        return None
    return library.lesson(session, given.lesson, given.lesson_version)


def _card(given: Assignment, lesson: Lesson, number: int) -> Message:
    if number < showing.card_count(lesson):
        onward = button("learning.next_card", f"ln.card:{given.id}:{number + 1}")
    else:
        onward = button("learning.to_questions", f"ln.quiz:{given.id}")
    return showing.card(lesson, number, onward)


def on_quiz(session: Session, event: Pressed, now: datetime) -> Reply:
    """*To the questions*: the lesson is read."""
    who = who_is(session, event, now)
    given = actions.open_assignment(session, event.number(0), who, now)
    actions.read_through(session, given, who, now)
    return _next_question(session, event, given, who, now)


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


# --- questions -----------------------------------------------------------------------------------------------------


def _next_question(session: Session, event: AnyEvent, given: Assignment, who: Person, now: datetime) -> Reply:
    """The first question that is not answered, or the end."""
    planned = actions.plan_questions(session, given, who, now)
    for each in planned:
        if each.state is Asked.ANSWERED:
            answering.settle_all(session, [each], now)
    asked = next((each for each in planned if each.state in (Asked.PLANNED, Asked.OPEN)), None)
    if asked is not None:
        return _show(session, event, actions.ask(session, asked, who, now), len(planned), now)
    actions.finish(session, given, now)
    if not planned and given.lesson is None:
        return _put(event, Message(text("learning.nothing_to_practise")))
    due = store.count_due(session, who, now)
    return _put(event, showing.summary(given, store.tally(session, given.id), due))


def _put(event: AnyEvent, message: Message) -> Reply:
    """Into the pressed message; under a picture or after typed words as a new one: the lesson stays readable."""
    if isinstance(event, Pressed) and not event.captioned:
        return Reply(edit=message)
    return Reply(messages=(message,), drop_buttons=isinstance(event, Pressed))


def _show(session: Session, event: AnyEvent, asked: Attempt, of: int, now: datetime) -> Reply:
    message = showing.question(asked, actions.published(session, asked), of)
    reply = _put(event, replace(message, ref=f"question:{asked.id}"))
    where = event.message if reply.edit is not None else None
    drafts.begin(session, asked.person, actions.DRAFT, "asked", {"attempt": asked.id, "message": where}, now)
    return reply


def on_choices(session: Session, events: Sequence[Pressed], now: datetime) -> list[Reply]:
    """Letters, or true and false: at seven in the morning a whole shift presses. One of several is only marked."""
    there = batches.attempts(session, [event.number(0) for event in events])
    questions = library.questions_at(session, {(each.question, each.version) for each in there.values()})
    who = people.persons(session, [event.person or 0 for event in events], now)
    replies: dict[int, Reply] = {}
    answers: dict[int, Answer] = {}
    for event in events:
        asked = there.get(event.number(0))
        if asked is None or asked.person != event.person or not 0 <= event.number(1) < len(asked.shown):
            replies[event.update_id] = toast("learning.answered", alert=True)
        elif asked.state is not Asked.OPEN:
            replies[event.update_id] = toast("learning.answered")
        else:
            found, position = questions[asked.question, asked.version], asked.shown[event.number(1)]
            if kind_of(found).many:
                replies[event.update_id] = _marked(session, found, actions.toggle(session, asked, position))
            else:
                answers[event.update_id] = Answer(asked, found, (position,), who[asked.person])
    given = list(answers.values())
    done = dict(zip(answers, answering.answer_all(session, given, now), strict=True))
    of = batches.counts(session, {each.assignment for each in done.values()})
    for event in events:
        if event.update_id in done:
            each, answer = done[event.update_id], answers[event.update_id]
            replies[event.update_id] = _put(
                event, showing.verdict(each, answer.question, of[each.assignment], answer.who.lang)
            )
    return [replies[event.update_id] for event in events]


def _marked(session: Session, found: Question, asked: Attempt) -> Reply:
    return Reply(edit=showing.question(asked, found, _of(session, asked)))


def on_done(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Done* under a question with several right choices."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None or asked.state is not Asked.OPEN:
        return toast("learning.answered")
    if not asked.chosen:
        return toast("learning.choose_first")
    return _judge(session, event, asked, asked.chosen, now)


def _judge(session: Session, event: AnyEvent, asked: Attempt, chosen: tuple[int, ...], now: datetime) -> Reply:
    who = who_is(session, event, now)
    found = actions.published(session, asked)
    answered = answering.answer(session, asked, chosen, who, now)
    return _put(event, showing.verdict(answered, found, _of(session, answered), who.lang))


def _of(session: Session, asked: Attempt) -> int:
    return len(store.attempts(session, asked.assignment))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A typed answer to the question that lies open; anything else is passed on."""
    draft = drafts.current(session, event.person or 0, actions.DRAFT)
    if draft is None or not isinstance(event, Said):
        return None
    asked = store.attempt(session, int(draft.data["attempt"]), event.person)
    if asked is None or asked.state is not Asked.OPEN or now - draft.created_at > actions.TYPED_WITHIN:
        return None
    found = actions.published(session, asked)
    chosen = read_answer(found, event.text, asked.shown)
    if chosen is None:
        return None
    reply = _judge(session, event, asked, chosen, now)
    if draft.data["message"]:
        outbox.drop_buttons(session, event.chat, int(draft.data["message"]), now)
    else:
        silent = replace(showing.question(asked, found, _of(session, asked)), buttons=())
        outbox.edit_ref(session, f"question:{asked.id}", silent, now)
    return reply


def on_undo(session: Session, event: Pressed, now: datetime) -> Reply:
    """*I pressed the wrong button*: the question again, as if it had not been answered."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None or asked.state is not Asked.ANSWERED or asked.taken_back:
        return toast("learning.kept", alert=True)
    reopened = actions.take_back(session, asked)
    return _show(session, event, reopened, _of(session, reopened), now)


def on_next(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Next question*: now memory takes the answer in."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None:
        return toast("learning.answered")
    who = who_is(session, event, now)
    given = store.assignment(session, asked.assignment, who.id)
    assert given is not None
    return _next_question(session, event, given, who, now)


def on_vote(session: Session, event: Voted, now: datetime) -> Reply:
    """A native quiz was answered: the channel shows right and wrong by itself, and a mis-tap is final."""
    key = outbox.quiz_of(session, event.poll) or ""
    asked = store.attempt(session, int(key.partition(":")[2] or 0), event.person)
    if asked is None or asked.state not in (Asked.OPEN, Asked.LAPSED) or not event.options:
        return NOTHING
    who = who_is(session, event, now)
    chosen = tuple(sorted(asked.shown[at] for at in event.options if at < len(asked.shown)))
    answered = answering.answer(session, asked, chosen, who, now)
    answering.settle_all(session, [answered], now)
    given = store.assignment(session, asked.assignment, who.id)
    assert given is not None
    actions.finish(session, given, now)
    return NOTHING


def on_learn(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/learn` and *Practise more*."""
    who = who_is(session, event, now)
    return _next_question(session, event, actions.practise(session, who, now), who, now)


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
    Route(on_undo, verb="ln.undo"),
    Route(on_next, verb="ln.next"),
    Route(on_learn, verb="ln.more"),
    Route(on_today, verb="ln.today"),
    Route(on_status, verb="ln.status"),
    Route(on_lessons, verb="ln.lessons"),
    Route(on_read, verb="ln.read"),
    Route(on_typed, draft=actions.DRAFT),
    Route(on_vote, poll="quiz"),
)
