"""What authoring has waiting for a trainer, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.library import confirming, owning, translations
from bot.library.authoring import desk


def set_aside(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Translations whose source has changed: until somebody looks at them, their readers get another language."""
    units = owning.units_of(session, person, now)
    if not units:
        return []
    count = confirming.count_aside(session, [line.id for line in desk.banks_of(session, units)])
    count += sum(bool(translations.stale(own.content)) for own in desk.own_of(session, units))
    if not count:
        return []
    return [(text("library.authoring.waits", count=count), button("library.authoring.b_translations", "ld.langs"))]


TODAY = set_aside
