"""A danger that is gone teaches: its pictures, with faces blurred, wait for a trainer as a *spot the hazard* question."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.hazards import store
from bot.hazards.model import Hazard, MediaRole
from bot.hazards.rules import may_teach
from bot.library.spotting import actions as spotting


def propose(session: Session, hazard: Hazard, now: datetime) -> bool:
    """Hands on the first picture of how it was and the first of how it is now, once a round; False where it may not teach."""
    if not may_teach(hazard, bool(store.hidden_from(session, hazard.id))):
        return False
    pictures = []
    for role in (MediaRole.BEFORE, MediaRole.AFTER):
        kept = (each.media for each in store.files(session, hazard.id, role) if each.kind in ("photo", "image"))
        pictures += [ref for ref in kept if ref][:1]
    if not pictures:
        return False
    return spotting.propose(session, _key(hazard), hazard.unit, hazard.path, hazard.topic, pictures, now)


def withdraw(session: Session, before: Hazard, now: datetime) -> None:
    """It is open again: the pictures of the round that is over wait for nobody any more."""
    spotting.withdraw(session, _key(before), now)


def _key(hazard: Hazard) -> str:
    return f"hazard:{hazard.key}:{hazard.round}"
