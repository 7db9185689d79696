"""What the library has waiting for somebody, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.library import signing


def unsigned(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Lessons that wait for a signature, to whoever may sign."""
    units = signing.units_of(session, person, now)
    left = max((signing.unsigned(session, unit) for unit in units), default=0)
    return [(text("library.waits_for_signature", count=left), button("library.sign_now", "lb.signs"))] if left else []


TODAY = unsigned
