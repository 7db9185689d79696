"""What falls due in courses: rules applied to everybody in slices, reminders, exams whose time is over, licences."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.learning.courses import actions, exams, licences, publishing, sending_in, store
from bot.learning.courses.binding import Slice
from bot.learning.courses.model import Step
from bot.learning.courses.tables import CourseForceRow, CourseGivenRow
from bot.people import store as people
from bot.people.tables import PersonRow

EVERY = timedelta(hours=1)
"""How often each rule is asked anew: so soon somebody hired today has their course."""
PEOPLE = 250
"""In a slice: so many, that it stays within 50 ms also where a rule binds all of them."""
REMIND, END, LICENCES = 25, 20, 25


def assign_courses(session: Session, now: datetime) -> bool:
    """Applies the rules of one course that is in force somewhere to one slice of the people."""
    on = now.date()
    due = or_(
        CourseForceRow.cursor > 0, CourseForceRow.checked_at.is_(None), CourseForceRow.checked_at <= now - EVERY
    )  # fmt: skip
    query = select(CourseForceRow).where(CourseForceRow.in_force_on <= on, CourseForceRow.ended_on.is_(None), due)
    locked = query.order_by(CourseForceRow.id).limit(1).with_for_update(skip_locked=True)
    row = session.scalar(locked.execution_options(populate_existing=True))
    if row is None:
        return False
    slice_ = select(PersonRow.id).where(PersonRow.id > row.cursor).order_by(PersonRow.id).limit(PEOPLE).subquery()
    until = session.scalar(select(func.max(slice_.c.id)))
    if until is None:
        row.cursor, row.checked_at = 0, now
        return True
    for offer in store.in_force(session, on, row.id):
        actions.apply_rules(session, offer, Slice(row.cursor, until), on, now)
    row.cursor = until
    return True


def remind_people(session: Session, now: datetime) -> bool:
    """Tells people what they have to do, each in one message; what is done is not among it any more."""
    waiting = (CourseGivenRow.state == Step.OPEN, CourseGivenRow.remind_on <= now.date())
    found = session.scalars(select(CourseGivenRow.person_id).where(*waiting).distinct().limit(REMIND)).all()
    known = people.persons(session, found, now)
    for who in known.values():
        actions.remind(session, who, now.date(), now)
    return len(found) == REMIND and bool(known)


def end_exams(session: Session, now: datetime) -> bool:
    """The time of an exam is over and nobody pressed any more."""
    found = store.overrun(session, now, END)
    for sitting in found:
        who = people.person(session, sitting.person, now)
        if who is None:
            exams.abandon(session, sitting, now)
        else:
            people.lock_person(session, who.id)
            exams.end_by_clock(session, sitting, who, now)
    return len(found) == END


def remind_of_licences(session: Session, now: datetime) -> bool:
    """A licence runs out soon: its holder hears of it."""
    found = licences.due(session, now.date(), LICENCES)
    for licence in found:
        licences.remind(session, licence, now.date(), now)
    return len(found) == LICENCES


def take_in_courses(session: Session, now: datetime) -> bool:
    """Shipped courses are there as drafts as soon as their lessons are."""
    publishing.load_courses(session, now)
    return False


TICKS = (
    Tick("learning.take_in_courses", take_in_courses, seconds=3600),
    Tick("learning.assign_courses", assign_courses, seconds=60),
    Tick("learning.remind_of_courses", remind_people, seconds=60),
    Tick("learning.end_exams", end_exams, seconds=10),
    Tick("learning.remind_of_licences", remind_of_licences, seconds=600),
)
JOBS = {licences.JOB: licences.kept, sending_in.JOB: sending_in.fetched}
