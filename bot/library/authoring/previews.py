"""A lesson as readers of one language get it, for whoever looks at it first; with its card drawn before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.delivery import drawings
from bot.delivery.tables import DrawingRow
from bot.kit.events import Pressed
from bot.kit.replies import Media, Message, Reply
from bot.library import store as library
from bot.library.authoring import publishing, rules, store
from bot.library.authoring.model import LessonDraft
from bot.library.cards import sheet
from bot.library.cards.showing import plain
from bot.library.cards.ticks import Drawn, shown
from bot.library.content import as_lesson, digest, lesson_content
from bot.library.model import Lesson

JOB = "library.preview_card"
DRAFT = "draft-"


def to_publish(session: Session, found: LessonDraft) -> Lesson:
    """The lesson as publishing would make it: without translations that would be set aside."""
    before = store.lesson_content(session, found.lesson, found.base) if found.base else None
    content = rules.aside(before, lesson_content(publishing.lesson_of(session, found)))
    return as_lesson(found.lesson, found.base + 1, content)


def picture(lesson: Lesson, language: str, draft: int = 0) -> Media:
    """The card in this language, whatever whoever looks reads; of a draft as it stands now, with its number."""
    what = f"{DRAFT}{draft}" if draft else lesson.id
    look = digest(lesson_content(lesson))[:16] if draft else f"{lesson.version}.{sheet.look(lesson)}"
    return Media("photo", drawings.ref_of(JOB, f"{what}/{look}/{language}", plain(lesson)))


def turned(event: Pressed, message: Message) -> Reply:
    """A card in the place of the one before, with the picture of its language; below it where it shows nothing."""
    if event.captioned and not message.media:
        return Reply(messages=(message,), drop_buttons=True)
    return Reply(edit=message)


class Preview(Drawn):
    """The job: the lesson of a draft, or the version of a published one, in the language that its name says."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The lesson, in one language."""
        what, look, language = payload["name"].split("/")
        if what.startswith(DRAFT):
            draft = store.draft(session, int(what.removeprefix(DRAFT)))
            found = to_publish(session, draft) if draft is not None and draft.content["cards"] else None
        else:
            found = library.lesson(session, what, int(look.partition(".")[0]))
        there = found is not None and language in found.cards
        return payload | shown(in_one(found, language) if found is not None and there else None)


def forget(session: Session, draft: int) -> list[str]:
    """Nobody looks at a draft any more: its drawings go; answers their files."""
    mine = (DrawingRow.job == JOB, DrawingRow.name.startswith(f"{DRAFT}{draft}/", autoescape=True))
    gone = session.scalars(delete(DrawingRow).where(*mine).returning(DrawingRow.media))
    return [ref for ref in gone if ref is not None]


def in_one(lesson: Lesson, language: str) -> Lesson:
    """A lesson as readers of one language get it, whatever the language of whoever looks."""
    own = [replace(each, text=_only(each.text, language, lesson.language)) if each else None for each in lesson.shows]
    return replace(
        lesson, title=_only(lesson.title, language, lesson.language), cards={language: lesson.cards[language]},
        picture_text=_only(lesson.picture_text, language, lesson.language), shows=tuple(own),
    )  # fmt: skip


def _only(texts: Mapping[str, str], language: str, base: str) -> dict[str, str]:
    words = texts.get(language) or texts.get(base) or next(iter(texts.values()), "")
    return {language: words} if words else {}


JOBS = {JOB: Preview()}
