"""What is kept of people, for how long, who sees it: the register, at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.privacy import Kind
from bot.kit.room import Page
from bot.people.model import Viewer
from bot.privacy import register
from bot.privacy.keeping import composed

ALSO = ("hr", "works_council")


def card(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """On the page of settings: the way there."""
    return {"kinds": len(Kind)}


def kept(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The schedule of retention and the register, as `davy privacy` prints them."""
    return {
        "schedule": [
            {"kind": kind, "what": what, "long": long} for kind, what, long in register.schedule(composed.days)
        ],
        "rows": [list(row) for row in register.rows(composed.days)], "heads": list(register.HEADS),
    }  # fmt: skip


PAGES = (
    Page("/desk/settings", card, "privacy_card", "title_settings", role="manager", also=ALSO),
    Page("/desk/settings/privacy", kept, "kept", "title_kept", role="manager", also=ALSO, nav=False),
)
