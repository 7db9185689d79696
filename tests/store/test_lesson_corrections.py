"""Telling all who read a lesson that it has changed: in slices, each person once, however often a slice runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import OutboxRow
from bot.learning import actions, changed_lessons, stretches
from bot.learning.tables import OutdatedReadingRow, ReadingRow
from bot.library.authoring import correcting, drafting, publishing, rules
from bot.library.authoring.tables import LessonCorrectionRow
from tests.store.learning_house import who
from tests.store.test_library_upload_versions import NOW, library

READERS = ("D-1", "D-2", "L-1", "T-2")


def corrected(session: Session) -> str:
    """Tess's lesson, read by four in its first version, means something else in its second."""
    tess = who(session, "T-1", NOW)
    content = rules.with_card({**rules.begun("en", "Our press"), "topic": "MGD"}, "Hands off.")
    draft = drafting.begin(session, tess, content, NOW)
    publishing.publish(session, draft, tess.id, NOW)
    for badge in READERS:
        actions.note_reading(session, who(session, badge, NOW).id, draft.lesson, 1, NOW)
    again = drafting.of_lesson(session, tess, draft.lesson, NOW)
    again = drafting.change(session, again, rules.said(again.content, "card:0", "en", "Hands on both buttons."), NOW)
    publishing.publish(session, drafting.choose_whom_to_tell(session, again, True, NOW), tess.id, NOW)
    return draft.lesson


def count(session: Session, row: type) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(row)) or 0


def told(session: Session) -> int:
    """How many messages about a changed lesson wait or went."""
    query = select(func.count()).select_from(OutboxRow).where(OutboxRow.key.startswith("lesson-changed:"))
    return session.scalar(query) or 0


def test_each_reader_is_told_once_and_the_lesson_counts_as_unread(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In slices of two people; the first slice runs twice, and nobody is told twice."""
    for room in (stretches, changed_lessons):
        monkeypatch.setattr(room, "MOST", 2)
    with library(database_url, tmp_path) as session:
        lesson = corrected(session)
        id = session.scalar(select(LessonCorrectionRow.id))
        assert id is not None
        changed_lessons.tell(session, {"correction": id, "after": 0}, NOW)
        assert told(session) == 2
        changed_lessons.tell(session, {"correction": id, "after": 0}, NOW)  # it was run before: the next two
        changed_lessons.tell(session, {"correction": id, "after": 0}, NOW)
        assert told(session) == count(session, OutdatedReadingRow) == len(READERS)
        assert count(session, ReadingRow) == 0
        ana = who(session, "D-1", NOW)
        assert actions.read_anew(session, ana, lesson, 2, NOW) is True
        assert actions.read_anew(session, ana, lesson, 2, NOW) is False
        assert (count(session, OutdatedReadingRow), count(session, ReadingRow)) == (len(READERS) - 1, 1)
        changed_lessons.tell(session, {"correction": id, "after": 0}, NOW)
        assert told(session) == len(READERS), "who has read what holds now is left alone"


def test_who_reads_an_older_version_afterwards_is_told_then(database_url: str, tmp_path: Path) -> None:
    """The lesson was open on a phone when it was corrected; whoever reads the newest is not told."""
    with library(database_url, tmp_path) as session:
        lesson = corrected(session)
        before = told(session)
        tess, ana = who(session, "T-1", NOW), who(session, "D-1", NOW)
        actions.note_reading(session, tess.id, lesson, 2, NOW)
        assert told(session) == before
        actions.note_reading(session, ana.id, lesson, 1, NOW)
        assert told(session) == before + 1
        actions.note_reading(session, ana.id, lesson, 1, NOW)
        assert told(session) == before + 1
        found = correcting.since(session, lesson, 1)
        assert found is not None
        assert not found.withdrawn
        lines, more = correcting.changes(session, found, 1, "en")
        assert [(each["before"], each["after"]) for each in lines] == [("Hands off.", "Hands on both buttons.")]
        assert more == 0
