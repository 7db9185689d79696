"""What a personnel file would change, as mistakes or a plan. Pure (long because every column has its own mistakes)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.i18n.languages import LANGUAGES
from bot.people.importing.files import Cell, Record, Table
from bot.people.importing.problems import Problems, meant
from bot.people.model import Role

NEEDED = ("badge", "name", "site", "post", "roles", "joined_on")
MAY = ("language", "workshop", "team", "shift", "left_on", "email")
GIVEN_BY_FILE = frozenset(
    {Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.TRAINER, Role.HR, Role.WORKS_COUNCIL, Role.MANAGER}
)
"""Never `admin`: whoever can change a file should not become master of the house by it."""
MOST_LEAVERS = 0.05
"""A file by which more than this share would leave is more often a wrong file than a bad year."""
RoleOver = tuple[Role, str]
MOST_ADDRESS = 200
_ADDRESS = re.compile(r"\A[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")


@dataclass(frozen=True)
class Entry:
    """One row, read. `unit` is a name from the site down; `roles` are over units named likewise."""

    badge: str
    name: str
    lang: str
    unit: str
    post: str
    roles: frozenset[RoleOver]
    shift: str | None
    joined_on: date
    left_on: date | None
    email: str | None = None
    """What the company's own sign-in knows them by, in small letters. None: what is known stays."""


@dataclass(frozen=True)
class Existing:
    """Somebody who is known. `roles` are those that a file gave them."""

    id: int
    badge: str
    name: str
    unit: str
    post: str
    shift: str | None
    left_on: date | None
    leaves_on: date | None
    roles: frozenset[RoleOver]
    admin: bool = False
    email: str | None = None


@dataclass(frozen=True)
class Known:
    """What the database has, and the company file where one comes along.

    Units by name with their language; codes; people by badge in small letters.
    """

    units: Mapping[str, str]
    posts: frozenset[str]
    shifts: frozenset[str]
    people: Mapping[str, Existing]


@dataclass(frozen=True)
class Plan:
    """What the file changes. `roles` and `ends` are (badge, role, unit)."""

    joins: tuple[Entry, ...] = ()
    returns: tuple[tuple[Existing, Entry], ...] = ()
    moves: tuple[tuple[Existing, Entry], ...] = ()
    changes: tuple[tuple[Existing, Entry], ...] = ()
    leaves: tuple[tuple[Existing, date], ...] = ()
    announced: tuple[tuple[Existing, date | None], ...] = ()
    roles: tuple[tuple[str, Role, str], ...] = ()
    ends: tuple[tuple[str, Role, str], ...] = ()
    kept: tuple[Existing, ...] = ()
    """Administrators whom the file does not list: they stay, so that nobody locks the house from outside."""
    staff: int = 0
    """How many worked here before."""

    @property
    def nothing(self) -> bool:
        """Whether all is as the file has it."""
        parts = (self.joins, self.returns, self.moves, self.changes, self.leaves, self.announced, self.roles, self.ends)
        return not any(parts)

    @property
    def too_many_leave(self) -> bool:
        """Whether somebody must say that so many really leave."""
        return len(self.leaves) > MOST_LEAVERS * self.staff


def read_people(table: Table, known: Known, problems: Problems) -> list[Entry]:
    """The rows as entries; every mistake is noted, and a row with one gives no entry."""
    reading = _Rows(known, problems)
    entries = [entry for record in table.records if (entry := reading.entry(record)) is not None]
    return [] if problems else entries


def plan(entries: list[Entry], known: Known, today: date) -> Plan:
    """Compares the file with what is known. Who works here and is not in the file leaves today."""
    made = _Plan()
    listed = {entry.badge.lower() for entry in entries}
    for entry in entries:
        made.compare(known.people.get(entry.badge.lower()), entry, today)
    for person in known.people.values():
        if person.left_on is None and person.badge.lower() not in listed:
            if person.admin:
                made.kept.append(person)
            else:
                made.leaves.append((person, today))
    staff = sum(person.left_on is None for person in known.people.values())
    return Plan(**{name: tuple(value) for name, value in vars(made).items()}, staff=staff)


