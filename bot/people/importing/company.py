"""The company file: sites, teams, places, posts, shifts, hours; only read (long because every table has its rules)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.i18n.languages import LANGUAGES
from bot.kit.decoding import decode
from bot.people.importing.alerts import alerts
from bot.people.importing.induction import training
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Place, Problems, meant
from bot.people.model import UnitKind
from bot.people.rules import WORKDAYS

JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?|any")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
NOWHERE = Place()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = tuple[time, time]
Names = Mapping[str, str]


@dataclass(frozen=True)
class UnitEntry:
    """A unit as the file has it; `path` is its name from the site down, the company's is its own name."""

    code: str
    kind: UnitKind
    name: str
    path: str
    above: str | None
    names: Names
    zone: str
    jurisdiction: str
    language: str
    emergency_number: str | None = None
    assembly: Names = field(default_factory=dict)
    place: Place = NOWHERE
    workdays: str = WORKDAYS
    training: Mapping[str, Any] = field(default_factory=dict)
    """Its induction and what its certificates show, as far as it says so itself."""
    alerts: Mapping[str, Any] = field(default_factory=dict)
    firm: str | None = None
    """The contractor firm whose people work there."""


@dataclass(frozen=True)
class PlaceEntry:
    """A spot; `unit` is a path."""

    code: str
    name: str
    names: Names
    unit: str


@dataclass(frozen=True)
class PostEntry:
    """What people work as."""

    code: str
    name: str
    names: Names
    topics: tuple[str, ...]


@dataclass(frozen=True)
class ShiftEntry:
    """A working time."""

    code: str
    name: str
    names: Names
    starts: time
    ends: time
    quiet: Hours | None


@dataclass(frozen=True)
class Company:
    """The whole file. Units come parents first."""

    file: str
    units: tuple[UnitEntry, ...] = ()
    places: tuple[PlaceEntry, ...] = ()
    posts: tuple[PostEntry, ...] = ()
    shifts: tuple[ShiftEntry, ...] = ()
    quiet: Hours | None = None


