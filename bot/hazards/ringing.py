"""Who is called about a hazard, when, and who comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bot.delivery import ladders, outbox
from bot.delivery.ladders import Ladder
from bot.delivery.outbox import Lane
from bot.hazards import cards, store
from bot.hazards.company import company
from bot.hazards.model import CLIMBED, Hazard, Kind, MediaRole
from bot.hazards.rules import HURT_RUNG, RUNGS, UNSEEN, first_called, louder
from bot.hazards.tables import HazardCallRow, HazardMediaRow
from bot.hazards.telling import climbed, moment, nobody_answers
from bot.kit.ladder import Climb, first_rung, next_rung, skip_rung
from bot.kit.replies import Message, button, quietly, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.oncall import OnCall
from bot.people.rules import on_shift

LADDER = "hazards"
PLAIN = ":plain"
Call = tuple[Person, bool]
"""Whom, and whether it rings."""


def ring(session: Session, hazard: Hazard, there: OnCall, now: datetime, *, fresh: bool = False) -> None:
    """Calls the first rung where anybody can be reached and starts the ladder. Somebody hurt: three rungs at once.

    `fresh`: nobody was ever called for it.
    """
    run = (0 if fresh else _run(session, hazard.id)) + 1
    first = first_rung(company().rungs(), now)
    calls: list[Call] = []
    if hazard.kind is Kind.HURT:
        calls = _together(there, now)
        first = replace(first, rung=HURT_RUNG, who=RUNGS[HURT_RUNG])
    climb: Climb | None = first
    if not calls:
        climb, calls = _reach(there, first, (), now)
    at = climb or Climb(len(RUNGS) - 1, RUNGS[-1], None)
    ladders.start(session, subject(hazard), LADDER, at, [p.id for p, _ in calls], moment(hazard, now))
    _call(session, hazard, run, at.rung, calls, now)
    if climb is None or at.rung > first_called(hazard.kind):
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
    there = on_call(session, hazard.path, now)
    found, calls = _reach(there, step, ladder.called, now)
    if found is None:
        found, calls = _skipped(there, ladder.rung, step, ladder.called, now)
    at = found or Climb(len(RUNGS) - 1, RUNGS[-1], None)
    if not ladders.climbed(session, ladder, at, [p.id for p, _ in calls]):
        return False
    run = _run(session, hazard.id)
    if calls:
        outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
        _call(session, hazard, run, at.rung, calls, now)
    _note(session, hazard, run, at, len(calls), now)
    if calls and at.next_at is not None and ladder.rung == first_called(hazard.kind):
        climbed(session, hazard, run, at.rung, now)
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


def after_absence(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on WasAway: a press made meanwhile is lost. Whoever was called and has not answered is asked to press again."""
    until = datetime.fromisoformat(payload["body"]["until"])
    for ladder in ladders.climbing(session, LADDER, until):
        hazard = store.hazard(session, int(ladder.subject.partition(":")[2]))
        if hazard is None or hazard.state not in UNSEEN:
            continue
        words = text("hazards.press_again", number=hazard.id, place=store.where(session, hazard), **payload["body"])
        message = Message(words, rows(button("hazards.b_acknowledge", f"hz:acknowledge:{hazard.id}")))
        key = f"hazard:{hazard.id}:again:{payload['key']}"
        there = people.persons(session, ladder.called, now)
        told = [(id, message, f"{key}:{id}") for id, who in there.items() if who.left_on is None]
        outbox.alert_all(session, told, moment(hazard, now))


def stop(session: Session, hazard: Hazard, by: int | None, now: datetime) -> None:
    """Nobody is called any more; whoever was asked to telephone sees that they need not."""
    if ladders.stop(session, subject(hazard), by, now):
        name = store.name(session, by, now) if by is not None else ""
        words = text("hazards.nobody_over", number=hazard.id, place=store.where(session, hazard), name=name)
        over = Message(words, rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
        outbox.edit_ref(session, _nobody(hazard), over, now)


def _nobody(hazard: Hazard) -> str:
    """The ref under which it stands that nobody answers."""
    return f"{hazard.ref}:nobody"


def subject(hazard: Hazard) -> str:
    """The name of a hazard's ladder."""
    return f"hazard:{hazard.id}"


# --- whom -------------------------------------------------------------------------------------------------------------

ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.SAFETY_OFFICER, Role.ADMIN)


