"""Whatever people press, in whatever order: what must hold of a danger holds after every step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery import ladders
from bot.hazards import actions, digest, repair, store, ticks
from bot.hazards.model import Hazard, Kind, State, Urgency
from bot.hazards.rules import OPEN, UNSEEN, may_move
from bot.kit.errors import Refused
from bot.kit.risk import Severity
from tests.conftest import PROVING
from tests.store.hazard_crew import NOON, Dock, dock

__all__ = ["dock"]
PEOPLE = ("sam", "marta", "sam", "marta", "ana", "bao", "grace", "ada")
MOVES: dict[str, Callable[[Dock, int, int, datetime], Any]] = {
    "acknowledge": lambda d, id, who, now: d.run(actions.acknowledge, id, who, now),
    "rate_low": lambda d, id, who, now: d.run(actions.rate, id, Severity.LOW, who, now),
    "rate_high": lambda d, id, who, now: d.run(actions.rate, id, Severity.HIGH, who, now),
    "assign": lambda d, id, who, now: d.run(actions.assign, id, d.bao, who, now),
    "fix": lambda d, id, who, now: d.run(actions.fix, id, who, now, words="done"),
    "verify": lambda d, id, who, now: d.run(actions.verify, id, who, now),
    "gone": lambda d, id, who, now: d.run(actions.confirm_gone, id, who, now),
    "reopen": lambda d, id, who, now: d.run(actions.reopen, id, who, now),
    "reject": lambda d, id, who, now: d.run(actions.reject, id, "no", who, now),
    "wait": lambda d, id, who, now: None,
}
RULE = {"rate_low": "rate", "rate_high": "rate", "gone": "verify"}
WALKS = 100 if PROVING else 12
_keys = itertools.count()


def chosen(state: State, pick: int) -> str:
    """Mostly a move that exists from here, so that walks get far; one in five is any."""
    sensible = [move for move in sorted(MOVES) if move != "wait" and may_move(RULE.get(move, move), state)]
    moves = sorted(MOVES) if pick % 5 == 0 else sensible
    return moves[pick // 5 % len(moves)]


def tick(dock: Dock, now: datetime) -> None:
    """Everything that may have fallen due."""
    due = (ticks.escalate_unacknowledged, digest.send_due, repair.remind_overdue, repair.tell_overdue)
    for work in (*due, repair.ask_instead_of_reporter):
        dock.run(work, now)


def holds(dock: Dock, before: Hazard, now_is: Hazard, move: str) -> None:
    """The invariants, after a step."""
    ladder = dock.run(ladders.of, now_is.ref)
    if now_is.state not in UNSEEN:
        assert ladder is None or not ladder.climbing, "called after somebody took care of it"
    if now_is.state is State.VERIFIED and now_is.verified_by is not None:
        assert now_is.verified_by != now_is.fixed_by, "verified by the fixer"
    if now_is.state is State.ASSIGNED:
        assert now_is.assigned_to is not None
        assert now_is.due_at is not None, "an owner without a time"
    if now_is.state in OPEN - UNSEEN:
        assert now_is.acknowledged_by is not None, "taken care of by nobody"
    assert now_is.round == before.round + (move == "reopen" and now_is.state is State.REOPENED and before != now_is)


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
    now = NOON
    hazard = dock.report(f"walk-{next(_keys)}", named=named, kind=Kind.DANGEROUS, urgency=urgency)
    for pick, name, hours in steps:
        now += timedelta(hours=hours)
        before = dock.run(store.hazard, hazard.id)
        move = chosen(before.state, pick)
        try:
            MOVES[move](dock, hazard.id, getattr(dock, name), now)
        except Refused:
            assert dock.run(store.hazard, hazard.id) == before, "refused, and yet changed"
        holds(dock, before, dock.run(store.hazard, hazard.id), move)
        tick(dock, now)
    heard = [row for row in dock.rows(dock.ana) if row.key and f"hazard:{hazard.id}:" in row.key]
    assert named or heard == []
