"""Typing and sending: what was asked for stands in a draft and outlives a restart; each answer leads back to the card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.incidents import actions, clocks, filing, opening, rules, showing, store
from bot.incidents.model import ClockState, Control, Entry, Level, Move
from bot.incidents.telling import one
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Message, Reply, button, rows, toast
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person

DRAFT = "incidents.words"
FILES = ("photo", "document", "voice", "video", "audio")


def ask(session: Session, who: Person, do: str, incident: int, now: datetime, **data: Any) -> Message:
    """Asks for words; what they are for stands in the draft."""
    draft = drafts.begin(session, who.id, DRAFT, do, {"incident": incident, **data}, now)
    said = text("incidents.ask", do=do, number=incident, control=data.get("control", ""))
    return Message(said, rows(button("incidents.b_cancel", f"ind:cancel:{draft.id}")), ref=f"ask:{DRAFT}:{draft.id}")


def forget(session: Session, who: Person) -> None:
    """A button has answered what was asked."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for. All else, and what comes hours later, is passed on: it may be a report of danger."""
    who = people.person(session, event.person, now) if event.person is not None and event.private else None
    draft = drafts.current(session, who.id, DRAFT) if who is not None else None
    if who is None or draft is None:
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if isinstance(event, Sent) and draft.step == "evidence" and event.file.kind in FILES:
        return _evidence(session, draft, who, event, now)
    if not isinstance(event, Said) or draft.step not in SAID:
        return None
    words = event.text.strip()
    try:
        if len(words) > rules.MOST_WORDS:
            raise Refused("incidents.too_long", most=rules.MOST_WORDS, length=len(words))
        return SAID[draft.step](session, draft, who, words, now)
    except Refused as refusal:
        # refused before anything was written; the draft stays open, so that it can be said again
        return Reply((Message(refusal.text, rows(button("incidents.b_cancel", f"ind:cancel:{draft.id}"))),))


def _back(session: Session, draft: Draft, who: Person, now: datetime) -> Reply:
    """The draft is done: the card again, as it is now."""
    drafts.close(session, draft)
    found = actions.mine(session, who.id, int(draft.data["incident"]), now)
    return Reply((showing.card(session, found, who.id, now),))


def _evidence(session: Session, draft: Draft, who: Person, event: Sent, now: datetime) -> Reply:
    """One photo after another: the draft stays open until something else is pressed."""
    picture = event.file.kind == "document" and (event.file.mime or "").startswith("image/")
    file = ("image" if picture else event.file.kind, event.file.file_id)
    filing.enter(session, who.id, draft.data["incident"], Entry.EVIDENCE, event.caption.strip(), now, file=file)
    on = drafts.advance(session, draft, draft.step, draft.data, now)
    if on is None:
        return toast("incidents.changed")
    keys = rows(button("incidents.b_ready", f"ind:ready:{draft.id}"))
    return Reply((Message(text("incidents.kept"), keys),))


