"""The one button of delivery's own: what was held back is shown to whoever asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import backlog
from bot.kit.events import Pressed
from bot.kit.replies import Reply, toast
from bot.kit.room import Route


def on_waiting(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """*Show me*: a few at a time; the button stays for the rest."""
    if event.person is None:
        return None
    shown, left = backlog.show(session, event.person, now)
    return toast("delivery.shown", shown=shown, left=left)


ROUTES = (Route(on_waiting, verb="dl.waiting"),)
