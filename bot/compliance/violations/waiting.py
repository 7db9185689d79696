"""What of cases waits for somebody, for `/today`: their answer, their look, their decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.violations import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people

MOST = 3
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """A line for each, with its button."""
    viewer = people.viewer(session, person, now)
    if viewer is None:
        return []
    return [
        (
            text("compliance.violations.waiting", number=each.id, mine=each.person == person),
            button("compliance.violations.b_open", f"vi:open:{each.id}", number=each.id),
        )
        for each in store.open_cases(session, viewer, now)[:MOST]
    ]


TODAY = today
