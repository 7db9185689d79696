"""Persons, units, viewers: what every other room knows of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from bot.kit.quiet import QuietHours


class Role(StrEnum):
    """What somebody may do, within a unit and everything below it."""

    EMPLOYEE = "employee"
    SUPERVISOR = "supervisor"
    SAFETY_OFFICER = "safety_officer"
    TRAINER = "trainer"
    HR = "hr"
    WORKS_COUNCIL = "works_council"
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
    """A part of the company. `path` is `/1/4/9/`: its ancestors' ids and its own; zone and law come from above."""

    id: int
    parent: int | None
    kind: UnitKind
    name: str
    path: str
    zone: str
    jurisdiction: str
    language: str
    code: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Its name by language, as far as the company gave any."""

    @property
    def label(self) -> Mapping[str, str] | str:
        """What to give to a text: the reader's own language is chosen there."""
        return dict(self.names) or self.name


@dataclass(frozen=True)
class Emergency:
    """What a site has told Davy for the worst day: its number, and by language where people gather."""

    number: str | None
    assembly: Mapping[str, str]


@dataclass(frozen=True)
class CrewGroup:
    """A group chat that somebody has named as a unit's, and the language to speak in there."""

    id: int
    chat: int
    language: str


@dataclass(frozen=True)
class Post:
    """What somebody works as; `topics` are learnt first."""

    code: str
    name: str
    names: Mapping[str, str]
    topics: tuple[str, ...]

    @property
    def label(self) -> Mapping[str, str] | str:
        """What to give to a text."""
        return dict(self.names) or self.name


@dataclass(frozen=True)
class Place:
    """A spot that a report can name; `code` is printed in its QR."""

    id: int
    unit: int
    name: str
    code: str
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> Mapping[str, str] | str:
        """What to give to a text."""
        return dict(self.names) or self.name


@dataclass(frozen=True)
class Shift:
    """A working time on the wall clock; may span midnight."""

    code: str
    name: str
    starts: time
    ends: time
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> Mapping[str, str] | str:
        """What to give to a text."""
        return dict(self.names) or self.name


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
    pictures: bool = True
    """Whether they want lessons with a picture."""
    firm: str | None = None
    """The contractor firm that they work for; None: the company itself."""


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

    def has(self, role: Role, path: str) -> bool:
        """Whether they have this very role over a unit, not one that includes it."""
        return any(path.startswith(g.path) and g.role is role for g in self.grants)

    def anywhere(self, role: Role) -> bool:
        """Whether they have at least this role over any unit."""
        return any(g.role in AT_LEAST[role] for g in self.grants)

    def paths(self, role: Role) -> tuple[str, ...]:
        """The units over which they have at least this role."""
        return tuple(sorted({g.path for g in self.grants if g.role in AT_LEAST[role]}))


@dataclass(frozen=True)
class Caller(Viewer):
    """Another program with a token. It holds no role, so it may nothing that is not opened to programs.

    `units` are paths, those over which whoever answers for the token is an administrator at this moment. `person` is who that is.
    """

    token: int = 0
    name: str = ""
    units: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()

    def sees(self, path: str) -> bool:
        """Whether something of a unit is within its reach."""
        return any(path.startswith(each) for each in self.units)

    def may(self, scope: str) -> bool:
        """Whether its token has a scope."""
        return scope in self.scopes


AT_LEAST: dict[Role, frozenset[Role]] = {
    Role.EMPLOYEE: frozenset(Role),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN}),
    Role.SAFETY_OFFICER: frozenset({Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN}),
    Role.TRAINER: frozenset({Role.TRAINER, Role.ADMIN}),
    Role.HR: frozenset({Role.HR, Role.MANAGER, Role.ADMIN}),
    Role.WORKS_COUNCIL: frozenset({Role.WORKS_COUNCIL, Role.ADMIN}),
    Role.MANAGER: frozenset({Role.MANAGER, Role.ADMIN}),
    Role.ADMIN: frozenset({Role.ADMIN}),
}
"""Which roles include which: an admin may what a manager may, a manager what a supervisor, a safety officer and HR may,
a safety officer what a supervisor may; training is a trade of its own. The works council speaks for those who work here:
an admin may let its members in, but what asks for its word asks for the role itself (`Viewer.has`)."""
