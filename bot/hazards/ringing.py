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
from bot.delivery.outbox import Lane, To
from bot.hazards import cards, outside, store
from bot.hazards.facts import RESOLVED_TOLD
from bot.hazards.model import CLIMBED, Hazard, Kind, MediaRole
from bot.hazards.rules import HURT_RUNG, UNSEEN, first_called
from bot.hazards.tables import HazardCallRow, HazardMediaRow
from bot.hazards.telling import climbed, moment, nobody_answers
from bot.hazards.whom import (
    Reached,
    There,
    around,
    reach,
    reachable,
    site_watch,
    skipped,
    together,
    whom,
)
from bot.kit.ladder import Climb, first_rung, next_rung, skip_rung
from bot.kit.replies import Message, button, quietly, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person

LADDER = "hazards"
PLAIN = ":plain"


def ring(session: Session, hazard: Hazard, there: There, now: datetime, *, fresh: bool = False) -> None:
    """Calls the first rung where anybody can be reached and starts the ladder. Somebody hurt: three rungs at once.

    `fresh`: nobody was ever called for it.
    """
    run = (0 if fresh else _run(session, hazard.id)) + 1
    first, calls = first_rung(there.plan, now), Reached()
    if hazard.kind is Kind.HURT:
        calls = together(there, now)
        rung = min(HURT_RUNG, len(there.plan) - 1)
        last = rung + 1 == len(there.plan)
        first = Climb(rung, there.plan[rung].who, None if last else now + there.plan[rung].wait)
    climb: Climb | None = first
    if not calls:
        climb, calls = reach(there, first, (), now)
    at = climb or _top(there)
    ladders.start(session, subject(hazard), LADDER, at, calls.marks(), moment(hazard, now))
    _call(session, hazard, run, at.rung, calls, now)
    if climb is None or at.rung > first_called(hazard.kind):
        _note(session, hazard, there, run, at, calls, now)


def climb(session: Session, ladder: Ladder, now: datetime, *, at_once: bool = False) -> bool:
    """Calls whoever is next, if it is time (or at once); False where nobody was."""
    hazard = store.hazard(session, int(ladder.subject.partition(":")[2]))
    if hazard is None or hazard.state not in UNSEEN:
        ladders.stop(session, ladder.subject, None, now)
        return False
    there = around(session, hazard, now)
    step = (
        skip_rung(there.plan, ladder.rung, now)
        if at_once
        else next_rung(there.plan, ladder.rung, ladder.next_at, acknowledged=False, now=now)
    )
    if step is None:
        if ladder.next_at is not None and ladder.next_at <= now:
            ladders.climbed(session, ladder, _top(there), [])  # another rating has a shorter ladder
        return False
    found, calls = reach(there, step, ladder.called, now)
    if found is None:
        found, calls = skipped(there, ladder.rung, step, ladder.called, now)
    at = found or _top(there)
    if not ladders.climbed(session, ladder, at, calls.marks()):
        return False
    run = _run(session, hazard.id)
    if calls:
        outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
        _call(session, hazard, run, at.rung, calls, now)
    _note(session, hazard, there, run, at, calls, now)
    if calls and at.next_at is not None and ladder.rung == first_called(hazard.kind):
        climbed(session, hazard, run, at.rung, now)
    return True


def _top(there: There) -> Climb:
    """The end of the ladder: nobody comes after it."""
    return Climb(len(there.plan) - 1, there.plan[-1].who, None)


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
        there = people.persons(session, [id for id in ladder.called if id > 0], now)
        told = [(id, message, f"{key}:{id}") for id, who in there.items() if who.left_on is None]
        outbox.alert_all(session, told, moment(hazard, now))


