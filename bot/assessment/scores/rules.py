"""From facts to a score, and from scores to what peers have. Pure: the order of the facts does not matter, only which there are.

By opportunity and not by volume: a share of what was put before somebody. Whoever is new, works part-time or was away had
fewer opportunities, and is judged by these alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from bot.assessment.model import Period
from bot.assessment.scores.model import (
    FEWEST_PEERS,
    KINDS,
    TENTHS,
    Evidence,
    Line,
    Measure,
    Part,
    Peers,
    Policy,
    Score,
    Weight,
)
from bot.learning.model import Mode

WHOLE = 100 * TENTHS


@dataclass
class _Opportunity:
    """What is known of one opportunity: the keys of the facts that say so, and the first day on which it was there."""

    on: date | None = None
    due: date | None = None
    offered: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    """An exam's answer that was not right: the opportunity was there, and was not taken."""


def reads(fact: Evidence) -> tuple[Measure, Part, str] | None:
    """Which measure a fact speaks of, what it says, and the opportunity it is about; None where it counts for nothing."""
    known = KINDS.get(fact.kind)
    if known is None:
        return None
    measure, part = known
    subject = fact.key.partition(":")[2]
    if measure is Measure.QUESTIONS and fact.body.get("mode") == Mode.EXAM.value:
        measure = Measure.EXAMS
        if part is Part.OFFERED:
            return None  # correctness is of what was answered
    if measure is Measure.NOTICES:
        subject = fact.key.removesuffix(":acknowledged")
    elif measure is Measure.DUTIES:
        subject = f"{fact.body.get('list')}:{fact.body.get('version')}"
    elif measure is Measure.LEADING:
        subject = str(fact.body.get("report"))
    return measure, part, subject


def score(period: Period, facts: Iterable[Evidence], excused: frozenset[date], policy: Policy, post: str) -> Score:
    """The score of one person in a period."""
    weights = policy.of(post)
    found: dict[Measure, dict[str, _Opportunity]] = {measure: {} for measure in Measure}
    for fact in facts:
        _note(found, fact, period)
    lines = [
        _line(measure, weights[measure], found[measure].values(), period, excused, policy)
        for measure in Measure
        if measure in weights and weights[measure].weight
    ]
    opportunities = sum(line.offered for line in lines if line.counts)
    most = shared_out([line.weight.weight if line.counts else 0 for line in lines])
    pointed = tuple(_with_points(line, each) for line, each in zip(lines, most, strict=True))
    enough = any(most) and opportunities >= policy.least
    return Score(pointed, opportunities, sum(line.points for line in pointed) if enough else None)


def shared_out(weights: Sequence[int]) -> list[int]:
    """The tenths of 100 points by weight, so that they add up: what rounding leaves goes to the largest remainders, then to
    the first.
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    parts = [WHOLE * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(WHOLE * weights[at] % whole), at))
    for at in order[: WHOLE - sum(parts)]:
        parts[at] += 1
    return parts


def _note(found: dict[Measure, dict[str, _Opportunity]], fact: Evidence, period: Period) -> None:
    read = reads(fact)
    if read is None or fact.on < period.starts:
        return
    measure, part, subject = read
    if fact.on > period.ends and part is not Part.LOST:
        return
    one = found[measure].setdefault(subject, _Opportunity())
    if part is Part.LOST:
        one.lost.add(fact.key)
        return
    if part is Part.OFFERED or measure is Measure.EXAMS:
        one.on = fact.on if one.on is None else min(one.on, fact.on)
    if part is Part.OFFERED:
        one.offered.add(fact.key)
        days = fact.body.get("days")
        if measure is Measure.COURSES and isinstance(days, int):
            due = fact.on + timedelta(days=days)
            one.due = due if one.due is None else max(one.due, due)
    elif measure is Measure.EXAMS and fact.body.get("right") is not True:
        one.wrong.add(fact.key)
    else:
        one.done.add(fact.key)


def _line(
    measure: Measure,
    weight: Weight,
    opportunities: Iterable[_Opportunity],
    period: Period,
    excused: frozenset[date],
    policy: Policy,
) -> Line:
    done, missed, left_out = set[str](), set[str](), set[str]()
    young = period.ends - timedelta(days=policy.grace_days)
    for one in opportunities:
        if one.on is None:
            left_out |= one.done | one.lost  # it was put before them before this time, or is only said to be lost
        elif measure is Measure.EXAMS:
            (left_out if one.lost else missed if one.wrong else done).update(one.done | one.wrong)
        elif one.done:
            done |= {min(one.done)}
        elif one.lost or one.on in excused or one.on > young or (one.due is not None and one.due > period.ends):
            left_out |= one.offered
        else:
            missed |= {min(one.offered)}
    counts = len(done) + len(missed) >= weight.least
    return Line(measure, weight, _sorted(done), _sorted(missed), _sorted(left_out), counts, 0, 0)


def _sorted(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(keys))


def _with_points(line: Line, most: int) -> Line:
    """What a line is worth: of the tenths that its weight has when the weights that count are all there is."""
    points = nearest(most * earned(line.weight, len(line.done), line.offered)) if line.counts else 0
    return replace(line, most=most, points=points)


def earned(weight: Weight, done: int, offered: int) -> Fraction:
    """The part of a measure's points that somebody gets: all from `full` on, never less than `floor`."""
    if not offered:
        return Fraction(0)
    return max(min(Fraction(100 * done, offered * weight.full), Fraction(1)), Fraction(weight.floor, 100))


def nearest(value: Fraction) -> int:
    """The nearest whole number; a half goes up, the same on every machine."""
    return int((2 * value + 1) // 2)


def peers(own: int, others: Sequence[int | None]) -> Peers | None:
    """What the others of the same post and unit have; None where fewer than FEWEST_PEERS of them have a score."""
    known = sorted(each for each in others if each is not None)
    if len(known) < FEWEST_PEERS:
        return None
    last = len(known) - 1
    return Peers(len(known), known[last // 4], known[last // 2], known[last - last // 4])


def period_of(code: str, today: date) -> Period | None:
    """`m0` this month so far, `m1` the last one; `q` quarters, `y` years; None where it is none."""
    if len(code) != 2 or code[0] not in "mqy" or code[1] not in "01":
        return None
    length = {"m": 1, "q": 3, "y": 12}[code[0]]
    first = today.replace(day=1, month=(today.month - 1) // length * length + 1)
    if code[1] == "0":
        return Period(first, today)
    last = first - timedelta(days=1)
    return Period(last.replace(day=1, month=(last.month - 1) // length * length + 1), last)


def means(scores: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, int]]:
    """By unit, how many have a score and their mean in tenths; none of fewer than FEWEST_PEERS people."""
    return {
        unit: (len(found), nearest(Fraction(sum(found), len(found))))
        for unit, found in scores.items()
        if len(found) >= FEWEST_PEERS
    }
