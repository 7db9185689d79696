"""The register as rows of a spreadsheet, one row an entry. Read outside transactions; every mistake is noted at its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.compliance.register.model import Kind, Words
from bot.compliance.register.rules import EVALUATE_DAYS, LOOK_DAYS, MOST_DAYS, MOST_WORDS
from bot.library.intake import Read
from bot.library.reading_rows import Rows, translated
from bot.people.importing.files import Record, Table, day

PLAIN = (
    *("code", "kind", "jurisdiction", "version", "effective_on", "source"),
    *("unit", "topics", "owner", "look_days", "evaluate_days", "watch"),
)
WORDED = ("title", "changes", "binds")
"""Columns that may stand once more for each language: `title_zh`."""
TRANSLATED = translated(*WORDED)
COLUMNS = (*PLAIN[:3], "title", *PLAIN[3:6], "changes", "binds", *PLAIN[6:])
NEEDED = ("code",)
MAY = tuple(name for name in (*COLUMNS, *TRANSLATED) if name not in NEEDED)
MOST_ROWS = 3000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LAW_OF = re.compile(r"[A-Za-z]{2,12}")
TOPIC = re.compile(r"[A-Z]{2,5}")


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


def checked(table: Table, known: Known) -> Read:
    """Every row of a table, with its mistakes."""
    checking = _Checking(known, table)
    laws = [checking.law(at, record) for at, record in enumerate(table.records[:MOST_ROWS])]
    if len(table.records) > MOST_ROWS:
        checking.note("too_many", MOST_ROWS, table.records[MOST_ROWS], "code", most=MOST_ROWS)
    return Read(laws, checking.wrong, table)


class _Checking(Rows):
    """What is known while a table is read."""

    def __init__(self, known: Known, table: Table) -> None:
        super().__init__(table)
        self.known = known
        self.codes: set[str] = set()
        self.units = {name.casefold(): name for name in known.units}
        self.badges = {badge.casefold(): badge for badge in known.badges}

    def law(self, at: int, record: Record) -> LawEntry:
        """One entry."""
        kind = record["kind"].text.casefold()
        if kind not in tuple(Kind):
            self.note("bad_kind", at, record, "kind")
        words = {
            name: self.words(at, record, name, self.known.lang, most=MOST_WORDS, needed=name == "title")
            for name in WORDED
        }
        return LawEntry(
            self.code(at, record), Kind(kind) if kind in tuple(Kind) else Kind.LAW, self.jurisdiction(at, record),
            words["title"], self.needed(at, record, "version", 80), self.date(at, record),
            self.needed(at, record, "source", 400), words["changes"], words["binds"], self.unit(at, record),
            self.topics(at, record), self.owner(at, record), self.number(at, record, "look_days", MOST_DAYS) or LOOK_DAYS,
            self.number(at, record, "evaluate_days", MOST_DAYS) or EVALUATE_DAYS, self.watch(at, record),
        )  # fmt: skip

    def code(self, at: int, record: Record) -> str:
        """By what an entry is known: in the file once, and not another unit's."""
        code = record["code"].text
        if not CODE.fullmatch(code):
            self.note("bad_code" if code else "missing", at, record, "code")
        elif code.casefold() in self.codes:
            self.note("code_twice", at, record, "code")
        elif code in self.known.taken:
            self.note("code_elsewhere", at, record, "code")
        self.codes.add(code.casefold())
        return code

    def jurisdiction(self, at: int, record: Record) -> str:
        """Whose law it is: a number without it would be read as everybody's."""
        word = record["jurisdiction"].text
        if not word:
            self.note("missing", at, record, "jurisdiction")
        elif not LAW_OF.fullmatch(word):
            self.note("bad_jurisdiction", at, record, "jurisdiction")
        return word.lower() if word.casefold() == "any" else word.upper()

    def needed(self, at: int, record: Record, column: str, most: int) -> str:
        """Words that must stand there."""
        words = record[column].text
        if not words:
            self.note("missing", at, record, column)
        elif len(words) > most:
            self.note("too_long", at, record, column, most=most)
        return words

    def date(self, at: int, record: Record) -> date | None:
        """Since when it holds; empty where nobody knows."""
        word = record["effective_on"].text
        found = day(word)
        if word and found is None:
            self.note("bad_date", at, record, "effective_on")
        return found

    def unit(self, at: int, record: Record) -> str:
        """Where it holds; the widest unit that the sender keeps where it is left out."""
        word = record["unit"].text
        if not word:
            return next(iter(self.known.units), "")
        if word.casefold() not in self.units:
            self.note("unknown_unit", at, record, "unit")
        return self.units.get(word.casefold(), "")

    def topics(self, at: int, record: Record) -> tuple[str, ...]:
        """The lesson topics that depend on it."""
        found = tuple(record["topics"].text.upper().replace(";", " ").replace(",", " ").split())
        for topic in found:
            if not TOPIC.fullmatch(topic):
                self.note("bad_topic", at, record, "topics", value=topic)
        return found

    def owner(self, at: int, record: Record) -> str:
        """Who looks after it."""
        word = record["owner"].text
        if word and word.casefold() not in self.badges:
            self.note("unknown_owner", at, record, "owner")
        return self.badges.get(word.casefold(), "")

    def watch(self, at: int, record: Record) -> str:
        """The page that is watched where the operator lets it be."""
        word = record["watch"].text
        if word and (not word.startswith(("https://", "http://")) or len(word) > 400):
            self.note("bad_address", at, record, "watch")
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
