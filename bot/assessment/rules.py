"""From facts to a line for each person, and from people to units. Pure.

Opportunity, not volume: what is counted is what somebody did with what they were offered. Whoever was offered nothing
has no share, and what was offered on a day of leave or off by the roster does not count against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Protocol

from bot.assessment.model import LOST, NONE, Column, Employed, Happened, Line, Period, Tally, Type, counts_of
from bot.hazards import model as hazards
from bot.kit.clock import local_date
from bot.learning import model as learning
from bot.people.model import Unit


@dataclass
class _Seen:
    """What is known of one person while facts are read. Sets of subjects, so that nothing counts twice."""

    lessons: dict[str, date] = field(default_factory=dict)
    undelivered: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    questions: dict[str, date] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    exam_answered: set[str] = field(default_factory=set)
    exam_right: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    practised: set[str] = field(default_factory=set)


def lines(period: Period, people: Iterable[Employed], facts: Iterable[Happened]) -> tuple[Line, ...]:
    """A line for each person, in the order of badges. Facts without a person (reports without a name) count for nobody.

    A fact belongs to the period by the date on the calendar of the person's unit; that something never arrived belongs
    to the day on which it was offered, whenever it became known.
    """
    known = {who.person: who for who in people}
    seen: dict[int, _Seen] = {}
    for fact in facts:
        who = known.get(fact.person) if fact.person is not None else None
        if who is None or fact.person is None:
            continue
        on = local_date(fact.at, who.zone)
        if period.starts <= on and (on <= period.ends or fact.kind in LOST):
            _note(seen.setdefault(fact.person, _Seen()), fact, on)
    made = (_line(who, seen.get(who.person, _Seen())) for who in known.values())
    return tuple(sorted(made, key=lambda line: (line.badge, line.name)))


def _note(seen: _Seen, fact: Happened, on: date) -> None:
    hazard = str(fact.body.get("hazard", fact.subject))
    match fact.kind:
        case learning.LESSON_ASSIGNED.name:
            seen.lessons.setdefault(fact.subject, on)
        case learning.NOT_DELIVERED.name:
            seen.undelivered.add(fact.subject)
        case learning.LESSON_READ.name:
            seen.read.add(fact.subject)
        case learning.QUESTION_OFFERED.name:
            seen.questions.setdefault(fact.subject, on)
        case learning.QUESTION_NOT_DELIVERED.name:
            seen.unseen.add(fact.subject)
        case learning.QUESTION_ANSWERED.name:
            seen.answered.add(fact.subject)
            if fact.body.get("mode") == learning.Mode.EXAM.value:
                seen.exam_answered.add(fact.subject)
                if fact.body.get("right") is True:
                    seen.exam_right.add(fact.subject)
        case learning.EXAM_ANSWER_STRUCK.name:
            seen.struck.add(fact.subject)
        case hazards.REPORTED.name:
            seen.reported.add(hazard)
        case hazards.CONFIRMED.name:
            seen.confirmed.add(hazard)
        case hazards.PRACTISED.name:
            seen.practised.add(fact.subject)


def _line(who: Employed, seen: _Seen) -> Line:
    # what never arrived was no opportunity, unless it was read all the same
    arrived = {subject: on for subject, on in seen.lessons.items() if subject not in seen.undelivered - seen.read}
    lessons_excused = _excused(arrived, seen.read, who.excused)
    shown = {subject: on for subject, on in seen.questions.items() if subject not in seen.unseen - seen.answered}
    questions_excused = _excused(shown, seen.answered, who.excused)
    return Line(
        badge=who.badge,
        name=who.name,
        unit=" / ".join(who.unit),
        post=who.post,
        days_employed=who.days,
        days_excused=len(who.excused),
        lessons_offered=len(arrived) - lessons_excused,
        lessons_read=len(seen.read & arrived.keys()),
        lessons_excused=lessons_excused,
        lessons_also_read=len(seen.read - arrived.keys()),
        questions_offered=len(shown) - questions_excused,
        questions_answered=len(seen.answered & shown.keys()),
        questions_excused=questions_excused,
        exam_questions_answered=len(seen.exam_answered - seen.struck),
        exam_questions_right=len(seen.exam_right - seen.struck),
        reports_made=len(seen.reported),
        reports_confirmed=len(seen.confirmed),
        reports_practised=len(seen.practised),
        cleared=who.cleared,
        hidden=who.hidden,
    )


def _excused(offered: Mapping[str, date], done: set[str], days: frozenset[date]) -> int:
    """Opportunities of days away that were left. One that was taken all the same counts as any other."""
    return sum(1 for subject, on in offered.items() if on in days and subject not in done)


def share(line: Line, column: Column) -> float | None:
    """A share between 0 and 1; None where there was nothing to take a share of."""
    whole = getattr(line, column.whole)
    return getattr(line, column.part) / whole if whole else None


def totals(found: Sequence[Line]) -> Line:
    """All lines added up; its words are empty. Shares of it are those of the sums, not means of shares."""
    counts = {
        f.name: sum(getattr(line, f.name) for line in found if f.name not in line.hidden)
        for f in fields(Line)
        if f.type == "int"
    }
    return Line(badge="", name="", unit="", post="", **counts)


def value(line: Line, column: Column) -> str | int | float | None:
    """What stands in a column; None for a share of nothing, and for what is not shown of somebody by agreement. The note is
    not a value: it is a text.
    """
    if column.code in line.hidden:
        return None
    if column.type is Type.SHARE:
        return share(line, column)
    found: str | int = getattr(line, column.code)
    return found


# --- participation today -------------------------------------------------------------------------------------------


class Placed(Protocol):
    """A unit as far as adding up needs it."""

    @property
    def id(self) -> int: ...

    @property
    def parent(self) -> int | None: ...

    @property
    def path(self) -> str: ...


def nearest(units: Sequence[Placed]) -> dict[int, int]:
    """For each of some units the nearest of them above it, where there is one; what lies between may be closed, and not given."""
    there = {unit.id for unit in units}
    found = {unit.id: unit.parent for unit in units if unit.parent in there}
    at = {unit.path: unit.id for unit in units} if len(found) < len(there) - 1 else {}
    for path, id in at.items():
        above = _up(path) if id not in found else ""
        while above and above not in at:
            above = _up(above)
        if above:
            found[id] = at[above]
    return {id: above for id, above in found.items() if above is not None}


def _up(path: str) -> str:
    """`/1/4/` of `/1/4/9/`; nothing of `/1/`."""
    above = path[: path.rfind("/", 0, -1) + 1]
    return "" if above == "/" else above


def sums(units: Iterable[Placed], tallies: Mapping[int, Tally]) -> dict[int, Tally]:
    """Each unit's own people and those of all units below it."""
    all_units = list(units)
    above = nearest(all_units)
    found = {unit.id: tallies.get(unit.id, NONE) for unit in all_units}
    # from the lowest up, each is added once: to the one above it, with all that is below it
    for unit in sorted(all_units, key=lambda unit: -unit.path.count("/")):
        whole, up = found[unit.id], above.get(unit.id)
        if up is not None and whole is not NONE:
            found[up] = found[up] + whole
    return found


