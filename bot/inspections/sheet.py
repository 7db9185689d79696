"""Checklists as rows of a spreadsheet: one row an item. A file comes as XLSX or CSV and goes back as XLSX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.inspections.model import Checklist, Choice, Item, Section
from bot.inspections.reading import Given, Read, Wrong, finish, item_of
from bot.library.formats.sheets import Lists, Sheets
from bot.people.importing.files import Cell, Record, table_of
from bot.people.importing.problems import Place, Problems

SHEET = "Checklist"
FIRST = ("checklist", "checklist_topic")
PLAIN = ("id", "kind", "photo", "severity", "topic", "facts", "unit", "min", "max", "must")
WORDED = ("title", "section", "text", "hint", "choices")
TRANSLATED = tuple(f"{name}_{lang}" for name in WORDED for lang in LANGUAGES)
COLUMNS = (
    *FIRST,
    *(c for c in TRANSLATED if c[:4] in ("titl", "sect")),
    *PLAIN,
    *(c for c in TRANSLATED if c[:4] not in ("titl", "sect")),
)
NEEDED = ("checklist", "id")
FAILS = "!"
"""Stands before a choice that means that something is not in order."""


def read_rows(name: str, data: bytes) -> Read:
    """Reads a file; every mistake is noted at its cell. The title stands in the first row, a section's where it begins."""
    problems, found = Problems(name), Read()
    table = table_of(name, data, NEEDED, tuple(c for c in COLUMNS if c not in NEEDED), problems)
    if problems:
        where = [
            f"{each.place.cell or f'{each.place.line}:{each.place.column}'} {each.message}" for each in problems.found
        ]
        return Read(broken="; ".join(where[:5]))
    groups: list[list[Record]] = []
    for record in table.records:
        named = record["checklist"].text
        if not groups or (named and named != groups[-1][0]["checklist"].text):
            groups.append([])
        groups[-1].append(record)
    for group in groups:
        _list(group, found)
    if not groups:
        found.note("no_items", Place())
    return found


def _list(rows: Sequence[Record], found: Read) -> None:
    sections: list[tuple[dict[str, str], list[Item]]] = []
    seen: set[str] = set()
    for record in rows:
        begun = _said(record, "section")
        if begun or not sections:
            if not begun:
                found.note("missing", record.place)
            sections.append((begun, []))
        given = _given(record)
        if given.code in seen:
            found.note("twice", given.at("id"), value=given.code)
        seen.add(given.code)
        item = item_of(given, found)
        if item is not None:
            sections[-1][1].append(item)
    first = rows[0]
    made = [Section(title, tuple(items)) for title, items in sections]
    code = first["checklist"]
    finish(code.text, code.place, (_said(first, "title"), first.place), first["checklist_topic"].text, made, found)


def _said(record: Record, name: str) -> dict[str, str]:
    return {lang: cell.text for lang in LANGUAGES if (cell := record[f"{name}_{lang}"]).text}


def _given(record: Record) -> Given:
    def plain(name: str) -> str:
        return record[name].text

    def place(name: str) -> Place:
        cells: list[Cell] = [record[f"{name}_{lang}"] for lang in LANGUAGES] if name in WORDED else [record[name]]
        return next((cell.place for cell in cells if cell.text), cells[0].place)

    return Given(
        record.place, plain("id"), _said(record, "text"), plain("kind") or "pass", plain("photo") or "no",
        plain("severity") or "2", plain("topic"), tuple(plain("facts").replace(",", " ").split()),
        _said(record, "hint"), plain("unit"), plain("min"), plain("max"), _choices(record), plain("must"),
        {name: place(name) for name in (*PLAIN, *WORDED)},
    )  # fmt: skip


def _choices(record: Record) -> tuple[Choice, ...]:
    """A line a choice, in each language as many; a mark before those that mean a fault."""
    by = {
        lang: [line.strip() for line in words.splitlines() if line.strip()]
        for lang, words in _said(record, "choices").items()
    }
    most = max((len(lines) for lines in by.values()), default=0)
    made = []
    for at in range(most):
        said = {lang: lines[at] for lang, lines in by.items() if at < len(lines)}
        fails = any(words.startswith(FAILS) for words in said.values())
        made.append(Choice({lang: words.removeprefix(FAILS).strip() for lang, words in said.items()}, fails))
    return tuple(made)


def rows_of(found: Checklist) -> list[dict[str, str]]:
    """A checklist as rows again: what `read_rows` reads."""
    made: list[dict[str, str]] = []
    for section in found.sections:
        for at, item in enumerate(section.items):
            row = {"checklist": found.code} | _item(item)
            if at == 0:
                row |= {f"section_{lang}": said for lang, said in section.title.items()}
            made.append(row)
    if made:
        made[0] |= {f"title_{lang}": said for lang, said in found.title.items()} | {"checklist_topic": found.topic}
    return made


def _item(item: Item) -> dict[str, str]:
    cells = {
        "id": item.code, "kind": item.kind.value, "photo": item.photo.value, "severity": str(int(item.severity)),
        "topic": item.topic, "facts": " ".join(item.facts), "unit": item.unit, "must": "" if item.optional else "yes",
        "min": "" if item.low is None else f"{item.low!r}", "max": "" if item.high is None else f"{item.high!r}",
    }  # fmt: skip
    cells |= {f"text_{lang}": said for lang, said in item.words.items()}
    cells |= {f"hint_{lang}": said for lang, said in (item.hint or {}).items()}
    for lang in LANGUAGES:
        lines = [f"{FAILS if c.fails else ''}{c.words[lang]}" for c in item.choices if lang in c.words]
        cells |= {f"choices_{lang}": "\n".join(lines)} if lines else {}
    return cells


def to_workbook(lists: Sequence[Checklist], lang: str) -> bytes:
    """Checklists as a workbook that can be changed and sent back."""
    rows = [row for each in lists for row in rows_of(each)]
    used = {name for row in rows for name, value in row.items() if value}
    header = [name for name in COLUMNS if name not in TRANSLATED or name in used or name.endswith(f"_{lang}")]
    sheets = Sheets(lang, Lists())
    sheet = sheets.book.add_worksheet(SHEET)
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(header):
        sheet.set_column(column, column, 44 if name.startswith(("text", "hint")) else 16, sheets.formats["text"])
        sheet.write_string(0, column, name, sheets.formats["header"])
        base = name.rpartition("_")[0] if name in TRANSLATED else name
        note = str(say("inspections.column", lang, name=base))
        sheet.write_comment(0, column, note, {"x_scale": 2.2, "y_scale": 1.4, "author": "Davy"})
    for at, row in enumerate(rows, 1):
        for column, name in enumerate(header):
            sheets.value(sheet, at, column, row.get(name, ""), "text")
    return sheets.close()


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong at a spot and what to do."""
    said = str(say("inspections.wrong", lang, code=wrong.code, **_values(wrong.params)))
    return f"{wrong.at}: {said}"


def _values(params: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": "", "known": "", "most": 0, "length": 0, "low": "", "high": ""} | dict(params)
