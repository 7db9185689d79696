"""What is decided about hazards. Pure: values and `now` in, a decision out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from bot.hazards.model import Hazard, Kind, Measure, State, Urgency
from bot.kit.clock import instant, local_date
from bot.kit.ladder import Rung
from bot.kit.risk import Severity, cannot_wait
from bot.kit.texts import Text
from bot.people.model import Person, Shift
from bot.people.rules import Presence, on_shift, shift_window

RUNGS = ("supervisor", "manager", "site", "admin")
"""Who is called one after the other: the place's supervisors, its managers, the site's watch, admins."""
HURT_RUNG = 2
"""Somebody is hurt: everybody up to this rung is called at once."""
REMIND_AFTER = timedelta(minutes=3)
TELL_AFTER = timedelta(minutes=10)
"""After the reminder: then the safety officer hears that a report was begun."""
SCAN_HOLDS = timedelta(hours=1)
JOINS_SILENTLY = timedelta(minutes=1)
"""Whatever comes later than this after the last photo is answered: the draft's message may be far up by then."""
DRAFT_STALE = timedelta(hours=1)
LATE_BY = timedelta(minutes=5)
"""What arrives later than this after it was sent keeps its own time: the phone or the bot was away."""
REPLY_DRAFT_HOLDS = timedelta(days=1)
REOPEN_WITHIN = timedelta(days=14)
REPORTER_CHECKS_WITHIN = timedelta(days=2)
"""A small danger that its reporter does not look at in this time is checked by a supervisor."""
MOST_FILES = 10
SMALL_TEAM = 5
"""With so many people or fewer, others may guess who reported without a name."""
DIGEST_AT = time(15, 0)
DIGEST_BEFORE_END = timedelta(minutes=30)


@dataclass(frozen=True)
class Company:
    """What a company sets for itself; these are only the values to start with.

    `ladder_wait`: how long each rung has to acknowledge. `due_within`: in what time a danger must be fixed once it was
    assigned (critical means the same shift). `grace`: how long after that its supervisor hears that it was not.
    """

    ladder_wait: timedelta = timedelta(minutes=10)
    due_within: Mapping[Severity, timedelta] = field(
        default_factory=lambda: {
            Severity.CRITICAL: timedelta(hours=4),
            Severity.HIGH: timedelta(hours=24),
            Severity.MEDIUM: timedelta(days=3),
            Severity.LOW: timedelta(days=14),
        }
    )
    grace: Mapping[Severity, timedelta] = field(
        default_factory=lambda: {
            Severity.CRITICAL: timedelta(minutes=30),
            Severity.HIGH: timedelta(hours=4),
            Severity.MEDIUM: timedelta(hours=24),
            Severity.LOW: timedelta(hours=24),
        }
    )

    outside: tuple[str, ...] = ()
    """What is called last of all, outside the chat: `email:ADDRESS`, `webhook`."""

    def rungs(self) -> tuple[Rung, ...]:
        """The ladder where nobody set another."""
        return tuple(Rung(who, self.ladder_wait) for who in (*RUNGS, *self.outside))


LEVELS = ("low", "medium", "high", "critical")
"""The severities as a company file calls them."""


def plan_of(company: Company, said: Mapping[str, Any], severity: Severity | None) -> tuple[Rung, ...]:
    """The ladder of a unit and severity: its own, else the unit's for all, else the company's; it always ends outside.

    `said` is what the company file says of alerts there.
    """
    ladders = said.get("ladder", {})
    named = (ladders.get(LEVELS[severity - 1]) if severity else None) or ladders.get("all")
    if not named:
        return company.rungs()
    own = tuple(Rung(who, timedelta(minutes=minutes)) for who, minutes in named)
    ends = any(outside(rung.who) for rung in own)
    return own if ends else (*own, *(Rung(who, company.ladder_wait) for who in company.outside))


def every_rung(said: Mapping[str, Any]) -> list[Rung]:
    """All rungs that a unit's own ladders name."""
    return [Rung(who, timedelta(minutes=wait)) for rungs in said.get("ladder", {}).values() for who, wait in rungs]


