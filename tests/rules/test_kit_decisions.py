"""Ladders, gates and seals: decisions as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.kit.gates import Gate, GateState, Vote, decide
from bot.kit.ladder import Rung, first_rung, next_rung, skip_rung
from bot.kit.replies import Button, Media, Message, Quiz, from_json, rows, to_json
from bot.kit.risk import Severity, cannot_wait
from bot.kit.seal import BrokenSeal, Seal
from bot.kit.texts import text

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)
RUNGS = (Rung("supervisor", TEN), Rung("manager", TEN), Rung("admin", TEN))


def test_the_first_call_names_when_the_next_is_due() -> None:
    """Ten minutes for the first one to answer."""
    climb = first_rung(RUNGS, NOW)
    assert (climb.who, climb.rung, climb.next_at) == ("supervisor", 0, NOW + TEN)


@pytest.mark.parametrize(
    ("called", "due_in", "acknowledged", "expected"),
    [
        (0, 1, False, None),
        (0, 0, False, "manager"),
        (0, -5, False, "manager"),
        (0, -10, False, "admin"),
        (0, -600, False, "admin"),
        (1, 0, False, "admin"),
        (2, 0, False, None),
        (0, 0, True, None),
    ],
)
def test_a_ladder_calls_the_one_rung_that_is_due(
    called: int, due_in: int, acknowledged: bool, expected: str | None
) -> None:
    """Never before its time, never after an acknowledgement, and after downtime one rung and not all of them."""
    climb = next_rung(RUNGS, called, NOW + timedelta(minutes=due_in), acknowledged, NOW)
    assert (climb.who if climb else None) == expected


def test_the_last_rung_has_nothing_after_it() -> None:
    """Its decision says so."""
    climb = next_rung(RUNGS, 1, NOW, False, NOW)
    assert climb is not None
    assert climb.next_at is None
    assert skip_rung(RUNGS, 2, NOW) is None


@pytest.mark.parametrize(
    ("votes", "state", "missing"),
    [
        ([], GateState.WAITING, 2),
        ([Vote(1, True, frozenset({"electrician"}))], GateState.WAITING, 1),
        ([Vote(1, True, frozenset({"electrician"})), Vote(2, True, frozenset({"manager"}))], GateState.OPEN, 0),
        ([Vote(1, True, frozenset({"electrician", "manager"}))], GateState.WAITING, 1),
        ([Vote(1, True, frozenset({"electrician"})), Vote(1, True, frozenset({"manager"}))], GateState.WAITING, 1),
        ([Vote(1, True, frozenset({"electrician"})), Vote(2, False, frozenset())], GateState.REFUSED, 0),
        ([Vote(9, True, frozenset({"electrician"})), Vote(2, True, frozenset({"manager"}))], GateState.WAITING, 1),
    ],
)
def test_a_gate_wants_different_people_for_its_kinds(votes: list[Vote], state: GateState, missing: int) -> None:
    """One person never stands for two kinds, a no refuses, and the barred one (9) does not count."""
    view = decide(Gate(2, ("electrician", "manager"), frozenset({9})), votes)
    assert (view.state, view.missing) == (state, missing)


def test_two_people_who_could_both_be_either_fill_both_kinds() -> None:
    """Whoever was asked first does not take the place that only the other could fill."""
    votes = [Vote(1, True, frozenset({"a", "b"})), Vote(2, True, frozenset({"a"}))]
    assert decide(Gate(2, ("a", "b")), votes).state is GateState.OPEN


def test_not_yet_rated_means_that_it_cannot_wait() -> None:
    """It may be bad."""
    assert [cannot_wait(s) for s in (None, Severity.LOW, Severity.MEDIUM, Severity.CRITICAL)] == [
        True,
        False,
        True,
        True,
    ]


def test_a_seal_opens_only_with_its_own_key_and_never_looks_the_same() -> None:
    """Two sealings of one person cannot be matched."""
    seal = Seal("a secret that is long enough to be one")
    first, second = seal.close("42"), seal.close("42")
    assert first != second
    assert len(seal.close("7")) == len(first)
    assert seal.open(first) == "42"
    with pytest.raises(BrokenSeal):
        Seal("another secret that is long enough too").open(first)


def test_a_message_survives_being_stored() -> None:
    """JSON and back, nested texts included."""
    message = Message(
        text("a.b", name="O'Brien", inner=text("c.d", n=3), list=[text("e.f")]),
        rows(Button(text("x.y"), data="hz.ack:1"), Button(text("x.z"), url="https://example.org")),
        (Media("photo", "media:abc"),),
        Quiz(text("q.q"), (text("q.a"), text("q.b")), (1,), text("q.e"), "quiz:1"),
        silent=True,
        protect=True,
        ref="hazard:1",
    )
    assert from_json(to_json(message)) == message
