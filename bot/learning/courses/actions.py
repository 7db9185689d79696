"""Giving, withdrawing, doing and reminding of courses; training entered by a supervisor. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.learning.certificates import actions as certificates
from bot.learning.certificates.model import Award, What
from bot.learning.courses import binding, model, rules, showing, store
from bot.learning.courses.binding import Bound, Slice
from bot.learning.courses.model import COURSES, Completion, Course, Given, Offer, Step
from bot.learning.courses.tables import (
    CompletionRow,
    CourseGivenRow,
    CourseReadRow,
    ExamGrantRow,
    TrainingHoursRow,
)
from bot.ledger.actions import record
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact
from bot.library.showing import said
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role, Viewer

MOST_MINUTES = 24 * 60


def course_of(session: Session, given: Given) -> Course:
    """The course in the version that was given."""
    found = store.course(session, given.course, given.version)
    assert found is not None, "versions are never deleted"
    return found


# --- by rule ---------------------------------------------------------------------------------------------------------


def apply_rules(session: Session, offer: Offer, of: Slice, on: date, now: datetime) -> int:
    """Gives a course to those of a slice whom its rules bind anew, takes it off those they bind no more; says how many."""
    for row in binding.freed(session, offer, of, on):
        withdraw(session, row, on, now)
    count = 0
    for found in binding.bound(session, offer, of, on):
        count += give(session, offer.course, found, on, now)
    return count


def give(session: Session, course: Course, found: Sequence[Bound], on: date, now: datetime) -> int:
    """Gives a course to people, each once by their key; says to how many that is new."""
    rows = [
        {
            "key": each.key, "person_id": each.person, "course_id": course.id, "course_version": course.version,
            "cause": each.cause.value, "assigned_on": on, "due_on": each.due_on, "state": Step.OPEN.value,
            "remind_on": on, "tries_added": 0,
        }
        for each in found
    ]  # fmt: skip
    new = insert_many_once(session, CourseGivenRow, rows, "key")
    if not new:
        return 0
    ids = {row.key: row.id for row in session.scalars(select(CourseGivenRow).where(CourseGivenRow.id.in_(new)))}
    facts = [
        Fact(
            model.COURSE_ASSIGNED, f"course-given:{ids[each.key]}", now, each.person, each.unit, each.post,
            {"course": course.id, "version": course.version, "cause": each.cause.value, "days": (each.due_on - on).days},
        )
        for each in found if each.key in ids
    ]  # fmt: skip
    record_all(session, facts, now)
    return len(new)


def give_by_hand(session: Session, person: int, course: Course, on: date, due: date, now: datetime) -> Given | None:
    """Somebody decides that a person does a course; None where they have it open already."""
    if any(each.course == course.id for each in store.open_courses(session, person)):
        return None
    who = _person(session, person, now)
    one = Bound(person, who.unit, who.post, model.Cause.BY_HAND, f"course:{course.id}:{person}:by_hand:{on}", due)
    give(session, course, [one], on, now)
    return next((each for each in store.open_courses(session, person) if each.course == course.id), None)


def withdraw(session: Session, row: CourseGivenRow, on: date, now: datetime) -> None:
    """What gave somebody a course holds no more, before they had done it."""
    mine = (CourseGivenRow.id == row.id, CourseGivenRow.state == Step.OPEN)
    gone = {"state": Step.WITHDRAWN.value, "ended_on": on, "remind_on": None}
    if changed(session, update(CourseGivenRow).where(*mine).values(**gone)):
        fact = Fact(
            model.COURSE_WITHDRAWN, f"course-withdrawn:{row.id}", now, row.person_id, body={"course": row.course_id}
        )
        record(session, fact, now)
        _nothing_stale(session, row.person_id, on, now)


# --- doing it --------------------------------------------------------------------------------------------------------


def note_lesson(session: Session, given: Given, lesson: str, version: int, now: datetime) -> None:
    """The last card of a lesson of a course was turned."""
    values = {"given_id": given.id, "lesson_id": lesson, "lesson_version": version, "read_at": now}
    insert_once(session, CourseReadRow, values)


def note_elsewhere(session: Session, who: Person, lesson: str, version: int, on: date, now: datetime) -> None:
    """A lesson of an open course was read as the day's lesson: nobody reads it twice. Without an exam the last one ends it."""
    for given in store.open_courses(session, who.id):
        course = course_of(session, given)
        if lesson in course.lessons:
            note_lesson(session, given, lesson, version, now)
            if course.exam is None and not set(course.lessons) - store.read_in(session, given.id):
                complete(session, given, course, on, now)


