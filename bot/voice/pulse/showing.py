"""How surveys look in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person, Role
from bot.voice import whom
from bot.voice.pulse import store
from bot.voice.pulse.model import FIVE, SCALE, Figure, Pulse

MOST = 2


def invitation(session: Session, found: Pulse) -> Message:
    """What somebody gets: how it is kept, and a button to begin."""
    said = text(
        "voice.pulse.invitation", unit=speaking.label(session, found.unit), count=len(found.statements),
        closes=found.closes_at.isoformat(), least=FIVE,
    )  # fmt: skip
    return Message(said, rows(button("voice.pulse.b_begin", f"pu:go:{found.id}")))


def screen(found: Pulse, nth: int) -> Message:
    """The nth statement with the five answers; thanks after the last."""
    if nth >= len(found.statements):
        return Message(text("voice.pulse.thanks", least=FIVE))
    keys = [
        button("voice.pulse.b_value", f"pu:a:{found.id}:{nth}:{value}", value=value) for value in range(SCALE, 0, -1)
    ]
    said = text("voice.pulse.statement", number=nth + 1, of=len(found.statements), words=found.statements[nth])
    return Message(said, rows(*keys, each=1))


def overview(session: Session, who: Person, now: datetime) -> Message:
    """What somebody may answer, what came of the last ones, and starting a new one."""
    open_, ended = store.open_for(session, who, now), store.ended_for(session, who, now, MOST)
    keys = [button("voice.pulse.b_begin", f"pu:go:{found.id}") for found, _ in open_]
    keys += [button("voice.pulse.b_results", f"pu:see:{found.id}", day=found.closes_at.isoformat()) for found in ended]
    if whom.led(session, who.id, now, Role.SAFETY_OFFICER):
        keys.append(button("voice.pulse.b_new", "pu:new"))
    lines = [
        {
            "unit": speaking.label(session, found.unit),
            "closes": found.closes_at.isoformat(),
            "left": len(found.statements) - done,
        }
        for found, done in open_
    ]
    return Message(text("voice.pulse.overview", lines=lines), rows(*keys, each=1))


def ended(session: Session, reader: Person, found: Pulse, now: datetime) -> Message:
    """What came of a survey: the whole to everybody who was meant, the parts to whoever leads them."""
    return Message(text("voice.pulse.ended", **values(session, reader.id, found, now)))


def values(session: Session, reader: int, found: Pulse, now: datetime) -> dict[str, Any]:
    """A survey's results as texts and pages take them; only what this reader may see of what may be shown at all."""
    paths = whom.led(session, reader, now)
    lines = [
        {
            "words": dict(each.words), "whole": _figure(each.whole),
            "parts": [
                {"unit": speaking.label(session, part), "figure": _figure(figure)}
                for part, figure in each.parts.items()
                if len(each.parts) > 1 and _may_see(found, part, paths)
            ],
        }
        for each in store.results(session, found)
    ]  # fmt: skip
    return {
        "unit": speaking.label(session, found.unit), "closes": found.closes_at.isoformat(), "asked": found.asked,
        "answered": found.answered if found.answered >= FIVE else None, "lines": lines, "least": FIVE,
    }  # fmt: skip


def _may_see(found: Pulse, part: int, paths: Sequence[str]) -> bool:
    path = found.path if part == found.unit else f"{found.path}{part}/"
    leads_all_of_it = any(path.startswith(led) for led in paths)
    leads_within = part != found.unit and any(led.startswith(path) for led in paths)
    return leads_all_of_it or leads_within


def _figure(found: Figure | None) -> dict[str, int] | None:
    return None if found is None else {"count": found.count, "percent": found.percent}
