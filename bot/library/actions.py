"""Publishing: versions of banks and lessons, by people and from what Davy ships. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once, table_of
from bot.library import translations
from bot.library.content import digest, lesson_content
from bot.library.model import Lesson
from bot.library.store import LiveBank
from bot.library.tables import (
    BankChangeRow,
    BankRow,
    BankVersionRow,
    LessonRow,
    LessonScopeRow,
    LessonVersionRow,
    QuestionRow,
    QuestionScopeRow,
    QuestionVersionRow,
)


@dataclass(frozen=True)
class Difference:
    """What a bank would change: question ids that are new, changed (or come back), and live ones that it lacks."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether the file says what is live already."""
        return not (self.added or self.changed or self.absent)


def difference(session: Session, questions: Mapping[str, Mapping[str, Any]], live: LiveBank | None) -> Difference:
    """Compares a bank's questions (id -> content) with the live bank, by hash."""
    have = live.digests if live else {}
    other = [id for id in questions if id not in have]
    retired = set(_existing(session, other))
    different = [id for id, content in questions.items() if id in have and have[id] != digest(content)]
    return Difference(
        added=tuple(id for id in other if id not in retired),
        changed=(*different, *(id for id in other if id in retired)),
        absent=tuple(id for id in have if id not in questions),
    )


def publish(
    session: Session,
    bank: Mapping[str, Any],
    base: int,
    change: Difference,
    now: datetime,
    *,
    by: int | None,
    retire_absent: bool,
    unit: int | None = None,
) -> int | None:
    """Makes the next version of a bank ({id, language, title, questions}); answers it.

    None where the bank is no longer at version `base` (0: it did not exist), and then nothing was written.
    `by` is None for content shipped with Davy. `unit`: whose people a new bank is for (None: the whole company); a bank
    that is there keeps whose it is.
    """
    if not _advance(session, bank, base, unit, now):
        return None
    version = base + 1
    fresh = [*change.added, *change.changed]
    _put_questions(session, bank, fresh, now, shipped=by is None)
    retired = change.absent if retire_absent else ()
    retire_questions(session, retired, now, shipped=by is None)
    _note_changes(session, bank["id"], version, fresh, retired)
    session.add(
        BankVersionRow(
            bank_id=bank["id"], version=version, at=now, person_id=by,
            added=len(change.added), changed=len(change.changed), retired=len(retired),
        )
    )  # fmt: skip
    session.flush()
    return version


def _note_changes(session: Session, bank: str, version: int, fresh: Sequence[str], retired: Sequence[str]) -> None:
    """Which questions a version gave which versions: from this an earlier version is put together again."""
    versions: dict[str, int | None] = dict.fromkeys(retired)
    for at in range(0, len(fresh), 500):
        which = QuestionRow.id.in_(fresh[at : at + 500])
        found = session.execute(select(QuestionRow.id, QuestionRow.version).where(which))
        versions.update({row.id: row.version for row in found})
    rows = [{"bank_id": bank, "version": version, "question_id": id, "question_version": each}
            for id, each in versions.items()]  # fmt: skip
    if rows:
        session.execute(insert(table_of(BankChangeRow)), rows)


def _advance(session: Session, bank: Mapping[str, Any], base: int, unit: int | None, now: datetime) -> bool:
    """The conditional step from one version to the next: of two who try, one succeeds."""
    values = {"language": bank["language"], "title": bank["title"], "version": base + 1, "changed_at": now}
    if base == 0:
        return insert_once(session, BankRow, {"id": bank["id"], "unit_id": unit, **values}) is not None
    which = (BankRow.id == bank["id"], BankRow.version == base)
    return changed(session, update(BankRow).where(*which).values(**values)) == 1


