"""What may happen to an incident, what it lacks, which clocks of the law run and when they are brought up. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bot.incidents.model import Dossier, Incident, Move, Outcome, Rule, State
from bot.kit.clock import instant, local, local_date
from bot.kit.digits import western

INVESTIGATED_FROM = Outcome.MEDICAL
SAME_ALARM = timedelta(minutes=10)
"""Whoever calls for help twice in so short a time means the same person."""
ASK_AGAIN = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""How long after an incident whoever may classify it is asked again."""
CLIMB_AFTER = (timedelta(0), timedelta(days=1), timedelta(days=3))
"""How long after its day an action that is not done is told: to its owner and whoever leads; to the site; to all above."""
DAY_BEFORE = timedelta(hours=33)
"""So long before six in the evening it is nine in the morning of the day before."""
SHARES = (0.5, 0.8)
"""A running clock is brought up when so much of its time is gone."""
PRESSING = timedelta(hours=24)
"""With less left than this, a reminder of a clock is an alert."""
LEAST_REASON = 10
MOST_WORDS = 1500
PATIENCE = timedelta(hours=2)
DAYS = (1, 3, 7, 14, 30)

_WHEN = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T]+)?(\d{1,2})[:.h](\d{2})(?!\d)[\s,;:–—-]*(.*)", re.DOTALL)


def severe(outcome: Outcome, since: Outcome = INVESTIGATED_FROM) -> bool:
    """Whether an outcome asks for an investigation: a major danger always does."""
    order = tuple(Outcome)
    return outcome is Outcome.DANGER or order.index(outcome) >= order.index(since)


def after(state: State, move: Move, *, is_severe: bool = False) -> State | None:
    """Where a move leads; None where it cannot be made from there."""
    if move is Move.CLASSIFY:
        if state is State.CLOSED:
            return None
        if state in (State.INVESTIGATING, State.REVIEW):
            return state
        return State.INVESTIGATING if is_severe else State.NOTED
    return {
        (State.NOTED, Move.INVESTIGATE): State.INVESTIGATING,
        (State.INVESTIGATING, Move.SUBMIT): State.REVIEW,
        (State.REVIEW, Move.SEND_BACK): State.INVESTIGATING,
        (State.REVIEW, Move.SIGN): State.CLOSED,
        (State.CLOSED, Move.REOPEN): State.INVESTIGATING,
    }.get((state, move))


def lacks(found: Dossier, move: Move) -> tuple[str, ...]:
    """What must be there before an investigation goes to review, and what before it is signed."""
    needed = {
        "owner": found.owner,
        "moments": found.moments > 0,
        "immediate": found.immediate > 0,
        "root": found.root > 0,
        "actions": found.actions > 0,
        "lessons": found.lessons > 0,
    }
    if move is Move.SIGN:
        needed |= {"actions_done": not found.actions_open, "clocks": not found.clocks_running}
    return tuple(name for name, there in needed.items() if not there)


def may_sign(incident: Incident, who: int, team: Iterable[int]) -> bool:
    """Nobody signs what they led or helped to find."""
    return who != incident.owner and who not in set(team)


# --- the clocks of the law --------------------------------------------------------------------------------------------


def applies(rule: Rule, jurisdiction: str, outcome: Outcome) -> bool:
    """Whether a rule speaks of an outcome in a place: `US` holds in `US-CA` too, `any` everywhere."""
    here = rule.jurisdiction == "any" or jurisdiction == rule.jurisdiction
    return outcome in rule.outcomes and (here or jurisdiction.startswith(f"{rule.jurisdiction}-"))


def clock_starts(reported_at: datetime, first: bool, now: datetime) -> datetime:
    """From when a clock counts: from when the incident became known; what becomes known later, from then on."""
    return reported_at if first else now


def reminder_due(starts_at: datetime, due_at: datetime | None, reminded: int, now: datetime) -> bool:
    """Whether a running clock is to be brought up once more."""
    if due_at is None or reminded >= len(SHARES) or now >= due_at:
        return False
    return now >= starts_at + (due_at - starts_at) * SHARES[reminded]


def next_look(starts_at: datetime, due_at: datetime | None, reminded: int) -> datetime | None:
    """When a running clock is looked at next: at its next reminder, else at its end."""
    if due_at is None:
        return None
    return starts_at + (due_at - starts_at) * SHARES[reminded] if reminded < len(SHARES) else due_at


# --- what people type -------------------------------------------------------------------------------------------------


def when_said(said: str, day: date, zone: str, now: datetime) -> tuple[datetime | None, str]:
    """A time at the beginning of what was typed (`14:05 the rope slipped`, `2026-11-30 14:05 ...`) and the rest.

    Without a date it is on `day`. None where there is no time, or none that has been.
    """
    read = _WHEN.fullmatch(western(said))
    if read is None:
        return None, said.strip()
    try:
        on = date.fromisoformat(read[1]) if read[1] else day
        at = instant(on, time(int(read[2]), int(read[3])), zone)
    except ValueError:
        return None, said.strip()
    rest = said.strip()[-len(read[4]) :].strip() if read[4] else ""
    return (at if at <= now else None), rest


def day_of(at: datetime, zone: str) -> date:
    """The day of an incident on the wall of its site."""
    return local_date(at, zone)


def end_of_day(now: datetime, days: int, zone: str) -> datetime:
    """When something that is due in so many days is due: at six in the evening there."""
    return instant(local(now, zone).date() + timedelta(days=days), time(18), zone)


def climb_due(due_at: datetime, climbed: int, now: datetime) -> bool:
    """Whether an action that is not done is told to the next."""
    return climbed < len(CLIMB_AFTER) and now >= due_at + CLIMB_AFTER[climbed]
