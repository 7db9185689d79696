"""Lists of duties as a file: a table with one row a duty, or YAML. Read outside transactions; every mistake at its place.

Both become rows of cells that know where they stand, so one checker reads both. A table goes back with its cells marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.duties.model import Draft, Duty, Level
from bot.duties.rules import MOST_DUTIES, MOST_WORDS
from bot.kit.decoding import decode
from bot.library.intake import Read
from bot.library.reading_rows import Rows, translated
from bot.people.importing.files import Cell, Record, Table
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Place as Where
from bot.people.importing.problems import Problems

WORDED = ("scope", "duty", "check")
"""Columns that may stand once more for each language: `duty_zh`."""
TRANSLATED = translated(*WORDED)
COLUMNS = ("post", "unit", "level", "scope", "code", "above", "duty", "check", "facts")
NEEDED = ("post", "unit", "code")
MAY = tuple(name for name in (*COLUMNS, *TRANSLATED) if name not in NEEDED)
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}(\.[a-z0-9][a-z0-9-]{0,39})?")


@dataclass(frozen=True)
class Entry:
    """A list as the file has it; `unit` is a path of names."""

    post: str
    unit: str
    draft: Draft


@dataclass(frozen=True)
class Known:
    """What a file may name: units by path with their language, posts, and the codes of duties that are in force."""

    units: Mapping[str, str]
    posts: frozenset[str]
    codes: frozenset[str] = frozenset()


def read_tree(name: str, data: bytes, known: Known) -> Read:
    """Reads a YAML file; every mistake is noted at its place."""
    problems = Problems(name)
    root = read_yaml(decode(data) or "", problems)
    records = [record for each in root.items("lists") for record in rows_of_node(each)] if root else []
    if problems:
        return Read(broken="; ".join(f"{_at(each.place)} {each.message}" for each in problems.found[:5]))
    return _checked(records, None, known)


def checked(table: Table, known: Known) -> Read:
    """What a table says; every mistake is noted at its cell."""
    return _checked(table.records, table, known)


def _checked(records: Sequence[Record], table: Table | None, known: Known) -> Read:
    reading = _Reading(known, table)
    reading.all(records)
    return Read(reading.lists, reading.wrong, table)


def shipped(name: str, text: str) -> Draft:
    """A draft that comes with Davy. Raises ValueError with its mistakes."""
    problems = Problems(name)
    root = read_yaml(text, problems)
    reading = _Reading(
        Known({"": "en"}, frozenset({root.text("post") if root is not None else ""})), None, origins=False
    )
    if root is not None:
        reading.all(list(rows_of_node(root)))
    if problems or reading.wrong or root is None:
        raise ValueError("\n".join([*map(str, problems.found), *(f"{name}:{each}" for each in reading.wrong)]))
    draft = reading.lists[0].draft
    return Draft(root.text("post"), draft.level, root.texts("title"), draft.scope, draft.duties)


def rows_of_node(node: Node) -> Iterator[Record]:
    """One list of a YAML file as rows: its own cells stand in the first of them."""
    cells = {name: Cell(node.text(name, ""), node.at(name).place) for name in ("post", "unit", "level")}
    node.only("post", "unit", "level", "title", "scope", "duties")
    _worded(cells, node, "scope")
    for at, each in enumerate(node.items("duties")):
        each.only("code", "above", "duty", "check", "facts")
        own = {name: Cell(each.text(name, ""), each.at(name).place) for name in ("code", "above")}
        own["facts"] = Cell(" ".join(each.words("facts")), each.at("facts").place)
        _worded(own, each, "duty")
        _worded(own, each, "check")
        yield Record((cells if at == 0 else {}) | own, each.place)


def _worded(cells: dict[str, Cell], node: Node, name: str) -> None:
    for lang, words in node.texts(name).items():
        cells[f"{name}_{lang}"] = Cell(words, node.at(name).place)


def _at(place: Where) -> str:
    return place.cell or f"{place.line}:{place.column}"


class _Reading(Rows):
    """What is known while a file is read."""

    names_columns = True

    def __init__(self, known: Known, table: Table | None, *, origins: bool = True) -> None:
        super().__init__(table)
        self.known, self.origins = known, origins
        self.lists: list[Entry] = []
        self.units = {name.casefold(): name for name in known.units}
        self.posts = {post.casefold(): post for post in known.posts}
        self.base = "en"
        self.above: list[tuple[int, Record]] = []

    def all(self, records: Sequence[Record]) -> None:
        """Row by row; one without a post adds a duty to the list above it."""
        for at, record in enumerate(records):
            if record["post"].text:
                self.begin(at, record)
            elif not self.lists:
                self.note("nothing_above", at, record, "post")
                continue
            self.add(at, record)
        mine = {duty.code for each in self.lists for duty in each.draft.duties}
        for at, record in self.above if self.origins else ():
            if record["above"].text not in mine | self.known.codes:
                self.note("unknown_above", at, record, "above")
        self.wrong.sort(key=lambda each: each.row)

    def begin(self, at: int, record: Record) -> None:
        """A new list."""
        unit = self.units.get(record["unit"].text.casefold(), "")
        post = self.posts.get(record["post"].text.casefold(), "")
        if record["unit"].text.casefold() not in self.units:
            self.note("unknown_unit", at, record, "unit")
        if not post:
            self.note("unknown_post", at, record, "post")
        if any((each.post, each.unit) == (post, unit) for each in self.lists if post):
            self.note("list_twice", at, record, "post")
        self.base = self.known.units.get(unit, "en")
        level = record["level"].text.casefold() or Level.PERSON.value
        if level not in tuple(Level):
            self.note("bad_level", at, record, "level", known=", ".join(Level))
            level = Level.PERSON.value
        scope = self.words(at, record, "scope", self.base, most=MOST_WORDS)
        self.lists.append(Entry(post, unit, Draft("", Level(level), {}, scope, ())))

    def add(self, at: int, record: Record) -> None:
        """A duty of the list that was begun last."""
        last = self.lists[-1]
        code = record["code"].text
        if not CODE.fullmatch(code):
            self.note("bad_code", at, record, "code")
        elif any(code == duty.code for duty in last.draft.duties):
            self.note("code_twice", at, record, "code")
        if record["above"].text:
            self.above.append((at, record))
        if len(last.draft.duties) == MOST_DUTIES:
            self.note("too_many", at, record, "code", most=MOST_DUTIES)
        duty = Duty(
            code, self.words(at, record, "duty", self.base, most=MOST_WORDS, needed=True),
            self.words(at, record, "check", self.base, most=MOST_WORDS, needed=True),
            record["above"].text, tuple(record["facts"].text.replace(",", " ").split()),
        )  # fmt: skip
        draft = last.draft
        more = Draft(draft.code, draft.level, draft.title, draft.scope, (*draft.duties, duty))
        self.lists[-1] = Entry(last.post, last.unit, more)


# --- and back ---------------------------------------------------------------------------------------------------------


def rows_of(found: Sequence[Entry]) -> list[dict[str, str]]:
    """Lists as rows of a table: what `read` reads."""
    made = []
    for each in found:
        head = {"post": each.post, "unit": each.unit, "level": each.draft.level.value}
        head |= {f"scope_{lang}": words for lang, words in each.draft.scope.items()}
        for at, duty in enumerate(each.draft.duties):
            row = {"code": duty.code, "above": duty.above, "facts": " ".join(duty.facts)}
            row |= {f"duty_{lang}": words for lang, words in duty.words.items()}
            row |= {f"check_{lang}": words for lang, words in duty.check.items()}
            made.append((head if at == 0 else {}) | row)
    return made


def tree_of(found: Sequence[Entry]) -> dict[str, Any]:
    """The same as a YAML file has it."""
    return {
        "lists": [
            {
                "post": each.post, "unit": each.unit, "level": each.draft.level.value, "scope": dict(each.draft.scope),
                "duties": [
                    {"code": d.code, "above": d.above, "duty": dict(d.words), "check": dict(d.check), "facts": list(d.facts)}
                    for d in each.draft.duties
                ],
            }
            for each in found
        ]
    }  # fmt: skip
