"""`/write`: what a trainer sends and presses while a lesson is in the making. Routes only.

What is sent becomes part of the lesson while somebody is at it. After half an hour it does not any more: a photo of a danger
must never disappear into a lesson that was left lying.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.delivery.drafts import Draft
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Media, Message, Reply, answer
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.library import moments, uploads
from bot.library.authoring import drafting, publishing, rules, screens, store
from bot.library.authoring.model import CANCELLED, PLANNED, PUBLISHED, LessonDraft
from bot.library.authoring.workbook import template
from bot.library.formats.bank_map import TOPIC
from bot.library.model import MAX_BYTES
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Person

KIND = "library.lesson"
AT_IT = timedelta(minutes=30)


def who_is(session: Session, event: AnyEvent, now: datetime) -> Person:
    """The trainer that an event came from. Refused to others."""
    who = people.person(session, event.person or 0, now)
    if who is None or not uploads.is_trainer(session, who.id, now):
        raise Refused("library.not_a_trainer")
    return who


def draft_of(session: Session, event: Pressed) -> LessonDraft:
    """The draft of a button; only its writer's. Refused: no such, or decided about before."""
    found = store.draft(session, event.number(0), event.person or 0)
    if found is None or found.state in (PUBLISHED, CANCELLED):
        raise Refused("library.decided")
    return found


def listen_for(session: Session, found: LessonDraft, step: str, now: datetime, album: str | None = None) -> None:
    """From now on what is sent belongs to this draft, at this step."""
    data = {"draft": found.id, "touched": now.isoformat(), "album": album}
    drafts.begin(session, found.person, KIND, step, data, now)


def on_write(session: Session, event: Said, now: datetime) -> Reply:
    """`/write`: what was begun, a new lesson, a workbook; with a title behind it, a new lesson at once."""
    who = who_is(session, event, now)
    if not event.private:
        return answer("library.authoring.in_private")
    if not event.args:
        return Reply((screens.which(store.drafts_of(session, who.id)),))
    return _new(session, who, event.args.strip(), now)


def on_new(session: Session, event: Pressed, now: datetime) -> Reply:
    """*A new lesson*."""
    return _new(session, who_is(session, event, now), "", now)


def _new(session: Session, who: Person, title: str, now: datetime) -> Reply:
    fits = not rules.too_long("title", title)
    found = drafting.begin(session, who, rules.begun(who.lang, title if fits else ""), now)
    return _ask(session, found, next_step(found) if title and fits else "title", now)


def on_open(session: Session, event: Pressed, now: datetime) -> Reply:
    """A draft to go on with, today or weeks later."""
    who_is(session, event, now)
    found = draft_of(session, event)
    drafting.touch(session, found, now)
    step = next_step(found)
    listen_for(session, found, step, now)
    return Reply(edit=screens.draft(session, found, step, now))


def next_step(found: LessonDraft) -> str:
    """What is asked for next: a title, the words of a card, those of its picture; else another card."""
    if not found.content["title"]:
        return "title"
    waiting = [each for each in rules.lacking(found.content) if each.startswith(("words:", "twin:"))]
    return min(waiting, key=lambda each: (int(each.partition(":")[2]), each.startswith("twin")), default="cards")


def _ask(session: Session, found: LessonDraft, step: str, now: datetime, asked: Text | None = None) -> Reply:
    """The draft's message once more, below what was just sent; the one above goes."""
    listen_for(session, found, step, now)
    outbox.withdraw(session, screens.ref(found), now)
    return Reply((screens.draft(session, found, step, now, asked),))