def _note(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    filing.enter(session, who.id, draft.data["incident"], Entry.EVIDENCE, words, now)
    return _back(session, draft, who, now)


def _moment(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    found = actions.mine(session, who.id, draft.data["incident"], now)
    zone = store.zone(session, found)
    at, rest = rules.when_said(words, rules.day_of(found.created_at, zone), zone, now)
    if at is None or not rest:
        raise Refused("incidents.time_needed")
    filing.enter(session, who.id, found.id, Entry.MOMENT, rest, now, happened_at=at)
    return _back(session, draft, who, now)


def _cause(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    level = Level(draft.data["level"])
    id = draft.data["incident"]
    entry = filing.enter(
        session, who.id, id, Entry.CAUSE, words, now, level=level, because_of=draft.data.get("because_of")
    )
    drafts.close(session, draft)
    keys = [] if level is Level.ROOT else [
        button("incidents.b_why", f"inc:why:{id}:{entry}", words=""), button("incidents.b_root", f"inc:root:{id}:{entry}")
    ]  # fmt: skip
    keys.append(button("incidents.b_open", f"inc:open:{id}", number=id))
    return Reply((Message(text("incidents.cause_kept", level=level.value), rows(*keys, each=1)),))


def _lesson(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    filing.enter(session, who.id, draft.data["incident"], Entry.LESSON, words, now)
    return _back(session, draft, who, now)


def _action(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    """What is to be done; then who does it."""
    found = actions.may_work(session, who.id, draft.data["incident"], now)
    data = {**draft.data, "words": words}
    if drafts.advance(session, draft, "whose", data, now) is None:
        raise Refused("incidents.changed")
    some = showing.people_for(session, found, who.id, now)
    keys = (button("incidents.b_person", f"ind:whose:{draft.id}:{each.id}", name=each.name) for each in some)
    return Reply((Message(text("incidents.ask_whose"), rows(*keys)),))


def _reported(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    """When, to whom and under which reference: a time in front counts, else it is now."""
    found = actions.mine(session, who.id, draft.data["incident"], now)
    zone = store.zone(session, found)
    at, rest = rules.when_said(words, rules.day_of(now, zone), zone, now)
    clocks.settle(session, who.id, draft.data["clock"], ClockState.REPORTED, rest if at else words, at, now)
    return _back(session, draft, who, now)


def _exempt(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    clocks.settle(session, who.id, draft.data["clock"], ClockState.NOT_REPORTABLE, words, None, now)
    return _back(session, draft, who, now)


def _injured(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    actions.name_injured(session, who.id, draft.data["incident"], words, now)
    return _back(session, draft, who, now)


def _send_back(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    """Why goes into the file, then the owner reads it."""
    found = actions.step(session, who.id, draft.data["incident"], Move.SEND_BACK, now)
    filing.enter(session, who.id, found.id, Entry.EVIDENCE, words, now)
    if found.owner is not None:
        said = text("incidents.sent_back", number=found.id, name=who.name, words=words)
        keys = rows(button("incidents.b_open", f"inc:open:{found.id}", number=found.id))
        one(session, found.owner, Message(said, keys), f"{found.ref}:back:{found.round}", now)
    return _back(session, draft, who, now)


def _reopen(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    found = actions.step(session, who.id, draft.data["incident"], Move.REOPEN, now)
    filing.enter(session, who.id, found.id, Entry.EVIDENCE, words, now)
    return _back(session, draft, who, now)


def _where(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    return _told(session, draft, who, now, place_words=words[:200], place_id=None)


def _what(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    return _told(session, draft, who, now, said=words)


def _told(session: Session, draft: Draft, who: Person, now: datetime, said: str = "", **values: Any) -> Reply:
    """Whoever called for help says more: it reaches those who were called."""
    found = store.incident(session, draft.data["incident"])
    if found is None or found.reporter != who.id:
        raise Refused("incidents.not_yours")
    drafts.close(session, draft)
    opening.tell_more(session, found, now, words=said, **values)
    found = store.incident(session, found.id) or found
    return Reply((Message(text("incidents.told_more")), opening.help_screen(session, found.path, found, found.injury)))


SAID: dict[str, Callable[[Session, Draft, Person, str, datetime], Reply]] = {
    "evidence": _note, "moment": _moment, "cause": _cause, "lesson": _lesson, "action": _action, "reported": _reported,
    "exempt": _exempt, "injured": _injured, "back": _send_back, "reopen": _reopen, "where": _where, "tell": _what,
}  # fmt: skip


def on_draft_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`ind:what:draft:value`: a button of what was asked."""
    who = people.person(session, event.person, now) if event.person is not None else None
    draft = drafts.current(session, who.id, DRAFT) if who is not None else None
    if who is None:
        return None
    if draft is None or draft.id != event.number(1):
        return toast("incidents.changed", alert=True)
    what, value = event.word(0), event.number(2)
    if what == "cancel":
        drafts.close(session, draft)
        return Reply(edit=Message(text("incidents.cancelled")))
    if what == "ready":
        return _back(session, draft, who, now)
    if what == "whose" and draft.step == "whose":
        if drafts.advance(session, draft, "days", {**draft.data, "whose": value}, now) is None:
            raise Refused("incidents.changed")
        keys = (button("incidents.b_days", f"ind:days:{draft.id}:{each}", count=each) for each in rules.DAYS)
        return Reply(edit=Message(text("incidents.ask_days"), rows(*keys)))
    if what == "days" and draft.step == "days":
        data = draft.data
        control = Control(data["control"])
        filing.set_action(session, who.id, data["incident"], control, data["words"], data["whose"], value, now)
        return _back(session, draft, who, now)
    return toast("incidents.changed", alert=True)
