"""Who may have and who may approve a reward. Pure."""

from __future__ import annotations

from datetime import timedelta

from bot.people.model import Role, Viewer
from bot.rewards.shop.model import Redemption, Reward, State

APPROVER = Role.HR
KEEPER = Role.HR
WAIT = timedelta(days=5)
"""A wish that nobody answered for so long is brought before others too."""
MOST_COST, MOST_STOCK, MOST_NAME, MOST_REASON = 100_000, 100_000, 60, 600


def is_for(reward: Reward, path: str) -> bool:
    """Whether somebody of a unit may have it."""
    return path.startswith(reward.path)


def may_decide(found: Redemption, viewer: Viewer) -> bool:
    """Whoever looks after points there, never about oneself."""
    return found.state is State.ASKED and viewer.person != found.person and viewer.holds(APPROVER, found.path)


def may_keep(reward: Reward, viewer: Viewer) -> bool:
    """Who changes stock and takes a reward off."""
    return viewer.holds(KEEPER, reward.path)