def is_address(who: str) -> bool:
    """Whether a rung is an e-mail address, which is read by whoever is there; the webhook is the company's."""
    return who.startswith("email:")


def outside(who: str) -> bool:
    """Whether a rung lies outside the chat."""
    return who.partition(":")[0] in ("email", "webhook")


def due_within(company: Company, said: Mapping[str, Any], severity: Severity) -> timedelta:
    """In what time a danger of a severity must be gone in a unit."""
    hours = said.get("due_hours", {}).get(LEVELS[severity - 1])
    return timedelta(hours=hours) if hours else company.due_within[severity]


def expected(kind: Kind, urgency: Urgency | None, severity: Severity | None) -> Severity:
    """How bad a danger is taken to be for its limit in time, before anybody has rated it."""
    if severity is not None:
        return severity
    if kind is Kind.HURT or urgency is Urgency.NOW:
        return Severity.CRITICAL
    return Severity.LOW if urgency is Urgency.WAIT else Severity.HIGH


def due_after_rating(
    due: datetime | None, made: datetime, now: datetime, before: Severity | None, severity: Severity, limit: timedelta
) -> datetime:
    """By when a danger must be gone once it is rated; `before` is the rating until now, `limit` that of the new one.

    The first rating counts from the report. Worse: what is left, or the new limit if that is sooner. The same: as it was.
    Milder: as if it had been rated so from the report on, and never sooner than it was.
    """
    if due is None or before is None:
        return made + limit
    if severity > before:
        return min(due, now + limit)
    return due if severity == before else max(due, made + limit)


def is_milder(before: Severity | None, severity: Severity) -> bool:
    """Whether a rating takes back what somebody has said before: then it needs a reason."""
    return before is not None and severity < before


OPEN = frozenset({State.REPORTED, State.REOPENED, State.ACKNOWLEDGED, State.ASSIGNED, State.FIXED})
UNSEEN = frozenset({State.REPORTED, State.REOPENED})
UNFIXED = OPEN - {State.FIXED}
MOVES: Mapping[str, tuple[frozenset[State], State | None]] = {
    "acknowledge": (UNSEEN, State.ACKNOWLEDGED),
    "rate": (OPEN, None),
    "assign": (UNFIXED, State.ASSIGNED),
    "fix": (UNFIXED, State.FIXED),
    "verify": (frozenset({State.FIXED}), State.VERIFIED),
    "reject": (UNFIXED, State.REJECTED),
    "reopen": (frozenset({State.FIXED, State.VERIFIED, State.REJECTED}), State.REOPENED),
    "join": (UNFIXED, State.JOINED),
}
"""Each move: from which states, and to which (None: the state stays)."""


def may_move(move: str, state: State) -> bool:
    """Whether a move exists from a state."""
    return state in MOVES[move][0]


def rings(kind: Kind, urgency: Urgency | None, severity: Severity | None) -> bool:
    """Whether people are called at once. What nobody rated may be bad; a supervisor's rating outweighs *can wait*."""
    if kind is Kind.HURT or urgency is Urgency.NOW:
        return True
    if severity is None and urgency is Urgency.WAIT:
        return False
    return cannot_wait(severity)


def rerings(hazard: Hazard, severity: Severity) -> bool:
    """Whether a new rating starts the ladder afresh: now worse, it cannot wait, and nobody has acknowledged."""
    worse = hazard.severity is None or severity > hazard.severity
    was_ringing = rings(hazard.kind, hazard.urgency, hazard.severity)
    return hazard.state in UNSEEN and cannot_wait(severity) and worse and not (was_ringing and hazard.severity is None)


def may_verify(fixer: int | None, verifier: int | None) -> bool:
    """Nobody verifies their own fix. `verifier` is None for a reporter without a name, whom nobody can compare."""
    return verifier is None or fixer is None or fixer != verifier


