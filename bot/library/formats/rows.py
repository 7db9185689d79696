"""Rows of a CSV file or a sheet as a bank: columns by name, settings, and the same questions as every other format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from bot.library.formats.bank_map import read_common, read_id, read_kind, read_language
from bot.library.model import LETTERS, MAX_QUESTIONS, NOWHERE, Bank, Place, Question
from bot.library.reading import ID, LANGUAGE, Fields, Node, Reading, nearest
from bot.library.row import Row

BELIEFS, MATCHES, SPOTS = (tuple(f"{letter}{mark}" for letter in LETTERS) for mark in "!=@")
PLAIN_COLUMNS = (
    "id", "kind", "topic", "lesson", "jurisdictions", "facts", "sources", "confidence", "right", "tolerance", "units",
    "picture", *SPOTS,
)  # fmt: skip
TEXT_COLUMNS = ("stem", *LETTERS, "explanation", *BELIEFS, *MATCHES, "right", "unit")
COLUMNS = (
    "id", "kind", "topic", "lesson", "jurisdictions", "facts", "sources", "stem", *LETTERS, "right", "explanation",
    *BELIEFS, "confidence", *MATCHES, "tolerance", "unit", "units", "picture", *SPOTS,
)  # fmt: skip
"""The columns in the order the template writes them: what every kind needs first."""
USUAL = frozenset({*(column for column in COLUMNS[: COLUMNS.index("tolerance")] if "=" not in column)})
"""The columns that every workbook has; the others are there where a question needs them."""
REQUIRED = ("id", "kind", "topic", "jurisdictions", "stem", "right", "explanation")
LEAST_COLUMNS = 3
"""A row that names fewer columns is no header."""
SETTINGS = ("bank", "language", "title")
MORE_SETTINGS = (*SETTINGS, "confidence")
"""Those that may be given, too, but need not stand in every workbook."""
_ALL = (*PLAIN_COLUMNS, *TEXT_COLUMNS)


def column_name(text: str) -> str:
    """A header cell as a column's name: one width, no case, no spaces (`Stem：ZH` is `stem:zh`)."""
    name = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
    base, colon, language = name.partition(":")
    if colon and "-" in language:
        first, _, region = language.partition("-")
        language = f"{first}-{region.upper() if len(region) == 2 else region.title()}"
    return f"{base}{colon}{language}"


def known_columns(texts: Iterable[str]) -> int:
    """How many of the header's cells name a column."""
    return sum(_is_column(column_name(text)) for text in texts)


def _is_column(name: str) -> bool:
    base, colon, language = name.partition(":")
    return base in TEXT_COLUMNS and bool(LANGUAGE.fullmatch(language)) if colon else name in _ALL


def read_rows(
    header: Sequence[Node], rows: Iterable[Sequence[Node]], settings: Fields, file: str, reading: Reading
) -> Bank | None:
    """A bank out of a header and rows of text cells; settings are `bank`, `language` and `title` where given.

    An empty row, and one whose id begins with `#`, is left alone.
    """
    language, ident, title = _settings(settings, file, reading)
    columns = _columns(header, reading)
    if columns is None:
        return None
    missing = [name for name in REQUIRED if name not in columns]
    translated = _translated(columns)
    for name in missing:
        reading.note("missing_column", header[0].place, column=name)
    questions: list[Question] = []
    count = 0
    for cells in rows:
        row = _row(columns, translated, cells, header, reading)
        if row is None:
            continue
        count += 1
        if count > MAX_QUESTIONS:
            reading.note("too_many_questions", row.place, n=count, limit=MAX_QUESTIONS)
            break
        if (question := _question(row, missing, reading)) is not None:
            questions.append(question)
        if reading.full:
            break
    if not count and not any(each.code == "csv_quote" for each in reading.problems):
        reading.note("no_questions", header[0].place)
    return Bank(ident, language, title, tuple(questions), reading.file)


def _settings(settings: Fields, file: str, reading: Reading) -> tuple[str, str, Mapping[str, str]]:
    for name, node in settings.items():
        if name.partition(":")[0] not in MORE_SETTINGS:
            known = ", ".join(MORE_SETTINGS)
            reading.note("unknown_setting", node.key, name=name, guess=nearest(name, MORE_SETTINGS), known=known)
    reading.language = language = read_language(settings, reading)
    reading.confidence = bool(reading.boolean(settings, "confidence", NOWHERE, default=False))
    stem = PurePath(file).stem
    slug = re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-")[:40]
    ident = read_id(settings, "bank", NOWHERE, reading) if "bank" in settings else slug
    place = next((node.place for name, node in settings.items() if name.partition(":")[0] == "title"), NOWHERE)
    titles = Row(settings, place, {}, _translated(settings)).localized("title", language)
    title = reading.localized({"title": titles}, "title", NOWHERE, required=False)
    return language, ident if ID.fullmatch(ident) else (slug or "bank"), title or {language: stem}


def _columns(header: Sequence[Node], reading: Reading) -> list[str] | None:
    """The name of each column, empty for one that is to be left alone; None when this is no header at all."""
    names = [column_name(node.value) if isinstance(node.value, str) else "" for node in header]
    if sum(_is_column(name) for name in names) < LEAST_COLUMNS:
        reading.note("no_header", header[0].place if header else NOWHERE, columns=", ".join(REQUIRED))
        return None
    seen: set[str] = set()
    for at, (name, node) in enumerate(zip(names, header, strict=True)):
        if not name or name.startswith("#"):
            names[at] = ""
        elif not _is_column(name):
            names[at] = ""
            reading.note("unknown_column", node.place, column=str(node.value)[:80], guess=nearest(name, _ALL))
        elif name in seen:
            names[at] = ""
            reading.note("duplicate_column", node.place, column=name)
        seen.add(name)
    return names


def _translated(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if ":" in name)


def _row(
    columns: Sequence[str], translated: Sequence[str], cells: Sequence[Node], header: Sequence[Node], reading: Reading
) -> Row | None:
    named: dict[str, Node] = {}
    places: dict[str, Place] = {}
    extra = None
    for at, node in enumerate(cells):
        if at >= len(columns):
            extra = extra or (node.place if node.value else None)
        elif columns[at]:
            places[columns[at]] = node.place
            if node.value:
                named[columns[at]] = node
    if "id" in named and str(named["id"].value).lstrip().startswith("#"):
        return None
    if not named and extra is None:
        return None
    if extra is not None:
        reading.note("extra_cell", extra, n=len(columns))
    return Row(named, cells[0].place, places, translated)


def _question(row: Row, missing: Sequence[str], reading: Reading) -> Question | None:
    reading.next_question()
    before = len(reading.problems)
    common: dict[str, Node] = {name: row.node(name) for name in ("id", "kind", "topic", "lesson", "confidence")}
    common["jurisdictions"], common["facts"] = row.words("jurisdictions"), row.words("facts")
    common["sources"] = row.phrases("sources")
    common["stem"] = row.localized("stem", reading.language)
    common["explanation"] = row.localized("explanation", reading.language)
    kind = read_kind(common, row.place, reading)
    payload = kind.parse(kind.from_row(row, reading), row.place, reading) if kind else None
    question = read_common(common, row.place, kind, payload, reading)
    if missing:  # said once for the header, not again for every row
        told = reading.problems[before:]
        reading.problems[before:] = [
            each for each in told if each.code != "missing_field" or each.params.get("field") not in missing
        ]
    return question
