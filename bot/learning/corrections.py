"""A question turned out to be wrong: memory forgets it, exams do not count it, and everybody who was asked it is told.

In slices of answers by their numbers: a question that a whole company answered has as many to be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.delivery import outbox
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.learning import stretches
from bot.learning.model import CORRECTED, EXAM_ANSWER_STRUCK, Asked, Mode
from bot.learning.stretches import MOST, Stretch
from bot.learning.tables import AnswerRow, MemoryRow
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library.kinds.registry import choices, grade
from bot.library.model import Correction
from bot.library.showing import choice_words, said
from bot.people import store as people

JOB = "learning.correct"
_a, _m = table_of(AnswerRow), table_of(MemoryRow)


def on_corrected(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The library says that a question was wrong: begins to tell."""
    correction = int((payload.get("body") or {})["correction"])
    stretches.begin(session, JOB, "correct", correction, now)


def correct(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """One slice; the next is a job of its own."""
    found = library.correction(session, int(payload["correction"]))
    if found is None:
        return
    stretch = Stretch(JOB, "correct", found.id, int(payload["after"]), _a.c.id)
    which = (_a.c.question_id == found.question.id, _a.c.question_version <= found.version)
    taught = session.execute(
        select(_a.c.id, _a.c.person_id, _a.c.state, _a.c.mode)
        .where(stretch.within, *which)
        .order_by(_a.c.id)
        .limit(MOST)
    ).all()
    _mend(session, found, taught, now)
    stretch.go_on(session, [row.id for row in taught], now)


def _mend(session: Session, found: Correction, taught: Sequence[Any], now: datetime) -> None:
    answered = [row for row in taught if row.state in (Asked.ANSWERED, Asked.SETTLED)]
    coming = [row.id for row in taught if row.state in (Asked.PLANNED, Asked.OPEN)]
    session.execute(update(_a).where(_a.c.id.in_(coming)).values(state=Asked.LAPSED.value))
    session.execute(
        update(_a).where(_a.c.id.in_([row.id for row in answered])).values(state=Asked.SETTLED.value)
    )  # what memory had not taken in yet, it never does
    persons = list(dict.fromkeys(row.person_id for row in answered))
    session.execute(delete(_m).where(_m.c.person_id.in_(persons), _m.c.question_id == found.question.id))
    who = people.persons(session, persons, now)
    body = {"question": found.question.id, "version": found.version}
    struck = [
        Fact(EXAM_ANSWER_STRUCK, f"struck:{row.id}", now, row.person_id, there.unit, there.post, body)
        for row in answered
        if row.mode == Mode.EXAM and (there := who.get(row.person_id)) is not None
    ]
    record_all(session, struck, now)
    message = _message(found)
    for person in persons:
        key = f"corrected:{found.id}:{person}"
        outbox.send(session, outbox.to_person(person), message, outbox.Lane.LESSON, now, key=key, unasked=CORRECTED)


def _message(found: Correction) -> Message:
    """What was wrong, and what is right: in the new question's words, or in those of whoever withdrew the old one."""
    stem, today = said(found.question.stem), rows(button("learning.today_button", "ln.today"))
    if found.now is None:
        return Message(text("learning.question_withdrawn", stem=stem, words=found.words), today)
    right = grade(found.now, ()).right_positions
    shown = [choice_words(each) for each in choices(found.now) if each.position in right]
    words = text(
        "learning.question_corrected",
        stem=said(found.now.stem), right=shown, explanation=said(found.now.explanation),
    )  # fmt: skip
    return Message(words, today)