def reporter_closes(hazard: Hazard) -> bool:
    """Whether a fixed danger is closed by its reporter's word: only a small one that they did not fix themselves."""
    told = hazard.anonymous or hazard.reporter not in (None, hazard.fixed_by)
    return hazard.severity is Severity.LOW and told and not hazard.major


def may_reopen(hazard: Hazard, now: datetime) -> bool:
    """Whether the reporter may still say that it is not gone, or that it is a danger after all."""
    closed = hazard.verified_at if hazard.state is State.VERIFIED else hazard.rejected_at
    if hazard.state is State.FIXED:
        return True
    return may_move("reopen", hazard.state) and closed is not None and now <= closed + REOPEN_WITHIN


def is_confirmed(hazard: Hazard) -> bool:
    """Whether the report counts as one of a true danger: somebody acknowledged and rated it, or saw it fixed."""
    if hazard.state in (State.REJECTED, State.JOINED, *UNSEEN):
        return False
    return hazard.state is State.VERIFIED or hazard.severity is not None


def first_called(kind: Kind) -> int:
    """The highest rung that is called at once."""
    return HURT_RUNG if kind is Kind.HURT else 0


def louder(order: Sequence[tuple[Person, bool]]) -> list[tuple[Person, bool]]:
    """Who is rung and who only gets it silently: (person, rings).

    Where somebody is at work, those off work get it without a sound; where nobody is, everybody is rung.
    """
    anybody = any(at_work for _, at_work in order)
    return [(person, at_work or not anybody) for person, at_work in order]


def digest_at(presence: Presence, now: datetime, zone: str) -> datetime:
    """When somebody reads what can wait: shortly before the end of the shift they are in, else at the start of the

    next one they are known to have, else at 15:00 on their clock.
    """
    for shift, back in ((presence.today, 0), (presence.yesterday, 1)):
        if shift is not None and on_shift(Presence(*_only(shift, back), presence.away), now, zone):
            return max(now, shift_window(shift, now, zone, back)[1] - DIGEST_BEFORE_END)
    if presence.today is not None:
        starts, _ = shift_window(presence.today, now, zone)
        return starts if starts > now else shift_window(presence.today, now, zone, -1)[0]
    today = local_date(now, zone)
    at = instant(today, DIGEST_AT, zone)
    return at if at > now else instant(today + timedelta(days=1), DIGEST_AT, zone)


def _only(shift: Shift, back: int) -> tuple[Shift | None, Shift | None]:
    return (shift, None) if back == 0 else (None, shift)


def first_words(words: str | None, most: int = 40) -> str:
    """The beginning of what was said, cut at a word where there is one."""
    line = " ".join((words or "").split())
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[:most]
    return cut + "…"


def told(hazard: Hazard, most: int = 40) -> str | Text:
    """What it is: what a machine or a check said, in the reader's language, or the beginning of somebody's words."""
    return hazard.said or first_words(hazard.words, most)


def tells_something(words: str) -> bool:
    """Whether words out of the blue are long enough to be a report: three words, or six characters where words have no gaps."""
    dense = sum(1 for character in words if ord(character) >= 0x2E80)
    return len(words.split()) >= 3 or dense >= 6


def may_teach(hazard: Hazard, hidden: bool) -> bool:
    """Whether its pictures may become a question: never where somebody is hurt, the report is about somebody or goes round them,

    or came without a name (a picture may tell who took it).
    """
    return hazard.kind is not Kind.HURT and not hidden and not hazard.anonymous and hazard.state is State.VERIFIED


def lacks_to_fix(hazard: Hazard, measures: Sequence[Measure]) -> tuple[str, ...]:
    """What a major danger needs before anybody may say that it is fixed: of this round, but for the contingency plan."""
    mine = [each for each in measures if each.round == hazard.round]
    there = {
        "plan": bool(hazard.plan),
        "interim": any(each.interim for each in mine),
        "measure": any(not each.interim for each in mine),
        "owner": hazard.state is State.ASSIGNED,
    }
    return tuple(what for what, have in there.items() if not have)
