"""Taking in what Davy ships: idempotent, by the hash of each file, and never over a trainer's own version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.library import shipped
from bot.library.actions import Difference, difference, publish, publish_lessons, retire_lessons
from bot.library.content import bank_content
from bot.library.formats.read import read_bank
from bot.library.lessons import as_lesson, read_folder
from bot.library.model import Bank, Lesson
from bot.library.store import live_bank
from bot.library.tables import QuestionRow, ShippedFileRow

ORDER = (
    "EVA", "STF", "NMR", "SWA", "FLT", "LAD", "MAN", "HSK", "PPE", "FIR",
    "AID", "HAZ", "VIS", "MGD", "HOC", "TRN", "MAT", "WAH", "LOTO", "HEA",
    "NOI", "ELE", "DRV", "FAT", "RSK", "ROL", "FNH", "BBS", "COL", "LIF",
    "SCF", "EXC", "RSP", "DST", "CYL", "PTW", "HOT", "CSE",
)  # fmt: skip
"""Topics in the order in which people get their first lessons: what everybody meets before what some trades meet."""


@dataclass(frozen=True)
class Loaded:
    """How much of the shipped content was new or changed."""

    lessons: int
    banks: int


def take_in(url: str) -> None:
    """The same as a short writer of its own, before the house opens; replicas that start at once do it one after the other."""
    engine = connect(url)
    try:
        with Session(engine) as session, session.begin():
            if engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(72617)"))
            load_shipped(session, SystemClock().now())
    finally:
        engine.dispose()


def load_shipped(session: Session, now: datetime) -> Loaded:
    """Brings lessons and banks up to what this version of Davy ships. Costs a few file hashes where nothing changed."""
    return Loaded(_load_lessons(session, now), sum(_load_bank(session, path, now) for path in shipped.bank_paths()))


def _load_lessons(session: Session, now: datetime) -> int:
    root = shipped.lessons_path()
    if not root.is_dir():
        return 0
    folders = sorted(path for path in root.iterdir() if path.is_dir())
    files = [file for folder in folders for file in sorted(folder.glob("*.md"))]
    pictures = shipped.pictures_path()
    files += sorted(pictures.glob("*")) if pictures.is_dir() else []
    if not _changed(session, "lessons", files, now):
        return 0
    pages = [read_folder(folder)[0] for folder in folders]
    lessons = [_with_picture(as_lesson(each), pictures) for each in pages if each]
    lessons.sort(key=lambda lesson: (ORDER.index(lesson.topic) if lesson.topic in ORDER else len(ORDER), lesson.id))
    changed = publish_lessons(session, enumerate(lessons), now)
    return changed + retire_lessons(session, [lesson.id for lesson in lessons], now)


def _with_picture(lesson: Lesson, pictures: Path) -> Lesson:
    """The lesson without its picture where the file is not there: words that are sent beat a message that fails."""
    there = lesson.picture is not None and (pictures / lesson.picture).is_file()
    return lesson if there else replace(lesson, picture=None, picture_text={})


def _load_bank(session: Session, path: Path, now: datetime) -> int:
    if not _changed(session, path.name, [path], now):
        return 0
    bank, _ = read_bank(str(path), path.read_bytes())
    if bank is None:
        return 0
    live = live_bank(session, bank.id)
    content = bank_content(bank)
    change = _ours(session, bank, difference(session, content["questions"], live))
    if live is not None and change.nothing:
        return 0
    publish(session, content, live.version if live else 0, change, now, by=None, retire_absent=True)
    return 1


def _ours(session: Session, bank: Bank, change: Difference) -> Difference:
    """Without the questions whose live version a trainer wrote, or that are in another bank by now."""
    rows = session.execute(
        select(QuestionRow.id, QuestionRow.shipped, QuestionRow.bank_id).where(
            QuestionRow.id.in_([*change.changed, *change.absent])
        )
    )
    theirs = {row.id for row in rows if not row.shipped or row.bank_id != bank.id}
    return Difference(
        change.added,
        tuple(id for id in change.changed if id not in theirs),
        tuple(id for id in change.absent if id not in theirs),
    )


def _changed(session: Session, name: str, files: Iterable[Path], now: datetime) -> bool:
    """Whether these files differ from what was taken in; remembers them as taken in."""
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.parent.name}/{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    row = session.get(ShippedFileRow, name)
    if row is not None and row.digest == found.hexdigest():
        return False
    if row is None:
        row = ShippedFileRow(name=name)
        session.add(row)
    row.digest, row.at = found.hexdigest(), now
    session.flush()
    return True
