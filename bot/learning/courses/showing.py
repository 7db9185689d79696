"""What courses show, as messages: made of values alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.learning.courses.model import Completion, Course, Given, Licence, Sitting, SittingState
from bot.learning.model import Attempt
from bot.library.kinds.registry import choices, kind_of
from bot.library.model import LETTERS, Lesson, Question
from bot.library.showing import question_text, said

Shown = tuple[Given, Course]
MOST = 8
"""So many courses have a button of their own."""


def ref(person: int) -> str:
    """Under what the reminders of somebody are known, so that one that waits can be taken back."""
    return f"courses:{person}"


def minutes(course: Course, lessons: Mapping[str, Lesson]) -> int:
    """How long it takes at most: the lessons, and the time for the exam."""
    seconds = sum(lessons[id].seconds for id in course.lessons if id in lessons)
    return -(-seconds // 60) + (course.exam.minutes if course.exam else 0)


def line(given: Given, course: Course, on: date) -> dict[str, Any]:
    """A course in a list of what is to be done."""
    return {"title": said(course.title), "due": given.due_on.isoformat(), "overdue": given.due_on < on}


def _open(shown: Sequence[Shown]) -> tuple[Button, ...]:
    return tuple(
        button("learning.courses.open", f"co.open:{given.id}", title=said(course.title))
        for given, course in shown[:MOST]
    )


def reminder(person: int, shown: Sequence[Shown], on: date) -> Message:
    """What somebody has to do, unasked."""
    words = text("learning.courses.reminder", items=[line(given, course, on) for given, course in shown])
    return Message(words, rows(*_open(shown), each=1), ref=ref(person))


def chased(person: int, given: Given, course: Course, on: date) -> Message:
    """Their supervisor asks for one course."""
    words = text("learning.courses.chased", item=line(given, course, on))
    return Message(words, rows(*_open([(given, course)])), ref=ref(person))


def mine(shown: Sequence[tuple[Given, Course, int]], done: Sequence[tuple[Completion, Course]], on: date) -> Message:
    """`/courses`: what must be done, by when and how long it takes; and what counts."""
    open_ = [line(given, course, on) | {"minutes": takes} for given, course, takes in shown]
    counting = [{"title": said(c.title), "until": d.expires_on.isoformat() if d.expires_on else None} for d, c in done]
    buttons = _open([(given, course) for given, course, _ in shown])
    file = button("learning.courses.my_file", "co.file")
    words = text("learning.courses.mine", open=open_, done=counting)
    return Message(words, (*rows(*buttons, each=1), (file, button("learning.courses.add_licence", "co.licence"))))


def page(
    given: Given,
    course: Course,
    lessons: Mapping[str, Lesson],
    read: Collection[str],
    running: Sitting | None,
    left: int,
    on: date,
) -> Message:
    """One course: its lessons with what is read, its exam, and the one thing to do next."""
    listed = [{"title": said(lessons[id].title), "read": id in read} for id in course.lessons if id in lessons]
    exam = course.exam and {"questions": course.exam.questions, "minutes": course.exam.minutes, "left": left}
    words = text(
        "learning.courses.page", item=line(given, course, on) | {"minutes": minutes(course, lessons)}, lessons=listed,
        exam=exam, running=running.ends_at.isoformat() if running else None,
    )  # fmt: skip
    unread = next((place for place, id in enumerate(course.lessons) if id not in read and id in lessons), None)
    buttons: list[Button] = []
    if running is not None:
        buttons.append(button("learning.courses.go_on_exam", f"co.begin:{given.id}"))
    elif unread is not None:
        buttons.append(button("learning.courses.next_lesson", f"co.card:{given.id}:{unread}:1"))
    elif left:
        buttons.append(button("learning.courses.to_exam", f"co.exam:{given.id}"))
    return Message(words, rows(*buttons))


def before_exam(given: Given, course: Course, minutes: int, questions: int, left: int) -> Message:
    """What an exam is, before its clock runs."""
    assert course.exam is not None
    words = text(
        "learning.courses.before_exam", title=said(course.title), questions=questions, minutes=minutes,
        more_time=minutes > course.exam.minutes, passes=course.exam.passes, left=left,
    )  # fmt: skip
    return Message(words, rows(button("learning.courses.begin_exam", f"co.begin:{given.id}")))


def question(asked: Attempt, found: Question, sitting: Sitting) -> Message:
    """A question of an exam: may not be passed on, and says until when."""
    body = question_text(found, asked.shown, asked.place, sitting.of)
    many = kind_of(found).many
    buttons: list[Button] = []
    for at, choice in enumerate(choices(found, asked.shown)):
        data = f"co.a:{asked.id}:{at}"
        chosen = many and choice.position in asked.chosen
        letter = LETTERS[at].upper()
        plain = button("learning.letter", data, letter=letter, chosen=chosen)
        buttons.append(Button(Text(choice.text_key), data) if choice.text_key else plain)
    laid_out = rows(*buttons)
    if many:
        laid_out = (*laid_out, (button("learning.send_off", f"co.done:{asked.id}"),))
    words = text("learning.courses.question", question=body, until=sitting.ends_at.isoformat())
    return Message(words, laid_out, protect=True)


def result(
    ended: Sitting, given: Given, course: Course, again: Mapping[str, Lesson], left: int, done: Completion | None
) -> Message:
    """How an exam ended; what to read again; what is next. Which questions were wrong is not said: they come again."""
    assert course.exam is not None
    passed = ended.state is SittingState.PASSED
    words = text(
        "learning.courses.result", title=said(course.title), passed=passed, right=ended.right, of=ended.of,
        passes=course.exam.passes, again=[said(lesson.title) for lesson in again.values()], left=left,
        until=done.expires_on.isoformat() if passed and done is not None and done.expires_on else None,
    )  # fmt: skip
    reread = [
        button("learning.courses.read_again", f"co.card:{given.id}:{place}:1", title=said(again[id].title))
        for place, id in enumerate(course.lessons)
        if id in again
    ]
    retry = [button("learning.courses.try_again", f"co.exam:{given.id}")] if not passed and left else []
    return Message(words, rows(*reread, *retry, each=1))


def used_up(given: Given, course: Course, name: str) -> Message:
    """To a supervisor: somebody did not pass and may not try again by themselves."""
    words = text("learning.courses.used_up", name=name, title=said(course.title))
    return Message(words, rows(button("learning.courses.one_more_try", f"co.try:{given.id}")))


def try_granted(given: Given, course: Course) -> Message:
    """One more try."""
    words = text("learning.courses.try_granted", title=said(course.title))
    return Message(words, rows(*_open([(given, course)])))


def licence_card(licence: Licence, name: str, photo: tuple[Any, ...]) -> Message:
    """A licence to look at, for a supervisor."""
    words = text(
        "learning.courses.licence_card", name=name, what=licence.name, number=licence.number,
        expires=licence.expires_on.isoformat(),
    )  # fmt: skip
    buttons = rows(
        button("learning.courses.confirm", f"co.lyes:{licence.id}"),
        button("learning.courses.refuse", f"co.lno:{licence.id}"),
    )
    return Message(words, buttons, photo, ref=f"licence:{licence.id}")


def quiet(message: Message) -> Message:
    """Without its buttons."""
    return replace(message, buttons=())
