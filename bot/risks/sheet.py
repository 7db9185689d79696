"""Risks as rows of a spreadsheet: one row a control, the risk's own cells in the first of them. Read outside transactions.

A file comes as CSV or XLSX and goes back as XLSX with the cells to mend marked, as question banks do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.library.intake import Read
from bot.library.reading_rows import Rows, says, translated
from bot.people.importing.files import Record, Table, table_of
from bot.people.importing.problems import Problems
from bot.risks.company import company, scale
from bot.risks.model import FACTORS, Held, Method, Rank, Rating, Words
from bot.risks.rules import MOST_WORDS, SURE, fits

KEYS = ("risk", "unit", "place", "task", "step_number", "step", "hazard", "topic", "method")
RATED = ("likelihood", "exposure", "consequence", "residual_likelihood", "residual_exposure", "residual_consequence")
CONTROL = ("control", "rank", "owner", "check_days", "held")
WORDED = ("task", "step", "hazard", "control")
"""Columns that may stand once more for each language: `task_zh`."""
TRANSLATED = translated(*WORDED)
COLUMNS = (*KEYS, *RATED, *CONTROL)
NEEDED = ("unit",)
MAY = tuple(name for name in (*COLUMNS, *TRANSLATED) if name not in NEEDED)
MOST_RISKS = 5000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
GIVEN = re.compile(r"D-[0-9]+")
"""Codes that Davy gives: a file can name one that is there, and make none."""
TOPIC = re.compile(r"[A-Z]{2,5}")


@dataclass(frozen=True)
class ControlRow:
    """A control as the file has it; `owner` is a badge."""

    words: Words
    rank: Rank
    owner: str
    every: timedelta | None
    held: Held


@dataclass(frozen=True)
class RiskEntry:
    """A risk as the file has it; `unit` is a path of names, `place` a code."""

    code: str
    unit: str
    place: str
    task: Words
    number: int | None
    step: Words
    hazard: Words
    topic: str
    inherent: Rating | None
    residual: Rating | None
    controls: tuple[ControlRow, ...] = ()
    row: int = 0


@dataclass
class Known:
    """What the file may name: units by path with their language, places by code with their unit, badges, codes that are there."""

    units: Mapping[str, str]
    places: Mapping[str, str]
    badges: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    """Codes of risks that whoever sends the file may change."""
    taken: frozenset[str] = frozenset()
    """Codes of risks of other units."""


def read(name: str, data: bytes, known: Known) -> Read:
    """Reads a file that is ours; what people send is read apart (`taking.INTAKE`)."""
    problems = Problems(name)
    table = table_of(name, data, NEEDED, MAY, problems)
    return Read(broken="; ".join(map(str, problems.found[:5]))) if problems else checked(table, known)


def checked(table: Table, known: Known) -> Read:
    """What a table says; every mistake is noted at its cell."""
    for name in ("task", "hazard"):
        if not any(column.partition("_")[0] == name for column in table.columns):
            return Read(broken=f"1:1 there is no column {name!r}")
    reading = _Reading(known, table)
    reading.all(table)
    return Read(reading.risks, reading.wrong, table)


class _Reading(Rows):
    """What is known while a table is read."""

    def __init__(self, known: Known, table: Table) -> None:
        super().__init__(table)
        self.known = known
        self.risks: list[RiskEntry] = []
        self.codes: set[str] = set()
        self.units = {name.casefold(): name for name in known.units}
        self.badges = {badge.casefold() for badge in known.badges}

    def all(self, table: Table) -> None:
        """Row by row; a row without task and hazard adds a control to the risk above it."""
        for at, record in enumerate(table.records):
            if says(record, "task") or says(record, "hazard"):
                self.risks.append(self.risk(at, record))
            elif not self.risks:
                self.note("nothing_above", at, record, "task")
            if self.risks and (kept := self.control(at, record)) is not None:
                last = self.risks[-1]
                self.risks[-1] = _with(last, kept)
        if len(self.risks) > MOST_RISKS:
            self.note("too_many", MOST_RISKS, table.records[MOST_RISKS], "task", most=MOST_RISKS)

    def risk(self, at: int, record: Record) -> RiskEntry:
        """A risk with its ratings."""
        unit = self.units.get(record["unit"].text.casefold(), "")
        if not unit:
            self.note("unknown_unit", at, record, "unit")
        place = record["place"].text
        if place and place not in self.known.places:
            self.note("unknown_place", at, record, "place")
        elif place and unit and not f"{self.known.places[place]}/".startswith(f"{unit}/"):
            self.note("place_elsewhere", at, record, "place")
        base = self.known.units.get(unit, "en")
        topic = record["topic"].text.upper()
        if topic and not TOPIC.fullmatch(topic):
            self.note("bad_topic", at, record, "topic")
        return RiskEntry(
            self.code(at, record), unit, place, self.words(at, record, "task", base, most=MOST_WORDS, needed=True),
            self.number(at, record, "step_number", 999), self.words(at, record, "step", base, most=MOST_WORDS),
            self.words(at, record, "hazard", base, most=MOST_WORDS, needed=True), topic, *self.ratings(at, record), row=at,
        )  # fmt: skip

    def code(self, at: int, record: Record) -> str:
        """What the file calls a risk; the same code twice would be two risks in one row."""
        code = record["risk"].text
        if not code:
            return ""
        if not CODE.fullmatch(code) or (GIVEN.fullmatch(code) and code not in self.known.codes):
            self.note("bad_code", at, record, "risk")
        elif code in self.codes:
            self.note("code_twice", at, record, "risk")
        elif code in self.known.taken:
            self.note("code_elsewhere", at, record, "risk")
        self.codes.add(code)
        return code

    def ratings(self, at: int, record: Record) -> tuple[Rating | None, Rating | None]:
        """How bad without controls, and with them."""
        word = record["method"].text.casefold() or company().method.value
        if word not in tuple(Method):
            self.note("bad_method", at, record, "method")
            return None, None
        inherent = self.rating(at, record, Method(word), "")
        residual = self.rating(at, record, Method(word), "residual_")
        if residual is not None and inherent is None:
            self.note("residual_alone", at, record, "residual_likelihood")
            return None, None
        return inherent, residual

    def rating(self, at: int, record: Record, method: Method, before: str) -> Rating | None:
        """The factors of one rating: all, or none."""
        names = FACTORS[method]
        cells = {name: record[f"{before}{name}"].text for name in names}
        if not any(cells.values()):
            return None
        values: list[float] = []
        for name, word in cells.items():
            steps = scale(method).steps[name]
            try:
                value = float(word.replace(",", "."))
            except ValueError:
                value = -1.0
            if value not in steps:
                self.note("bad_step", at, record, f"{before}{name}", steps=", ".join(f"{each:g}" for each in steps))
            values.append(value)
        found = Rating(method, tuple(values))
        return found if fits(scale(method), found) else None

    def control(self, at: int, record: Record) -> ControlRow | None:
        """The control of a row, where it has one."""
        base = self.known.units.get(self.risks[-1].unit, "en")
        words = self.words(at, record, "control", base, most=MOST_WORDS)
        if not words:
            if any(record[name].text for name in ("rank", "owner", "check_days", "held")):
                self.note("missing", at, record, "control")
            return None
        rank, owner, held = record["rank"].text, record["owner"].text, record["held"].text or Held.PLANNED.value
        names = {each.name.casefold(): each for each in Rank} | {str(each.value): each for each in Rank}
        if rank.casefold() not in names:
            self.note("bad_rank", at, record, "rank", known=", ".join(each.name.lower() for each in Rank))
        if owner and owner.casefold() not in self.badges:
            self.note("unknown_owner", at, record, "owner")
        if held not in (Held.PLANNED, Held.IN_PLACE):
            self.note("bad_held", at, record, "held")
        days = self.number(at, record, "check_days", SURE.days)
        every = timedelta(days=days) if days else None
        found = Held(held) if held in tuple(Held) else Held.PLANNED
        return ControlRow(words, names.get(rank.casefold(), Rank.ORGANISE), owner, every, found)


def _with(found: RiskEntry, control: ControlRow) -> RiskEntry:
    return RiskEntry(**(vars(found) | {"controls": (*found.controls, control)}))


def rows_of(found: Sequence[RiskEntry]) -> list[dict[str, str]]:
    """Risks as rows again, in the order of COLUMNS and then the translations: what `read` reads."""
    made = []
    for risk in found:
        method = risk.inherent.method if risk.inherent else company().method
        row = {
            "risk": risk.code, "unit": risk.unit, "place": risk.place, "step_number": str(risk.number or ""),
            "topic": risk.topic, "method": method.value,
        }  # fmt: skip
        for before, rating in (("", risk.inherent), ("residual_", risk.residual)):
            for name, value in zip(FACTORS[method], rating.factors if rating else (), strict=False):
                row[f"{before}{name}"] = f"{value:g}"
        for column, words in (("task", risk.task), ("step", risk.step), ("hazard", risk.hazard)):
            row |= {f"{column}_{lang}": said for lang, said in words.items()}
        for at, control in enumerate(risk.controls or (None,)):
            more = {} if control is None else _control_cells(control)
            made.append((row if at == 0 else {}) | more)
    return made


def _control_cells(control: ControlRow) -> dict[str, str]:
    cells = {f"control_{lang}": said for lang, said in control.words.items()}
    days = str(control.every.days) if control.every else ""
    return cells | {
        "rank": control.rank.name.lower(),
        "owner": control.owner,
        "check_days": days,
        "held": control.held.value,
    }
