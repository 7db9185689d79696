"""Flood control in real time: a chat, a group, everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.simulator.errors import Refusal
from bot.simulator.flood import Flood, Rates
from tests.simulator.conftest import TOKEN, Api


class Hand:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def wait(flood: Flood, chat: int, **more: int) -> int:
    """The retry_after of a refusal, 0 when it passes."""
    try:
        flood.spend(chat, **more)
    except Refusal as refusal:
        return int((refusal.parameters or {})["retry_after"])
    return 0


def test_a_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    """Telegram lets short bursts pass."""
    hand = Hand()
    flood = Flood(Rates(overall_per_second=None), hand)
    assert [wait(flood, 1) for _ in range(4)] == [0, 0, 0, 1]
    hand.now = 1.0
    assert [wait(flood, 1) for _ in range(2)] == [0, 1]
    assert wait(flood, 2) == 0, "another chat has its own"


def test_a_group_takes_twenty_a_minute() -> None:
    """And then says how long to wait."""
    hand = Hand()
    flood = Flood(Rates(overall_per_second=None), hand)
    assert sum(wait(flood, -1) == 0 for _ in range(25)) == 20
    assert wait(flood, -1) == 3


def test_overall_thirty_a_second() -> None:
    """Over all chats; an album counts its messages."""
    hand = Hand()
    flood = Flood(Rates(), hand)
    assert sum(wait(flood, chat) == 0 for chat in range(1, 40)) == 30
    hand.now = 0.5
    assert wait(flood, 99, cost=10) == 0
    assert wait(flood, 98, cost=10) == 1


def test_edits_in_private_chats_count_overall_only() -> None:
    """A quiz edits its message faster than one a second."""
    flood = Flood(Rates(overall_per_second=10), Hand())
    for _ in range(10):
        flood.spend(1, edit=True)
    with pytest.raises(Refusal):
        flood.spend(1, edit=True)


def test_429_over_the_wire_has_no_effect(run: Callable[..., Api]) -> None:
    """With retry_after in its parameters, and rates that can be set."""
    api = run(rates=Rates())
    api.post("bots", token=TOKEN)
    person = api.person()
    answers = [api.call("sendMessage", chat_id=person, text=str(i)) for i in range(5)]
    refused = [a for a in answers if not a["ok"]]
    assert refused[0]["error_code"] == 429
    assert refused[0]["description"] == "Too Many Requests: retry after 1"
    assert refused[0]["parameters"] == {"retry_after": 1}
    assert len(api.seen(person)) == 1 + sum(a["ok"] for a in answers)
    api.post("rates", chat_per_second=None)
    assert all(api.call("sendMessage", chat_id=person, text="x")["ok"] for _ in range(5))
    assert api.misuse("rates", nonsense=1)[0] == 400
