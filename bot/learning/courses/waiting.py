"""What of courses waits for somebody, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.learning.courses import store
from bot.learning.courses.actions import course_of
from bot.library.showing import said
from bot.people import store as people


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Each course with its day, and the way to it."""
    who = people.person(session, person, now)
    found: list[tuple[Text, Button | None]] = []
    for given in store.open_courses(session, person) if who is not None else ():
        title = said(course_of(session, given).title)
        overdue = who is not None and given.due_on < people.today_of(who, now)
        line = text("learning.courses.today_line", title=title, due=given.due_on.isoformat(), overdue=overdue)
        found.append((line, button("learning.courses.open", f"co.open:{given.id}", title=title)))
    return found
