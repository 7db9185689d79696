"""From counts to an index for each area, without telling what fewer than five people did. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.people.model import Unit
from bot.risks.warning.model import LEAST_PEOPLE, Counted, Index, Line, Signal, Weights

NOTHING = Counted()
Counts = Mapping[int, Counted]
"""What was counted in each unit itself, without its parts."""


def with_parts(units: Sequence[Unit], own: Counts) -> dict[int, Counted]:
    """What was counted in each unit and all below it. `units` may stand in any order."""
    if not own:
        return dict.fromkeys((unit.id for unit in units), NOTHING)
    n = {unit.id: own[unit.id].n if unit.id in own else 0 for unit in units}
    people = {unit.id: own[unit.id].people if unit.id in own else 0 for unit in units}
    for unit in _from_below(units):
        above = unit.parent
        if above is not None and above in n:
            n[above] += n[unit.id]
            people[above] += people[unit.id]
    return {id: Counted(n[id], people[id]) if n[id] or people[id] else NOTHING for id in n}


def _from_below(units: Sequence[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: -unit.path.count("/"))


def shown(units: Sequence[Unit], people: Mapping[int, int], least: int = LEAST_PEOPLE) -> frozenset[int]:
    """Of which units a figure about `people` may stand: of none with fewer than `least`, and of none of whose people so few

    are left beside its shown parts that the difference would tell of them. `people` counts each unit with its parts.
    """
    children: dict[int, list[int]] = {}
    for unit in units:
        if unit.parent is not None:
            children.setdefault(unit.parent, []).append(unit.id)
    shown_ids: set[int] = set()
    cover: dict[int, int] = {}
    """How many of a unit's people are told by its shown parts, or by itself."""
    for unit in _from_below(units):
        told = sum(cover[child] for child in children.get(unit.id, ()) if child in cover)
        total = people.get(unit.id, 0)
        rest = total - told
        if total >= least and (rest == 0 or rest >= least):
            shown_ids.add(unit.id)
            cover[unit.id] = total
        else:
            cover[unit.id] = told
    return frozenset(shown_ids)


def indexes(
    weights: Weights, units: Sequence[Unit], staff: Counts, counted: Sequence[Counts], on: date
) -> dict[int, Index]:
    """The index of every area that has one. `staff` counts in `people` who works in each unit itself; `counted` stands

    beside `weights.signals`.
    """
    units = _from_below(units)
    people = {id: each.people for id, each in with_parts(units, staff).items()}
    areas = [unit for unit in units if people[unit.id] >= LEAST_PEOPLE]
    sums = [with_parts(units, own) for own in counted]
    open_to = [
        shown(units, {id: each.people for id, each in found.items()}) if signal.by_person else frozenset(people)
        for signal, found in zip(weights.signals, sums, strict=True)
    ]
    made = {}
    known: dict[tuple[int, Counted, bool], Line] = {}  # most areas have nothing, or the same few, of most signals

    def said(nth: int, area: int) -> Line:
        key = (nth, sums[nth][area], area not in open_to[nth])
        found = known.get(key)
        if found is None:
            found = known[key] = line(weights.signals[nth], key[1], veiled=key[2])
        return found

    for area in areas:
        lines = tuple(said(nth, area.id) for nth in range(len(weights.signals)))
        value = round(sum(each.points for each in lines) * weights.per / people[area.id], 1)
        made[area.id] = Index(area.id, on, people[area.id], value, lines)
    return made


def line(signal: Signal, found: Counted, *, veiled: bool = False) -> Line:
    """What one signal adds. Of one that is veiled nothing counts: an index from which it could be worked out would tell it."""
    if veiled:
        return Line(signal.code, signal.fact, 0, 0, 0.0, 0, signal.by_person, True)
    counted = min(found.n, signal.most)
    return Line(
        signal.code, signal.fact, found.n, counted, round(counted * signal.weight, 2), found.people, signal.by_person
    )


def told(lines: Sequence[Line]) -> list[Line]:
    """The lines that are worth a word: those that count, the heaviest first, and those that are veiled."""
    heavy = sorted((each for each in lines if each.counted), key=lambda each: -each.points)
    return heavy + [each for each in lines if each.veiled]


def weekly(points: Sequence[tuple[date, float]]) -> list[tuple[date, float]]:
    """The last day of each calendar week with its value; `points` rise by day."""
    last = {on.isocalendar()[:2]: (on, value) for on, value in points}
    return list(last.values())
