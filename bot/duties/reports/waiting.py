"""A report that is still to come, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.duties.reports import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """One's own report of a month that has not come."""
    found = store.wanted(session, person)
    if found is None:
        return []
    words = text("duties.reports.waiting", month=f"{found.month}-01")
    return [(words, button("duties.reports.b_begin", f"dsr:begin:{found.id}"))]


TODAY = today
