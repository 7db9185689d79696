"""Tokens of other programs, and what the ledger keeps of their calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ledger.model import FactKind

ROOT = "/api/v1"
PREFIX = "davy_"
"""How a token begins: whoever finds one in a file knows what it opens."""
TOKEN_BYTES = 32
SCORES_DAYS = MOST_DAYS = 730
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._-]{0,39}")
MOST_BODY = 64 * 1024
USED_EVERY = timedelta(hours=1)
"""That a token was used is noted at most so often, so that reading does not mean writing."""
KEY_HOLDS = timedelta(days=7)
"""For so long a second call with the same idempotency key is compared with the first."""


@dataclass(frozen=True)
class Token:
    """A token as an operator sees it; the token itself is nowhere."""

    id: int
    name: str
    owner: int
    units: tuple[int, ...]
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def works(self, now: datetime) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked_at is None and self.expires_at > now


TOKEN_MADE = FactKind(
    "ApiTokenMade", 1, ("token", "scopes", "units", "days"),
    "Another program got a token; person is who answers for it: so many scopes, units and days",
)  # fmt: skip
TOKEN_REVOKED = FactKind("ApiTokenRevoked", 1, ("token",), "A token opens nothing any more")
READ = FactKind(
    "PersonalDataRead", 1, ("token", "what"),
    "Another program read what is kept of somebody (person: whose; nobody: a list of people). what: the endpoint",
)  # fmt: skip
CHANGED = FactKind(
    "ChangedByProgram", 1, ("token", "what"), "Another program changed something of somebody's. what: the endpoint"
)
FACTS = (TOKEN_MADE, TOKEN_REVOKED, READ, CHANGED)
