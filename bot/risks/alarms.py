"""A larger or major risk whose control is not confirmed or not in place counts as red; people are called until one takes it on.

Taking it on stops the calls and nothing else: it stays red until somebody has looked, and a day later it is called again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import ladders, outbox
from bot.delivery.ladders import Ladder
from bot.kit.errors import Refused
from bot.kit.ladder import Climb, Rung, first_rung, next_rung, skip_rung
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall
from bot.people.model import Person, Role
from bot.people.oncall import OnCall
from bot.risks import rules, store
from bot.risks.company import company
from bot.risks.model import ACKNOWLEDGED, ALARMED, CALMED, CLIMBED, REOPENED, Control, Risk, Standing
from bot.risks.tables import RiskRow

LADDER = "risks"
ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.SAFETY_OFFICER, Role.ADMIN)
SLICE = 20
UNREACHABLE = "risks.unreachable"


def settle(session: Session, found: Risk, now: datetime, by: int | None = None) -> None:
    """Puts a risk on red or takes it off, as its controls are now, and calls people or tells them that it is over."""
    risk = store.risk(session, found.id)
    if risk is None or not rules.alive(risk):
        return
    controls = store.controls_of(session, risk.id)
    why = rules.alarm(risk.stake, controls)
    if why is not None and risk.alarmed_at is None:
        values: dict[str, Any] = {
            "alarmed_at": now,
            "call_at": now + rules.CALLED_AGAIN,
            "standing": Standing.OPEN.value,
        }
        if _change(session, risk, values):
            record(session, _fact(ALARMED, risk, now, None, why=why), now)
            if risk.standing is Standing.CONTROLLED:
                record(session, _fact(REOPENED, risk, now, None, why=why), now)
            ring(session, risk.id, now)
    elif why is None and risk.alarmed_at is not None:
        if _change(session, risk, {"alarmed_at": None, "call_at": None}):
            record(session, _fact(CALMED, risk, now, by), now)
            quiet(session, risk, by, now)
    elif why is not None:
        outbox.edit_ref(session, risk.ref, card(session, risk, controls, now), now)


def _change(session: Session, risk: Risk, values: dict[str, Any]) -> bool:
    which = (RiskRow.id == risk.id, RiskRow.round == risk.round)
    return changed(session, update(RiskRow).where(*which).values(round=risk.round + 1, **values)) == 1


def _fact(kind: Any, risk: Risk, now: datetime, by: int | None, **more: Any) -> Fact:
    body = {"risk": risk.id, "unit": risk.unit, "colour": risk.stake.value, **more}
    return Fact(kind, f"risk:{risk.id}:{risk.round}:{kind.name}", now, by, unit=None if by else risk.unit, body=body)


# --- calling ----------------------------------------------------------------------------------------------------------


def _rungs() -> tuple[Rung, ...]:
    return tuple(Rung(who, company().ladder_wait) for who in rules.RUNGS)


def ring(session: Session, id: int, now: datetime) -> None:
    """Calls the first rung on which anybody can be reached."""
    risk = store.risk(session, id)
    if risk is None or risk.alarmed_at is None:
        return
    climb, calls = _reach(oncall.over(session, ROLES, risk.path, now), first_rung(_rungs(), now), (), now)
    at = climb or Climb(len(rules.RUNGS) - 1, rules.RUNGS[-1], None)
    ladders.start(session, risk.ref, LADDER, at, [who.id for who in calls], now)
    _call(session, risk, at, calls, now)


def climb(session: Session, ladder: Ladder, now: datetime, *, at_once: bool = False) -> bool:
    """Calls whoever is next, if it is time (or at once); False where nobody was."""
    risk = store.risk(session, int(ladder.subject.partition(":")[2]))
    if risk is None or risk.alarmed_at is None:
        ladders.stop(session, ladder.subject, None, now)
        return False
    step = (
        skip_rung(_rungs(), ladder.rung, now)
        if at_once
        else next_rung(_rungs(), ladder.rung, ladder.next_at, False, now)
    )
    if step is None:
        return False
    found, calls = _reach(oncall.over(session, ROLES, risk.path, now), step, ladder.called, now)
    at = found or Climb(len(rules.RUNGS) - 1, rules.RUNGS[-1], None)
    if not ladders.climbed(session, ladder, at, [who.id for who in calls]):
        return False
    body = {"risk": risk.id, "rung": at.rung, "who": at.who, "called": len(calls), "last": at.next_at is None}
    key = f"risk:{risk.id}:climbed:{risk.round}:{at.rung}:{ladder.next_at}"
    record(session, Fact(CLIMBED, key, now, unit=risk.unit, body=body), now)
    _call(session, risk, at, calls, now)
    return bool(calls)


def _reach(there: OnCall, step: Climb, called: tuple[int, ...], now: datetime) -> tuple[Climb | None, list[Person]]:
    """The first rung from `step` on with anybody new who can be reached; None where there is none."""
    at: Climb | None = step
    while at is not None:
        calls = [who for who in _on(there, at.who, now) if who.id not in called and there.reaches(who)]
        if calls:
            return at, calls
        at = skip_rung(_rungs(), at.rung, now)
    return None, []


def _on(there: OnCall, who: str, now: datetime) -> list[Person]:
    """The people on a rung, in calling order; whoever is away is replaced by their deputy."""
    held = there.held
    if who == "site":
        return there.order([held[Role.MANAGER], held[Role.SAFETY_OFFICER]], now)
    some = held[Role.MANAGER if who == "manager" else Role.ADMIN if who == "admin" else Role.SUPERVISOR]
    nearest = min((far for _, far in some), default=0)
    return there.order([[(p, far) for p, far in some if who != "manager" or far == nearest]], now)


def _call(session: Session, risk: Risk, at: Climb, calls: list[Person], now: datetime) -> None:
    message = card(session, risk, store.controls_of(session, risk.id), now)
    told = [(who.id, message, f"{risk.ref}:call:{risk.round}:{at.rung}:{who.id}:{now.isoformat()}") for who in calls]
    if told:
        outbox.alert_all(session, told, now, on_failure=UNREACHABLE)


def unreachable(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: an alert can never arrive. Where nobody who was called can be reached any more, the next rung is called at once."""
    ladder = ladders.of(session, str(payload["ref"]))
    if ladder is None or not ladder.climbing:
        return
    risk = store.risk(session, int(ladder.subject.partition(":")[2]))
    there = oncall.over(session, ROLES, risk.path, now) if risk else None
    known = {who.id: who for held in there.held.values() for who, _ in held} if there else {}
    if there is not None and any(id in known and there.reaches(known[id]) for id in ladder.called):
        return
    climb(session, ladder, now, at_once=True)


