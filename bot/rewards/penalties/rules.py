"""Who may propose, answer and decide a penalty, and when. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.people.model import Role, Viewer
from bot.rewards.penalties.model import Penalty, State

REPLY, DECIDE = timedelta(days=5), timedelta(days=10)
"""So long the person may answer (a full day may keep the message back until the next one, so it is not shorter); so long after

that somebody has to decide, or nothing follows.
"""
MOST_POINTS, MOST_WORDS = 20, 600
PROPOSER, DECIDER = Role.SUPERVISOR, Role.HR


def may_propose(viewer: Viewer, person: int, path: str) -> bool:
    """Whoever leads somebody or looks after their points, never about oneself."""
    return viewer.person != person and (viewer.holds(PROPOSER, path) or viewer.holds(DECIDER, path))


def is_ripe(found: Penalty, now: datetime) -> bool:
    """Whether it may be decided: never before the person has answered or had their days for it."""
    return found.state is State.OPEN and (found.replied_at is not None or found.reply_by <= now)


def may_decide(found: Penalty, viewer: Viewer, now: datetime) -> bool:
    """A second person, neither the proposer nor whom it concerns, once it is ripe."""
    outside = viewer.person not in (found.by, found.person)
    return is_ripe(found, now) and outside and viewer.holds(DECIDER, found.path)


def concerns(found: Penalty, viewer: Viewer) -> bool:
    """Who sees it at all: the person, the proposer, and who decides there."""
    return viewer.person in (found.person, found.by) or viewer.holds(DECIDER, found.path)
