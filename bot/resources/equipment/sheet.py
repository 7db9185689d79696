"""Equipment and its stock as rows of a spreadsheet: one row a size, the item's own cells in the first of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.i18n.say import say
from bot.library.intake import Read
from bot.library.reading_rows import Rows, Wrong, translated
from bot.library.table_book import TableBook
from bot.people.importing.files import Record, Table
from bot.resources.equipment.model import Item
from bot.resources.equipment.rules import MOST_DAYS, MOST_SIZES, MOST_STOCK, ONE_SIZE

TRANSLATED = translated("name")
COLUMNS = ("code", "unit", "name", "keeper", "inspect_days", "life_days", "low", "size", "stock")
NEEDED = ("code", "unit")
MAY = tuple(name for name in (*COLUMNS, *TRANSLATED) if name not in NEEDED)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
MOST_NAME, MOST_SIZE = 80, 20


@dataclass(frozen=True)
class Known:
    """What a file may name: units by their path of names with (number, path, language), badges, codes that are others'."""

    units: Mapping[str, tuple[int, str, str]]
    badges: Mapping[str, int]
    taken: frozenset[str] = frozenset()


@dataclass
class Entry:
    """An item as the file has it, with what was counted of each size."""

    item: Item
    counted: dict[str, int]


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong with a cell and what to do."""
    return str(say(f"resources.wrong_{wrong.code}", lang, **wrong.params))


BOOK = TableBook("Equipment", sentence, {"name": 30, "unit": 38, "code": 18}, TRANSLATED)


def checked(table: Table, known: Known) -> Read:
    """What a table says; every mistake is noted at its cell."""
    reading = _Reading(known, table)
    for at, record in enumerate(table.records):
        reading.row(at, record)
    return Read([Entry(e.item, e.counted) for e in reading.entries], reading.wrong, table)


class _Reading(Rows):
    """What is known while a table is read."""

    def __init__(self, known: Known, table: Table) -> None:
        super().__init__(table)
        self.known = known
        self.units = {name.casefold(): found for name, found in known.units.items()}
        self.badges = {badge.casefold(): id for badge, id in known.badges.items()}
        self.codes: set[str] = set()
        self.entries: list[Entry] = []

    def row(self, at: int, record: Record) -> None:
        """An item with its first size, or one more size of the item above."""
        if record["code"].text:
            self.entries.append(Entry(self.item(at, record), {}))
        elif not self.entries:
            self.note("missing", at, record, "code")
            return
        size = record["size"].text or ONE_SIZE
        last = self.entries[-1]
        if len(size) > MOST_SIZE:
            self.note("too_long", at, record, "size", most=MOST_SIZE)
        if size in last.counted:
            self.note("code_twice", at, record, "size")
        if len(last.counted) == MOST_SIZES:
            self.note("too_many", at, record, "size", most=MOST_SIZES)
        last.counted[size] = self.number(at, record, "stock", MOST_STOCK, 0) or 0
        last.item = Item(**(vars(last.item) | {"sizes": tuple(last.counted)}))

    def item(self, at: int, record: Record) -> Item:
        """The cells of the item itself."""
        code = record["code"].text
        if not CODE.fullmatch(code):
            self.note("bad_code", at, record, "code")
        elif code in self.codes:
            self.note("code_twice", at, record, "code")
        elif code in self.known.taken:
            self.note("code_elsewhere", at, record, "code")
        self.codes.add(code)
        id, path, lang = self.one_of(at, record, "unit", self.units, "unknown_unit") or (0, "", "en")
        keeper = self.one_of(at, record, "keeper", self.badges, "unknown_owner") if record["keeper"].text else None
        return Item(
            0, code, id, path, self.words(at, record, "name", lang, most=MOST_NAME, needed=True), (), keeper,
            self.number(at, record, "inspect_days", MOST_DAYS), self.number(at, record, "life_days", MOST_DAYS),
            self.number(at, record, "low", MOST_STOCK, 0) or 0,
        )  # fmt: skip
