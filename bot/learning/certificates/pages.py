"""The page that a certificate's code opens: for anybody, without signing in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.learning.certificates import store
from bot.people.model import Viewer

NUMBER = re.compile(r"[0-9a-f]{32}")


def verification(session: Session, viewer: Viewer | None, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Whether the certificate of a number is still good. A number that nobody knows is answered in words too."""
    number = str(query["number"]).replace(" ", "").lower()
    found = store.verified(session, number, now.date()) if NUMBER.fullmatch(number) else None
    if found is None:
        return {"state": "unknown"}
    return {
        "state": found.status.value,
        "what": dict(found.title),
        "holder": found.holder,
        "company": dict(found.company),
        "issued": found.issued_on.isoformat() if found.issued_on else "",
        "until": found.expires_on.isoformat() if found.expires_on else "",
        "revoked": found.revoked_on.isoformat() if found.revoked_on else "",
    }


PAGES = (Page("/c/{number}", verification, "verification", "title_verification", nav=False, public=True),)
