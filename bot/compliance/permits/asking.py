"""Asking for a permit, screen by screen: one draft a person; measuring; more time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.permits import actions, rules, showing, store
from bot.compliance.permits.cards import cards, gases
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Button, Message, Reply, button, rows, toast
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person

DRAFT = "pt.draft"
MOST_PLACES = 10


def on_new(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """Which kind of permit?"""
    keys = [
        button("compliance.permits.b_card", f"pt:card:{code}", title=dict(card.title)) for code, card in cards().items()
    ]  # fmt: skip
    return Reply((Message(text("compliance.permits.ask_card"), rows(*keys, cancel_key())),))


def on_card(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """A kind is chosen: where?"""
    if event.word(1) not in cards():
        raise Refused("compliance.permits.gone")
    data = {"card": event.word(1), "key": secrets.token_hex(12), "done": []}
    drafts.begin(session, who.id, DRAFT, "where", data, now)
    unit = people.unit(session, who.unit)
    keys = [
        button("compliance.permits.b_place", f"pt:place:{place.id}", place=place.label)
        for place in people.places_near(session, who.path, MOST_PLACES)
    ]
    keys.append(button("compliance.permits.b_unit", "pt:place:0", unit=unit.label if unit else ""))
    return Reply(edit=Message(text("compliance.permits.ask_where"), rows(*keys, cancel_key())))


def on_place(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """A place is chosen: what is to be done?"""
    draft, place = _draft(session, who, "where"), people.place(session, event.number(1))
    data = {**draft.data, "unit": place.unit if place else who.unit, "place": place.id if place else None}
    _on(session, draft, "words", data, now)
    return Reply(edit=Message(text("compliance.permits.ask_words"), rows(cancel_key())))


def on_hours(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """How long is chosen: then each check of the card."""
    draft = _draft(session, who, "hours")
    card = cards()[draft.data["card"]]
    if not 1 <= event.number(1) <= card.hours:
        raise Refused("compliance.permits.gone")
    data = {**draft.data, "hours": event.number(1)}
    _on(session, draft, "checks", data, now)
    return Reply(edit=_checks(data))


def on_check(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """One check is confirmed; after the last, gas is measured or the permit asked for."""
    draft, at = _draft(session, who, "checks"), event.number(1)
    card = cards()[draft.data["card"]]
    if not 0 <= at < len(card.checks):
        raise Refused("compliance.permits.gone")
    data = {**draft.data, "done": sorted({*draft.data["done"], at})}
    if len(data["done"]) < len(card.checks):
        _on(session, draft, "checks", data, now)
        return Reply(edit=_checks(data))
    if card.gases:
        _on(session, draft, "gas", data, now)
        return Reply(edit=_ask_gas(card.gases))
    return _asked(session, who, draft, data, now)


def _checks(data: Mapping[str, Any]) -> Message:
    """The next check of the card, one a screen: what is ticked in a list is not looked at."""
    card, done = cards()[data["card"]], data["done"]
    at = next(each for each in range(len(card.checks)) if each not in done)
    said = text(
        "compliance.permits.check", title=dict(card.title), words=dict(card.checks[at]), at=at + 1, of=len(card.checks)
    )
    return Message(said, rows(button("compliance.permits.b_check", f"pt:check:{at}"), cancel_key(), each=1))


def _ask_gas(wanted: tuple[str, ...]) -> Message:
    names = [{"name": dict(gases()[code].names), "unit": gases()[code].unit} for code in wanted]
    return Message(text("compliance.permits.ask_gas", gases=names, example=_example(wanted)), rows(cancel_key()))


def _example(wanted: tuple[str, ...]) -> str:
    known = {"o2": "O2 20.9", "lel": "LEL 0", "h2s": "H2S 0", "co": "CO 0"}
    return ", ".join(known.get(code, f"{code} 0") for code in wanted)


def on_gas_ok(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """Whoever measured says that all of it is within the site's own limits, or not."""
    draft, good = _draft(session, who, "gas_ok"), event.number(1) == 1
    data = draft.data
    if (number := data.get("permit")) is None:
        return _asked(session, who, draft, {**data, "confirmed": good}, now)
    _close_draft(session, draft)
    if data["do"] == "measure":
        good = actions.measure(session, who, number, data["values"], good, now)
        return Reply(
            edit=actions.message_for(session, who, number, now), toast=text("compliance.permits.measured", good=good)
        )
    if not good or _bad(session, number, data["values"]):
        # what was measured is kept and stops the work; a refusal would take the record back with it
        actions.measure(session, who, number, data["values"], False, now)
        return toast("compliance.permits.bad_air", alert=True)
    found = actions.extend(session, who, number, data["values"], good, now)
    return Reply(edit=showing.card(session, found, now, to="receiver"), toast=text("compliance.permits.is_asked"))


