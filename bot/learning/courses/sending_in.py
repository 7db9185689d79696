"""A trainer's own course, sent as a file `....course.yaml`: checked, shown in words, and taken in at a press. Routes only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import downloads, drafts, outbox
from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.kit.events import Pressed, Sent
from bot.kit.replies import Message, Reply, button
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.courses import deciding, publishing, store
from bot.learning.courses.content import as_course, course_content
from bot.learning.courses.model import Course
from bot.learning.courses.reading import read_course
from bot.learning.lists import who_is
from bot.library.content import digest
from bot.library.model import Problem
from bot.library.tables import LessonRow
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Role

DRAFT, JOB = "course.file", "learning.course_file"
ENDINGS = (".course.yaml", ".course.yml")
MOST_BYTES, SHOWN = 200_000, 6


def on_document(session: Session, event: Sent, now: datetime) -> Reply | None:
    """A course from a trainer; other files are others' business."""
    name = event.file.name or ""
    if not name.casefold().endswith(ENDINGS):
        return None
    who = who_is(session, event, now)
    viewer = people.viewer(session, who.id, now)
    if viewer is None or not viewer.anywhere(Role.TRAINER):
        raise Refused("learning.courses.not_yours_to_decide")
    if (event.file.size or 0) > MOST_BYTES:
        return Reply((Message(text("library.not_fetched", name=name[:100], limit=MOST_BYTES / 1_000_000)),))
    ref = f"course-file:{who.id}:{event.update_id}"
    payload = {"person": who.id, "name": name[:100], "ref": ref}
    downloads.want(session, event.file.file_id, JOB, payload, now, keep="file")
    return Reply((Message(text("library.checking", name=name[:100]), ref=ref),))


def fetched(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The file is here: what is wrong with it, or the course in words."""
    outbox.edit_ref(session, payload["ref"], _read(session, payload, now), now)


def _read(session: Session, payload: dict[str, Any], now: datetime) -> Message:
    person, name = int(payload["person"]), str(payload["name"])
    who, viewer = people.person(session, person, now), people.viewer(session, person, now)
    if not payload.get("media") or who is None:
        return Message(
            text(
                "library.not_fetched",
                name=name,
                limit=MOST_BYTES / 1_000_000 if payload.get("error") == "too_big" else 0,
            )
        )
    words = media.open_ref(str(payload["media"])).decode("utf-8-sig", "replace")
    course, problems = read_course(name, words, frozenset(session.scalars(select(LessonRow.id))))
    if course is None:
        return _wrong(name, problems, who.lang)
    if not publishing.may_change(session, course.id, viewer):
        return Message(text("learning.courses.file_not_yours"))
    known = store.course(session, course.id)
    if known is not None and digest(course_content(known)) == digest(course_content(course)):
        return Message(text("learning.courses.file_same"))
    drafts.begin(session, person, DRAFT, "read", {"id": course.id, "content": course_content(course)}, now)
    shown = deciding.shown(session, course, ())
    live = any(offer.course.id == course.id for offer in store.in_force(session, people.today_of(who, now)))
    words_ = text("learning.courses.file_ok", offer=shown.text, live=live)
    buttons = (
        (button("learning.courses.take_in", f"co.take:{course.id}"), button("learning.courses.never_mind", "co.no")),
    )
    return Message(words_, buttons)


def _wrong(name: str, problems: list[Problem], lang: str) -> Message:
    listed = []
    for each in problems[:SHOWN]:
        params: dict[str, Any] = dict(each.params)
        listed.append({"line": each.line or 1, "words": str(say(each.text_key, lang, **params))})
    words = text("learning.courses.file_wrong", name=name, problems=listed, more=max(0, len(problems) - SHOWN))
    return Message(words)


def on_take_in(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Take it in*: the next version of that course."""
    who = who_is(session, event, now)
    viewer = people.viewer(session, who.id, now)
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.data["id"] != event.word(0):
        raise Refused("delivery.stale")
    course: Course = as_course(draft.data["id"], 0, draft.data["content"])
    if viewer is None or not publishing.may_change(session, course.id, viewer):
        raise Refused("learning.courses.not_yours_to_decide")
    path = publishing.paths(viewer)[0]
    publishing.take_in(session, course, now, by=who.id, unit=people.ancestors(path)[0])
    drafts.close(session, draft)
    force = {c.id: f for c, f in publishing.decided(session, viewer, people.today_of(who, now))}.get(course.id, [])
    return Reply(edit=deciding.shown(session, course, force))


ROUTES = (Route(on_document, file="document"), Route(on_take_in, verb="co.take"))
