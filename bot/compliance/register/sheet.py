"""The register as rows of a spreadsheet, one row an entry. Read outside transactions; every mistake is noted at its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from bot.compliance.register.model import Kind, Words
from bot.compliance.register.rules import EVALUATE_DAYS, LOOK_DAYS, MOST_DAYS, MOST_WORDS
from bot.i18n.languages import LANGUAGES
from bot.people.importing.files import Record, Table, day

PLAIN = (
    *("code", "kind", "jurisdiction", "version", "effective_on", "source"),
    *("unit", "topics", "owner", "look_days", "evaluate_days", "watch"),
)
WORDED = ("title", "changes", "binds")
"""Columns that may stand once more for each language: `title_zh`."""
TRANSLATED = tuple(f"{name}_{lang}" for name in WORDED for lang in LANGUAGES)
COLUMNS = (*PLAIN[:3], "title", *PLAIN[3:6], "changes", "binds", *PLAIN[6:])
NEEDED = ("code",)
MAY = tuple(name for name in (*COLUMNS, *TRANSLATED) if name not in NEEDED)
MOST_ROWS, MOST_WRONG = 3000, 500
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LAW_OF = re.compile(r"[A-Za-z]{2,12}")
TOPIC = re.compile(r"[A-Z]{2,5}")


class Wrong(NamedTuple):
    """A cell to mend: the code of its sentence (`compliance.register.wrong_<code>`), and what stands in it."""

    code: str
    row: int
    column: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class LawEntry:
    """An entry as the file has it; `unit` is a path of names (empty: the whole company), `owner` a badge."""

    code: str
    kind: Kind
    jurisdiction: str
    title: Words
    version: str
    effective_on: date | None
    source: str
    changes: Words
    binds: Words
    unit: str
    topics: tuple[str, ...]
    owner: str
    look_days: int
    evaluate_days: int
    watch: str


@dataclass
class Known:
    """What the file may name: units by path, the widest first; badges; codes that are others' to change."""

    units: Mapping[str, int]
    badges: Mapping[str, int]
    taken: frozenset[str] = frozenset()
    lang: str = "en"


@dataclass
class Read:
    """What was read: the entries and the cells to mend. `table` is None where the file is no table at all."""

    laws: list[LawEntry] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    table: Table | None = None
    broken: str = ""


def checked(table: Table, known: Known) -> Read:
    """Every row of a table, with its mistakes."""
    found = Read(table=table)
    checking = _Checking(known, found)
    for at, record in enumerate(table.records[:MOST_ROWS]):
        found.laws.append(checking.law(at, record))
    if len(table.records) > MOST_ROWS:
        checking.note("too_many", MOST_ROWS, "code", "", most=MOST_ROWS)
    return found


