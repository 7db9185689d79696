"""Whose a bank is: it is published for the unit over which somebody is a trainer, and changed by trainers of that unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.library.store import BankLine, LiveBank
from bot.people import store as people
from bot.people.model import Role, Unit, UnitKind, Viewer


def units_of(session: Session, person: int, now: datetime) -> list[Unit]:
    """The widest units over which somebody is a trainer right now, none of them within another."""
    viewer = people.viewer(session, person, now)
    paths = viewer.paths(Role.TRAINER) if viewer else ()
    widest = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    found = (people.unit(session, people.ancestors(path)[0]) for path in widest)
    return [unit for unit in found if unit is not None]


def units_under(session: Session, person: int, now: datetime) -> list[Unit]:
    """All units over which somebody is a trainer right now, each before what is below it."""
    viewer = people.viewer(session, person, now)
    paths = viewer.paths(Role.TRAINER) if viewer else ()
    found = [unit for unit in people.units(session) if any(unit.path.startswith(path) for path in paths)]
    return sorted(found, key=lambda unit: [int(part) for part in unit.path.strip("/").split("/")])


def may_change(session: Session, unit: int | None, person: int, now: datetime) -> bool:
    """Whether somebody may change a bank of a unit (None: the whole company's)."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and theirs(unit_for(session, unit, viewer), viewer)


def theirs(unit: Unit | None, viewer: Viewer) -> bool:
    """Whether somebody may change what is for a unit."""
    return unit is not None and viewer.holds(Role.TRAINER, unit.path)


def may_read(session: Session, unit: int | None, person: int, now: datetime) -> bool:
    """Whether a bank of a unit (None: the whole company's) reaches anybody for whom somebody is a trainer."""
    found = None if unit is None else people.unit(session, unit)
    reached = found.path if found else None
    mine = [each.path for each in units_of(session, person, now)]
    return bool(mine) and (
        reached is None or any(reached.startswith(path) or path.startswith(reached) for path in mine)
    )


def unit_for(session: Session, unit: int | None, viewer: Viewer) -> Unit | None:
    """The unit that a bank is for; the company itself for None."""
    return people.unit(session, people.ancestors(viewer.path)[-1] if unit is None else unit)


def owner(session: Session, live: LiveBank | None, chosen: int, person: int, now: datetime) -> int | None:
    """For whom a bank is published: a live one stays whose it is, a new one is for the chosen (or only) unit.

    None is the whole company. Raises Refused: the bank is looked after by others, or nothing was chosen.
    """
    if live is not None:
        if not may_change(session, live.unit, person, now):
            raise Refused("library.t_not_your_bank")
        return live.unit
    mine = units_of(session, person, now)
    unit = mine[0] if len(mine) == 1 else next((unit for unit in mine if unit.id == chosen), None)
    if unit is None:
        raise Refused("library.not_a_trainer")
    return None if unit.kind is UnitKind.COMPANY else unit.id


def unit_of(session: Session, unit: int | None, person: int, now: datetime) -> Unit | None:
    """The same, for whoever is somebody here."""
    viewer = people.viewer(session, person, now)
    return unit_for(session, unit, viewer) if viewer else None


def concerns(line: BankLine, units: list[Unit]) -> bool:
    """Whether a bank reaches anybody for whom a trainer of these units is there."""
    return line.path is None or any(line.path.startswith(u.path) or u.path.startswith(line.path) for u in units)
