"""One training file a person, as of any day: courses, licences, hours. The answer to *was she trained then?*"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, Rows, button, rows
from bot.kit.texts import text
from bot.learning.courses import matrix, store
from bot.learning.courses.model import LicenceState, Standing
from bot.library.showing import said
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person

YEAR = timedelta(days=365)
MOST_HOURS = 6


def file_of(session: Session, who: Person, on: date, now: datetime, *, leads: bool = False) -> Message:
    """What counted for somebody on a day. `leads`: with the buttons of a supervisor. `who` is the person of that day."""
    words = text(
        "learning.courses.file", name=who.name, post=post_label(session, who.post), on=on.isoformat(),
        past=on < people.today_of(who, now), **parts(session, who, on),
    )  # fmt: skip
    return Message(words, _buttons(who) if leads else ())


def parts(session: Session, who: Person, on: date) -> dict[str, Any]:
    """What of somebody's training counted on a day, as a text takes it."""
    return {
        "courses": _courses(session, who, on), "licences": _licences(session, who, on), "hours": _hours(session, who, on),
        "total": _total(session, who, on), "extra": store.extra_percent(session, who.id, on),
    }  # fmt: skip


def _courses(session: Session, who: Person, on: date) -> list[dict[str, Any]]:
    found = matrix.matrix(session, (who.path,), on, who.id)
    if not found.lines:
        return []
    cells = found.lines[0].cells
    shown = [(course, cells[course.id]) for course in found.courses]
    told = {course.id for course in found.courses}
    lines = [_line(course.title, cell) for course, cell in shown if cell.needed or cell.done or cell.lapsed]
    # done once, although no rule asks for it any more
    for done in store.completions(session, [who.id], on):
        course = store.course(session, done.course, done.version)
        counts = store.completed(session, who.id, done.course, on)
        if course is not None and done.course not in told:
            told.add(done.course)
            lines.append(_line(course.title, Standing(False, counts, None, on, None if counts else done)))
    return lines


def _line(title: Any, cell: Standing) -> dict[str, Any]:
    until = cell.done.expires_on if cell.done else None
    lapsed = cell.lapsed.expires_on if cell.lapsed else None
    return {
        "title": said(title), "trained": cell.done is not None, "overdue": cell.overdue,
        "since": cell.done.completed_on.isoformat() if cell.done else None, "until": until.isoformat() if until else None,
        "due": cell.due_on.isoformat() if cell.due_on else None, "lapsed": lapsed.isoformat() if lapsed else None,
    }  # fmt: skip


def _licences(session: Session, who: Person, on: date) -> list[dict[str, Any]]:
    return [
        {
            "what": each.name, "number": each.number, "expires": each.expires_on.isoformat(),
            "counts": each.state is LicenceState.CONFIRMED and each.expires_on >= on,
            "unseen": each.state is LicenceState.ENTERED,
        }
        for each in store.licences(session, [who.id], on)
    ]  # fmt: skip


def _hours(session: Session, who: Person, on: date) -> list[dict[str, Any]]:
    found = store.hours(session, [who.id], on - YEAR, on)[:MOST_HOURS]
    titles = {each.course: store.course(session, each.course) for each in found if each.course}
    return [
        {
            "on": each.on.isoformat(), "minutes": each.minutes, "words": each.words,
            "title": said(course.title) if each.course and (course := titles[each.course]) else None,
        }
        for each in found
    ]  # fmt: skip


def _total(session: Session, who: Person, on: date) -> int:
    return sum(each.minutes for each in store.hours(session, [who.id], on - YEAR, on))


def _buttons(who: Person) -> Rows:
    found: list[Button] = [
        button("learning.courses.enter_hours", f"co.hours:{who.id}"),
        button("learning.courses.more_time", f"co.time:{who.id}"),
    ]
    return rows(*found)
