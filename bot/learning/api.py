"""Training for other programs: what somebody needs and has, as of a day; and what was done, one line a completion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.endpoints import (
    Asked,
    Badge,
    Call,
    Code,
    Day,
    Endpoint,
    Event,
    Given,
    Labelled,
    Number,
    Paged,
    Rows,
    Scope,
    Who,
)
from bot.learning.courses import matrix, store
from bot.learning.courses.model import COURSE_COMPLETED, LicenceState
from bot.learning.courses.tables import CompletionRow
from bot.people import programs, speaking
from bot.people import store as people
from bot.people.model import Caller
from bot.people.tables import PersonRow, UnitRow

YEAR = timedelta(days=365)


class CourseStands(Given):
    """Somebody and a course on a day. `needed`: a rule asks for it; `done_on`: what counts then; `due_on`: by when it is to be."""

    course: str
    titles: dict[str, str]
    needed: bool
    done_on: date | None
    expires_on: date | None
    due_on: date | None
    overdue: bool


class LicenceStands(Given):
    """A paper from outside. `counts`: somebody looked at it, and it had not run out."""

    name: str
    expires_on: date
    counts: bool


class TrainingFile(Given):
    """One person's training as of a day. `minutes` are those of the year before it."""

    person: Who
    on: date
    courses: list[CourseStands]
    licences: list[LicenceStands]
    minutes: int


class CompletionOut(Given):
    """Somebody did a course."""

    id: int
    person: Who
    unit: Labelled
    course: str
    version: int
    completed_on: date
    expires_on: date | None
    revoked_on: date | None
    right: int | None
    of: int | None


class CompletionTold(Given):
    """Somebody has just done a course; who, only for webhooks with the scope `names`."""

    person: Who | None
    unit: Labelled | None
    course: str
    version: int
    days_late: int
    at: datetime


class AsOf(Asked):
    """Somebody by their employee number, on a day; left out: today."""

    badge: Badge
    on: Day | None = None


class Listed(Paged):
    """Completions, in the order in which they were entered."""

    unit: Number | None = None
    course: Code | None = None
    completed_since: Day | None = None


def file_of(session: Session, caller: Caller, call: Call, now: datetime) -> TrainingFile:
    """Was she trained then?"""
    who = programs.somebody(session, caller, call.args.badge, now)
    on = call.args.on or people.today_of(who, now)
    found = matrix.matrix(session, caller.units, on, who.id)
    cells = found.lines[0].cells if found.lines else {}
    courses = [
        CourseStands(
            course=course.id, titles=dict(course.title), needed=cell.needed, overdue=cell.overdue, due_on=cell.due_on,
            done_on=cell.done.completed_on if cell.done else None, expires_on=cell.done.expires_on if cell.done else None,
        )
        for course in found.courses
        if (cell := cells.get(course.id)) is not None and (cell.needed or cell.done or cell.lapsed)
    ]  # fmt: skip
    papers = [
        LicenceStands(
            name=each.name, expires_on=each.expires_on, counts=each.state is LicenceState.CONFIRMED and each.expires_on >= on
        )
        for each in store.licences(session, [who.id], on)
    ]  # fmt: skip
    minutes = sum(each.minutes for each in store.hours(session, [who.id], on - YEAR, on))
    person = programs.who_is(caller, who.badge, who.name)
    return TrainingFile(person=person, on=on, courses=courses, licences=papers, minutes=minutes)


def completions(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """What people of some units have done, also those who have left since."""
    query = (
        people.people_on.join(CompletionRow, CompletionRow.person_id == PersonRow.id)
        .add_columns(CompletionRow, UnitRow.code)
        .where(
            speaking.under(UnitRow.path, programs.paths(session, caller, call.args.unit)),
            CompletionRow.id > call.args.after,
        )
    )
    if call.args.course is not None:
        query = query.where(CompletionRow.course_id == call.args.course)
    if call.args.completed_since is not None:
        query = query.where(CompletionRow.completed_on >= call.args.completed_since)
    rows = session.execute(query.order_by(CompletionRow.id).limit(call.args.limit), {"on": now.date()})
    return Rows([(str(row.CompletionRow.id), _out(caller, row)) for row in rows])


def _out(caller: Caller, row: Any) -> CompletionOut:
    done: CompletionRow = row.CompletionRow
    return CompletionOut(
        id=done.id, person=programs.who_is(caller, row.badge, row.name), unit=Labelled(id=row.unit, code=row.code),
        course=done.course_id, version=done.course_version, completed_on=done.completed_on, expires_on=done.expires_on,
        revoked_on=done.revoked_on, right=done.right, of=done.of,
    )  # fmt: skip


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> CompletionTold:
    """What the fact says."""
    body = payload["body"]
    unit = programs.labels(session, [payload["unit"]]).get(payload["unit"]) if payload["unit"] else None
    return CompletionTold(
        person=programs.told_who(session, caller, payload["person"]), unit=unit, course=body["course"],
        version=body.get("version") or 0, days_late=body.get("late") or 0, at=datetime.fromisoformat(payload["at"]),
    )  # fmt: skip


ENDPOINTS = (
    Endpoint(
        "training_file", "GET", "/people/{badge}/training", Scope.TRAINING, "Somebody's training, as of a day", file_of,
        TrainingFile, AsOf, about="badge",
    ),
    Endpoint(
        "training", "GET", "/training", Scope.TRAINING, "Courses that were done", completions, CompletionOut, Listed, many=True,
        personal=True, feed="training",
    ),
)  # fmt: skip
_DONE = Event("training.completed", COURSE_COMPLETED.name, Scope.TRAINING, COURSE_COMPLETED.says, tell, CompletionTold)
EVENTS = (_DONE,)
