"""Lessons that came as a workbook: each becomes a draft, to be looked at, given its pictures and published in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.kit.replies import Button, Message, rows
from bot.kit.texts import text
from bot.library import owning, uploads
from bot.library import store as library
from bot.library.authoring import drafting, rules, screens, store
from bot.library.authoring.model import PLANNED, LessonDraft
from bot.people import store as people
from bot.people.model import Person


def received(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """The workbook was read: says what is wrong in it, or makes drafts and shows them."""
    row = library.upload(session, int(payload["upload"]))
    found = payload["checked"]
    if row is None or row.state != "fetching":
        return
    who = people.person(session, row.person_id, now)
    if who is None or not found.clean or not uploads.is_trainer(session, row.person_id, now):
        uploads.reject(session, row, found, now)
        return
    row.state, row.settled_at = "published", now
    session.flush()
    made: list[int] = []
    refused: list[str] = []
    for id, content in found.lessons:
        draft = _draft(session, who, id, content, now)
        if draft is None:
            refused.append(id)
        else:
            made.append(draft.id)
    begun = [store.draft(session, id) for id in made]
    buttons = [
        Button(text("library.authoring.b_draft", title=screens.title_of(each.content), planned=each.state == PLANNED),
               f"lw.open:{each.id}")
        for each in begun
        if each is not None
    ]  # fmt: skip
    words = text(
        "library.authoring.read_in", name=row.name, count=len(made), refused=refused,
        hints=sum(1 for _ in found.problems),
    )  # fmt: skip
    outbox.edit_ref(session, uploads.ref(row.id), Message(words, rows(*buttons, each=1)), now)


def _draft(session: Session, who: Person, id: str, content: dict[str, Any], now: datetime) -> LessonDraft | None:
    """A draft of one lesson: of the next version where it is live and theirs; None where it is others'."""
    own = store.own_lesson(session, id)
    if own is None:
        if store.is_shipped(session, id):
            return None
        return drafting.begin(session, who, content, now, lesson=id)
    if not owning.may_change(session, own.unit, who.id, now):
        return None
    before = rules.from_lesson(own.content, own.lesson.language)
    return drafting.change(
        session, drafting.of_lesson(session, who, id, now), rules.with_pictures_of(before, content), now
    )
