"""How interviews look in the chat. Notes are never shown here: what the chat shows, it keeps. They stand on the dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person
from bot.voice.interviews import store
from bot.voice.interviews.model import Round, State

MOST = 10


def invitation(found: Round, name: str) -> Message:
    """What somebody gets who is invited."""
    keys = rows(
        button("voice.interviews.b_yes", f"iv:yes:{found.id}"), button("voice.interviews.b_no", f"iv:no:{found.id}")
    )
    said = text(
        "voice.interviews.invitation",
        name=name,
        kind=found.kind.value,
        topic=found.topic,
        day=found.planned_on.isoformat(),
    )
    return Message(said, keys)


def overview(session: Session, who: Person, now: datetime) -> Message:
    """The rounds that somebody may see."""
    found = store.seen_by(session, who.id, now, MOST)
    lines = [
        {"id": each.id, "topic": each.topic, "state": each.state.value, "day": each.planned_on.isoformat()}
        for each in found
    ]
    keys = [button("voice.b_number", f"iv:open:{each.id}", number=each.id) for each in found]
    new = rows(button("voice.interviews.b_new", "iv:new"))
    return Message(text("voice.interviews.overview", lines=lines), (*rows(*keys, each=4), *new))


def values(session: Session, found: Round, now: datetime) -> dict[str, Any]:
    """A round as its texts take it: its topic, who was reached, what changed. Whoever said no is not named."""
    invited = store.invited(session, found.id)
    return {
        "id": found.id, "topic": found.topic, "kind": found.kind.value, "state": found.state.value,
        "unit": speaking.label(session, found.unit), "day": found.planned_on.isoformat(),
        "lead": speaking.name(session, found.lead, now),
        "reached": [speaking.name(session, each.person, now) for each in invited if each.reached], "invited": len(invited),
        "changed": found.changed,
    }  # fmt: skip


def card(session: Session, reader: int, found: Round, now: datetime, why: str = "") -> Message:
    """A round; for its lead with the names, who wants to talk, and what can be done."""
    said = text("voice.interviews.card", why=why, **values(session, found, now))
    if found.lead != reader:
        return Message(said)
    keys = []
    if found.state is State.PLANNED:
        keys = [
            button(
                "voice.interviews.b_person", f"iv:met:{found.id}:{each.person}", name=speaking.name(session, each.person, now),
                reached=each.reached, agreed=each.agreed,
            )
            for each in store.invited(session, found.id)
        ]  # fmt: skip
    more = []
    if found.state is not State.CLOSED:
        more.append(button("voice.interviews.b_note", f"iv:note:{found.id}"))
    if found.state is State.PLANNED:
        more.append(button("voice.interviews.b_held", f"iv:held:{found.id}"))
    if found.state is State.HELD:
        more.append(button("voice.interviews.b_changed", f"iv:changed:{found.id}"))
    return Message(said, (*rows(*keys), *rows(*more)))
