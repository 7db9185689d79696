"""Who looks at the dashboard, how they came in, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.ledger.model import FactKind
from bot.people.model import Person, Role, Viewer

HOME = "/desk"
"""The first page. All others of the dashboard lie below it."""
LOGIN = "login"
"""The kind of a one-time link that signs somebody in."""
LINK_HOLDS = timedelta(minutes=10)
RENEW_AFTER = timedelta(minutes=5)
"""A session's end is moved on at most so often, so that looking does not mean writing."""
TOKEN_BYTES = 32
OPENED_BY = (Role.SUPERVISOR, Role.HR, Role.TRAINER, Role.WORKS_COUNCIL)
"""The least roles that find something on the dashboard: dangers and names, counts of who took part, questions, agreements."""
WITH_A_ROLE = ("hr", "trainer", "works_council")
"""With `supervisor` as a page's role: everybody who has any role at all."""


class Via(StrEnum):
    """How somebody came in."""

    LINK = "link"
    APP = "app"
    OIDC = "oidc"
    GUEST = "guest"


SESSION_HOLDS = timedelta(hours=8)
"""When somebody has opened no page for so long, they have to ask for a new link. A page that renews itself is no doing."""
SESSION_LASTS = timedelta(days=7)
"""However much somebody does: then a new link is due, because a cookie may have been copied."""
HOLDS = {
    Via.LINK: (SESSION_HOLDS, SESSION_LASTS),
    Via.OIDC: (SESSION_HOLDS, timedelta(hours=24)),
    Via.APP: (timedelta(hours=1), timedelta(hours=12)),
    Via.GUEST: (timedelta(hours=1), timedelta(hours=12)),
}
"""How long a session holds unused, and how long at most. A Mini App signs in again by itself, so its session is short; the
company's own sign-in ends with the working day, so that whoever is shut out there is shut out here."""


@dataclass(frozen=True)
class Guest:
    """Somebody from outside who may look at some pages of some units, until an end."""

    id: int
    pages: tuple[str, ...]
    ends_at: datetime


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, with the rights they have at this moment. `csrf` goes into every form of theirs."""

    person: Person
    viewer: Viewer
    csrf: str
    expires_at: datetime
    via: Via = Via.LINK
    factor_at: datetime | None = None
    """When they last proved a second factor in this session."""
    has_factor: bool = False
    """Whether they have set one up."""
    waits: str = ""
    """Where they have to go before any page opens: to prove their second factor, or to set one up."""
    guest: Guest | None = None

    def wears_off(self, now: datetime) -> bool:
        """Whether the session's end is to be moved on."""
        return self.expires_at - now < HOLDS[self.via][0] - RENEW_AFTER


@dataclass(frozen=True)
class Going:
    """A session that goes on, as the list of one's own shows it. `mark` names it in a form; nobody can sign in with it."""

    mark: str
    via: Via
    agent: str
    began_at: datetime
    seen_at: datetime
    here: bool


SESSIONS_ENDED = FactKind(
    "SessionsEnded",
    1,
    ("sessions", "by_other"),
    "Sessions on the dashboard were ended, by the person or by an administrator",
)
FACTS = (SESSIONS_ENDED,)