def complete(
    session: Session,
    given: Given,
    course: Course,
    on: date,
    now: datetime,
    right: int | None = None,
    of: int | None = None,
) -> Completion | None:
    """Somebody has done a course; its reminders stop. None where that was known already."""
    mine = (CourseGivenRow.id == given.id, CourseGivenRow.state == Step.OPEN)
    done = {"state": Step.DONE.value, "ended_on": on, "remind_on": None}
    if not changed(session, update(CourseGivenRow).where(*mine).values(**done)):
        return None
    values = {
        "key": f"done:{given.id}", "person_id": given.person, "course_id": course.id, "course_version": course.version,
        "given_id": given.id, "completed_on": on, "expires_on": rules.expires_on(course, on), "right": right, "of": of,
    }  # fmt: skip
    insert_once(session, CompletionRow, values, "key")
    _add_hours(session, f"course:{given.id}", given.person, on, course.minutes, course.id, "", None)
    late = max(0, (on - given.due_on).days)
    body = {"course": course.id, "version": course.version, "minutes": course.minutes, "late": late}
    record(session, Fact(model.COURSE_COMPLETED, f"course-done:{given.id}", now, given.person, body=body), now)
    _nothing_stale(session, given.person, on, now)
    found = store.completed(session, given.person, course.id, on)
    if course.exam is not None:
        # a paper is for what was passed; what was only gone through stands in the training file
        until = found.expires_on if found is not None else None
        award = Award(What.COURSE, f"course:{course.id}", str(given.id), said(course.title), (), until)
        certificates.issue(session, given.person, award, now)
    return found


def _nothing_stale(session: Session, person: int, on: date, now: datetime) -> None:
    """A reminder that waits would speak of what is done: it is taken back, and what else is open is told of tomorrow."""
    if outbox.cancel(session, ref=showing.ref(person), now=now):
        others = (CourseGivenRow.person_id == person, CourseGivenRow.state == Step.OPEN)
        session.execute(update(CourseGivenRow).where(*others).values(remind_on=on + timedelta(days=1)))


def _add_hours(
    session: Session, key: str, person: int, on: date, minutes: int, course: str | None, words: str, by: int | None
) -> bool:
    values = {
        "key": key, "person_id": person, "on_date": on, "minutes": minutes, "course_id": course, "words": words,
        "entered_by": by,
    }  # fmt: skip
    return insert_once(session, TrainingHoursRow, values, "key") is not None


# --- reminding -------------------------------------------------------------------------------------------------------


def remind(session: Session, who: Person, on: date, now: datetime) -> bool:
    """Tells somebody what they have to do, in one message; not while they are away or cannot be reached. Says if it did."""
    # what has no day to be reminded on waits for a supervisor: its tries are used up
    query = select(CourseGivenRow).where(
        CourseGivenRow.person_id == who.id, CourseGivenRow.state == Step.OPEN, CourseGivenRow.remind_on.is_not(None)
    )
    rows = session.scalars(query.order_by(CourseGivenRow.due_on).execution_options(populate_existing=True)).all()
    able = not people.deputies(session, [who.id], now) and people.reachable_chat(session, who.id) is not None
    for row in rows:
        if row.remind_on is not None and row.remind_on <= on:
            row.remind_on = rules.next_reminder(store.as_given(row), on) if able else on + timedelta(days=1)
    session.flush()
    if not able or not rows:
        return False
    shown = [(given, course_of(session, given)) for given in (store.as_given(row) for row in rows)]
    message, key = showing.reminder(who.id, shown, on), f"courses:{who.id}:{on}"
    to = outbox.to_person(who.id)
    return outbox.send(session, to, message, Lane.BULK, now, key=key, topic="courses", unasked=COURSES) is not None


