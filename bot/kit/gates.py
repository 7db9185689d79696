"""N-of-M gates: a thing may happen once enough different people of the named kinds have said yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Gate:
    """`needed` yeses in all, and at least one from each of `kinds`, each person counted once and for one kind only.

    `barred` may not vote (whoever did the work, whoever asked).
    """

    needed: int
    kinds: tuple[str, ...] = ()
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Vote:
    """One person's word; `kinds` are all the kinds they may stand for."""

    person: int
    yes: bool
    kinds: frozenset[str] = frozenset()


class GateState(Enum):
    """Where a gate stands."""

    OPEN = "open"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True)
class GateView:
    """The decision: its state, how many more are needed, and for which kinds nobody has spoken."""

    state: GateState
    missing: int
    missing_kinds: tuple[str, ...]


def decide(gate: Gate, votes: Sequence[Vote]) -> GateView:
    """Whether a gate is open. A single no refuses it; a barred vote counts for nothing; the last word of a person counts."""
    last = {v.person: v for v in votes if v.person not in gate.barred}
    if any(not v.yes for v in last.values()):
        return GateView(GateState.REFUSED, 0, ())
    missing_kinds = _unmatched(gate.kinds, list(last.values()))
    missing = max(gate.needed - len(last), len(missing_kinds))
    state = GateState.OPEN if missing <= 0 else GateState.WAITING
    return GateView(state, max(missing, 0), missing_kinds)


def _unmatched(kinds: tuple[str, ...], votes: list[Vote]) -> tuple[str, ...]:
    """Kinds that cannot each be given a person of their own (augmenting paths: one person never stands for two kinds)."""
    holder: dict[int, str] = {}

    def place(kind: str, seen: set[int]) -> bool:
        for vote in votes:
            if kind in vote.kinds and vote.person not in seen:
                seen.add(vote.person)
                if vote.person not in holder or place(holder[vote.person], seen):
                    holder[vote.person] = kind
                    return True
        return False

    return tuple(kind for kind in kinds if not place(kind, set()))
