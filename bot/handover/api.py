"""Absences from a personnel system: somebody is away from now on, or back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.handover import actions
from bot.handover.model import WENT_AWAY
from bot.kit.endpoints import Asked, Badge, Body, Call, Endpoint, Given, Instant, Problem, Scope
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import actions as people_actions
from bot.people import programs
from bot.people.model import Caller


class Absent(Asked):
    """Somebody by their employee number."""

    badge: Badge


class AbsenceIn(Body):
    """Until when; left out: until they are said to be back."""

    until: Instant | None = None


class AbsenceOut(Given):
    """Somebody is away."""

    badge: str
    since: datetime
    until: datetime | None


def begin(session: Session, caller: Caller, call: Call, now: datetime) -> AbsenceOut:
    """Away from now on: no lessons, no duties, no calls; whoever else leads there is called."""
    who = programs.somebody(session, caller, call.args.badge, now)
    until = call.body.until
    if who.left_on is not None:
        raise Problem(409, "has_left", "they do not work here any more")
    if until is not None and until <= now:
        raise Problem(409, "impossible_days", "the end of an absence lies ahead")
    leave = people_actions.go_away(session, who.id, now, until, None)
    body = {"deputised": False, "open_end": until is None}
    record(session, Fact(WENT_AWAY, f"away:{leave}", now, who.id, body=body), now)
    return AbsenceOut(badge=who.badge, since=now, until=until)


def end(session: Session, caller: Caller, call: Call, now: datetime) -> None:
    """Back; the same for somebody who was not away."""
    actions.come_back(session, programs.somebody(session, caller, call.args.badge, now).id, now)


ENDPOINTS = (
    Endpoint(
        "begin_absence", "PUT", "/people/{badge}/absence", Scope.PEOPLE_WRITE, "Somebody is away from now on", begin, AbsenceOut,
        Absent, AbsenceIn, writes=True, about="badge", conflicts=True,
    ),
    Endpoint(
        "end_absence", "DELETE", "/people/{badge}/absence", Scope.PEOPLE_WRITE, "Somebody is back", end, None, Absent,
        writes=True, about="badge", conflicts=True,
    ),
)  # fmt: skip