@dataclass(frozen=True)
class Part:
    """Of a tree of units those that a page speaks of, and for each unit of the tree the one that it is counted with."""

    kept: frozenset[int]
    counted_with: Mapping[int, int]

    def gathered(self, tallies: Mapping[int, Tally]) -> dict[int, Tally]:
        """The figures of the kept units, each with those that are counted with it."""
        together: dict[int, list[Tally]] = {}
        for id, tally in tallies.items():
            kept = self.counted_with.get(id)
            if kept is not None:
                together.setdefault(kept, []).append(tally)
        return {kept: Tally(*map(sum, zip(*map(counts_of, found), strict=True))) for kept, found in together.items()}


def opened(units: Sequence[Placed], tops: Iterable[str], here: str = "") -> Part:
    """What is needed to show the parts of a unit (without `here`: of the tops) with what is veiled of them: the way down to it
    from the tops, and on each level of it the parts. Whatever lies deeper is counted with one of these parts.

    Of thousands of units these are dozens; `sums` and `veiled` of them come out as they would of all.
    """
    under, above = set(tops), nearest(units)
    way = {unit.id for unit in units if unit.path in under or here.startswith(unit.path)}
    kept = way | {unit.id for unit in units if unit.id not in above or above[unit.id] in way}
    counted_with: dict[int, int] = {}
    for unit in units:
        id = unit.id
        while id not in kept:
            id = above[id]
        counted_with[unit.id] = id
    return Part(frozenset(kept), counted_with)


def tops(paths: Iterable[str]) -> list[str]:
    """Of some paths those that lie under none of the others."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(other) for other in kept):
            kept.append(path)
    return kept


def rows_under(units: Sequence[Unit], tops: Sequence[str]) -> list[Unit]:
    """Where a list of units begins: the parts of the one unit that somebody looks after, or those units themselves."""
    at = {unit.path: unit for unit in units}
    if len(tops) > 1:
        return [at[path] for path in tops if path in at]
    parts = [unit for unit in units if tops and at.get(tops[0]) and unit.parent == at[tops[0]].id]
    return parts or [at[path] for path in tops if path in at]


FEWEST = 5
"""Figures of fewer people would tell what one of them did; who may not see names does not see these either."""


def veiled(units: Sequence[Placed], tallies: Mapping[int, Tally], tops: Sequence[str]) -> frozenset[int]:
    """The units whose figures are kept from somebody who may see no names, and with a minus their own people alone.

    Those with fewer than FEWEST offered, and in a group as many others as it takes that nothing comes out by subtracting
    from the sum. Below what is veiled all is. `units` are those under `tops`, parents first.
    """
    found, hidden, under = sums(units, tallies), set[int](), set(tops)
    first = [unit for unit in units if unit.path in under]
    _veil([(unit.id, found[unit.id]) for unit in first], False, hidden)
    parts: dict[int, list[tuple[int, Tally]]] = {}
    for unit in units:
        parts.setdefault(unit.parent or 0, []).append((unit.id, found[unit.id]))
    for unit in units:
        group = [*parts.get(unit.id, []), (-unit.id, tallies.get(unit.id, NONE))]
        _veil(group, unit.id in hidden, hidden)
    return frozenset(hidden)


def _veil(group: Sequence[tuple[int, Tally]], all_of_it: bool, hidden: set[int]) -> None:
    kept = 0
    for key, tally in sorted(group, key=lambda one: (one[1].offered, one[0])):
        if tally.offered and (all_of_it or tally.offered < FEWEST or 0 < kept < FEWEST):
            hidden.add(key)
            kept += tally.offered


DID = ("open", "undelivered", "took_part", "both", "away", "nothing")
"""What somebody did today, those who need a word first. `both`: read the lesson and answered."""


def did(kinds: frozenset[str], away: bool) -> str:
    """One of DID, from the kinds of facts there are of somebody today."""
    read, answered = learning.LESSON_READ.name in kinds, learning.QUESTION_ANSWERED.name in kinds
    if read and answered:
        return "both"
    if read or answered:
        return "took_part"
    if away:
        return "away"
    if learning.NOT_DELIVERED.name in kinds:
        return "undelivered"
    offered = {learning.LESSON_ASSIGNED.name, learning.REVIEW_ASSIGNED.name}
    return "open" if kinds & offered else "nothing"
