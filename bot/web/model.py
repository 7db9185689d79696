"""Who looks at the dashboard, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.people.model import Person, Role, Viewer

LOGIN = "login"
"""The kind of a one-time link that signs somebody in."""
LINK_HOLDS = timedelta(minutes=10)
SESSION_HOLDS = timedelta(hours=8)
"""When somebody has opened no page for so long, they have to ask for a new link. A page that renews itself is no doing."""
SESSION_LASTS = timedelta(days=7)
"""However much somebody does: then a new link is due, because a cookie may have been copied."""
OPENED_BY = (Role.SUPERVISOR, Role.HR)
"""The least roles that find something on the dashboard: dangers and names, or only counts of who took part."""
RENEW_AFTER = timedelta(minutes=5)
"""A session's end is moved on at most so often, so that looking does not mean writing."""
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, with the rights they have at this moment. `csrf` goes into every form of theirs."""

    person: Person
    viewer: Viewer
    csrf: str
    expires_at: datetime

    def wears_off(self, now: datetime) -> bool:
        """Whether the session's end is to be moved on."""
        return self.expires_at - now < SESSION_HOLDS - RENEW_AFTER