def _existing(session: Session, ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for at in range(0, len(ids), 500):
        found += session.scalars(select(QuestionRow.id).where(QuestionRow.id.in_(ids[at : at + 500])))
    return found


def _put_questions(
    session: Session, bank: Mapping[str, Any], ids: Sequence[str], now: datetime, *, shipped: bool
) -> None:
    """New versions of questions; new questions start at 1. Rows of versions are only ever added."""
    if not ids:
        return
    contents = {id: bank["questions"][id] for id in ids}
    versions: dict[str, int] = {}
    for at in range(0, len(ids), 500):
        found = session.execute(
            select(QuestionRow.id, QuestionRow.version).where(QuestionRow.id.in_(ids[at : at + 500]))
        )
        versions.update({row.id: row.version for row in found})
    rows = [_question_row(id, bank, contents[id], versions.get(id, 0) + 1, shipped) for id in ids]
    if new := [row for row in rows if row["id"] not in versions]:
        session.execute(insert(table_of(QuestionRow)), new)
    for row in rows:
        if row["id"] in versions:
            session.execute(update(QuestionRow).where(QuestionRow.id == row["id"]).values(row))
            session.execute(delete(QuestionScopeRow).where(QuestionScopeRow.question_id == row["id"]))
    session.execute(
        insert(table_of(QuestionVersionRow)),
        [
            {"question_id": row["id"], "version": row["version"], "content": contents[row["id"]], "at": now}
            for row in rows
        ],
    )
    scopes = [{"question_id": id, "jurisdiction": j} for id in ids for j in contents[id]["jurisdictions"]]
    session.execute(insert(table_of(QuestionScopeRow)), scopes)


def spoken(content: Mapping[str, Any], base: str) -> dict[str, str]:
    """In which languages all of a question is said, and in which a translation was set aside, as columns hold them."""
    languages = sorted(translations.languages(content))
    lacking = translations.missing(content, base, languages)
    said, aside = [each for each in languages if each not in lacking], translations.stale(content)
    return {"said_in": f",{','.join(said)},", "aside_in": f",{','.join(aside)},"}


def _question_row(
    id: str, bank: Mapping[str, Any], content: Mapping[str, Any], version: int, shipped: bool
) -> dict[str, Any]:
    return {
        "id": id, "bank_id": bank["id"], "kind": content["kind"], "topic": content["topic"], "lesson_id": content["lesson"],
        "version": version, "digest": digest(content), "shipped": shipped, "retired_at": None,
        **spoken(content, bank["language"]),
    }  # fmt: skip


def retire_questions(session: Session, ids: Sequence[str], now: datetime, *, shipped: bool) -> None:
    """Takes questions out of use; their versions and answers stay. What a trainer retired no upgrade brings back."""
    for at in range(0, len(ids), 500):
        which = QuestionRow.id.in_(ids[at : at + 500])
        session.execute(
            update(QuestionRow).where(which, QuestionRow.retired_at.is_(None)).values(retired_at=now, shipped=shipped)
        )


def publish_lessons(session: Session, lessons: Iterable[tuple[int, Lesson]], now: datetime) -> int:
    """New versions of the shipped lessons that changed, with their places in the order; answers how many.

    A trainer's own lesson that has the same id stays as it is.
    """
    count = 0
    for position, lesson in lessons:
        content = lesson_content(lesson)
        row = session.get(LessonRow, lesson.id, populate_existing=True)
        if row is not None and not row.shipped:
            continue
        if row is not None and row.digest == digest(content) and row.retired_at is None and row.position == position:
            continue
        if row is None:
            row = LessonRow(id=lesson.id, version=0, shipped=True)
            session.add(row)
        new_words = row.digest != digest(content)
        row.topic, row.position, row.retired_at = lesson.topic, position, None
        if new_words:
            row.version, row.digest = row.version + 1, digest(content)
        session.flush()
        if new_words:
            put_lesson(session, lesson.id, row.version, content, None, now)
        count += 1
    return count


def put_lesson(
    session: Session, id: str, version: int, content: Mapping[str, Any], by: int | None, now: datetime
) -> None:
    """The words of one version of a lesson, and where they hold."""
    session.add(LessonVersionRow(lesson_id=id, version=version, content=dict(content), at=now, person_id=by))
    session.execute(delete(LessonScopeRow).where(LessonScopeRow.lesson_id == id))
    session.add_all(LessonScopeRow(lesson_id=id, jurisdiction=each) for each in content["jurisdictions"])
    session.flush()


def retire_lessons(session: Session, keep: Iterable[str], now: datetime) -> int:
    """Takes every shipped lesson out of use that is not among `keep`."""
    which = (LessonRow.shipped, LessonRow.id.not_in(list(keep)), LessonRow.retired_at.is_(None))
    return changed(session, update(LessonRow).where(*which).values(retired_at=now))
