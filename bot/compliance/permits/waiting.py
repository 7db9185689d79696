"""What of the permits waits for somebody, for `/today`; and what is offered where a place is scanned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.permits import showing, store
from bot.compliance.permits.cards import cards
from bot.compliance.permits.model import Permit, State
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import speaking as whom
from bot.people.model import Person, Place

MOST = 5
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """What somebody works under; and for the issuer what runs, has run out or is to be looked at."""
    mine = store.of_receiver(session, person)
    issued = [each for each in store.of_issuer(session, person) if each.receiver != person]
    return [_item(session, each, now) for each in (*mine, *issued)[:MOST]]


def _item(session: Session, found: Permit, now: datetime) -> Item:
    words = text(
        "compliance.permits.waiting", number=found.id, title=dict(cards()[found.card].title), state=found.state.value,
        place=showing.where(session, found), receiver=whom.name(session, found.receiver, now),
        ends_at=found.ends_at.isoformat() if found.ends_at else "",
    )  # fmt: skip
    return words, button("compliance.permits.b_open", f"pt:open:{found.id}", number=found.id)


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """How many permits somebody works under, and has to hand back."""
    running = [each for each in store.of_receiver(session, person) if each.state is not State.ASKED]
    held = [each for each in running if each.state is not State.BACK]
    return [(text("compliance.permits.status", count=len(held)), None)] if held else []


def at_place(session: Session, place: Place, person: Person, now: datetime) -> list[Button]:
    """A button that shows what is worked under here; none where nothing is."""
    return [button("compliance.permits.b_here", f"pt:here:{place.id}")] if store.at_place(session, place.id) else []


TODAY, STATUS, AT_PLACE = today, status, at_place