def on_sent(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What comes while a lesson is being written; anything that is no part of one is passed on."""
    talk = drafts.current(session, event.person or 0, KIND)
    found = store.draft(session, int(talk.data["draft"]), event.person) if talk else None
    if talk is None or found is None or not event.private or found.state in (PUBLISHED, CANCELLED):
        return None
    if now - datetime.fromisoformat(talk.data["touched"]) > AT_IT or not uploads.is_trainer(session, found.person, now):
        return None
    if isinstance(event, Said):
        return _said(session, found, talk.step, event.text.strip(), now)
    return _file(session, found, talk, event, now) if isinstance(event, Sent) else None


def _said(session: Session, found: LessonDraft, step: str, words: str, now: datetime) -> Reply:
    content, (name, _, more) = found.content, step.partition(":")
    if name == "when":
        return _planned(session, found, words, now)
    if name == "topic":
        if not TOPIC.fullmatch(words.upper()):
            return _ask(session, found, step, now, text("library.problem_bad_topic", value=words[:20]))
        return _changed(session, found, {**content, "topic": words.upper()}, now)
    part = _part(content, name, more)
    if limit := rules.too_long(part, words):
        return _ask(session, found, step, now, text("library.authoring.too_long", length=len(words), limit=limit))
    language = more if name == "say" else content["language"]
    if name == "say":
        on = drafting.change(session, found, rules.said(content, part, language, words), now)
        return _ask(session, on, step if rules.next_part(on.content, language) else next_step(on), now)
    if part != f"card:{len(content['cards'])}":
        return _changed(session, found, rules.said(content, part, language, words), now)
    if rules.full(content):
        return _ask(session, found, step, now)
    return _changed(session, found, rules.with_card(content, words), now)


def _part(content: Mapping[str, Any], name: str, more: str) -> str:
    """What typed words are for: a title, a card that is there, the words of its picture; else the next card."""
    if name == "say":
        return rules.next_part(content, more) or "title"
    if name == "title":
        return "title"
    there = more.isdigit() and int(more) < len(content["cards"])
    if name in ("words", "anew") and there:
        return f"card:{more}"
    return f"twin:{more}" if name == "twin" and there else f"card:{len(content['cards'])}"


def _changed(session: Session, found: LessonDraft, content: Mapping[str, Any], now: datetime) -> Reply:
    on = drafting.change(session, found, content, now)
    off = text("library.authoring.plan_off") if found.state == PLANNED else None
    return _ask(session, on, next_step(on), now, off)


def _file(session: Session, found: LessonDraft, talk: Draft, event: Sent, now: datetime) -> Reply | None:
    """A photo or film is the next card (or takes the place of one), a voice note is for those who listen."""
    kind = drafting.kind_of(event)
    if kind is None:
        return None if event.file.kind == "document" else answer("library.authoring.no_such_file")
    if drafting.too_big(event):
        limit = MAX_BYTES // 1_000_000
        return _ask(session, found, talk.step, now, text("library.authoring.file_too_big", limit=limit))
    name, _, more = talk.step.partition(":")
    if kind == "voice":
        language = more if name in ("voice", "say") else found.content["language"]
        number = drafting.take_file(session, found, kind, event.file.file_id, now)
        return _changed(session, found, {**found.content, "voices": {**found.content["voices"], language: number}}, now)
    words = event.caption.strip()
    if limit := rules.too_long("card", words):
        return _ask(session, found, talk.step, now, text("library.authoring.too_long", length=len(words), limit=limit))
    anew = name == "anew" and more.isdigit() and int(more) < len(found.content["cards"])
    if rules.full(found.content) and not anew:
        return _ask(session, found, talk.step, now)
    number = drafting.take_file(session, found, kind, event.file.file_id, now)
    content = (
        rules.replaced(found.content, int(more), words, number)
        if anew
        else rules.with_card(found.content, words, number)
    )
    if event.album and event.album == talk.data.get("album"):  # the rest of an album comes within a second
        on = drafting.change(session, found, content, now)
        listen_for(session, on, next_step(on), now, event.album)
        outbox.edit_ref(session, screens.ref(on), screens.draft(session, on, next_step(on), now), now)
        return NOTHING
    reply = _changed(session, found, content, now)
    if event.album:
        on = store.draft(session, found.id) or found
        listen_for(session, on, next_step(on), now, event.album)
    return reply


def _planned(session: Session, found: LessonDraft, words: str, now: datetime) -> Reply:
    unit = people.unit(session, found.unit) if found.unit else None
    zone = unit.zone if unit else "UTC"
    at = moments.read(words, now, zone)
    if at is None:
        example = moments.written(moments.offered(now, zone)[0], zone)
        return _ask(session, found, "when", now, text("library.not_a_moment", clock=zone, example=example))
    on = publishing.plan(session, found, at, found.person, now)
    return _ask(session, on, "cards", now)


def on_template(session: Session, event: Pressed, now: datetime) -> Reply:
    """A workbook for lessons, a column a language."""
    who = who_is(session, event, now)
    data = template(who.lang, uploads.lists(), [each for each in LANGUAGES if each != who.lang])
    file = Media("document", media.put(data, "lessons.xlsx"), "lessons.xlsx")
    return Reply((Message(text("library.authoring.template"), media=(file,)),))


ROUTES = (
    Route(on_write, command="write", menu="library.authoring.menu_write", roles=("trainer", "admin")),
    Route(on_sent, draft=KIND),
    Route(on_new, verb="lw.new"),
    Route(on_open, verb="lw.open"),
    Route(on_template, verb="lw.tpl"),
)