def stop(session: Session, hazard: Hazard, by: int | None, now: datetime) -> None:
    """Nobody is called any more; whoever was asked to telephone sees that they need not."""
    if ladders.stop(session, subject(hazard), by, now):
        _take_back(session, hazard, now)
        name = store.name(session, by, now) if by is not None else ""
        words = text("hazards.nobody_over", number=hazard.id, place=store.where(session, hazard), name=name)
        over = Message(words, rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
        outbox.edit_ref(session, _nobody(hazard), over, now)
        outbox.edit_ref(session, cards.group_ref(hazard), replace(over, buttons=()), now)


def _take_back(session: Session, hazard: Hazard, now: datetime) -> None:
    """Alerts that have not gone out are not sent: nobody is called after an acknowledgement."""
    run = _run(session, hazard.id)
    called = select(HazardCallRow.person_id).where(HazardCallRow.hazard_id == hazard.id, HazardCallRow.run == run)
    for person in session.scalars(called).all():
        outbox.cancel(session, key=call_key(hazard.id, run, person), now=now)


def resolved(session: Session, hazard: Hazard, by: int | None, now: datetime) -> None:
    """It is over: everybody who was called hears so, once a round and without a sound; not whoever ended it."""
    called = select(HazardCallRow.person_id).where(HazardCallRow.hazard_id == hazard.id).distinct()
    there = people.persons(session, list(session.scalars(called)), now)
    told = [id for id, who in there.items() if id != by and who.left_on is None]
    words = text(
        "hazards.over", number=hazard.id, place=store.where(session, hazard), state=cards.state_name(hazard.state)
    )
    for id in sorted(told):
        key = f"hazard:{hazard.id}:over:{hazard.round}:{id}"
        outbox.send(session, outbox.to_person(id), quietly(Message(words)), Lane.REPLY, moment(hazard, now), key=key)
    if told:
        key = f"hazard:{hazard.id}:over:{hazard.round}"
        body = {"hazard": hazard.id, "unit": hazard.unit, "people": len(told)}
        record(session, Fact(RESOLVED_TOLD, key, moment(hazard, now), unit=hazard.unit, body=body), now)


def _nobody(hazard: Hazard) -> str:
    """The ref under which it stands that nobody answers."""
    return f"{hazard.ref}:nobody"


def subject(hazard: Hazard) -> str:
    """The name of a hazard's ladder."""
    return f"hazard:{hazard.id}"


def _call(session: Session, hazard: Hazard, run: int, rung: int, calls: Reached, now: datetime) -> None:
    if calls.people:
        common = {"hazard_id": hazard.id, "run": run, "rung": rung, "failed": False}
        session.execute(insert(HazardCallRow), [common | {"person_id": p.id} for p, _ in calls.people])
        message = cards.card(session, hazard, now)
        told = [
            (p.id, message if loud else quietly(message), call_key(hazard.id, run, p.id)) for p, loud in calls.people
        ]
        outbox.alert_all(session, told, moment(hazard, now), on_failure="hazards.unreachable")
    for group in calls.groups:
        to = To(chat=group.chat, lang=group.language)
        key = f"hazard:{hazard.id}:group:{run}:{group.id}"
        outbox.send(session, to, cards.for_group(session, hazard), Lane.ALERT, moment(hazard, now), key=key)
    for target in calls.outside:
        outside.call(session, hazard, run, target, moment(hazard, now), now)


def call_key(hazard: int, run: int, person: int) -> str:
    """The key of an alert to somebody."""
    return f"hazard:{hazard}:call:{run}:{person}"


def _note(session: Session, hazard: Hazard, there: There, run: int, at: Climb, calls: Reached, now: datetime) -> None:
    """Records a climb; on the last rung the reporter and those who watch the site are told, who can still telephone."""
    last, called = at.next_at is None, len(calls.people) + len(calls.groups) + len(calls.outside)
    body = {"hazard": hazard.id, "rung": at.rung, "who": at.who.partition(":")[0], "called": called, "last": last}
    key = f"hazard:{hazard.id}:climbed:{run}:{at.rung}:{called}"
    record(session, Fact(CLIMBED, key, moment(hazard, now), unit=hazard.unit, body=body), now)
    if not last:
        return
    ladder = ladders.of(session, subject(hazard))
    names = [store.name(session, p, now) for p in (ladder.called if ladder else ()) if p > 0][:6]
    words = text("hazards.nobody_answers", number=hazard.id, place=store.where(session, hazard), names=names)
    buttons = rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id))
    message = Message(words, buttons, ref=_nobody(hazard))
    nobody_answers(session, hazard, run, now)
    watching = [*site_watch(there, now), *(p for p, _ in whom(there, "admin", now))]
    for id in {p.id for p in watching}:
        key = f"hazard:{hazard.id}:nobody:{run}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.ALERT, now, key=key)


def _run(session: Session, hazard: int) -> int:
    """Which climb is going on: 0 before the first."""
    return session.scalar(select(func.max(HazardCallRow.run)).where(HazardCallRow.hazard_id == hazard)) or 0
