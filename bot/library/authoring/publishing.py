"""Own lessons: made live by whoever wrote them, at once or at a time, taken back to an earlier version, taken out of use.

Publishing is signing: the trainer's name stands under the version, for the unit that it is for. Of two who change one
lesson the second publishes nothing and is told what the first has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import owning, signing, translations
from bot.library.actions import put_lesson
from bot.library.authoring import correcting, drafting, retelling, rules, store, voices
from bot.library.authoring.model import (
    LESSON_PLANNED,
    LESSON_PUBLISHED,
    LESSON_RETIRED,
    LESSON_ROLLED_BACK,
    OPEN,
    PLANNED,
    PUBLISHED,
    LessonDraft,
)
from bot.library.authoring.tables import LessonDraftRow
from bot.library.content import as_lesson, digest, lesson_content
from bot.library.model import TRANSLATION_CONFIRMED, Lesson
from bot.library.tables import LessonRow
from bot.people.model import Unit

FIRST = -1
"""Own lessons come before the shipped ones: somebody made them for these very people."""


def lesson_of(session: Session, draft: LessonDraft) -> Lesson:
    """The lesson that a draft comes to, with what has come for it."""
    files = {id: (each.kind, each.media) for id, each in store.files_of(session, draft.id).items() if each.media}
    return rules.as_lesson(draft.content, draft.lesson, draft.base + 1, files)


def lacking(session: Session, draft: LessonDraft) -> list[str]:
    """What keeps a draft from being published: what `rules.lacking` says, and `unit`, `file:<card>`, `lost:<card>`.

    Of one that retells something confidential also `left:<number>` (of `retelling.left`), and at last `release`.
    """
    found = rules.lacking(draft.content)
    if draft.unit is None:
        found.append("unit")
    files = store.files_of(session, draft.id)
    for at, card in enumerate(draft.content["cards"]):
        held = files.get(card["file"]) if card["file"] is not None else None
        if held is not None and held.media is None:
            found.append(f"{'lost' if held.error else 'file'}:{at}")
    found += [f"left:{number}" for number, _ in enumerate(retelling.left(session, draft))]
    if not found and retelling.waits(session, draft):
        found.append("release")
    return found


def newly_aside(session: Session, draft: LessonDraft) -> tuple[str, ...]:
    """The languages whose translation would be set aside by publishing."""
    before = store.lesson_content(session, draft.lesson, draft.base) if draft.base else None
    after = rules.aside(before, lesson_content(lesson_of(session, draft)))
    return tuple(each for each in translations.stale(after) if each not in translations.stale(before or {}))


def publish(session: Session, draft: LessonDraft, by: int, now: datetime) -> int | None:
    """Makes a draft live; answers the version. None where somebody else changed the lesson since it was begun.

    Refused: it lacks something, was decided about before, or is not theirs.
    """
    unit = _unit(session, draft, by, now)
    if lacking(session, draft):
        raise Refused("library.authoring.t_not_ready")
    lesson = lesson_of(session, draft)
    before = store.lesson_content(session, draft.lesson, draft.base) if draft.base else None
    content = rules.aside(before, lesson_content(lesson))
    if before is not None and digest(content) == digest(before) and not draft.content["voices"]:
        raise Refused("library.t_nothing_to_change")
    which = (LessonDraftRow.id == draft.id, LessonDraftRow.state.in_((OPEN, PLANNED)))
    values = {"state": PUBLISHED, "settled_at": now, "publish_at": None}
    if changed(session, update(LessonDraftRow).where(*which).values(**values)) != 1:
        raise Refused("library.decided")
    version = _put(session, draft.lesson, draft.base, drafting.owner_unit(session, draft), content, by, unit, now)
    if version is None:
        back = update(LessonDraftRow).where(LessonDraftRow.id == draft.id).values(state=OPEN, settled_at=None)
        session.execute(back)
        return None
    body = {"lesson": draft.lesson, "version": version, "cards": len(draft.content["cards"])}
    record(session, Fact(LESSON_PUBLISHED, f"lesson:{draft.lesson}:{version}", now, by, unit.id, body=body), now)
    if draft.tells and draft.base:
        correcting.announce(session, draft.lesson, version, by, unit.id, now)
    _keep_voices(session, draft, as_lesson(draft.lesson, version, content), unit, by, now)
    return version


def _unit(session: Session, draft: LessonDraft, by: int, now: datetime) -> Unit:
    if draft.unit is None:
        raise Refused("library.authoring.t_not_ready")
    owner = drafting.owner_unit(session, draft)
    unit = owning.unit_of(session, owner, by, now)
    if unit is None or not owning.may_change(session, owner, by, now):
        raise Refused("library.authoring.t_not_your_lesson")
    return unit


def _put(
    session: Session, id: str, base: int, owner: int | None, content: Mapping[str, Any], by: int, unit: Unit,
    now: datetime,
) -> int | None:  # fmt: skip
    """The conditional step from one version to the next, its words, and the signature under them."""
    values = {
        "topic": content["topic"], "version": base + 1, "digest": digest(content), "retired_at": None,
        "position": FIRST,
    }  # fmt: skip
    if base == 0:
        new = {"id": id, "shipped": False, "unit_id": owner, **values}
        done = insert_once(session, LessonRow, new, "id") is not None
    else:
        which = (LessonRow.id == id, LessonRow.version == base, ~LessonRow.shipped)
        done = changed(session, update(LessonRow).where(*which).values(**values)) == 1
    if not done:
        return None
    put_lesson(session, id, base + 1, content, by, now)
    signing.put(session, unit.id, [as_lesson(id, base + 1, content)], by, now)
    return base + 1


def _keep_voices(session: Session, draft: LessonDraft, lesson: Lesson, unit: Unit, by: int, now: datetime) -> None:
    """Notes that were recorded while it was written: they read its words as they are published."""
    files = store.files_of(session, draft.id)
    for language, number in draft.content["voices"].items():
        held, words = files.get(number), store.read_aloud(lesson, language)
        if held is not None and held.media and words is not None:
            voices.keep(session, lesson.id, language, unit.id, words, held.media, by, now)


def rebase(session: Session, draft: LessonDraft, now: datetime) -> LessonDraft:
    """The draft takes the place of what somebody else made live meanwhile: its writer has seen that."""
    own = store.own_lesson(session, draft.lesson)
    assert own is not None
    session.execute(
        update(LessonDraftRow)
        .where(LessonDraftRow.id == draft.id, LessonDraftRow.state == OPEN)
        .values(base_version=own.lesson.version, touched_at=now)
    )
    return store.draft(session, draft.id) or draft


# --- at a time ---------------------------------------------------------------------------------------------------------


def plan(session: Session, draft: LessonDraft, at: datetime, by: int, now: datetime) -> LessonDraft:
    """Sets when a draft goes live by itself. Refused where it lacks something, or is not theirs."""
    _unit(session, draft, by, now)
    if lacking(session, draft):
        raise Refused("library.authoring.t_not_ready")
    which = (LessonDraftRow.id == draft.id, LessonDraftRow.state.in_((OPEN, PLANNED)))
    if changed(session, update(LessonDraftRow).where(*which).values(state=PLANNED, publish_at=at)) != 1:
        raise Refused("library.decided")
    key = f"lesson-planned:{draft.id}:{now.isoformat()}"
    record(session, Fact(LESSON_PLANNED, key, now, by, draft.unit, body={"draft": draft.id}), now)
    return store.draft(session, draft.id) or draft


def due(session: Session, now: datetime) -> LessonDraft | None:
    """A draft whose moment has come."""
    query = select(LessonDraftRow).where(LessonDraftRow.state == PLANNED, LessonDraftRow.publish_at <= now)
    first = query.order_by(LessonDraftRow.publish_at, LessonDraftRow.id).limit(1).with_for_update(skip_locked=True)
    row = session.scalar(first.execution_options(populate_existing=True))
    return store.as_draft(row) if row else None


def unplan(session: Session, draft: LessonDraft) -> None:
    """It goes live by itself no more."""
    which = (LessonDraftRow.id == draft.id, LessonDraftRow.state == PLANNED)
    session.execute(update(LessonDraftRow).where(*which).values(state=OPEN, publish_at=None))


# --- versions ----------------------------------------------------------------------------------------------------------


def roll_back(session: Session, id: str, to: int, seen: int, by: int, now: datetime, tells: bool = False) -> int:
    """An own lesson says again what it said in a version, as a new one. Refused: not theirs, or changed meanwhile.

    `tells`: what it said till now was wrong, so that whoever read that is told.
    """
    own, unit = _mine(session, id, by, now)
    content = store.lesson_content(session, id, to)
    if content is None or own.lesson.version != seen:
        raise Refused("library.t_changed_meanwhile")
    if digest(content) == digest(own.content) and own.retired_at is None:
        raise Refused("library.t_nothing_to_change")
    version = _put(session, id, seen, own.unit, content, by, unit, now)
    if version is None:
        raise Refused("library.t_changed_meanwhile")
    body = {"lesson": id, "version": version, "to": to}
    record(session, Fact(LESSON_ROLLED_BACK, f"lesson-back:{id}:{version}", now, by, unit.id, body=body), now)
    if tells:
        correcting.announce(session, id, version, by, unit.id, now)
    return version


def retire(session: Session, id: str, by: int, now: datetime, instead: str | None = None) -> None:
    """Nobody is given it any more; its versions and who read them stay. Refused: not theirs, or done before.

    `instead`: it was wrong, and this is right: whoever read it is told.
    """
    own, unit = _mine(session, id, by, now)
    which = (LessonRow.id == id, LessonRow.retired_at.is_(None))
    if changed(session, update(LessonRow).where(*which).values(retired_at=now)) != 1:
        raise Refused("library.decided")
    body = {"lesson": id, "version": own.lesson.version}
    record(session, Fact(LESSON_RETIRED, f"lesson-retired:{id}:{now.isoformat()}", now, by, unit.id, body=body), now)
    if instead is not None:
        correcting.announce(session, id, own.lesson.version + 1, by, unit.id, now, instead)


def confirm(session: Session, id: str, language: str, seen: int, by: int, now: datetime) -> int:
    """A translation that was set aside still holds: the lesson has a version with it again."""
    own, unit = _mine(session, id, by, now)
    if own.lesson.version != seen or language not in translations.stale(own.content):
        raise Refused("library.t_changed_meanwhile")
    if not translations.may_come_back(own.content, own.lesson.language, language):
        raise Refused("library.t_words_missing")
    content = translations.restored(own.content, own.lesson.language, language)
    version = _put(session, id, seen, own.unit, content, by, unit, now)
    if version is None:
        raise Refused("library.t_changed_meanwhile")
    body = {"what": f"lesson:{id}", "language": language, "version": version}
    record(session, Fact(TRANSLATION_CONFIRMED, f"confirmed:lesson:{id}:{language}:{version}", now, by, body=body), now)
    return version


def _mine(session: Session, id: str, by: int, now: datetime) -> tuple[store.OwnLesson, Unit]:
    own = store.own_lesson(session, id)
    unit = owning.unit_of(session, own.unit, by, now) if own is not None else None
    if own is None or unit is None or not owning.may_change(session, own.unit, by, now):
        raise Refused("library.authoring.t_not_your_lesson")
    return own, unit