def read_company(path: Path, problems: Problems) -> Company:
    """The company in a file; every mistake is noted and what could be read is answered."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        problems.note(Place(), f"the file cannot be read: {error.strerror}")
        return Company(str(path))
    if text is None:
        problems.note(Place(), "the letters cannot be read for sure: save the file as UTF-8")
        return Company(str(path))
    return company_of(str(path), text, problems)


def company_of(file: str, text: str, problems: Problems) -> Company:
    """The same, from a text."""
    root = read_yaml(text, problems)
    if root is None:
        return Company(file)
    root.only("company", "sites", "places", "posts", "shifts")
    reading = _Reading(root.inner("company") or root)
    if root.inner("company") is None:
        root.note("'company' is missing")
        return Company(file)
    reading.units_of(root)
    places = tuple(reading.place(each) for each in root.items("places"))
    posts = tuple(reading.post(each) for each in root.items("posts"))
    shifts = tuple(s for s in (reading.shift(each) for each in root.items("shifts")) if s is not None)
    return Company(file, tuple(reading.units), places, posts, shifts, reading.quiet)


class _Reading:
    """What is known while a company file is read."""

    def __init__(self, company: Node) -> None:
        keys = ("code", "name", "language", "languages", "quiet_hours", "zone", "jurisdiction", "working_days")
        company.only(*keys, "induction", "certificates", "alerts")
        self.units: list[UnitEntry] = []
        self.seen: dict[str, set[str]] = {}
        self.base = "en"
        self.base = self.language(company, "language", "en")
        for word in company.words("languages"):
            if word not in LANGUAGES:
                company.at("languages").note(f"{word!r} is none of {', '.join(LANGUAGES)}")
        self.quiet = self.hours(company, "quiet_hours")
        name = self.name(company)
        zone = self.zone(company, "UTC")
        self.units.append(
            UnitEntry(
                self.code(company, "unit"), UnitKind.COMPANY, name, name, None, {self.base: name},
                zone, self.jurisdiction(company, "any"), self.base, workdays=self.workdays(company, WORKDAYS),
                training=training(company, self.jurisdiction(company, "any")), alerts=alerts(company),
            )
        )  # fmt: skip

    def units_of(self, root: Node) -> None:
        """Sites, workshops, teams."""
        top = self.units[0]
        for site in root.items("sites"):
            keys = ("code", "name", "names", "jurisdiction", "zone", "language", "emergency", "workshops")
            site.only(*keys, "working_days", "induction", "certificates", "alerts")
            above = self.unit(site, UnitKind.SITE, top)
            for workshop in site.items("workshops"):
                workshop.only("code", "name", "names", "teams", "working_days", "alerts", "firm")
                middle = self.unit(workshop, UnitKind.WORKSHOP, above)
                for team in workshop.items("teams"):
                    team.only("code", "name", "names", "working_days", "alerts", "firm")
                    self.unit(team, UnitKind.TEAM, middle)

    def unit(self, node: Node, kind: UnitKind, above: UnitEntry) -> UnitEntry:
        """One unit below another."""
        name = self.name(node)
        path = name if kind is UnitKind.SITE else f"{above.path}/{name}"
        if any(unit.path == path for unit in self.units):
            node.at("name").note(f"there is a second {path!r}")
        number, assembly = self.emergency(node)
        entry = UnitEntry(
            self.code(node, "unit"), kind, name, path, above.path, self.names(node),
            self.zone(node, above.zone), self.jurisdiction(node, above.jurisdiction),
            self.language(node, "language", above.language), number, assembly, node.at("code").place,
            self.workdays(node, above.workdays),
            training(node, self.jurisdiction(node, above.jurisdiction)) if kind is UnitKind.SITE else {},
            alerts(node), self.firm(node, above),
        )  # fmt: skip
        self.units.append(entry)
        return entry

    def firm(self, node: Node, above: UnitEntry) -> str | None:
        """The contractor firm of a workshop or team; a team of a firm's workshop is the same firm's."""
        firm = " ".join(node.text("firm", "").split()) or above.firm
        if firm is not None and (len(firm) > 80 or above.firm not in (None, firm)):
            node.at("firm").note("a firm's name has at most 80 letters, and a part of one firm is not another firm's")
        return firm

    def emergency(self, node: Node) -> tuple[str | None, Names]:
        """A site's number, and where people gather."""
        inner = node.inner("emergency")
        if inner is None:
            return None, {}
        inner.only("number", "assembly", "assembly_names")
        words = inner.text("assembly", "")
        return inner.text("number", "") or None, ({self.base: words} if words else {}) | inner.texts("assembly_names")

    def workdays(self, node: Node, default: str) -> str:
        """`[mon, tue, sat]` as "126": the weekdays on which people work whom no roster says otherwise of."""
        words = [word.lower()[:3] for word in node.words("working_days")]
        for word in words:
            if word not in WEEKDAYS:
                node.at("working_days").note(f"{word!r} is no weekday: write them like {', '.join(WEEKDAYS)}")
        return "".join(str(at) for at, day in enumerate(WEEKDAYS, 1) if day in words) or default

    def place(self, node: Node) -> PlaceEntry:
        """A spot of a unit that the file has."""
        node.only("code", "name", "names", "unit")
        unit = node.text("unit")
        paths = [each.path for each in self.units]
        if unit and unit not in paths:
            node.at("unit").note(f"there is no unit {unit!r}{meant(unit, paths)}")
        return PlaceEntry(self.code(node, "place"), self.name(node), self.names(node), unit)

    def post(self, node: Node) -> PostEntry:
        """A post."""
        node.only("code", "name", "names", "topics")
        return PostEntry(self.code(node, "post"), self.name(node), self.names(node), node.words("topics"))

    def shift(self, node: Node) -> ShiftEntry | None:
        """A shift; None where its times cannot be read."""
        node.only("code", "name", "names", "from", "to", "quiet_hours")
        starts, ends = self.clock(node, "from"), self.clock(node, "to")
        code, name, names = self.code(node, "shift"), self.name(node), self.names(node)
        quiet = self.hours(node, "quiet_hours") or self.quiet
        return None if starts is None or ends is None else ShiftEntry(code, name, names, starts, ends, quiet)

    def name(self, node: Node) -> str:
        """A name; a slash would read as two."""
        name = node.text("name")
        if "/" in name:
            node.at("name").note("a name cannot hold '/': it separates the parts of a unit's path")
        if len(name) > 120:
            node.at("name").note("a name has at most 120 letters")
        return name

    def names(self, node: Node) -> Names:
        """The names by language, the base one included."""
        given = node.texts("names")
        for language in given:
            if language not in LANGUAGES:
                node.at("names").note(f"{language!r} is none of {', '.join(LANGUAGES)}")
        return {self.base: node.text("name", "")} | {k: v for k, v in given.items() if k in LANGUAGES and v}

    def code(self, node: Node, kind: str) -> str:
        """A code, used once a kind."""
        code = node.text("code")
        seen = self.seen.setdefault(kind, set())
        if code and not CODE.fullmatch(code):
            node.at("code").note(f"{code!r} is no code: up to 40 of letters, digits, '-', '_', '.'")
        elif kind == "place" and "." in code:
            node.at("code").note(f"{code!r} cannot stand in a label's QR: take '-' or '_' for the dot")
        elif code in seen:
            node.at("code").note(f"the code {code!r} is used a second time")
        seen.add(code)
        return code

    def zone(self, node: Node, default: str) -> str:
        """An IANA zone."""
        zone = node.text("zone", default)
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            node.at("zone").note(f"no time zone is called {zone!r}; write it like Europe/Madrid")
            return default
        return zone

    def jurisdiction(self, node: Node, default: str) -> str:
        """Whose law applies."""
        word = node.text("jurisdiction", default)
        if not JURISDICTION.fullmatch(word):
            node.at("jurisdiction").note(f"{word!r} is no country: two capital letters, like CN, US, GB")
        return word

    def language(self, node: Node, key: str, default: str) -> str:
        """A language of the catalogue."""
        word = node.text(key, default)
        if word not in LANGUAGES:
            node.at(key).note(f"{word!r} is none of {', '.join(LANGUAGES)}")
            return default
        return word

    def hours(self, node: Node, key: str) -> Hours | None:
        """From and to on the wall clock."""
        inner = node.inner(key)
        if inner is None:
            return None
        inner.only("from", "to")
        starts, ends = self.clock(inner, "from"), self.clock(inner, "to")
        return None if starts is None or ends is None else (starts, ends)

    def clock(self, node: Node, key: str) -> time | None:
        """A time of day."""
        word = node.text(key)
        if not word:
            return None
        try:
            return time.fromisoformat(word if len(word) == 5 else "?")
        except ValueError:
            node.at(key).note(f'{word!r} is no time of day: write it in quotes, like "06:30"')
            return None
