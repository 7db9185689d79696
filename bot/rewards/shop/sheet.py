"""A catalogue as a file: XLSX or CSV, a row a reward. Every mistake at its place; with one, nothing is taken."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO

from bot.i18n.languages import LANGUAGES
from bot.kit.digits import western
from bot.library.formats.workbook import BadWorkbook, inspect
from bot.people.importing.files import Record, table_of
from bot.people.importing.problems import Problems, meant
from bot.rewards import rules as point_rules
from bot.rewards.shop import rules

NEEDED = ("code", "unit", "name", "cost", "stock")
MAY = tuple(f"name_{lang}" for lang in LANGUAGES)
MOST_BYTES, MOST_ROWS = 1_000_000, 200
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Line:
    """A reward as the file has it; `unit` is the unit's number."""

    code: str
    unit: int
    names: dict[str, str]
    cost: int
    stock: int


@dataclass(frozen=True)
class Read:
    """What a file says: rewards, or what is wrong with it, a line each."""

    lines: tuple[Line, ...]
    wrong: tuple[str, ...]


def read(name: str, data: bytes, units: dict[str, tuple[int, str]]) -> Read:
    """A file's rewards. `units`: those that whoever sends it looks after, by name, with number and language."""
    problems = Problems(name)
    if data.startswith(b"PK"):
        try:
            inspect(data)
        except BadWorkbook as bad:
            return Read((), (f"{name}: {bad.code}",))
    if len(data) > MOST_BYTES:
        return Read((), (f"{name}: the file is larger than {MOST_BYTES // 1_000_000} MB",))
    table = table_of(name, data, NEEDED, MAY, problems)
    lines, seen = [], set()
    for record in table.records[: MOST_ROWS + 1]:
        line = _line(record, units, problems)
        if line is not None and (line.unit, line.code) in seen:
            problems.note(record["code"].place, f"{line.code!r} stands here twice for the same unit")
        if line is not None:
            seen.add((line.unit, line.code))
            lines.append(line)
    if not problems and not 1 <= len(lines) <= MOST_ROWS:
        return Read((), (f"{name}: there must be 1 to {MOST_ROWS} rewards",))
    wrong = tuple(str(each) for each in problems.found)
    return Read(() if wrong else tuple(lines), wrong)


def _line(record: Record, units: dict[str, tuple[int, str]], problems: Problems) -> Line | None:
    before = len(problems.found)
    code, unit = record["code"], record["unit"]
    if not CODE.fullmatch(code.text):
        problems.note(code.place, "a code has small letters, digits and hyphens, at most 40")
    if unit.text not in units:
        problems.note(unit.place, f"you look after no unit {unit.text!r}{meant(unit.text, units)}")
    names = {lang: record[f"name_{lang}"] for lang in LANGUAGES if record[f"name_{lang}"].text}
    lang = units.get(unit.text, (0, "en"))[1]
    if record["name"].text:
        names.setdefault(lang, record["name"])
    else:
        problems.note(record["name"].place, "a reward needs a name")
    for cell in names.values():
        if len(cell.text) > rules.MOST_NAME:
            problems.note(cell.place, f"a name has at most {rules.MOST_NAME} letters")
        if point_rules.praises_silence(cell.text):
            problems.note(
                cell.place, "no reward for the absence of injuries or reports: it keeps the book quiet, not people safe"
            )
    cost = _whole(record, "cost", 1, rules.MOST_COST, problems)
    stock = _whole(record, "stock", 0, rules.MOST_STOCK, problems)
    if len(problems.found) > before:
        return None
    return Line(code.text, units[unit.text][0], {key: cell.text for key, cell in names.items()}, cost, stock)


def _whole(record: Record, column: str, least: int, most: int, problems: Problems) -> int:
    said = western(record[column].text)
    if not re.fullmatch(r"[0-9]{1,6}", said) or not least <= int(said) <= most:
        problems.note(record[column].place, f"{column!r} must be a whole number from {least} to {most}")
        return 0
    return int(said)


def written(lines: list[Line], names: dict[int, str]) -> bytes:
    """A catalogue as CSV; read again it is the same. Without rewards it is the template."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*NEEDED, *MAY])
    for each in lines:
        first = next(iter(each.names.values()), "")
        row = [each.code, names[each.unit], first, each.cost, each.stock, *(each.names.get(x, "") for x in LANGUAGES)]
        # a cell that begins like a formula gets a space, which is taken off when it is read again
        writer.writerow(
            [f" {cell}" if str(cell)[:1] in "=+-@" and isinstance(cell, str) and cell else cell for cell in row]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()