def plan_one(person: Existing | None, entry: Entry, today: date) -> Plan:
    """What one row changes; nobody else leaves by it."""
    made = _Plan()
    made.compare(person, entry, today)
    return Plan(**{name: tuple(value) for name, value in vars(made).items()}, staff=0)


@dataclass
class _Plan:
    joins: list[Entry] = field(default_factory=list)
    returns: list[tuple[Existing, Entry]] = field(default_factory=list)
    moves: list[tuple[Existing, Entry]] = field(default_factory=list)
    changes: list[tuple[Existing, Entry]] = field(default_factory=list)
    leaves: list[tuple[Existing, date]] = field(default_factory=list)
    announced: list[tuple[Existing, date | None]] = field(default_factory=list)
    roles: list[tuple[str, Role, str]] = field(default_factory=list)
    ends: list[tuple[str, Role, str]] = field(default_factory=list)
    kept: list[Existing] = field(default_factory=list)

    def compare(self, person: Existing | None, entry: Entry, today: date) -> None:
        gone = entry.left_on is not None and entry.left_on <= today
        if person is None:
            if not gone:  # somebody who left before they came is nobody's business here
                self.joins.append(entry)
                self.roles += [(entry.badge, role, unit) for role, unit in sorted(entry.roles)]
            return
        if gone:
            if person.left_on is None:
                self.leaves.append((person, entry.left_on or today))
            return
        self._stays(person, entry)

    def _stays(self, person: Existing, entry: Entry) -> None:
        if person.left_on is not None:
            self.returns.append((person, entry))
        elif (person.unit, person.post) != (entry.unit, entry.post):
            self.moves.append((person, entry))
        if person.left_on is None and (person.name, person.shift, person.email) != (
            entry.name,
            entry.shift,
            entry.email or person.email,
        ):
            self.changes.append((person, entry))
        if person.leaves_on != entry.left_on:
            self.announced.append((person, entry.left_on))
        had = person.roles if person.left_on is None else frozenset()
        # as the badge is known, however the file writes it
        self.roles += [(person.badge, role, unit) for role, unit in sorted(entry.roles - had)]
        self.ends += [(person.badge, role, unit) for role, unit in sorted(had - entry.roles)]


