"""Classical item analysis, and which spots of the misconception map are hot. Pure.

Facility is the share of first answers that are right (Crocker and Algina, *Introduction to Classical and Modern Test
Theory*, 1986, chapter 14). Discrimination is the point-biserial correlation between being right on the question and the
share right on the other first answers of the same person in the bank: the question itself is left out, because with it
every question would seem to agree with itself (Henrysson, *Psychometrika* 28, 1963, 211-218). Under 0.1 it tells next to
nothing (Ebel and Frisbie, *Essentials of Educational Measurement*, 1991, call under 0.2 poor; we say so later and of
fewer). A wrong choice taken by fewer than 5 in 100 does no work (Haladyna and Downing, *Educational and Psychological
Measurement* 53, 1993, 999-1010). How many people each takes stands in `model`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from math import sqrt

from bot.analysis.model import (
    LEAST_COMPARED,
    LEAST_JUDGED,
    LEAST_SHOWN,
    Answered,
    Figures,
    Group,
    Item,
    Reason,
    Reported,
    Spot,
)

EVERYBODY, NOBODY = 0.95, 0.05
FLAT = 0.1
IDLE = 0.05
MISSED = 0.6
"""A question that fewer were right on is among those that everybody misses."""
WRONG = 1 / 3
"""From this share of a team's newest answers on a topic is one that they are wrong about."""


def figures(groups: Iterable[Group], edges: Sequence[int]) -> list[Figures]:
    """The figures of each question and version, in their order. `edges` are where the buckets of time begin, in seconds."""
    ordered = sorted(groups, key=lambda g: (g.question, g.version))
    return [_figures(list(some), edges) for _, some in groupby(ordered, key=lambda g: (g.question, g.version))]


def _figures(groups: Sequence[Group], edges: Sequence[int]) -> Figures:
    taken: dict[int, int] = {}
    for each in groups:
        for position in each.chosen or ():
            taken[position] = taken.get(position, 0) + each.count
    compared, found = discrimination(groups)
    times = [0] * len(edges)
    for each in groups:
        if each.bucket is not None:
            times[each.bucket] += each.count
    return Figures(
        groups[0].question,
        groups[0].version,
        sum(each.count for each in groups),
        sum(each.count for each in groups if each.right),
        compared,
        found,
        sum(times),
        median(times, edges),
        taken,
    )


def discrimination(groups: Sequence[Group]) -> tuple[int, float | None]:
    """On how many people it rests, and the correlation; None where all or none were right, or all know the same."""
    n = sum(each.others for each in groups)
    ones = sum(each.others for each in groups if each.right)
    if not 0 < ones < n:
        return n, None
    known = sum(each.known for each in groups)
    known_of_right = sum(each.known for each in groups if each.right)
    variance = sum(each.squares for each in groups) / n - (known / n) ** 2
    if variance <= 1e-12:
        return n, None
    apart = known_of_right / ones - (known - known_of_right) / (n - ones)
    return n, max(-1.0, min(1.0, apart / sqrt(variance) * sqrt(ones * (n - ones)) / n))


def median(times: Sequence[int], edges: Sequence[int]) -> float | None:
    """The median of counted times, evenly spread within a bucket; None without any. The last bucket ends at its double."""
    total = sum(times)
    if not total:
        return None
    before = 0
    for place, count in enumerate(times):
        if before + count >= total / 2:
            starts = edges[place]
            ends = edges[place + 1] if place + 1 < len(edges) else 2 * starts
            return starts + (ends - starts) * (total / 2 - before) / count
        before += count
    return None


def idle(found: Figures, wrong: Collection[int]) -> tuple[int, ...]:
    """The wrong choices that hardly anybody takes; none while there are too few answers to say so."""
    if found.count < LEAST_JUDGED:
        return ()
    return tuple(sorted(at for at in wrong if found.taken.get(at, 0) < IDLE * found.count))


def reasons(found: Figures, idle: Collection[int]) -> tuple[Reason, ...]:
    """Why a question teaches nothing, the worst first; nothing is said while there are too few answers."""
    if found.count < LEAST_JUDGED:
        return ()
    said = set[Reason]()
    if found.facility <= NOBODY:
        said.add(Reason.NOBODY)
    elif found.facility >= EVERYBODY:
        said.add(Reason.EVERYBODY)
    elif found.discrimination is not None and found.compared >= LEAST_COMPARED:
        if found.discrimination < 0:
            said.add(Reason.AGAINST)
        elif found.discrimination < FLAT:
            said.add(Reason.FLAT)
    if idle and Reason.EVERYBODY not in said:  # where everybody is right, no wrong choice is taken
        said.add(Reason.IDLE)
    return tuple(reason for reason in Reason if reason in said)


def missed(items: Iterable[Item], most: int = 3) -> list[Item]:
    """The live questions that the most people miss, of those with enough answers to say so."""
    some = [
        item for item in items if item.live and item.figures.count >= LEAST_JUDGED and item.figures.facility < MISSED
    ]
    return sorted(some, key=lambda item: (item.figures.facility, item.figures.question))[:most]


def top_wrong(found: Figures, wrong: Collection[int]) -> int | None:
    """The wrong choice that most took."""
    some = [(found.taken.get(at, 0), -at) for at in wrong if found.taken.get(at, 0)]
    return -max(some)[1] if some else None


# --- what teams believe --------------------------------------------------------------------------------------------


def spots(
    answered: Iterable[Answered],
    reported: Iterable[Reported],
    beliefs: Mapping[tuple[int, str], tuple[str, int, tuple[int, ...]]],
) -> list[Spot]:
    """Teams and topics where many are wrong or something was found, the hottest first.

    A team of whose answers fewer than LEAST_SHOWN people gave any is left out, with what was found there: its row would
    tell what one of them believes.
    """
    there = {(each.unit, each.topic): each for each in reported}
    found = []
    for each in answered:
        if each.people < LEAST_SHOWN:
            continue
        here = there.get((each.unit, each.topic), Reported(each.unit, each.topic, 0, 0))
        belief = beliefs.get((each.unit, each.topic)) if each.wrong else None
        found.append(
            Spot(each.unit, each.topic, each.people, each.answers, each.wrong, here.hazards, here.overdue, belief)
        )
    hot = [spot for spot in found if heat(spot) > 0]
    return sorted(hot, key=lambda spot: (-heat(spot), -spot.wrong / spot.answers, spot.unit, spot.topic))


FED = 5
"""So many topics of a team go before others in the day's questions: more would be all of them."""


def weights(hot: Iterable[Spot]) -> dict[tuple[int, str], int]:
    """By team and topic how weak it is there, of its hottest topics: what meets counts first, then the share of wrong answers."""
    found: dict[tuple[int, str], int] = {}
    counted: dict[int, int] = {}
    for spot in hot:
        counted[spot.unit] = counted.get(spot.unit, 0) + 1
        if counted[spot.unit] <= FED:
            found[spot.unit, spot.topic] = 100 * heat(spot) + round(100 * spot.wrong / spot.answers)
    return found


def heat(spot: Spot) -> int:
    """How many of three things meet: many are wrong about it, it was found there, its fix is overdue."""
    return (spot.wrong >= WRONG * spot.answers) + (spot.hazards > 0) + (spot.overdue > 0)
