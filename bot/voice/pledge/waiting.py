"""The pledge, for `/today` where one is asked to sign; for leaders how many have not; until when it holds, for `/mystatus`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people import store as people
from bot.voice import whom
from bot.voice.pledge import rules, store

MOST = 2
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """One's own, then those of the units that one leads."""
    who = whom.working(session, person, now)
    if who is None:
        return []
    items: list[Item] = []
    signed = store.newest(session, person)
    soon = signed is None or signed.until_on - people.today_of(who, now) <= rules.SOON
    if soon and store.call_over(session, who.path) is not None:
        items.append((text("voice.pledge.waiting"), button("voice.pledge.b_begin", "pg:go", again=signed is not None)))
    for call in store.calls(session, whom.led(session, person, now))[:MOST]:
        meant, done = store.counts(session, call.path, now)
        if done < meant:
            unit = speaking.label(session, call.unit)
            key = button("voice.pledge.b_unit", f"pg:unit:{call.unit}", unit=unit, done=done, meant=meant)
            items.append((text("voice.pledge.waiting_led", unit=unit, missing=meant - done, meant=meant), key))
    return items


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """Until when one has signed."""
    signed = store.newest(session, person)
    return [(text("voice.pledge.status", until=signed.until_on.isoformat()), None)] if signed is not None else []


TODAY, STATUS = today, status