def on_call(session: Session, path: str, now: datetime) -> OnCall:
    """Everybody who may be called for a unit, as they are now: read once, asked rung by rung."""
    return oncall.over(session, ROLES, path, now)


def whom(there: OnCall, who: str, now: datetime) -> list[Call]:
    """The people on a rung, in calling order; whoever is away is replaced by their deputy."""
    held, managers = there.held, there.held[Role.MANAGER]
    if who == "supervisor":
        order = there.order([held[Role.SUPERVISOR]], now)
        return louder([(p, on_shift(there.presences[p.id], now, p.zone)) for p in order])
    if who == "admin":
        return _loud(there.order([held[Role.ADMIN]], now))
    if who == "manager":
        nearest = min((far for _, far in managers), default=0)
        return _loud(there.order([[(p, far) for p, far in managers if far == nearest]], now))
    return _loud(there.order([managers, held[Role.SAFETY_OFFICER]], now))


def supervisors(session: Session, path: str, now: datetime) -> list[int]:
    """Who leads there at this moment, in calling order."""
    return [person.id for person, _ in whom(on_call(session, path, now), RUNGS[0], now)]


def site_watch(there: OnCall, now: datetime) -> list[Person]:
    """Who keeps an eye on a whole site: its safety officers whom a message can reach, else its managers."""
    officers = [person for person in there.order([there.held[Role.SAFETY_OFFICER]], now) if there.reaches(person)]
    return officers or [person for person, _ in whom(there, "site", now)]


def _loud(order: list[Person]) -> list[Call]:
    return [(person, True) for person in order]


def reachable(session: Session, person: Person) -> bool:
    """Whether a message can reach somebody right now."""
    return person.unreachable_at is None and people.reachable_chat(session, person.id) is not None


def _on_rung(there: OnCall, who: str, called: tuple[int, ...], now: datetime) -> list[Call]:
    return [(p, rings) for p, rings in whom(there, who, now) if p.id not in called and there.reaches(p)]


def _together(there: OnCall, now: datetime) -> list[Call]:
    calls: dict[int, Call] = {}
    for who in RUNGS[: HURT_RUNG + 1]:
        for person, _ in _on_rung(there, who, (), now):
            calls.setdefault(person.id, (person, True))
    return list(calls.values())


def _reach(there: OnCall, step: Climb, called: tuple[int, ...], now: datetime) -> tuple[Climb | None, list[Call]]:
    """The first rung from `step` on with anybody new who can be reached; None where there is none."""
    at: Climb | None = step
    while at is not None:
        calls = _on_rung(there, at.who, called, now)
        if calls:
            return at, calls
        at = skip_rung(company().rungs(), at.rung, now)
    return None, []


def _skipped(
    there: OnCall, last: int, step: Climb, called: tuple[int, ...], now: datetime
) -> tuple[Climb | None, list[Call]]:
    """After a long silence the rung that is due may have nobody: then those who were passed over, the highest first."""
    for rung in range(step.rung - 1, last, -1):
        calls = _on_rung(there, RUNGS[rung], called, now)
        if calls:
            return Climb(step.rung, RUNGS[rung], step.next_at), calls
    return None, []


def _call(session: Session, hazard: Hazard, run: int, rung: int, calls: list[Call], now: datetime) -> None:
    if not calls:
        return
    rows = [{"hazard_id": hazard.id, "run": run, "rung": rung, "person_id": p.id, "failed": False} for p, _ in calls]
    session.execute(insert(HazardCallRow), rows)
    message = cards.card(session, hazard, now)
    told = [(p.id, message if loud else quietly(message), f"hazard:{hazard.id}:call:{run}:{p.id}") for p, loud in calls]
    outbox.alert_all(session, told, moment(hazard, now), on_failure="hazards.unreachable")


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
    buttons = rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id))
    message = Message(words, buttons, ref=_nobody(hazard))
    nobody_answers(session, hazard, run, now)
    there = on_call(session, hazard.path, now)
    watching = [*site_watch(there, now), *(p for p, _ in whom(there, "admin", now))]
    for id in {p.id for p in watching}:
        key = f"hazard:{hazard.id}:nobody:{run}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.ALERT, now, key=key)


def _run(session: Session, hazard: int) -> int:
    """Which climb is going on: 0 before the first."""
    return session.scalar(select(func.max(HazardCallRow.run)).where(HazardCallRow.hazard_id == hazard)) or 0
