"""What is typed into a conversation of this room: the open draft it belongs to, and whether it is short enough."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Said
from bot.voice.rules import MOST_LETTERS, WITHIN


def words(event: AnyEvent) -> str:
    """What was typed in private; empty for everything else."""
    return event.text.strip() if isinstance(event, Said) and event.private else ""


def fresh(session: Session, person: int, kind: str, now: datetime) -> Draft | None:
    """The open conversation; where it was left lying it is closed and gone: a text then belongs to somebody else."""
    draft = drafts.current(session, person, kind)
    if draft is not None and draft.created_at < now - WITHIN:
        drafts.close(session, draft)
        return None
    return draft


def open_draft(session: Session, person: int, kind: str, now: datetime) -> Draft:
    """The open conversation. Refused: where there is none."""
    draft = fresh(session, person, kind, now)
    if draft is None:
        raise Refused("voice.begin_again")
    return draft


def onward(session: Session, draft: Draft, step: str, now: datetime, **more: object) -> Draft:
    """The conversation one step on. Refused: where it changed meanwhile."""
    found = drafts.advance(session, draft, step, {**draft.data, **more}, now)
    if found is None:
        raise Refused("voice.begin_again")
    return found


def check(said: str, most: int = MOST_LETTERS) -> str:
    """The words as they are. Refused: empty or too long."""
    if not said:
        raise Refused("voice.empty")
    if len(said) > most:
        raise Refused("voice.too_long", most=most, length=len(said))
    return said
