"""Who may write to whom, and how much. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.compliance.model import Written
from bot.people.model import Role, Unit, Viewer
from bot.people.rules import near

SENDER = Role.SUPERVISOR
"""Whoever announces something holds at least this role over everybody who gets it."""
MOST_LETTERS, MOST_BESIDE_PHOTO = 3000, 800
"""A message takes 4096 letters and a caption 1024; some are the frame's."""
PATIENCE = timedelta(hours=2)
"""How long a text counts as the announcement that was asked for: a later one is a new matter, perhaps a danger."""


def may_announce(viewer: Viewer, path: str) -> bool:
    """Whether somebody may write to all people of a unit."""
    return viewer.holds(SENDER, path)


def most_letters(written: Written) -> int:
    """How long the words may be."""
    return MOST_BESIDE_PHOTO if written.photo else MOST_LETTERS


def choices(units: Iterable[Unit], viewer: Viewer) -> list[Unit]:
    """To whom somebody may write in one step, the smallest first: their own units up to the widest, and those they lead."""
    return near(units, viewer.paths(SENDER), viewer.path)


def parts(units: Iterable[Unit], viewer: Viewer, of: Unit) -> list[Unit]:
    """The units directly below one, as far as somebody may write to them."""
    below = [unit for unit in units if unit.parent == of.id and may_announce(viewer, unit.path)]
    return sorted(below, key=lambda unit: unit.name)
