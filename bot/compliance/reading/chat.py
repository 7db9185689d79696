"""`/pending` and its buttons: what one has yet to acknowledge; for whoever leads, who has not, and asking people."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.documents import actions as documents
from bot.compliance.reading import actions, proof, rules, showing, store
from bot.compliance.reading.model import Written
from bot.db import jobs
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person

DRAFT = "rd.draft"
MOST_LISTED = 8


def on_pending(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/pending`: what somebody has yet to read; and of what they lead, how many have not."""
    who = whom.person(session, event, now)
    if who is None:
        return None
    return Reply((_list(session, who, now),)) if event.private else Reply()


def _list(session: Session, who: Person, now: datetime) -> Message:
    owed = store.owed(session, who, now)
    keys = [
        button("compliance.reading.b_read", f"rd:show:{each.id}", title=actions.title_of(session, each)) for each in owed
    ]  # fmt: skip
    paths = whom.paths(session, who.id, actions.SENDER, now)
    lines = []
    for found in store.live(session, paths, MOST_LISTED):
        meant, done = store.counts(session, found, now)
        title = actions.title_of(session, found)
        lines.append({"title": title, "meant": meant, "late": meant - done})
        keys.append(button("compliance.reading.b_standing", f"rd:who:{found.id}", title=title, late=meant - done))
    if paths:
        keys.append(button("compliance.reading.b_new", "rd:new"))
    return Message(text("compliance.reading.list", owed=len(owed), lines=lines, leads=bool(paths)), rows(*keys, each=1))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rd:what:...`: a button of notices."""
    who = whom.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _show(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = next((each for each in store.owed(session, who, now) if each.id == event.number(1)), None)
    if found is None:
        raise Refused("compliance.reading.over")
    return Reply((showing.ask(session, found, who, now),))


def _read(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return actions.question(session, who, event.number(1), event.number(2), now)


def _answer(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return actions.answer(session, who, event.number(1), event.number(2), event.number(3), now)


def _who(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    return Reply((showing.standing(session, found, actions.title_of(session, found), now),))


def _chase(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return toast("compliance.reading.chased", count=actions.chase(session, who.id, event.number(1), now))


def _end(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.end(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("compliance.reading.ended")))


def _proof(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    key = f"{found.subject}:proof:{who.id}:{event.update_id}"
    payload = {"notice": found.id, "person": who.id, "lang": who.lang, "zone": who.zone, "key": key}
    jobs.enqueue(session, proof.WRITE, payload, key=key, now=now)
    return toast("compliance.reading.writing")


def _new(session: Session, event: Pressed, who: Person, now: datetime, document: int | None = None) -> Reply:
    viewer = people.viewer(session, who.id, now)
    if viewer is None or not viewer.anywhere(actions.SENDER):
        return toast("compliance.reading.not_yours", alert=True)
    data: dict[str, Any] = {"key": secrets.token_hex(12), "said": {}, "document": document}
    drafts.begin(session, who.id, DRAFT, "unit", data, now)
    keys = [
        button("compliance.unit", f"rd:unit:{unit.id}", unit=unit.label)
        for unit in whom.led(session, viewer, actions.SENDER)
    ]
    return Reply((Message(text("compliance.reading.ask_unit"), rows(*keys, _cancel_key())),))


def _document(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = documents.mine(session, who.id, event.number(1), now)
    return _new(session, event, who, now, found.id)


def _unit(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft, unit = _draft(session, who, "unit"), people.unit(session, event.number(1))
    if unit is None or not whom.holds(session, who.id, actions.SENDER, unit.path, now):
        raise Refused("compliance.reading.not_yours")
    _on(session, draft, "words", {**draft.data, "unit": unit.id, "lang": who.lang}, now)
    return Reply(edit=_how(who.lang))


def _version(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    data = {"notice": found.id, "unit": found.unit, "said": {}, "lang": who.lang, "key": ""}
    drafts.begin(session, who.id, DRAFT, "words", data, now)
    return Reply((_how(who.lang),))


def _lang(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = _draft(session, who, "ready")
    if draft.id != event.number(1) or event.word(2) not in LANGUAGES:
        raise Refused("compliance.reading.changed_meanwhile")
    _on(session, draft, "words", {**draft.data, "lang": event.word(2)}, now)
    return Reply((_how(event.word(2)),))


def _send(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = _draft(session, who, "ready")
    if draft.id != event.number(1) or not drafts.close(session, draft):
        raise Refused("compliance.reading.changed_meanwhile")
    data, said = draft.data, _said(draft.data)
    if data.get("notice"):
        found = actions.renew(session, who.id, data["notice"], said, now)
    else:
        new = actions.Draft(data["key"], data["unit"], said, document=data.get("document"))
        found = actions.begin(session, who.id, new, now)
    title = actions.title_of(session, found)
    return Reply(edit=showing.standing(session, found, title, now), toast=text("compliance.on_its_way"))


def _cancel(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("compliance.cancelled")))


Act = Callable[[Session, Pressed, Person, datetime], Reply | None]
ACTS: dict[str, Act] = {
    "show": _show, "read": _read, "a": _answer, "who": _who, "chase": _chase, "end": _end, "proof": _proof, "new": _new,
    "doc": _document, "unit": _unit, "version": _version, "lang": _lang, "send": _send, "cancel": _cancel,
}  # fmt: skip


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The words with their question; typed again, they take the place of the older ones. All else is passed on."""
    who = whom.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    if who is None or draft is None or draft.step == "unit" or not isinstance(event, Said):
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    written, why = rules.read(event.text)
    if written is None:
        if draft.step == "ready":
            return None  # nothing was asked for: it may be a report of danger
        return Reply((Message(text("compliance.reading.wrong", why=why, most=rules.MOST_WORDS), rows(_cancel_key())),))
    lang = draft.data["lang"]
    kept = {**draft.data["said"], lang: vars(written) | {"wrong": list(written.wrong)}}
    _on(session, draft, "ready", {**draft.data, "said": kept, "lang": who.lang}, now)
    said = {each: store.as_written(one) for each, one in kept.items()}
    return Reply((showing.preview(session, who, draft.data["unit"], said, draft.id, now),))


def _how(lang: str) -> Message:
    return Message(text("compliance.reading.how", name=LANGUAGES.get(lang, lang)), rows(_cancel_key()))


def _said(data: Mapping[str, Any]) -> dict[str, Written]:
    return {lang: store.as_written(each) for lang, each in data["said"].items()}


def _cancel_key() -> Button:
    return button("compliance.cancel", "rd:cancel")


def _draft(session: Session, who: Person, step: str) -> Draft:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != step:
        raise Refused("compliance.reading.changed_meanwhile")
    return draft


def _on(session: Session, draft: Draft, step: str, data: dict[str, Any], now: datetime) -> None:
    if drafts.advance(session, draft, step, data, now) is None:
        raise Refused("compliance.reading.changed_meanwhile")


ROUTES = (
    Route(on_pending, command="pending", menu="compliance.reading.menu"),
    Route(on_press, verb="rd", guarded=("proof",)),
    Route(on_draft, draft=DRAFT),
)
