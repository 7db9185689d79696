"""Who may approve how much, and which shares of a line are reached. Pure, and in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.people.model import Role
from bot.resources.budget.model import Figures, Limit

RANKS = (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN)
"""From the lowest that can be given a limit to the highest, which needs none."""
ALERT_AT = (80, 100)
PATIENCE = timedelta(days=3)
"""Then everybody who may approve a request is told of it, and not only the lowest rank."""
MOST_WORDS = 300
YEARS = range(2000, 2100)


def limit_of(role: Role, path: str, limits: Iterable[Limit]) -> Limit | None:
    """What is set for a role at a unit: by the nearest unit above that says anything."""
    mine = [each for each in limits if each.role is role and path.startswith(each.path)]
    return max(mine, key=lambda each: len(each.path), default=None)


def may_approve(role: Role, path: str, limits: Iterable[Limit], amount: int, currency: str) -> bool:
    """Whether a role is enough for an amount in a unit.

    An admin may approve all of it, a manager too until a limit is set for managers, others only up to a limit that is set.
    """
    if role is Role.ADMIN:
        return True
    limit = limit_of(role, path, limits)
    if limit is None:
        return role is Role.MANAGER
    return limit.currency == currency and amount <= limit.most


def ranks_for(path: str, limits: Sequence[Limit], amount: int, currency: str) -> list[Role]:
    """The roles that are enough for an amount, the lowest first."""
    return [role for role in RANKS if may_approve(role, path, limits, amount, currency)]


def shares_reached(found: Figures, alert_at: Iterable[int]) -> list[int]:
    """Which of the set shares (percent) are used. Nothing planned and something used is more than every share."""
    return sorted(share for share in alert_at if found.used > 0 and found.used * 100 >= share * found.planned)


def shares_of(words: str) -> tuple[int, ...] | None:
    """`80 100` as shares; none set means the usual ones; None where it is no list of percentages from 1 to 200."""
    parts = words.replace("%", " ").replace(",", " ").replace(";", " ").split()
    if not all(part.isascii() and part.isdigit() and len(part) < 4 and 1 <= int(part) <= 200 for part in parts):
        return None
    return tuple(sorted({int(part) for part in parts})) or ALERT_AT


def still_committed(approved: int, booked: int) -> int:
    """What of a commitment is still to be paid; what was paid beyond it is no commitment."""
    return max(approved - booked, 0)
