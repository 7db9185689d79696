"""When a proposal may be decided, and what its record says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.voice.proposals.model import Proposal, Stand, State, Voice
from bot.voice.rules import WEEK

OPEN_FOR, REMIND = WEEK, timedelta(days=5)
LEAST = 2
"""Fewer members are no committee."""


def may_be_decided(found: Proposal, voices: Sequence[Voice], now: datetime) -> bool:
    """Once everybody who was asked has spoken, or the day is over: nobody is passed over by being quick."""
    return found.state is State.OPEN and (now >= found.due_at or all(each.stand is not None for each in voices))


def counted(voices: Sequence[Voice]) -> dict[str, int]:
    """Asked, agreed, dissented, silent: the last three add up to the first."""
    stands = [each.stand for each in voices]
    return {
        "asked": len(stands), "agreed": stands.count(Stand.AGREES), "dissented": stands.count(Stand.DISSENTS),
        "silent": stands.count(None),
    }  # fmt: skip


def next_step(rung: int) -> tuple[str, timedelta]:
    """What is done when a proposal falls due, and when the next time is."""
    return ("remind", OPEN_FOR - REMIND) if rung == 0 else ("decide", WEEK)
