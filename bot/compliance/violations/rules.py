"""Who may say what about a case, and until when. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.compliance.violations.model import State, Violation
from bot.people.model import Role, Viewer

REPLY, APPEAL = timedelta(days=3), timedelta(days=7)
"""So long the person concerned may answer, and appeal."""
NEAR = timedelta(hours=24)
"""A report of danger about the same place, so long before or after, asks for somebody else to look first."""
OLD = timedelta(days=30)
"""What is longer ago than that is not recorded any more: nobody remembers it well."""
PATIENCE = timedelta(minutes=30)
MOST_WORDS = 1200


def may_record(viewer: Viewer, person: int, path: str) -> bool:
    """Whoever leads somebody, never about oneself."""
    return viewer.person != person and viewer.holds(Role.SUPERVISOR, path)


def may_look(found: Violation, viewer: Viewer) -> bool:
    """Who looks first where there was a report: a safety officer or above, neither recorder nor person."""
    outside = viewer.person not in (found.by, found.person)
    return found.state is State.SECOND and outside and viewer.holds(Role.SAFETY_OFFICER, found.path)


def may_decide(found: Violation, viewer: Viewer, now: datetime) -> bool:
    """Somebody who leads there, neither recorder nor person, once there is an answer or its time is over."""
    outside = viewer.person not in (found.by, found.person)
    return is_ripe(found, now) and outside and viewer.holds(Role.SUPERVISOR, found.path)


def is_ripe(found: Violation, now: datetime) -> bool:
    """Whether it may be decided: never before the person has answered or had their days for it."""
    over = found.reply_by is not None and found.reply_by <= now
    return found.state is State.OPEN and (found.reply_at is not None or over)


def may_appeal(found: Violation, person: int, now: datetime) -> bool:
    """The person concerned, for some days after the decision."""
    in_time = found.appeal_by is not None and now < found.appeal_by
    return found.person == person and found.state is State.DECIDED and in_time


def may_finish(found: Violation, viewer: Viewer) -> bool:
    """Who decides an appeal: a manager, who has had nothing to do with it so far."""
    outside = viewer.person not in (found.by, found.person, found.decided_by)
    return found.state is State.APPEALED and outside and viewer.holds(Role.MANAGER, found.path)


def concerns(found: Violation, viewer: Viewer) -> bool:
    """Who sees a case at all: the person (once told), whoever recorded it, and who decides there."""
    if viewer.person == found.person:
        return found.state not in (State.CHECKING, State.SECOND) and found.reply_by is not None
    if viewer.person in (found.by, found.decided_by, found.final_by):
        return True
    if viewer.holds(Role.SAFETY_OFFICER, found.path):
        return found.state is not State.CHECKING
    return found.state not in (State.CHECKING, State.SECOND) and viewer.holds(Role.SUPERVISOR, found.path)
