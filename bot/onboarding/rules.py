"""Who may come in, and who may open the door for whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from bot.people.model import AT_LEAST, Role, Viewer

MOST_TRIES, TRIES_WINDOW = 5, timedelta(hours=1)
INVITE_LASTS, SLIP_LASTS = timedelta(hours=72), timedelta(days=30)
REQUEST_LASTS = timedelta(hours=72)

GUARDED = frozenset({Role.SAFETY_OFFICER, Role.MANAGER, Role.WORKS_COUNCIL, Role.ADMIN})
"""Whose word is one of two: who takes the account of one of them over would be their own second person."""
WEIGHTY = (Role.ADMIN, Role.MANAGER, Role.WORKS_COUNCIL)
"""Roles with which the company could be taken over, or somebody be their own second person (the council's word opens who
reported without a name): a second person must agree to giving and taking them."""
STAYS_GUARDED = timedelta(days=90)
"""For so long after its end such a role still counts: else one takes it, opens the door alone, and gives it back."""


class Door(Enum):
    """What becomes of somebody with a link."""

    OPEN = "open"
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


def may_try(tries: Sequence[datetime], now: datetime) -> bool:
    """Whether a stranger may try another token or number, after those of the last hour."""
    return sum(now - at < TRIES_WINDOW for at in tries) < MOST_TRIES


def door(expires_at: datetime | None, used_at: datetime | None, now: datetime) -> Door:
    """What a link is still good for; `expires_at` is None where there is no such link."""
    if expires_at is None:
        return Door.UNKNOWN
    if used_at is not None:
        return Door.USED
    return Door.OPEN if now < expires_at else Door.EXPIRED


def may_admit(who: Viewer, whom: Viewer) -> bool:
    """Whether `who` may let `whom` in, or onto a new phone.

    Who admits somebody could open the door to themselves, so they must hold all that the other one holds.
    """
    if who.person == whom.person or not who.holds(Role.SUPERVISOR, whom.path):
        return False
    return all(who.holds(grant.role, grant.path) for grant in whom.grants)


def takes_two(whom: Viewer) -> bool:
    """Whether nobody alone may open a door to somebody's account: neither the first one nor one beside it."""
    return any(grant.role in GUARDED for grant in whom.grants)


def seconds_for(whom: Viewer) -> tuple[tuple[Role, ...], str]:
    """Who may be the second person where somebody is let in, and over which unit: the widest over which they hold such a role.

    For an administrator another one; for the works council as when its role is taken: a manager, whom an administrator may have
    made alone, is none.
    """
    held = [grant for grant in whom.grants if grant.role in GUARDED]
    path = min((grant.path for grant in held), key=len, default=whom.path)
    roles = {grant.role for grant in held}
    if Role.ADMIN in roles:
        return (Role.ADMIN,), path
    if Role.WORKS_COUNCIL in roles:
        return (Role.ADMIN, Role.WORKS_COUNCIL), path
    least = Role.SAFETY_OFFICER if roles == {Role.SAFETY_OFFICER} else Role.MANAGER
    return tuple(sorted(AT_LEAST[least], key=list(Role).index)), path


def may_grant(who: Viewer, path: str) -> bool:
    """Whether somebody may give and take roles over a unit."""
    return who.holds(Role.ADMIN, path)
