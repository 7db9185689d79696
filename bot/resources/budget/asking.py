"""Planning, asking, refusing and booking by taps and typed words, step by step; one open draft a person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit import money
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.resources import whom
from bot.resources.budget import actions, rules, showing, store
from bot.resources.budget.model import DRAFT, Heading

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""
AFTER = {
    "line": "amount", "amount": "words", "words": "photo", "unit": "heading", "heading": "year", "year": "planned",
    "cost": "cost_words",
}  # fmt: skip
TYPED = ("amount", "words", "planned", "cost", "cost_words", "reason")


def begin(session: Session, who: Person, step: str, data: Mapping[str, Any], now: datetime) -> Message:
    """Opens a conversation at a step."""
    return screen(
        session, who, drafts.begin(session, who.id, DRAFT, step, {"key": secrets.token_hex(12), **data}, now), now
    )


def screen(session: Session, who: Person, draft: Draft, now: datetime) -> Message:
    """The question of a step."""
    year, step, keys = people.today_of(who, now).year, draft.step, []
    if step == "line":
        keys = [
            button(
                "resources.budget.b_from",
                f"bgd:line:{e.id}",
                heading=e.heading.value,
                unit=speaking.label(session, e.unit),
            )
            for e in store.lines_for(session, who.path, year)
        ]
    elif step == "unit":
        units = whom.units(session, who.id, actions.PLANNER, now)
        keys = [button("resources.b_unit", f"bgd:unit:{each.id}", unit=each.label) for each in units]
    elif step == "heading":
        keys = [
            button("resources.budget.b_heading", f"bgd:heading:{at}", heading=each.value)
            for at, each in enumerate(Heading)
        ]
    elif step == "year":
        keys = [button("resources.budget.b_year", f"bgd:year:{each}", year=str(each)) for each in (year, year + 1)]
    elif step == "photo":
        keys = [button("resources.b_skip", "bgd:photo:0")]
    currency = _currency(session, draft)
    said = text("resources.budget.ask", step=step, currency=currency or "")
    return Message(said, rows(*keys, button("resources.b_cancel", "bgd:cancel:0"), each=1 if step == "line" else 2))


def _currency(session: Session, draft: Draft) -> str | None:
    line = store.line(session, draft.data["line"]) if "line" in draft.data else None
    return line.currency if line is not None else None


def chosen(session: Session, who: Person, what: str, value: int, now: datetime) -> Message:
    """A button of a step. Refused where the conversation is another by now."""
    draft = drafts.current(session, who.id, DRAFT)
    if what == "cancel" and draft is not None:
        drafts.close(session, draft)
        return Message(text("resources.cancelled"))
    if draft is None or draft.step != what or what not in ("line", "unit", "heading", "year", "photo"):
        raise Refused("resources.changed_meanwhile")
    if what == "heading" and not 0 <= value < len(Heading):
        raise Refused("resources.changed_meanwhile")
    if what == "photo":
        return _ask(session, who, draft, None, now)
    if what == "line" and value not in {
        e.id for e in store.lines_for(session, who.path, people.today_of(who, now).year)
    }:
        raise Refused("resources.not_yours")
    return _onward(session, who, draft, value, now)


def typed(session: Session, who: Person, words: str, update: int, now: datetime) -> Message | None:
    """Something typed: an amount, or words. None where the step wants none of it."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.created_at < now - WITHIN or draft.step not in TYPED or not words:
        return None
    if draft.step == "planned":
        return _plan(session, who, draft, words, now)
    if draft.step in ("amount", "cost"):
        return _onward(session, who, draft, _amount(words, _currency(session, draft) or "USD"), now)
    if draft.step == "words":
        return _onward(session, who, draft, words[: rules.MOST_WORDS], now)
    drafts.close(session, draft)
    if draft.step == "reason":
        found = actions.refuse(session, who.id, draft.data["request"], words, now)
        return Message(text("resources.budget.refused", number=found.id))
    amount, key, request = draft.data["cost"], draft.data["key"], draft.data.get("request")
    if request is not None:
        actions.pay(session, who.id, key, request, amount, words, now)
        again = store.request(session, request)
        assert again is not None
        return showing.request_card(session, who, again, now)
    actions.book(session, who.id, key, draft.data["line"], amount, words, now)
    line = store.line(session, draft.data["line"])
    assert line is not None
    return showing.line_card(session, who, line, now)


def photo(session: Session, who: Person, file: str, now: datetime) -> Message | None:
    """A photo of what the money is for."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != "photo" or draft.created_at < now - WITHIN:
        return None
    return _ask(session, who, draft, file, now)


def _ask(session: Session, who: Person, draft: Draft, file: str | None, now: datetime) -> Message:
    data = draft.data
    drafts.close(session, draft)
    made = actions.ask(session, who.id, data["key"], data["line"], data["amount"], data["words"], file, now)
    return Message(text("resources.budget.asked", number=made.id))


def _plan(session: Session, who: Person, draft: Draft, words: str, now: datetime) -> Message:
    """`25000 USD`: the currency stands beside the amount, so that nobody guesses it."""
    named = [part for part in words.upper().replace("\u00a0", " ").split() if money.known(part)]
    if len(named) != 1:
        raise Refused("resources.budget.no_currency")
    planned, data = _amount(words, named[0], least=0), draft.data
    drafts.close(session, draft)
    heading = tuple(Heading)[data["heading"]]
    line = actions.plan(session, who.id, data["unit"], data["year"], heading, named[0], planned, now)
    return showing.line_card(session, who, line, now)


def _amount(words: str, currency: str, least: int = 1) -> int:
    try:
        amount = money.parse(words, currency)
    except money.NoMoney:
        raise Refused("resources.budget.bad_amount", currency=currency) from None
    if amount < least:
        raise Refused("resources.budget.bad_amount", currency=currency)
    return amount


def _onward(session: Session, who: Person, draft: Draft, value: object, now: datetime) -> Message:
    onward = drafts.advance(session, draft, AFTER[draft.step], {**draft.data, draft.step: value}, now)
    if onward is None:
        raise Refused("resources.changed_meanwhile")
    return screen(session, who, onward, now)
