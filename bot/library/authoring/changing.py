"""A live lesson is changed: did only the wording change, or the meaning, so that whoever has read it must hear? Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.library import translations
from bot.library.authoring import correcting, drafting, previews, publishing, screens, store
from bot.library.authoring.model import LessonDraft
from bot.library.content import lesson_content
from bot.library.history import lines

WORDING, MEANING = "w", "m"


def asks(session: Session, event: Pressed, found: LessonDraft, verb: str) -> Message | None:
    """The question that comes before a changed lesson goes live; None where there is nothing to ask (any more).

    Where somebody else changed it meanwhile there is another thing to say first.
    """
    if event.word(1) or not found.base or publishing.lacking(session, found):
        return None
    own = store.own_lesson(session, found.lesson)
    before = store.lesson_content(session, found.lesson, found.base)
    if own is None or before is None or own.lesson.version != found.base:
        return None
    after = lesson_content(previews.to_publish(session, found))
    if not correcting.is_another(before, after, found.content["language"]):
        return None
    told = lines(translations.differences(before, after, found.content["language"]))
    buttons = (
        button("library.authoring.b_wording", f"{verb}:{found.id}:{WORDING}"),
        button("library.authoring.b_meaning", f"{verb}:{found.id}:{MEANING}"),
        button("library.back", f"lw.open:{found.id}"),
    )
    words = text("library.authoring.what_changed", title=screens.title_of(found.content), lines=told)
    return Message(words, rows(*buttons, each=1), ref=screens.ref(found))


def answered(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> LessonDraft:
    """Notes what was pressed, if anything was."""
    if event.word(1) not in (WORDING, MEANING):
        if event.word(1):
            raise Refused("delivery.stale")
        return found
    return drafting.choose_whom_to_tell(session, found, event.word(1) == MEANING, now)