def chase(session: Session, viewer: Viewer, givens: Sequence[int], now: datetime) -> int:
    """A supervisor reminds people of what is open, each at most once a day; says how many were told."""
    told = 0
    for id in givens:
        given = store.given(session, id)
        who = people.person(session, given.person, now) if given is not None else None
        if given is None or who is None or given.state is not Step.OPEN or not viewer.holds(Role.SUPERVISOR, who.path):
            continue
        on = people.today_of(who, now)
        fact = Fact(model.CHASED, f"chased:{id}:{on}", now, who.id, who.unit, who.post, {"course": given.course})
        if record(session, fact, now):
            message = showing.chased(who.id, given, course_of(session, given), on)
            key = f"chase:{id}:{on}"
            outbox.send(session, outbox.to_person(who.id), message, Lane.BULK, now, key=key, unasked=COURSES)
            told += 1
    return told


# --- what a supervisor enters ----------------------------------------------------------------------------------------


def enter_hours(
    session: Session, viewer: Viewer, person: int, on: date, minutes: int, reason: str, key: str, now: datetime
) -> None:
    """Training that somebody had in a talk or outside, with a reason. Refused: for oneself, or for other people's people."""
    who = led(session, viewer, person, now)
    if not 0 < minutes <= MOST_MINUTES or on > people.today_of(who, now) or not reason.strip():
        raise Refused("learning.courses.hours_unclear")
    if _add_hours(session, f"entered:{key}", person, on, minutes, None, reason.strip()[:300], viewer.person):
        fact = Fact(
            model.HOURS_ENTERED, f"training-entered:{key}", now, who.id, who.unit, who.post, {"minutes": minutes}
        )
        record(session, fact, now)


def grant_time(session: Session, viewer: Viewer, person: int, percent: int, reason: str, now: datetime) -> None:
    """More time in exams from today on, with the reason on record; 0 ends it."""
    who = led(session, viewer, person, now)
    on = people.today_of(who, now)
    before = (ExamGrantRow.person_id == person, ExamGrantRow.percent > 0, ExamGrantRow.ends_on.is_(None))
    session.execute(update(ExamGrantRow).where(*before).values(ends_on=on))
    if percent:
        row = ExamGrantRow(
            person_id=person, percent=percent, reason=reason.strip()[:300], granted_by=viewer.person, starts_on=on
        )
        session.add(row)
        session.flush()
        fact = Fact(
            model.EXTRA_TIME_GRANTED, f"extra-time:{row.id}", now, who.id, who.unit, who.post, {"percent": percent}
        )
        record(session, fact, now)


def grant_try(session: Session, viewer: Viewer, id: int, reason: str, now: datetime) -> Given:
    """One more try at an exam, with the reason on record; the person hears of it."""
    given = store.given(session, id)
    if given is None or given.state is not Step.OPEN:
        raise Refused("delivery.stale")
    who = led(session, viewer, given.person, now)
    on = people.today_of(who, now)
    mine = (CourseGivenRow.id == id, CourseGivenRow.tries_added == given.tries_added)
    again = {"tries_added": given.tries_added + 1, "remind_on": rules.next_reminder(given, on)}
    if not changed(session, update(CourseGivenRow).where(*mine).values(**again)):
        raise Refused("delivery.stale")
    row = ExamGrantRow(
        person_id=who.id, given_id=id, percent=0, reason=reason.strip()[:300], granted_by=viewer.person, starts_on=on
    )
    session.add(row)
    session.flush()
    body = {"course": given.course}
    record(session, Fact(model.TRY_GRANTED, f"exam-try:{row.id}", now, who.id, who.unit, who.post, body), now)
    message = showing.try_granted(given, course_of(session, given))
    outbox.send(session, outbox.to_person(who.id), message, Lane.REPLY, now, key=f"exam-try:{row.id}")
    return given


def led(session: Session, viewer: Viewer, person: int, now: datetime) -> Person:
    """Somebody whom the viewer leads, never themselves. Raises Refused."""
    who = _person(session, person, now)
    if person == viewer.person or not viewer.holds(Role.SUPERVISOR, who.path):
        raise Refused("learning.courses.not_your_people")
    return who


def supervisors(session: Session, who: Person, now: datetime) -> list[Person]:
    """Those to whom somebody's training is a task: the nearest level of supervisors, never themselves."""
    held = oncall.holders(session, [Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER], who.path, now)
    for found in held.values():
        others = [(person, far) for person, far in found if person.id != who.id]
        if others:
            nearest = min(far for _, far in others)
            return [person for person, far in others if far == nearest]
    return []


def _person(session: Session, id: int, now: datetime) -> Person:
    who = people.person(session, id, now)
    if who is None or who.left_on is not None:
        raise Refused("delivery.stale")
    return who
