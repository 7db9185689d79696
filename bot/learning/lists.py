"""What waits for somebody, how far they are, and what they may read again: routes that list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.kit.clock import local_date
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Message, Reply, answer, button, rows
from bot.kit.texts import text
from bot.learning import changed_lessons, lesson_order, showing, store, waiting
from bot.learning.model import Kind, State
from bot.learning.plans import store as plans
from bot.library import store as library
from bot.library.authoring import voices
from bot.library.showing import said, turned
from bot.people import store as people
from bot.people.model import Person

LESSONS_A_PAGE = 8


def who_is(session: Session, event: AnyEvent, now: datetime) -> Person:
    """The person an event came from, as they are now."""
    who = people.person(session, event.person or 0, now)
    assert who is not None, "routes are for people we know"
    return who


def turn(event: Pressed, message: Message) -> Reply:
    """A card in the place of the one before; a picture that is there already stays."""
    return Reply(edit=replace(message, media=()) if event.captioned else message)


def on_today(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/today`: what waits, from learning and from the other rooms."""
    who = who_is(session, event, now)
    given = store.daily(session, who.id, now)
    state = given.state if given else State.OFFERED
    lesson = given.lesson if given else None
    if given is None or given.kind is Kind.NOTHING:
        planned = plans.lessons_for(session, who, local_date(now, who.zone))
        lesson, _ = lesson_order.next_lesson(session, who, planned)
    shown = library.lesson(session, lesson) if lesson else None
    due = store.count_due(session, who, now)
    others = waiting.today(session, who.id, now)
    buttons: list[Button] = []
    if shown is not None and state is not State.DONE:
        begun = state in (State.OPENED, State.READ)
        buttons.append(button("learning.go_on" if begun else "learning.start_lesson", "ln.begin"))
    if due:
        buttons.append(button("learning.repeat_now", "ln.more"))
    buttons += [pressed for _, pressed in others if pressed is not None]
    words = text(
        "learning.today", lesson=said(shown.title) if shown else None, state=state.value, due=due,
        others=[words for words, _ in others],
    )  # fmt: skip
    return _list(event, Message(words, rows(*buttons)))


def _list(event: Said | Pressed, message: Message) -> Reply:
    """A list is a message of its own: it was asked for, and what it was asked from stays."""
    return Reply(messages=(message,))


def on_status(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/mystatus`: what somebody has done, without pressure."""
    who = who_is(session, event, now)
    read, there, answered = store.progress(session, who)
    days = {local_date(at, who.zone) for at in store.learning_times(session, who.id, now - timedelta(days=30))}
    words = text(
        "learning.status", read=read, lessons=there, answered=answered, due=store.count_due(session, who, now),
        days=len(days),
        others=[words for words, _ in waiting.status(session, who.id, now)],
    )  # fmt: skip
    buttons = (button("learning.more", "ln.more"), button("learning.lessons_button", "ln.lessons:0"))
    return _list(event, Message(words, rows(*buttons)))


def on_lessons(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/lessons`: what somebody has read, to read it again."""
    skip = max(event.number(0), 0) if isinstance(event, Pressed) else 0
    ids = store.read_lessons(session, event.person or 0, LESSONS_A_PAGE + 1, skip)
    found = library.lessons(session, ids[:LESSONS_A_PAGE])
    buttons = showing.titles([found[id] for id in ids[:LESSONS_A_PAGE] if id in found], "ln.read")
    laid_out = rows(*buttons, each=1)
    if len(ids) > LESSONS_A_PAGE:
        laid_out = (*laid_out, (button("learning.older", f"ln.lessons:{skip + LESSONS_A_PAGE}"),))
    return _list(event, Message(text("learning.lessons", count=len(ids)), laid_out))


def on_read(session: Session, event: Pressed, now: datetime) -> Reply:
    """A lesson read before, again; only what somebody has had."""
    id = event.word(0)
    lesson = library.lesson(session, id)
    if lesson is None or not store.has_read(session, event.person or 0, id):
        return answer("learning.lessons", count=0)
    number = min(max(event.number(1), 1), showing.card_count(lesson))
    last = number == showing.card_count(lesson)
    onward = button("learning.more", "ln.more") if last else button("learning.next_card", f"ln.read:{id}:{number + 1}")
    who = who_is(session, event, now)
    if last and changed_lessons.is_outdated(session, who.id, id):
        onward = button("learning.to_questions", f"ln.anew:{id}:{lesson.version}")
    message = showing.card(lesson, number, onward, *voices.listen(session, who, lesson))
    return turned(event, lesson, message) if number > 1 else Reply(messages=(message,))