class _Rows:
    """Reads one row after another and remembers what it has seen."""

    def __init__(self, known: Known, problems: Problems) -> None:
        self._known, self._problems = known, problems
        self._lines: dict[str, int] = {}
        self._emails: set[str] = set()
        self._roles = {role.value: role for role in GIVEN_BY_FILE}

    def entry(self, record: Record) -> Entry | None:
        before = len(self._problems.found)
        badge, name = self._badge(record["badge"]), self._text(record["name"], "the name", 120)
        unit = self._unit(record)
        language = self._known.units.get(unit or "", "en")
        if (cell := record["language"]).text:
            language = self._one_of(cell, "language", LANGUAGES, "language")
        post = self._text(record["post"], "the post", 80)
        if post and self._known.posts:
            self._one_of(record["post"], "post", self._known.posts, "post")
        shift = record["shift"].text or None
        if shift is not None:
            self._one_of(record["shift"], "shift", self._known.shifts, "shift")
        roles = self._given(record["roles"])
        joined, left = self._day(record["joined_on"], True), self._day(record["left_on"], False)
        if joined is not None and left is not None and left < joined:
            self._note(record["left_on"], f"they would leave ({left}) before they join ({joined})")
        email = self._email(record["email"])
        self._same_person(badge, name, left, record["badge"])
        if len(self._problems.found) > before or joined is None or unit is None:
            return None
        return Entry(badge, name, language, unit, post, roles, shift, joined, left, email)

    def _note(self, cell: Cell, message: str) -> None:
        self._problems.note(cell.place, message)

    def _email(self, cell: Cell) -> str | None:
        """An address, which no two people have: whoever signs in with it is one of them."""
        email = cell.text.strip().lower()
        if not email:
            return None
        if len(email) > MOST_ADDRESS or not _ADDRESS.fullmatch(email):
            self._note(cell, f"{cell.text!r} is no e-mail address")
        elif email in self._emails:
            self._note(cell, f"{email} stands here twice")
        self._emails.add(email)
        return email

    def _text(self, cell: Cell, what: str, most: int) -> str:
        text = " ".join(cell.text.split())
        if not text:
            self._note(cell, f"{what} is empty")
        elif len(text) > most:
            self._note(cell, f"{what} has more than {most} letters")
        return text

    def _badge(self, cell: Cell) -> str:
        badge = self._text(cell, "the badge number", 40)
        if badge and (before := self._lines.setdefault(badge.lower(), cell.place.line)) != cell.place.line:
            self._note(cell, f"{badge} stands on line {before} already: a badge number belongs to one person")
        return badge

    def _same_person(self, badge: str, name: str, left: date | None, cell: Cell) -> None:
        """A number that is given to somebody else would hand over the first one's history."""
        person = self._known.people.get(badge.lower())
        if person is not None and person.left_on is not None and left is None and name and person.name != name:
            self._note(
                cell, f"{badge} belonged to {person.name}, who left on {person.left_on}: give {name} a new number"
            )

    def _unit(self, record: Record) -> str | None:
        parts = [record[column] for column in ("site", "workshop", "team")]
        if parts[2].text and not parts[1].text:
            self._note(parts[1], f"the workshop of team {parts[2].text!r} is missing")
            return None
        if not parts[0].text:
            self._note(parts[0], "the site is empty")
            return None
        path = ""
        for cell, kind in zip(parts, ("site", "workshop", "team"), strict=True):
            if not cell.text:
                break
            inner = f"{path}/{cell.text}" if path else cell.text
            if inner not in self._known.units:
                near = [
                    u.removeprefix(f"{path}/") for u in self._known.units if u.startswith(f"{path}/" if path else "")
                ]
                where = f"{path!r} has" if path else "the company has"
                self._note(cell, f"{where} no {kind} {cell.text!r}{meant(cell.text, near)}")
                return None
            path = inner
        return path

    def _one_of(self, cell: Cell, what: str, known: object, kind: str) -> str:
        words = sorted(known)  # type: ignore[call-overload]
        if cell.text not in words:
            hint = meant(cell.text, words) or (f"; there are {', '.join(words[:12])}" if words else "")
            self._note(cell, f"there is no {kind} {cell.text!r}{hint}")
        return cell.text

    def _given(self, cell: Cell) -> frozenset[RoleOver]:
        words = [word.strip() for word in cell.text.replace("；", ";").split(";") if word.strip()]
        if not words:
            self._note(cell, "the roles are empty: write employee, or supervisor@SITE/WORKSHOP/TEAM")
        found: set[RoleOver] = set()
        for word in words:
            name, at, over = (part.strip() for part in word.partition("@"))
            if name == Role.EMPLOYEE:
                continue
            if name == Role.ADMIN:
                self._note(cell, "a file cannot make administrators: use /grant in the chat, or davy setup")
            elif (role := self._roles.get(name.replace("-", "_"))) is None:
                self._note(cell, f"there is no role {name!r}{meant(name, [*self._roles, 'employee'])}")
            elif not at or not over:
                self._note(cell, f"say for which part of the company after {name}@, like {name}@Site/Workshop/Team")
            elif over not in self._known.units:
                self._note(cell, f"{name}@: there is no unit {over!r}{meant(over, self._known.units)}")
            else:
                found.add((role, over))
        return frozenset(found)

    def _day(self, cell: Cell, needed: bool) -> date | None:
        if not cell.text and not needed:
            return None
        try:
            return date.fromisoformat(cell.text if len(cell.text) == 10 else "?")
        except ValueError:
            what = "is empty" if not cell.text else f"{cell.text!r} is no day"
            self._note(cell, f"{what}: write YYYY-MM-DD, like 2026-03-31")
            return None