def _bad(session: Session, number: int, values: Mapping[str, float]) -> bool:
    found = store.permit(session, number)
    unit = people.unit(session, found.unit) if found is not None else None
    return any(each.good is False for each in rules.judged(values, gases(), unit.jurisdiction if unit else ""))


def _asked(session: Session, who: Person, draft: Draft, data: Mapping[str, Any], now: datetime) -> Reply:
    tested = datetime.fromisoformat(data["tested_at"]) if data.get("tested_at") else None
    wish = actions.Request(
        data["key"], data["card"], data["unit"], data["place"], data["words"], data["hours"], data.get("values", {}),
        bool(data.get("confirmed")), tested,
    )  # fmt: skip
    found = actions.ask(session, who, wish, now)
    _close_draft(session, draft)
    asked = store.whom_to_ask(session, found, now)
    missing = showing.roles_of(store.cannot_be_had(session, found, asked, now)) if found.high else []
    names = [each.name for each in asked]
    said = text("compliance.permits.asked", number=found.id, names=names, high=found.high, missing=missing)
    return Reply(edit=Message(said))


def on_extend(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """More time: where gas is measured, with a new test."""
    found = store.permit(session, event.number(1))
    if found is None or found.receiver != who.id or not rules.may_extend(found, now):
        raise Refused("compliance.permits.no_more_time")
    wanted = cards()[found.card].gases
    if not wanted:
        found = actions.extend(session, who, found.id, {}, True, now)
        return Reply(edit=showing.card(session, found, now, to="receiver"), toast=text("compliance.permits.is_asked"))
    drafts.begin(session, who.id, DRAFT, "gas", {"permit": found.id, "do": "extend", "card": found.card}, now)
    return Reply((_ask_gas(wanted),))


def on_measure(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """A gas test during work."""
    found = store.permit(session, event.number(1))
    if found is None or found.receiver != who.id:
        raise Refused("compliance.permits.gone")
    drafts.begin(session, who.id, DRAFT, "gas", {"permit": found.id, "do": "measure", "card": found.card}, now)
    return Reply((_ask_gas(cards()[found.card].gases),))


def words(session: Session, draft: Draft, words: str, now: datetime) -> Reply:
    """What is to be done: then how long."""
    if len(words) > rules.MOST_WORDS:
        raise Refused("compliance.too_long", most=rules.MOST_WORDS, length=len(words))
    _on(session, draft, "hours", {**draft.data, "words": words}, now)
    most = cards()[draft.data["card"]].hours
    keys = [
        button("compliance.permits.b_hours", f"pt:hours:{each}", hours=each) for each in rules.HOURS if each <= most
    ]
    return Reply((Message(text("compliance.permits.ask_hours"), rows(*keys, cancel_key())),))


def read(session: Session, who: Person, draft: Draft, values: Mapping[str, float], now: datetime) -> Reply:
    """What was measured, beside the limits of the place's law; whoever measured confirms it or not."""
    number = draft.data.get("permit")
    found = store.permit(session, number) if number else None
    unit = people.unit(session, found.unit if found is not None else draft.data["unit"])
    law = unit.jurisdiction if unit else ""
    _on(session, draft, "gas_ok", {**draft.data, "values": dict(values), "tested_at": now.isoformat()}, now)
    read = rules.judged(values, gases(), law)
    bad = any(each.good is False for each in read)
    keys: list[Button] = []
    if not bad:
        keys.append(button("compliance.permits.b_within", "pt:gas:1"))
    if bad and number is None:
        return Reply((Message(text("compliance.permits.read", measured=showing.measured(read, law), bad=bad)),))
    keys.append(button("compliance.permits.b_not_within", "pt:gas:0"))
    said = text("compliance.permits.read", measured=showing.measured(read, law), bad=bad)
    return Reply((Message(said, rows(*keys, each=1)),))


def cancel_key() -> Button:
    """*Cancel*."""
    return button("compliance.cancel", "pt:cancel")


def _draft(session: Session, who: Person, step: str) -> Draft:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != step:
        raise Refused("compliance.permits.gone")
    return draft


def _on(session: Session, draft: Draft, step: str, data: dict[str, Any], now: datetime) -> None:
    if drafts.advance(session, draft, step, data, now) is None:
        raise Refused("compliance.permits.gone")


def _close_draft(session: Session, draft: Draft) -> None:
    if not drafts.close(session, draft):
        raise Refused("compliance.permits.gone")
