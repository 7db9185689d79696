"""A bulletin as it is read: names are looked up now, so that a no counts from the moment it is said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import policy, showing, switching
from bot.rewards.bulletin import rules, store
from bot.rewards.bulletin.model import Bulletin


def shelf(session: Session, who: Person, viewer: Viewer, now: datetime) -> Message:
    """`/bulletin`: what was published, one's own honours, and what somebody may add."""
    found, mine = store.bulletins(session, who.path), store.honours_of(session, who.id)
    keys = [button("rewards.bulletin.b_month", f"hon:read:{each.id}", month=f"{each.month}-01", unit=_unit(session, each.unit))
            for each in found]  # fmt: skip
    keys += [button("rewards.bulletin.b_mine", f"hon:mine:{each.id}") for each in mine]
    if viewer.anywhere(rules.PROPOSER) or viewer.anywhere(rules.PUBLISHER):
        keys.append(button("rewards.bulletin.b_honour", "hon:new"))
    if viewer.anywhere(rules.PUBLISHER):
        keys.append(button("rewards.bulletin.b_make", "hon:units"))
    return Message(text("rewards.bulletin.shelf", count=len(found)), rows(*keys, each=1))


def bulletin(session: Session, found: Bulletin, now: datetime) -> Message:
    """A bulletin; one that is not published yet can be."""
    keys = []
    if not found.id:
        keys = [button("rewards.bulletin.b_publish", f"hon:out:{found.unit}:{found.month}")]
    return Message(said(session, found, now), rows(*keys))


def said(session: Session, found: Bulletin, now: datetime) -> Text:
    """Its words."""
    first, _ = rules.bounds(found.month)
    known = policy.in_force(session, first, found.published_at)
    words = {rule.code: rule.words for rule in known.rules} if known else {}
    return text(
        "rewards.bulletin.bulletin", unit=_unit(session, found.unit), month=first.isoformat(), published=bool(found.id),
        lines=rules.words_of(found.figures["lines"], words), rewards=found.figures["rewards"],
        granted=found.figures["granted"], refused=found.figures["refused"], honours=honours(session, found, now),
    )  # fmt: skip


def honours(session: Session, found: Bulletin, now: datetime) -> list[dict[str, Any]]:
    """The honours list: by name where both the unit and the person allow it now."""
    lines = []
    for each in store.honours(session, found.path, found.month):
        shown = rules.shows_name(each, switching.holds(session, "names", each.path, now))
        who = people.person(session, each.person, now) if shown else None
        lines.append({"name": who.name if who else "", "words": each.words})
    return lines


def choose_unit(session: Session, viewer: Viewer) -> Message:
    """Of which unit."""
    units = showing.units(session, viewer, rules.PUBLISHER)
    return Message(
        text("rewards.ask_unit"),
        rows(*(button("rewards.b_unit", f"hon:look:{each.id}", unit=each.label) for each in units)),
    )


def _unit(session: Session, id: int) -> Any:
    unit = people.unit(session, id)
    return unit.label if unit else ""


def offered(session: Session, who: Person) -> tuple[Button, ...]:
    """Under `/points`."""
    return (button("rewards.shop.b_list", "rwd:list"), button("rewards.bulletin.b_list", "hon:list"))


showing.MORE_BUTTONS[:] = [offered]
