"""The map of risks: how many stand where, by likelihood and consequence and by place. Figures and words; drawn by `picture`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.risk import Colour, worse
from bot.people import store as people
from bot.risks import rules, store
from bot.risks.company import scale
from bot.risks.model import FACTORS, Method, Rating


@dataclass(frozen=True)
class GridCell:
    """The risks with one likelihood and one consequence. `colour` is the worst of theirs; in an empty one of a matrix, its band."""

    n: int
    colour: Colour | None
    alarmed: int = 0


@dataclass(frozen=True)
class Grid:
    """Risks of one method: rows are likelihoods, columns consequences, both rising."""

    method: Method
    likelihoods: tuple[float, ...]
    consequences: tuple[float, ...]
    rows: tuple[tuple[GridCell, ...], ...]


@dataclass(frozen=True)
class Spot:
    """A place (or a unit, for what has no place) with how many of its risks have each colour."""

    name: Any
    unit: Any
    by: dict[str, int]
    key: bool = False


def grid(session: Session, paths: Sequence[str], method: Method) -> Grid | None:
    """Where the risks of some units stand; None where none is rated by this method."""
    cells = store.cells(session, paths, method)
    if not cells:
        return None
    table = scale(method)
    likelihoods = tuple(sorted(table.steps["likelihood"]))
    consequences = tuple(sorted(table.steps["consequence"]))
    there: dict[tuple[float, float], list[tuple[Colour, int, int]]] = defaultdict(list)
    for cell in cells:
        colour = Colour.RED if cell.alarmed else rules.colour_of(table, Rating(method, cell.factors))
        there[cell.factors[0], cell.factors[-1]].append((colour, cell.n, cell.alarmed))
    rows = tuple(
        tuple(_cell(method, one, other, there.get((one, other), [])) for other in consequences) for one in likelihoods
    )
    return Grid(method, likelihoods, consequences, rows)


def _cell(method: Method, likelihood: float, consequence: float, some: list[tuple[Colour, int, int]]) -> GridCell:
    colour: Colour | None = None
    if len(FACTORS[method]) == 2:
        colour = rules.colour_of(scale(method), Rating(method, (likelihood, consequence)))
    for each, _, _ in some:
        colour = worse(colour, each) if colour is not None else each
    return GridCell(sum(n for _, n, _ in some), colour, sum(alarmed for _, _, alarmed in some))


def spots(session: Session, paths: Sequence[str], most: int) -> list[Spot]:
    """The places where there are risks, the worst first; of many, the worst."""
    everywhere: dict[tuple[int | None, int], dict[str, int]] = defaultdict(dict)
    for place, unit, colour, n in store.by_place(session, paths):
        everywhere[place, unit][colour] = n
    # only those that are shown are named: a large company has thousands
    counted = dict(nsmallest(most, everywhere.items(), key=lambda each: (_rank(each[1]), each[0][1], each[0][0] or 0)))
    places = store.places(session, {place for place, _ in counted if place})
    units = people.labels(session, (unit for _, unit in counted))
    key = store.key_places(session, places)
    found = []
    for (place, unit), by in counted.items():
        here, spot = units.get(unit, ""), places.get(place or 0)
        found.append(Spot(people.as_place(spot).label if spot else here, here, by, place in key))
    return sorted(found, key=lambda spot: (_rank(spot.by), str(spot.name)))


def _rank(by: Mapping[str, int]) -> tuple[int, int]:
    return next((grade, -by[colour]) for grade, colour in enumerate(Colour) if by.get(colour))
