"""Whom a rung of a ladder means at this moment: people, a crew's group, or somebody outside the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bot.hazards import store
from bot.hazards.company import company
from bot.hazards.model import Hazard
from bot.hazards.rules import HURT_RUNG, RUNGS, every_rung, is_address, louder, outside, plan_of
from bot.kit.ladder import Climb, Rung, skip_rung
from bot.people import company as companies
from bot.people import holders, oncall, worktime
from bot.people import store as people
from bot.people.model import CrewGroup, Person, Role
from bot.people.oncall import OnCall
from bot.people.rules import Presence, on_shift

ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.SAFETY_OFFICER, Role.ADMIN)
Call = tuple[Person, bool]
"""Whom, and whether it rings."""


@dataclass(frozen=True)
class There:
    """Everybody who may be called for a unit, as they are now: read once, asked rung by rung."""

    held: OnCall
    hidden: frozenset[int] = frozenset()
    """Who is not called about this danger."""
    named: Mapping[str, Sequence[Person]] = field(default_factory=dict)
    """The people of rungs that name a post or a badge."""
    groups: Sequence[CrewGroup] = ()
    plan: tuple[Rung, ...] = ()
    presences: Mapping[int, Presence] = field(default_factory=dict)
    chats: Mapping[int, int] = field(default_factory=dict)

    def reaches(self, person: Person) -> bool:
        """Whether a message can reach somebody of these right now."""
        return person.unreachable_at is None and person.id in self.chats

    def shown_to(self, order: list[Person]) -> list[Person]:
        """Those of them from whom it is not hidden."""
        return [person for person in order if person.id not in self.hidden]


@dataclass(frozen=True)
class Reached:
    """What one rung calls."""

    people: list[Call] = field(default_factory=list)
    groups: list[CrewGroup] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.people or self.groups or self.outside)

    def marks(self) -> list[int]:
        """What the ladder keeps of them: people by number, groups by theirs below zero."""
        return [person.id for person, _ in self.people] + [-group.id for group in self.groups]


def around(session: Session, hazard: Hazard, now: datetime) -> There:
    """Who may be called about a hazard, by the ladder of its unit and severity."""
    hidden = store.hidden_from(session, hazard.id)
    plan = plan_of(company(), companies.alerts(session, hazard.path), hazard.severity)
    if hidden:
        plan = _round_them(session, hazard, plan, hidden, now)
    return on_call(session, hazard.path, now, plan=plan, hidden=hidden)


def _round_them(
    session: Session, hazard: Hazard, plan: tuple[Rung, ...], hidden: frozenset[int], now: datetime
) -> tuple[Rung, ...]:
    """The ladder without the addresses of units that somebody leads, or belongs to, from whom it is hidden.

    Who reads a unit's mail nobody knows; in its place comes the address of the next unit above that is not theirs.
    """
    theirs: set[int] = set()
    for viewer in (people.viewer(session, one, now) for one in hidden):
        if viewer is not None:
            theirs |= {people.ancestors(path)[0] for path in (viewer.path, *(grant.path for grant in viewer.grants))}
    own = companies.alerts_of(session, [id for id in people.ancestors(hazard.path) if id in theirs])
    barred = {rung.who for said in own for rung in every_rung(said) if is_address(rung.who)}
    left = tuple(rung for rung in plan if rung.who not in barred)
    if barred and not any(outside(rung.who) for rung in left):
        above = plan_of(company(), companies.alerts(session, hazard.path, without=theirs), hazard.severity)
        left += tuple(rung for rung in above if outside(rung.who) and rung.who not in barred)
    return left


def on_call(
    session: Session, path: str, now: datetime, *, plan: tuple[Rung, ...] = (), hidden: frozenset[int] = frozenset()
) -> There:
    """Who may be called for a unit."""
    held = oncall.over(session, ROLES, path, now)
    named: dict[str, list[Person]] = {}
    for who in {rung.who for rung in plan}:
        what, _, of = who.partition(":")
        if what == "post":
            named[who] = holders.post_holders(session, of, path, now)
        elif what == "person":
            named[who] = list(holders.by_badges(session, [of], now).values())
    presences, chats = _more(session, held, named, now)
    groups = companies.crew_groups(session, path) if any(rung.who == "group" for rung in plan) and not hidden else ()
    return There(held, hidden, _standing_in(session, named, now), groups, plan, presences, chats)


def _more(
    session: Session, held: OnCall, named: Mapping[str, list[Person]], now: datetime
) -> tuple[Mapping[int, Presence], Mapping[int, int]]:
    extra = {person.id: person for each in named.values() for person in each}
    if not extra:
        return held.presences, held.chats
    away = people.deputies(session, list(extra), now)
    extra |= people.persons(session, [id for id in away.values() if id], now)
    presences = worktime.presences(session, list(extra.values()), now, away)
    return {**presences, **held.presences}, {**people.reachable_chats(session, list(extra)), **held.chats}


def _standing_in(session: Session, named: Mapping[str, list[Person]], now: datetime) -> dict[str, list[Person]]:
    """Whoever is away is replaced by their deputy, if they named one."""
    everybody = [person.id for each in named.values() for person in each]
    away = people.deputies(session, everybody, now) if everybody else {}
    deputies = people.persons(session, [id for id in away.values() if id], now)
    found: dict[str, list[Person]] = {}
    for who, some in named.items():
        there = [deputies.get(away[p.id] or 0) if p.id in away else p for p in some]
        found[who] = [person for person in there if person is not None]
    return found


def whom(there: There, who: str, now: datetime) -> list[Call]:
    """The people on a rung, in calling order; whoever is away is replaced by their deputy."""
    held, managers = there.held.held, there.held.held[Role.MANAGER]
    if who in there.named:
        return _on_shift_first(there, there.shown_to(list(there.named[who])), now)
    if who == "supervisor":
        return _on_shift_first(there, there.shown_to(there.held.order([held[Role.SUPERVISOR]], now)), now)
    if who == "admin":
        return _loud(there.shown_to(there.held.order([held[Role.ADMIN]], now)))
    if who == "manager":
        nearest = min((far for _, far in managers), default=0)
        return _loud(there.shown_to(there.held.order([[(p, far) for p, far in managers if far == nearest]], now)))
    if who == "site":
        return _loud(there.shown_to(there.held.order([managers, held[Role.SAFETY_OFFICER]], now)))
    return []


def _on_shift_first(there: There, order: list[Person], now: datetime) -> list[Call]:
    """Where somebody is at work, those off work get it without a sound."""
    able = [person for person in order if not there.presences[person.id].away and person.left_on is None]
    return louder([(p, on_shift(there.presences[p.id], now, p.zone)) for p in able])


def _loud(order: list[Person]) -> list[Call]:
    return [(person, True) for person in order]


def supervisors(session: Session, hazard: Hazard, now: datetime) -> list[int]:
    """Who leads there at this moment, in calling order; never from whom it is hidden."""
    there = on_call(session, hazard.path, now, hidden=store.hidden_from(session, hazard.id))
    return [person.id for person, _ in whom(there, RUNGS[0], now)]


def site_watch(there: There, now: datetime) -> list[Person]:
    """Who keeps an eye on a whole site: its safety officers whom a message can reach, else its managers."""
    held = there.held.held[Role.SAFETY_OFFICER]
    officers = [p for p in there.shown_to(there.held.order([held], now)) if there.reaches(p)]
    return officers or [person for person, _ in whom(there, "site", now)]


def reachable(session: Session, person: Person) -> bool:
    """Whether a message can reach somebody right now."""
    return person.unreachable_at is None and people.reachable_chat(session, person.id) is not None


# --- rungs ------------------------------------------------------------------------------------------------------------


def on_rung(there: There, who: str, called: Sequence[int], now: datetime) -> Reached:
    """What a rung would call that was not called yet and can be reached."""
    if who == "group":
        return Reached(groups=[group for group in there.groups if -group.id not in called])
    if outside(who):
        return Reached(outside=[who])
    return Reached([(p, rings) for p, rings in whom(there, who, now) if p.id not in called and there.reaches(p)])


def together(there: There, now: datetime) -> Reached:
    """Somebody is hurt: everybody up to the site's watch, and the crew's group, at once."""
    calls: dict[int, Call] = {}
    wanted = [*RUNGS[: HURT_RUNG + 1], *(rung.who for rung in there.plan[: HURT_RUNG + 1])]
    for who in dict.fromkeys(wanted):
        for person, _ in on_rung(there, who, (), now).people:
            calls.setdefault(person.id, (person, True))
    return Reached(list(calls.values()), list(there.groups))


def reach(there: There, step: Climb, called: Sequence[int], now: datetime) -> tuple[Climb | None, Reached]:
    """The first rung from `step` on with anybody new who can be reached; None where there is none."""
    at: Climb | None = step
    while at is not None:
        calls = on_rung(there, at.who, called, now)
        if calls:
            return at, calls
        at = skip_rung(there.plan, at.rung, now)
    return None, Reached()


def skipped(there: There, last: int, step: Climb, called: Sequence[int], now: datetime) -> tuple[Climb | None, Reached]:
    """After a long silence the rung that is due may have nobody: then those who were passed over, the highest first."""
    for rung in range(step.rung - 1, last, -1):
        calls = on_rung(there, there.plan[rung].who, called, now)
        if calls:
            return Climb(step.rung, there.plan[rung].who, step.next_at), calls
    return None, Reached()
