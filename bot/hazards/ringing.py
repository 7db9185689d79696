"""Who is called about a hazard, when, and who comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.delivery import ladders, outbox
from bot.delivery.ladders import Ladder
from bot.delivery.outbox import Lane
from bot.hazards import cards, store
from bot.hazards.company import company
from bot.hazards.model import CLIMBED, Hazard, Kind, MediaRole
from bot.hazards.rules import HURT_RUNG, RUNGS, UNSEEN, louder
from bot.hazards.tables import HazardCallRow, HazardMediaRow
from bot.hazards.telling import moment, nobody_answers
from bot.kit.ladder import Climb, first_rung, next_rung, skip_rung
from bot.kit.replies import Message, button, quietly, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people import worktime
from bot.people.model import Person, Role
from bot.people.rules import Presence, calling_order, on_shift

LADDER = "hazards"
PLAIN = ":plain"
Call = tuple[Person, bool]
"""Whom, and whether it rings."""


def ring(session: Session, hazard: Hazard, now: datetime) -> None:
    """Calls the first rung where anybody can be reached and starts the ladder. Somebody hurt: three rungs at once."""
    run = _run(session, hazard.id) + 1
    first = first_rung(company().rungs(), now)
    calls: list[Call] = []
    if hazard.kind is Kind.HURT:
        calls = _together(session, hazard, now)
        first = replace(first, rung=HURT_RUNG, who=RUNGS[HURT_RUNG])
    climb: Climb | None = first
    if not calls:
        climb, calls = _reach(session, hazard, first, (), now)
    at = climb or Climb(len(RUNGS) - 1, RUNGS[-1], None)
    ladders.start(session, subject(hazard), LADDER, at, [p.id for p, _ in calls], moment(hazard, now))
    _call(session, hazard, run, at.rung, calls, now)
    if climb is None or at.rung > (HURT_RUNG if hazard.kind is Kind.HURT else 0):
        _note(session, hazard, run, at, len(calls), now)


def climb(session: Session, ladder: Ladder, now: datetime, *, at_once: bool = False) -> bool:
    """Calls whoever is next, if it is time (or at once); False where nobody was."""
    hazard = store.hazard(session, int(ladder.subject.partition(":")[2]))
    if hazard is None or hazard.state not in UNSEEN:
        ladders.stop(session, ladder.subject, None, now)
        return False
    plan = company().rungs()
    step = (
        skip_rung(plan, ladder.rung, now)
        if at_once
        else next_rung(plan, ladder.rung, ladder.next_at, acknowledged=False, now=now)
    )
    if step is None:
        return False
    found, calls = _reach(session, hazard, step, ladder.called, now)
    if found is None:
        found, calls = _skipped(session, hazard, ladder.rung, step, ladder.called, now)
    at = found or Climb(len(RUNGS) - 1, RUNGS[-1], None)
    if not ladders.climbed(session, ladder, at, [p.id for p, _ in calls]):
        return False
    run = _run(session, hazard.id)
    if calls:
        outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
        _call(session, hazard, run, at.rung, calls, now)
    _note(session, hazard, run, at, len(calls), now)
    return True


def unreachable(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: somebody's alert can never arrive. Once that is so of a whole rung, the next is called at once."""
    hazard_id = int(str(payload["ref"]).partition(":")[2])
    ladder = ladders.of(session, f"hazard:{hazard_id}")
    if ladder is None or not ladder.climbing:
        return
    who = people.person(session, int(payload["person"]), now)
    if who is not None and reachable(session, who) and not str(payload["key"]).endswith(PLAIN):
        _call_plainly(session, hazard_id, who, f"{payload['key']}{PLAIN}", now)
        return
    run = _run(session, hazard_id)
    mine = (HazardCallRow.hazard_id == hazard_id, HazardCallRow.run == run)
    session.execute(
        update(HazardCallRow).where(*mine, HazardCallRow.person_id == payload["person"]).values(failed=True)
    )
    left = select(func.count()).where(*mine, HazardCallRow.rung == ladder.rung, HazardCallRow.failed.is_(False))
    if not session.scalar(left):
        climb(session, ladder, now, at_once=True)


def _call_plainly(session: Session, hazard_id: int, who: Person, key: str, now: datetime) -> None:
    """They can be reached, so it was the picture that the channel refused: the words must arrive all the same."""
    which = (HazardMediaRow.hazard_id == hazard_id, HazardMediaRow.role == MediaRole.BEFORE.value)
    session.execute(update(HazardMediaRow).where(*which).values(error=cards.UNSHOWABLE))
    hazard = store.hazard(session, hazard_id)
    if hazard is not None:
        to, message = outbox.to_person(who.id), cards.card(session, hazard, now)
        at = moment(hazard, now)
        outbox.send(session, to, message, Lane.ALERT, at, key=key, on_failure="hazards.unreachable")


def stop(session: Session, hazard: Hazard, by: int | None, now: datetime) -> None:
    """Nobody is called any more."""
    ladders.stop(session, subject(hazard), by, now)


def subject(hazard: Hazard) -> str:
    """The name of a hazard's ladder."""
    return f"hazard:{hazard.id}"


# --- whom -------------------------------------------------------------------------------------------------------------


