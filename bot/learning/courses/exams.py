"""Exams: begun, answered without a word on right or wrong, ended by the last answer or by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import drafts, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.learning import actions as learning
from bot.learning import answering
from bot.learning import store as sheets
from bot.learning.courses import actions, rules, showing, store
from bot.learning.courses.model import (
    COURSES,
    EXAM_FAILED,
    EXAM_PASSED,
    EXAM_STARTED,
    Completion,
    Course,
    Given,
    Pool,
    Sitting,
    SittingState,
)
from bot.learning.courses.tables import CourseGivenRow, SittingRow
from bot.learning.model import Asked, Attempt, Kind, Mode, State
from bot.learning.tables import AnswerRow, AssignmentRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library.kinds.registry import order_for
from bot.library.model import Answer
from bot.library.store import question_holds
from bot.library.tables import QuestionRow
from bot.people import store as people
from bot.people.model import Person

DRAFT = "exam"
ASKED = ("one", "several", "true_false")
"""The kinds that are answered by choosing: an exam on a phone asks no others."""


def running(session: Session, given: Given) -> Sitting | None:
    """The exam of a course that is open."""
    return next((each for each in store.sittings(session, given.id) if each.state is SittingState.OPEN), None)


def begin(session: Session, given: Given, course: Course, who: Person, now: datetime) -> Sitting:
    """A try at the exam; the one that runs, where one does. Refused: lessons unread, no tries left, nothing to ask."""
    there = running(session, given)
    if there is not None:
        return there
    exam, used = course.exam, len(store.sittings(session, given.id))
    if exam is None or set(course.lessons) - store.read_in(session, given.id):
        raise Refused("learning.courses.lessons_first")
    if rules.tries_left(exam, given, used) == 0:
        raise Refused("learning.courses.no_tries")
    number, on = used + 1, people.today_of(who, now)
    seed = f"sitting:{given.id}:{number}"
    ids = _questions(session, exam.pools, who, seed)
    if not ids:
        raise Refused("learning.courses.nothing_to_ask")
    ends = now + rules.allowed(exam, store.extra_percent(session, who.id, on))
    sheet = AssignmentRow(
        key=f"exam:{given.id}:{number}", person_id=who.id, on_date=on, kind=Kind.EXAM, state=State.OPENED,
        offered_at=now, expires_at=ends,
    )  # fmt: skip
    session.add(sheet)
    session.flush()
    for place, id in enumerate(ids, 1):
        _put(session, sheet.id, who.id, id, place, f"{seed}:{id}")
    values = {
        "key": seed, "given_id": given.id, "person_id": who.id, "course_id": course.id, "course_version": course.version,
        "number": number, "sheet_id": sheet.id, "started_at": now, "ends_at": ends, "state": SittingState.OPEN.value,
        "of": len(ids),
    }  # fmt: skip
    insert_once(session, SittingRow, values, "key")
    body = _body(course, number) | {"questions": len(ids), "minutes": int((ends - now).total_seconds() // 60)}
    record(session, Fact(EXAM_STARTED, f"exam-started:{given.id}:{number}", now, who.id, who.unit, who.post, body), now)
    found = running(session, given)
    assert found is not None
    return found


def _questions(session: Session, pools: tuple[Pool, ...], who: Person, seed: str) -> list[str]:
    """Drawn for this person and try out of each pool, none twice, in an order of their own."""
    found: list[str] = []
    for number, pool in enumerate(pools):
        which = QuestionRow.lesson_id.in_(pool.lessons) if not pool.topics else QuestionRow.topic.in_(pool.topics)
        holds = question_holds(literal(who.path), literal(who.jurisdiction))
        query = select(QuestionRow.id).where(
            which, QuestionRow.retired_at.is_(None), QuestionRow.kind.in_(ASKED), QuestionRow.id.not_in(found), holds
        )
        found += rules.draw(list(session.scalars(query)), pool.draw, f"{seed}:{number}")
    return rules.draw(found, len(found), f"{seed}:order")


def _put(session: Session, sheet: int, person: int, id: str, place: int, seed: str) -> None:
    found = library.question(session, id)
    assert found is not None
    values = learning.attempt_values(sheet, person, found, place, Mode.EXAM)
    session.execute(insert(AnswerRow).values(values | {"shown": list(order_for(found.question, seed))}))


def next_question(session: Session, sitting: Sitting, who: Person, now: datetime) -> Attempt | None:
    """The first question without an answer, shown from now on; None where there is none, or the time is over."""
    if now >= sitting.ends_at or sitting.state is not SittingState.OPEN:
        return None
    waiting = [each for each in sheets.attempts(session, sitting.sheet) if each.state in (Asked.PLANNED, Asked.OPEN)]
    if not waiting:
        return None
    asked = learning.ask(session, waiting[0], who, now)
    drafts.begin(session, who.id, DRAFT, "asked", {"attempt": asked.id}, now)
    return asked


def answer(session: Session, sitting: Sitting, asked: Attempt, chosen: Answer, who: Person, now: datetime) -> bool:
    """Keeps an answer and says nothing of it; False where the time was over, or it was answered before."""
    if sitting.state is not SittingState.OPEN or now >= sitting.ends_at or asked.state is not Asked.OPEN:
        return False
    answering.answer(session, asked, chosen, who, now)
    return True


def end(session: Session, sitting: Sitting, who: Person, now: datetime) -> Completion | None:
    """Counts, once: what was not answered is not right. Passed, the course is done; with no try left, supervisors hear."""
    asked = sheets.attempts(session, sitting.sheet)
    right = sum(bool(each.right) for each in asked)
    given, course = store.given(session, sitting.given), store.course(session, sitting.course, sitting.version)
    assert given is not None
    assert course is not None
    assert course.exam is not None
    passed = rules.passes(right, sitting.of, course.exam.passes)
    state = SittingState.PASSED if passed else SittingState.FAILED
    mine = (SittingRow.id == sitting.id, SittingRow.state == SittingState.OPEN)
    if not changed(session, update(SittingRow).where(*mine).values(state=state.value, right=right, ended_at=now)):
        return None
    _put_away(session, sitting, asked, now)
    body = _body(course, sitting.number) | {"right": right, "of": sitting.of}
    kind = EXAM_PASSED if passed else EXAM_FAILED
    record(session, Fact(kind, f"exam-ended:{sitting.id}", now, who.id, who.unit, who.post, body), now)
    if passed:
        return actions.complete(session, given, course, people.today_of(who, now), now, right, sitting.of)
    if rules.tries_left(course.exam, given, sitting.number) == 0:
        _used_up(session, given, course, who, now)
    return None


def end_by_clock(session: Session, sitting: Sitting, who: Person, now: datetime) -> None:
    """The time is over and nobody pressed: the same end, told by a message."""
    end(session, sitting, who, now)
    message = result(session, sitting, who, now)
    outbox.send(session, outbox.to_person(who.id), message, Lane.REPLY, now, key=f"exam-result:{sitting.id}")


def abandon(session: Session, sitting: Sitting, now: datetime) -> None:
    """Whoever sat it works here no more: it ends, and nobody is told."""
    mine = (SittingRow.id == sitting.id, SittingRow.state == SittingState.OPEN)
    session.execute(update(SittingRow).where(*mine).values(state=SittingState.FAILED.value, ended_at=now))


def result(session: Session, sitting: Sitting, who: Person, now: datetime) -> Any:
    """How an exam ended, with what to read again."""
    ended = store.sitting(session, sitting.id, who.id)
    given, course = store.given(session, sitting.given), store.course(session, sitting.course, sitting.version)
    assert ended is not None
    assert given is not None
    assert course is not None
    assert course.exam is not None
    wrong = [each for each in sheets.attempts(session, sitting.sheet) if not each.right]
    missed = {learning.published(session, each).lesson for each in wrong}
    again = [lesson for lesson in course.lessons if lesson in missed]
    left = rules.tries_left(course.exam, given, len(store.sittings(session, given.id)))
    done = store.completed(session, who.id, course.id, people.today_of(who, now))
    return showing.result(ended, given, course, library.lessons(session, again), left, done)


def _put_away(session: Session, sitting: Sitting, asked: list[Attempt], now: datetime) -> None:
    """What was not answered is not asked any more; memory takes in what was."""
    open_ = (AnswerRow.assignment_id == sitting.sheet, AnswerRow.state.in_((Asked.PLANNED.value, Asked.OPEN.value)))
    session.execute(update(AnswerRow).where(*open_).values(state=Asked.LAPSED.value))
    answering.settle_all(session, [each for each in asked if each.state is Asked.ANSWERED], now)
    done = {"state": State.DONE.value, "done_at": now}
    session.execute(update(AssignmentRow).where(AssignmentRow.id == sitting.sheet).values(**done))
    draft = drafts.current(session, sitting.person, DRAFT)
    if draft is not None:
        drafts.close(session, draft)


def _used_up(session: Session, given: Given, course: Course, who: Person, now: datetime) -> None:
    """Nothing that the person can do: no more reminders, and a supervisor decides on one more try."""
    session.execute(update(CourseGivenRow).where(CourseGivenRow.id == given.id).values(remind_on=None))
    for leader in actions.supervisors(session, who, now):
        key = f"exam-used-up:{given.id}:{given.tries_added}:{leader.id}"
        message = showing.used_up(given, course, who.name)
        outbox.send(session, outbox.to_person(leader.id), message, Lane.BULK, now, key=key, unasked=COURSES)


def _body(course: Course, number: int) -> dict[str, Any]:
    return {"course": course.id, "version": course.version, "try": number}
