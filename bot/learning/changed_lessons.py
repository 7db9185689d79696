"""A lesson means something else now, or was wrong: whoever read it is told, once, and is given it again.

In slices of people by their numbers: a lesson that a whole company read has as many to be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.db.once import changed, table_of, upsert_many
from bot.delivery import outbox
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.learning import stretches
from bot.learning.model import LESSON_CHANGED
from bot.learning.stretches import MOST, Stretch
from bot.learning.tables import OutdatedReadingRow, ReadingRow
from bot.library.authoring import correcting
from bot.library.authoring.correcting import LessonCorrection
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Person

JOB = "learning.lesson_changed"
_r, _o = table_of(ReadingRow), table_of(OutdatedReadingRow)


def on_changed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The library says that a lesson means something else, or was wrong: begins to tell."""
    id = int((payload.get("body") or {})["correction"])
    stretches.begin(session, JOB, "lesson-changed", id, now)


def tell(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """One slice; the next is a job of its own."""
    found = correcting.correction(session, int(payload["correction"]))
    if found is None:
        return
    stretch = Stretch(JOB, "lesson-changed", found.id, int(payload["after"]), _r.c.person_id)
    read = session.execute(
        select(_r.c.person_id, _r.c.version)
        .where(stretch.within, _r.c.lesson_id == found.lesson, _r.c.version < found.version)
        .order_by(_r.c.person_id)
        .limit(MOST)
    ).all()
    _tell_all(session, found, read, now)
    stretch.go_on(session, [row.person_id for row in read], now)


def tell_late(session: Session, person: int, lesson: str, version: int, now: datetime) -> None:
    """Somebody has just read a version that holds no more: it was begun before it was corrected."""
    found = correcting.since(session, lesson, version)
    if found is not None:
        _tell_all(session, found, [(person, version)], now)


def _tell_all(session: Session, found: LessonCorrection, read: Sequence[Any], now: datetime) -> None:
    persons = people.persons(session, [person for person, _ in read], now)
    there = _concerned(session, found, read, persons)
    if not found.withdrawn:
        which = (_r.c.lesson_id == found.lesson, _r.c.person_id.in_(list(there)), _r.c.version < found.version)
        session.execute(delete(_r).where(*which))
        rows = [
            {"person_id": person, "lesson_id": found.lesson, "version": version, "at": now}
            for person, version in there.items()
        ]
        upsert_many(session, OutdatedReadingRow, rows)
    made: dict[tuple[int, str], Message] = {}
    for person, version in there.items():
        alike = version, persons[person].lang
        if alike not in made:
            made[alike] = _message(session, found, *alike)
        key = f"lesson-changed:{found.id}:{person}"
        to = outbox.to_person(person)
        outbox.send(session, to, made[alike], outbox.Lane.LESSON, now, key=key, unasked=LESSON_CHANGED)


def _concerned(
    session: Session, found: LessonCorrection, read: Sequence[Any], persons: Mapping[int, Person]
) -> dict[int, int]:
    """Who is to hear, with the version that they read. Of a shipped lesson: where its new words are signed by who said
    that they mean something else, and those in whose language they are other words."""
    there = {person: version for person, version in read if person in persons}
    units = correcting.units(session, found)
    if units is None or found.withdrawn:
        return there
    other: dict[tuple[int, str], bool] = {}
    for person, version in list(there.items()):
        who = persons[person]
        alike = version, who.lang
        if alike not in other:
            other[alike] = bool(correcting.changes(session, found, *alike)[0])
        if not other[alike] or units.isdisjoint(people.ancestors(who.path)):
            del there[person]
    return there


def _message(session: Session, found: LessonCorrection, read: int, lang: str) -> Message:
    """What is right; or the words before and now, and the way to the lesson."""
    title: Mapping[str, str] = said(correcting.title(session, found))
    if found.withdrawn:
        today = rows(button("learning.today_button", "ln.today"))
        return Message(text("learning.lesson_withdrawn", title=title, words=found.words), today)
    lines, more = correcting.changes(session, found, read, lang)
    again = rows(button("learning.read_again", f"ln.read:{found.lesson}"))
    return Message(text("learning.lesson_changed", title=title, lines=lines, more=more), again)


def is_outdated(session: Session, person: int, lesson: str) -> bool:
    """Whether what somebody has read of a lesson holds no more."""
    return session.scalar(select(_o.c.person_id).where(_o.c.person_id == person, _o.c.lesson_id == lesson)) is not None


def read_anew(session: Session, person: int, lesson: str, version: int) -> bool:
    """Somebody went through a newer version of what held no more; False where that is so no longer."""
    which = (_o.c.person_id == person, _o.c.lesson_id == lesson, _o.c.version < version)
    return changed(session, delete(_o).where(*which)) == 1