def whom(session: Session, path: str, who: str, now: datetime) -> list[Call]:
    """The people on a rung for a unit, in calling order; whoever is away is replaced by their deputy."""
    if who == "supervisor":
        return louder(_order(session, people.holders(session, Role.SUPERVISOR, path, now), now))
    if who == "admin":
        return _loud(_order(session, people.holders(session, Role.ADMIN, path, now), now))
    managers = people.holders(session, Role.MANAGER, path, now)
    nearest = min((far for _, far in managers), default=0)
    if who == "manager":
        return _loud(_order(session, [(p, far) for p, far in managers if far == nearest], now))
    return _loud(_order(session, [*managers, *people.holders(session, Role.SAFETY_OFFICER, path, now)], now))


def site_watch(session: Session, path: str, now: datetime) -> list[Person]:
    """Who keeps an eye on a whole site: its safety officers whom a message can reach, else its managers."""
    officers = _order(session, people.holders(session, Role.SAFETY_OFFICER, path, now), now)
    there = [person for person, _ in officers if reachable(session, person)]
    return there or [person for person, _ in whom(session, path, "site", now)]


def _order(session: Session, held: list[tuple[Person, int]], now: datetime) -> list[tuple[Person, bool]]:
    present: dict[int, tuple[Person, Presence, int]] = {}
    for person, far in held:
        stand_in = people.deputy(session, person.id, now)
        one = people.person(session, stand_in, now) if stand_in else person
        if one is not None and one.id not in present:
            present[one.id] = (one, worktime.presence(session, one, now), far)
    order = calling_order(present.values(), now)
    return [(p, on_shift(present[p.id][1], now, p.zone)) for p in order]


def _loud(order: list[tuple[Person, bool]]) -> list[Call]:
    return [(person, True) for person, _ in order]


def reachable(session: Session, person: Person) -> bool:
    """Whether a message can reach somebody right now."""
    return person.unreachable_at is None and people.reachable_chat(session, person.id) is not None


def _on_rung(session: Session, hazard: Hazard, who: str, called: tuple[int, ...], now: datetime) -> list[Call]:
    found = whom(session, hazard.path, who, now)
    return [(p, rings) for p, rings in found if p.id not in called and reachable(session, p)]


def _together(session: Session, hazard: Hazard, now: datetime) -> list[Call]:
    calls: dict[int, Call] = {}
    for who in RUNGS[: HURT_RUNG + 1]:
        for person, _ in _on_rung(session, hazard, who, (), now):
            calls.setdefault(person.id, (person, True))
    return list(calls.values())


def _reach(
    session: Session, hazard: Hazard, step: Climb, called: tuple[int, ...], now: datetime
) -> tuple[Climb | None, list[Call]]:
    """The first rung from `step` on with anybody new who can be reached; None where there is none."""
    at: Climb | None = step
    while at is not None:
        calls = _on_rung(session, hazard, at.who, called, now)
        if calls:
            return at, calls
        at = skip_rung(company().rungs(), at.rung, now)
    return None, []


def _skipped(
    session: Session, hazard: Hazard, last: int, step: Climb, called: tuple[int, ...], now: datetime
) -> tuple[Climb | None, list[Call]]:
    """After a long silence the rung that is due may have nobody: then those who were passed over, the highest first."""
    for rung in range(step.rung - 1, last, -1):
        calls = _on_rung(session, hazard, RUNGS[rung], called, now)
        if calls:
            return Climb(step.rung, RUNGS[rung], step.next_at), calls
    return None, []


def _call(session: Session, hazard: Hazard, run: int, rung: int, calls: list[Call], now: datetime) -> None:
    message = cards.card(session, hazard, now)
    for person, rings in calls:
        session.add(HazardCallRow(hazard_id=hazard.id, run=run, rung=rung, person_id=person.id))
        outbox.send(
            session,
            outbox.to_person(person.id),
            message if rings else quietly(message),
            Lane.ALERT,
            moment(hazard, now),
            key=f"hazard:{hazard.id}:call:{run}:{person.id}",
            on_failure="hazards.unreachable",
        )
    session.flush()


def _note(session: Session, hazard: Hazard, run: int, at: Climb, called: int, now: datetime) -> None:
    """Records a climb; on the last rung the reporter and those who watch the site are told, who can still telephone."""
    last = at.next_at is None
    body = {"hazard": hazard.id, "rung": at.rung, "who": at.who, "called": called, "last": last}
    key = f"hazard:{hazard.id}:climbed:{run}:{at.rung}:{called}"
    record(session, Fact(CLIMBED, key, moment(hazard, now), unit=hazard.unit, body=body), now)
    if not last:
        return
    ladder = ladders.of(session, subject(hazard))
    names = [store.name(session, p, now) for p in (ladder.called[:6] if ladder else ())]
    words = text("hazards.nobody_answers", number=hazard.id, place=store.where(session, hazard), names=names)
    message = Message(words, rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
    nobody_answers(session, hazard, run, now)
    watching = [*site_watch(session, hazard.path, now), *(p for p, _ in whom(session, hazard.path, "admin", now))]
    for id in {p.id for p in watching}:
        key = f"hazard:{hazard.id}:nobody:{run}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.ALERT, now, key=key)


def _run(session: Session, hazard: int) -> int:
    """Which climb is going on: 0 before the first."""
    return session.scalar(select(func.max(HazardCallRow.run)).where(HazardCallRow.hazard_id == hazard)) or 0