def ring_again(session: Session, now: datetime) -> bool:
    """Calls anew about what is still not confirmed a day after the last calls; True while more are left."""
    query = select(RiskRow.id).where(RiskRow.call_at <= now).order_by(RiskRow.call_at).limit(SLICE)
    due = session.scalars(query).all()
    for id in due:
        again = (RiskRow.id == id, RiskRow.call_at <= now)
        if changed(session, update(RiskRow).where(*again).values(call_at=now + rules.CALLED_AGAIN)) == 1:
            ring(session, id, now)
    return len(due) == SLICE


def escalate(session: Session, now: datetime) -> bool:
    """Calls the next rung of ladders whose wait is over; True while more are due."""
    due = ladders.due(session, LADDER, now, SLICE)
    for ladder in due:
        climb(session, ladder, now)
    return len(due) == SLICE


# --- taking it on -----------------------------------------------------------------------------------------------------


def take(session: Session, by: int, id: int, now: datetime) -> Risk:
    """Somebody who was called, or leads there, takes care: nobody further is called. Refused: to others, and to the second one."""
    risk = store.risk(session, id)
    ladder = ladders.of(session, risk.ref) if risk else None
    if risk is None or risk.alarmed_at is None or ladder is None:
        raise Refused("risks.over_already")
    if by not in ladder.called and not store.leads(session, by, risk.path, now):
        raise Refused("risks.not_yours")
    if not ladders.stop(session, risk.ref, by, now):
        raise Refused("risks.taken_already")
    fact = _fact(ACKNOWLEDGED, risk, now, by)
    record(session, Fact(fact.kind, f"{fact.key}:{now.isoformat()}", now, by, body=fact.body), now)
    taken = card(session, risk, store.controls_of(session, id), now, by=store.name(session, by, now))
    outbox.edit_ref(session, risk.ref, taken, now)
    return risk


def quiet(session: Session, risk: Risk, by: int | None, now: datetime) -> None:
    """It is over: nobody is called any more, and everybody who was sees so."""
    ladders.stop(session, risk.ref, by, now)
    said = {"number": risk.id, "place": store.where(session, risk), "name": store.name(session, by, now)}
    outbox.edit_ref(session, risk.ref, Message(text("risks.alarm_over", **said)), now)


def card(session: Session, risk: Risk, controls: tuple[Control, ...], now: datetime, *, by: str = "") -> Message:
    """What is not confirmed or not in place, where, and since when."""
    wrong = [
        {
            "words": dict(each.words), "missing": each.missing_at is not None,
            "owner": store.name(session, each.owner, now),
            "since": (each.missing_at or each.answer_by or now).isoformat(),
        }
        for each in controls if each.troubled
    ]  # fmt: skip
    said = text(
        "risks.alarm", number=risk.id, place=store.where(session, risk), task=dict(risk.task), hazard=dict(risk.hazard),
        colour=risk.stake.value, controls=wrong, by=by,
    )  # fmt: skip
    keys = [button("risks.b_open", f"rk:open:{risk.id}", number=risk.id)]
    if not by:
        keys.insert(0, button("risks.b_take", f"rk:take:{risk.id}"))
    return Message(said, rows(*keys, each=1), ref=risk.ref)
