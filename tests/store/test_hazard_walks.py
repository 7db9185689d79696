"""Whatever people press, in whatever order: what must hold of a danger holds after every step."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.delivery import gates, ladders
from bot.delivery.tables import OutboxRow, SentMessageRow
from bot.hazards import actions, correcting, digest, major, repair, store, ticks
from bot.hazards.model import Control, Hazard, Kind, MediaRole, State, Urgency
from bot.hazards.rules import OPEN, UNSEEN, may_move
from bot.kit.errors import Refused
from bot.kit.gates import GateState
from bot.kit.risk import Severity
from tests.conftest import PROVING
from tests.store.hazard_crew import CHAT, NOON, Dock, dock

__all__ = ["dock"]
PEOPLE = ("sam", "marta", "sam", "yusuf", "ana", "bao", "grace", "ada")
MOVES: dict[str, Callable[[Dock, int, int, datetime], Any]] = {
    "acknowledge": lambda d, id, who, now: d.run(actions.acknowledge, id, who, now),
    "rate_low": lambda d, id, who, now: d.run(actions.rate, id, Severity.LOW, who, now, "less than it looked"),
    "rate_high": lambda d, id, who, now: d.run(actions.rate, id, Severity.HIGH, who, now),
    "assign": lambda d, id, who, now: d.run(actions.assign, id, d.bao, who, now),
    "fix": lambda d, id, who, now: d.run(actions.fix, id, who, now, words="done"),
    "verify": lambda d, id, who, now: d.run(actions.verify, id, who, now),
    "gone": lambda d, id, who, now: d.run(actions.confirm_gone, id, who, now),
    "reopen": lambda d, id, who, now: d.run(actions.reopen, id, who, now),
    "reject": lambda d, id, who, now: d.run(actions.reject, id, "no", who, now),
    "fix_photo": lambda d, id, who, now: d.run(actions.fix, id, who, now, photo=("photo", f"after-{now}")),
    "major": lambda d, id, who, now: d.run(correcting.judge, id, True, who, now),
    "general": lambda d, id, who, now: d.run(correcting.judge, id, False, who, now),
    "plan": lambda d, id, who, now: d.run(correcting.plan, id, "Clear the hall", who, now),
    "interim": lambda d, id, who, now: d.run(
        correcting.name_measure, id, Control.ENGINEER, "Fence", who, now, interim=True
    ),
    "measure": lambda d, id, who, now: d.run(correcting.name_measure, id, Control.REMOVE, "Gone", who, now),
    "sign": lambda d, id, who, now: d.run(repair.sign, id, who, now),
    "crash": lambda d, id, who, now: crash(d, id, who, now),
    "wait": lambda d, id, who, now: None,
}
RULE = {
    "rate_low": "rate",
    "rate_high": "rate",
    "gone": "verify",
    "sign": "verify",
    "fix_photo": "fix",
    "crash": "rate",
}
RULE |= dict.fromkeys(("major", "general", "plan", "interim", "measure"), "rate")
TO_MAJOR_END = [("assign", "sam"), ("major", "sam"), ("plan", "sam"), ("interim", "bao"), ("measure", "bao")]
TO_MAJOR_END += [("fix_photo", "bao"), ("verify", "sam"), ("verify", "yusuf"), ("sign", "grace")]
WALKS = 100 if PROVING else 8
_keys = itertools.count()


class Crashed(Exception):
    """The program died in the middle of a transaction."""


def crash(dock: Dock, id: int, who: int, now: datetime) -> None:
    """Somebody acknowledges and assigns, and the program dies before it is kept."""

    def die(session: Session) -> None:
        actions.assign(session, id, dock.bao, who, now)
        raise Crashed

    with contextlib.suppress(Crashed):
        dock.run(die)


def chosen(state: State, pick: int) -> str:
    """Mostly a move that exists from here, so that walks get far; one in five is any."""
    sensible = [move for move in sorted(MOVES) if move != "wait" and may_move(RULE.get(move, move), state)]
    moves = sorted(MOVES) if pick % 5 == 0 else sensible
    return moves[pick // 5 % len(moves)]


def tick(dock: Dock, now: datetime) -> None:
    """Everything that may have fallen due."""
    due = (ticks.escalate_unacknowledged, digest.send_due, repair.remind_overdue, repair.tell_overdue)
    due += (repair.ask_instead_of_reporter, repair.remind_taken, major.tell_leaders)
    dock.run(lambda session: [work(session, now) for work in due])


def holds(dock: Dock, before: Hazard, now_is: Hazard, move: str) -> None:
    """The invariants, after a step."""
    ladder = dock.run(ladders.of, now_is.ref)
    if now_is.state not in UNSEEN:
        assert ladder is None or not ladder.climbing, "called after somebody took care of it"
    if now_is.state is State.VERIFIED and now_is.verified_by is not None:
        assert now_is.verified_by != now_is.fixed_by, "verified by the fixer"
    if now_is.state in OPEN:
        assert now_is.owner is not None, "an open danger without an owner"
        assert now_is.due_at is not None, "an open danger without a time"
    if now_is.state is State.VERIFIED and now_is.major:
        gated(dock, now_is)
    if now_is.state is State.ASSIGNED:
        assert now_is.assigned_to is not None
        assert now_is.due_at is not None, "an owner without a time"
    if now_is.state in OPEN - UNSEEN:
        assert now_is.acknowledged_by is not None, "taken care of by nobody"
    assert now_is.round == before.round + (move == "reopen" and now_is.state is State.REOPENED and before != now_is)


def gated(dock: Dock, hazard: Hazard) -> None:
    """A major danger that is closed has all that it needs, of this round."""
    measures = [each for each in dock.run(store.measures, hazard.id) if each.round == hazard.round]
    assert hazard.plan, "closed without a contingency plan"
    assert {each.interim for each in measures} == {True, False}, "closed without measures"
    assert dock.run(store.files, hazard.id, MediaRole.AFTER), "closed without a photo"
    assert dock.run(major.view, hazard).state is GateState.OPEN, "closed without the word of several people"
    spoken = dock.run(gates.voters, major.subject(hazard))
    assert hazard.fixed_by not in spoken
    assert hazard.verified_by not in spoken, "whoever confirmed it signed as well"


def seen(dock: Dock, id: int) -> tuple[Hazard, int]:
    """The danger, and the newest row of the outbox that tells Ana something: by name, in her chat, or under seal."""

    def look(session: Session) -> tuple[Hazard | None, int]:
        to_ana = or_(OutboxRow.person_id == dock.ana, OutboxRow.chat_id == CHAT, OutboxRow.sealed.is_not(None))
        return store.hazard(session, id), session.scalar(select(func.max(OutboxRow.id)).where(to_ana)) or 0

    return dock.run(look)  # type: ignore[no-any-return]


def stands(dock: Dock, hazard: Hazard, number: int) -> None:
    """Ana has the message of her report on her phone, where it is kept up to date."""
    row = {"chat_id": CHAT, "message_id": number, "person_id": dock.ana, "ref": hazard.report_ref, "sent_at": NOON}
    dock.run(lambda session: session.add(SentMessageRow(**row)))


def walk(dock: Dock, hazard: Hazard, steps: list[tuple[str, str, int]]) -> None:
    """Each step with what must hold after it; `steps` are (move, who, hours before it)."""
    now = NOON
    for move, name, hours in steps:
        now += timedelta(hours=hours)
        before, told = seen(dock, hazard.id)
        try:
            MOVES[move](dock, hazard.id, getattr(dock, name), now)
        except Refused:
            assert dock.run(store.hazard, hazard.id) == before, "refused, and yet changed"
        after, heard = seen(dock, hazard.id)
        holds(dock, before, after, move)
        if move == "crash":
            assert after == before, "the program died, and yet something was kept"
        if after.state is not before.state and name != "ana":
            assert heard > told, f"the reporter heard nothing of {before.state} -> {after.state}"
        tick(dock, now)


@settings(max_examples=WALKS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([Urgency.WAIT, None]),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 999), st.sampled_from(PEOPLE), st.integers(0, 60)), max_size=14),
)
def test_whatever_is_pressed_in_whatever_order_the_rules_hold(
    dock: Dock, urgency: Urgency | None, named: bool, steps: list[tuple[int, str, int]]
) -> None:
    """Each step changes the hazard as the rules say, or is refused and changes nothing."""
    number = next(_keys)
    hazard = dock.report(f"walk-{number}", named=named, kind=Kind.DANGEROUS, urgency=urgency)
    if named:
        stands(dock, hazard, 1000 + number)
    for pick, name, hours in steps:
        state = dock.run(store.hazard, hazard.id).state
        walk(dock, hazard, [(chosen(state, pick), name, hours)])
    heard = [row for row in dock.rows(dock.ana) if row.key and f"hazard:{hazard.id}:" in row.key]
    assert named or heard == []


@settings(max_examples=WALKS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(TO_MAJOR_END), st.integers(0, len(TO_MAJOR_END) - 1))
def test_a_major_danger_closes_only_when_each_step_was_taken(
    dock: Dock, shuffled: list[tuple[str, str]], left_out: int
) -> None:
    """In any order, with a step left out, it is not closed; then all in their order, and it is."""
    hazard = dock.report(f"major-{next(_keys)}")
    without = [step for step in shuffled if step != TO_MAJOR_END[left_out]]
    dock.run(correcting.judge, hazard.id, True, dock.sam, NOON)
    walk(dock, hazard, [(move, name, 0) for move, name in without])
    stood = dock.run(store.hazard, hazard.id)
    assert stood.state is not State.VERIFIED or TO_MAJOR_END[left_out][0] == "major"
    if stood.state is State.FIXED:
        dock.run(actions.reopen, hazard.id, dock.marta, NOON)
    if stood.state is not State.VERIFIED:
        walk(dock, hazard, [(move, name, 1) for move, name in TO_MAJOR_END])
    assert dock.run(store.hazard, hazard.id).state is State.VERIFIED