class _Checking:
    """What is known while a table is read."""

    def __init__(self, known: Known, found: Read) -> None:
        self.known, self.found = known, found
        self.codes: set[str] = set()
        self.units = {name.casefold(): name for name in known.units}
        self.badges = {badge.casefold(): badge for badge in known.badges}

    def note(self, code: str, row: int, column: str, value: str, **params: Any) -> None:
        """Remembers a cell to mend."""
        if len(self.found.wrong) < MOST_WRONG:
            self.found.wrong.append(Wrong(code, row, column, {"value": value[:60], **params}))

    def law(self, at: int, record: Record) -> LawEntry:
        """One entry."""
        kind = record["kind"].text.casefold()
        if kind not in tuple(Kind):
            self.note("bad_kind", at, "kind", record["kind"].text)
        return LawEntry(
            self.code(at, record), Kind(kind) if kind in tuple(Kind) else Kind.LAW, self.jurisdiction(at, record),
            self.words(at, record, "title", needed=True), self.needed(at, record, "version", 80),
            self.date(at, record), self.needed(at, record, "source", 400), self.words(at, record, "changes"),
            self.words(at, record, "binds"), self.unit(at, record), self.topics(at, record), self.owner(at, record),
            self.days(at, record, "look_days", LOOK_DAYS), self.days(at, record, "evaluate_days", EVALUATE_DAYS),
            self.watch(at, record),
        )  # fmt: skip

    def code(self, at: int, record: Record) -> str:
        """By what an entry is known: in the file once, and not another unit's."""
        code = record["code"].text
        if not CODE.fullmatch(code):
            self.note("bad_code" if code else "missing", at, "code", code)
        elif code.casefold() in self.codes:
            self.note("code_twice", at, "code", code)
        elif code in self.known.taken:
            self.note("code_elsewhere", at, "code", code)
        self.codes.add(code.casefold())
        return code

    def jurisdiction(self, at: int, record: Record) -> str:
        """Whose law it is: a number without it would be read as everybody's."""
        word = record["jurisdiction"].text
        if not word:
            self.note("missing", at, "jurisdiction", "")
        elif not LAW_OF.fullmatch(word):
            self.note("bad_jurisdiction", at, "jurisdiction", word)
        return word.lower() if word.casefold() == "any" else word.upper()

    def words(self, at: int, record: Record, column: str, *, needed: bool = False) -> Words:
        """What a column says, by language: the plain column is in the sender's own."""
        said = {lang: record[f"{column}_{lang}"].text for lang in LANGUAGES}
        if record[column].text:
            said[self.known.lang] = record[column].text
        for lang, words in said.items():
            if len(words) > MOST_WORDS:
                self.note("too_long", at, self._column(record, column, lang), words, most=MOST_WORDS)
        found = {lang: words for lang, words in said.items() if words}
        if needed and not found:
            self.note("missing", at, self._column(record, column, self.known.lang), "")
        return found

    def _column(self, record: Record, column: str, lang: str) -> str:
        table = self.found.table
        there = table.columns if table is not None else ()
        own = f"{column}_{lang}"
        return own if own in there else next((each for each in there if each.startswith(column)), column)

    def needed(self, at: int, record: Record, column: str, most: int) -> str:
        """Words that must stand there."""
        words = record[column].text
        if not words:
            self.note("missing", at, column, "")
        elif len(words) > most:
            self.note("too_long", at, column, words, most=most)
        return words

    def date(self, at: int, record: Record) -> date | None:
        """Since when it holds; empty where nobody knows."""
        word = record["effective_on"].text
        found = day(word)
        if word and found is None:
            self.note("bad_date", at, "effective_on", word)
        return found

    def unit(self, at: int, record: Record) -> str:
        """Where it holds; the widest unit that the sender keeps where it is left out."""
        word = record["unit"].text
        if not word:
            return next(iter(self.known.units), "")
        if word.casefold() not in self.units:
            self.note("unknown_unit", at, "unit", word)
        return self.units.get(word.casefold(), "")

    def topics(self, at: int, record: Record) -> tuple[str, ...]:
        """The lesson topics that depend on it."""
        found = tuple(record["topics"].text.upper().replace(";", " ").replace(",", " ").split())
        for topic in found:
            if not TOPIC.fullmatch(topic):
                self.note("bad_topic", at, "topics", topic)
        return found

    def owner(self, at: int, record: Record) -> str:
        """Who looks after it."""
        word = record["owner"].text
        if word and word.casefold() not in self.badges:
            self.note("unknown_owner", at, "owner", word)
        return self.badges.get(word.casefold(), "")

    def days(self, at: int, record: Record, column: str, usual: int) -> int:
        """A rhythm in days."""
        word = record[column].text
        if not word:
            return usual
        if word.isascii() and word.isdigit() and 1 <= int(word) <= MOST_DAYS:
            return int(word)
        self.note("bad_number", at, column, word, most=MOST_DAYS)
        return usual

    def watch(self, at: int, record: Record) -> str:
        """The page that is watched where the operator lets it be."""
        word = record["watch"].text
        if word and (not word.startswith(("https://", "http://")) or len(word) > 400):
            self.note("bad_address", at, "watch", word)
        return word


def rows_of(found: Sequence[LawEntry]) -> list[dict[str, str]]:
    """Entries as rows again: what `checked` reads."""
    made = []
    for each in found:
        row = {
            "code": each.code, "kind": each.kind.value, "jurisdiction": each.jurisdiction, "version": each.version,
            "effective_on": each.effective_on.isoformat() if each.effective_on else "", "source": each.source,
            "unit": each.unit, "topics": " ".join(each.topics), "owner": each.owner, "look_days": str(each.look_days),
            "evaluate_days": str(each.evaluate_days), "watch": each.watch,
        }  # fmt: skip
        for column, words in (("title", each.title), ("changes", each.changes), ("binds", each.binds)):
            row |= {f"{column}_{lang}": said for lang, said in words.items()}
        made.append(row)
    return made
