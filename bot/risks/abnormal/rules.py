"""Whose yes counts for what. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.kit.gates import Gate
from bot.people.model import Role, Viewer
from bot.risks.abnormal.model import Abnormal, State

LEADING = tuple(role for role in Role if role is not Role.EMPLOYEE)
MOST_WORDS = 400
PATIENCE = timedelta(hours=2)


def gate(found: Abnormal) -> Gate:
    """The gate of a state: whoever asked for it may not say yes to it."""
    return Gate(found.needed, found.each, frozenset({found.asked_by}))


def voices(viewer: Viewer, post: str, path: str, site: str) -> frozenset[str]:
    """All that somebody can stand for at an area: the roles they have over it, and their post where they work at its site.

    A manager can stand for a supervisor as well; the gate lets nobody stand for two.
    """
    roles = {f"role:{role.value}" for role in LEADING if viewer.holds(role, path)}
    posts = {f"post:{post}"} if viewer.path.startswith(site) else set()
    return frozenset(roles | posts)


def counts(found: Abnormal, spoken: frozenset[str]) -> bool:
    """Whether somebody's word counts at all: for one of the named kinds, or as one who leads where any may fill up."""
    if spoken & set(found.each):
        return True
    return found.needed > len(found.each) and f"role:{Role.SUPERVISOR.value}" in spoken


def why_not(found: Abnormal, person: int, spoken: frozenset[str], now: datetime) -> str | None:
    """Why somebody's word does not count: `too_late`, `asker`, `no_voice`; None where it does."""
    if found.state is not State.ASKED or found.decide_by <= now:
        return "too_late"
    if person == found.asked_by:
        return "asker"
    return None if counts(found, spoken) else "no_voice"
