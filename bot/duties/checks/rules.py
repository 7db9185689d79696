"""Who is looked at this week: a fair draw that anybody can do again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from math import ceil

from bot.duties.checks.model import Candidate

SHARE = 0.2
"""Of the people of a unit, at least one."""
ANSWER_WITHIN = timedelta(days=6)
LOOK_BACK, REST = timedelta(days=365), timedelta(days=27)


def draw(candidates: Iterable[Candidate], round: str) -> list[tuple[int, str]]:
    """(person, duty) to be looked at: first whoever was looked at least often in the year, then by lot.

    The lot is a hash of the round's name: nobody can choose it, and whoever doubts it can work it out again. So nobody is
    looked at a second time before everybody was once, and of a person's duties the one that was looked at least.
    """
    able = [each for each in candidates if each.duties]
    order = sorted((each for each in able if each.rested), key=lambda each: (each.times, lot(round, each.person)))
    chosen = order[: ceil(SHARE * len(able))]
    return [(each.person, _duty(each, round)) for each in chosen]


def _duty(candidate: Candidate, round: str) -> str:
    return min(candidate.duties, key=lambda each: (each[1], lot(round, candidate.person, each[0])))[0]


def lot(*parts: object) -> str:
    """A lot that depends on these parts alone."""
    return sha256(":".join(map(str, parts)).encode()).hexdigest()
