"""Persons, units, viewers: what every other room knows of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from bot.kit.quiet import QuietHours


class Role(StrEnum):
    """What somebody may do, within a unit and everything below it."""

    EMPLOYEE = "employee"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    MANAGER = "manager"
    ADMIN = "admin"


class UnitKind(StrEnum):
    """The four levels of a company."""

    COMPANY = "company"
    SITE = "site"
    WORKSHOP = "workshop"
    TEAM = "team"


@dataclass(frozen=True)
class Unit:
    """A part of the company. `path` is `/1/4/9/`: its ancestors' ids and its own; zone and jurisdiction are inherited at creation."""

    id: int
    parent: int | None
    kind: UnitKind
    name: str
    path: str
    zone: str
    jurisdiction: str
    language: str


@dataclass(frozen=True)
class Place:
    """A spot that a report can name; `code` is printed in its QR."""

    id: int
    unit: int
    name: str
    code: str


@dataclass(frozen=True)
class Shift:
    """A working time on the wall clock; may span midnight."""

    code: str
    name: str
    starts: time
    ends: time


@dataclass(frozen=True)
class Person:
    """A person as they are on one day: with their unit and post of that day."""

    id: int
    badge: str
    name: str
    lang: str
    zone: str
    unit: int
    path: str
    jurisdiction: str
    post: str
    shift: str | None
    quiet: QuietHours
    push_at: time
    left_on: date | None = None
    unreachable_at: datetime | None = None


@dataclass(frozen=True)
class Grant:
    """A role over a unit and all below it."""

    role: Role
    unit: int
    path: str


@dataclass(frozen=True)
class Viewer:
    """Whoever asks: goes into every query, so that nobody sees what is not theirs."""

    person: int
    path: str
    grants: tuple[Grant, ...] = ()

    def holds(self, role: Role, path: str) -> bool:
        """Whether they have at least this role over a unit."""
        return any(path.startswith(g.path) and g.role in AT_LEAST[role] for g in self.grants)

    def anywhere(self, role: Role) -> bool:
        """Whether they have at least this role over any unit."""
        return any(g.role in AT_LEAST[role] for g in self.grants)

    def paths(self, role: Role) -> tuple[str, ...]:
        """The units over which they have at least this role."""
        return tuple(sorted({g.path for g in self.grants if g.role in AT_LEAST[role]}))


AT_LEAST: dict[Role, frozenset[Role]] = {
    Role.EMPLOYEE: frozenset(Role),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMIN}),
    Role.TRAINER: frozenset({Role.TRAINER, Role.ADMIN}),
    Role.MANAGER: frozenset({Role.MANAGER, Role.ADMIN}),
    Role.ADMIN: frozenset({Role.ADMIN}),
}
"""Which roles include which: an admin may what a manager may, a manager what a supervisor may; training is a trade of its own."""
