"""A lesson in the making: begun, added to, changed, given up. The draft waits for weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import downloads
from bot.kit.errors import Refused
from bot.kit.events import Sent
from bot.library import owning, uploads
from bot.library.authoring import rules, store
from bot.library.authoring.model import CANCELLED, OPEN, PLANNED, LessonDraft
from bot.library.authoring.tables import LessonDraftRow, LessonFileRow
from bot.library.model import MAX_BYTES
from bot.people.model import Person, UnitKind

JOB = "library.lesson_file"
KEEP: Mapping[str, Any] = {"photo": "picture", "video": "film", "voice": "file"}
"""How each kind of file is kept: pictures made anew without where they were taken, films without what phones write."""


def begin(
    session: Session, who: Person, content: Mapping[str, Any], now: datetime, *, lesson: str = "", base: int = 0,
    unit: int | None = None,
) -> LessonDraft:  # fmt: skip
    """A draft, of a new lesson or (with its id and version) of one that is live. Refused to who is no trainer."""
    if not uploads.is_trainer(session, who.id, now):
        raise Refused("library.not_a_trainer")
    mine = owning.units_of(session, who.id, now)
    row = LessonDraftRow(
        person_id=who.id, lesson_id=lesson, base_version=base, state=OPEN, content=dict(content), created_at=now,
        touched_at=now, unit_id=unit if unit is not None or len(mine) != 1 else mine[0].id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if not lesson:
        row.lesson_id = f"own-{row.id}"
        session.flush()
    return store.as_draft(row)


def of_lesson(session: Session, who: Person, id: str, now: datetime) -> LessonDraft:
    """A draft of an own lesson as it is live: the one this person has open already, else a new one.

    Refused where others look after it.
    """
    own = store.own_lesson(session, id)
    if own is None or not owning.may_change(session, own.unit, who.id, now):
        raise Refused("library.authoring.t_not_your_lesson")
    there = next((each for each in store.drafts_of(session, who.id) if each.lesson == id), None)
    if there is not None:
        return there
    content = rules.from_lesson(own.content, own.lesson.language)
    unit = own.unit if own.unit is not None else store.company(session).id
    return begin(session, who, content, now, lesson=id, base=own.lesson.version, unit=unit)


def change(session: Session, draft: LessonDraft, content: Mapping[str, Any], now: datetime) -> LessonDraft:
    """The draft says something else. A plan to publish it is off then: what goes live was looked at."""
    which = (LessonDraftRow.id == draft.id, LessonDraftRow.state.in_((OPEN, PLANNED)))
    values = {"content": dict(content), "touched_at": now, "state": OPEN, "publish_at": None, "tells": False}
    if changed(session, update(LessonDraftRow).where(*which).values(**values)) != 1:
        raise Refused("library.decided")
    found = store.draft(session, draft.id)
    assert found is not None
    return found


def choose_unit(session: Session, draft: LessonDraft, unit: int, now: datetime) -> LessonDraft:
    """For whose people a new lesson is. Refused for a unit over which its writer is no trainer."""
    if draft.base or unit not in {each.id for each in owning.units_under(session, draft.person, now)}:
        raise Refused("library.not_a_trainer")
    session.execute(update(LessonDraftRow).where(LessonDraftRow.id == draft.id).values(unit_id=unit, touched_at=now))
    return store.draft(session, draft.id) or draft


def choose_whom_to_tell(session: Session, draft: LessonDraft, tells: bool, now: datetime) -> LessonDraft:
    """Whether those who read the lesson before are told when this is live: they are where its meaning changed."""
    which = (LessonDraftRow.id == draft.id, LessonDraftRow.state.in_((OPEN, PLANNED)))
    if changed(session, update(LessonDraftRow).where(*which).values(tells=tells, touched_at=now)) != 1:
        raise Refused("library.decided")
    return store.draft(session, draft.id) or draft


def touch(session: Session, draft: LessonDraft, now: datetime) -> None:
    """Somebody is at it again: it waits as long as a new one."""
    session.execute(update(LessonDraftRow).where(LessonDraftRow.id == draft.id).values(touched_at=now))


def give_up(session: Session, draft: LessonDraft, now: datetime) -> None:
    """Nothing comes of it. Refused where it was published before."""
    which = (LessonDraftRow.id == draft.id, LessonDraftRow.state.in_((OPEN, PLANNED)))
    values = {"state": CANCELLED, "settled_at": now, "publish_at": None}
    if changed(session, update(LessonDraftRow).where(*which).values(**values)) != 1:
        raise Refused("library.decided")


def owner_unit(session: Session, draft: LessonDraft) -> int | None:
    """The unit as a lesson's row names it: None is the whole company."""
    found = next((unit for unit in [store.company(session)] if unit.id == draft.unit), None)
    return None if found is not None and found.kind is UnitKind.COMPANY else draft.unit


# --- files ------------------------------------------------------------------------------------------------------------


def kind_of(event: Sent) -> str | None:
    """What a file is for a lesson: photo, video, voice; None for what no lesson can show."""
    mime = event.file.mime or ""
    if event.file.kind == "document":
        return "photo" if mime.startswith("image/") else "video" if mime.startswith("video/") else None
    return event.file.kind if event.file.kind in KEEP else None


def too_big(event: Sent) -> bool:
    """Whether a file is larger than what Telegram lets a bot fetch."""
    return (event.file.size or 0) > MAX_BYTES


def take_file(session: Session, draft: LessonDraft, kind: str, file_id: str, now: datetime) -> int:
    """Notes a file and asks for it; answers its number."""
    row = LessonFileRow(draft_id=draft.id, kind=kind, at=now)
    session.add(row)
    session.flush()
    payload = {"file": row.id, "draft": draft.id}
    downloads.want(session, file_id, JOB, payload, now, keep=KEEP[kind])
    return row.id


def file_kept(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """The job of a file: it is here, or never will be."""
    row = session.get(LessonFileRow, int(payload["file"]), populate_existing=True)
    if row is not None:
        row.media, row.error = payload.get("media"), payload.get("error")
        session.flush()
