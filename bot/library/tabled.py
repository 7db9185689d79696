"""A table in a stranger's file, read in the process apart: no parser of ours opens it here. Blocking."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from bot.library.apart import READER, Stopped
from bot.library.formats.workbook import BadWorkbook, inspect
from bot.people.importing.files import Cell, Record, Table, table_of
from bot.people.importing.problems import Place, Problems


def read_apart(name: str, data: bytes, needed: Sequence[str], may: Sequence[str]) -> tuple[Table | None, str]:
    """The table, or None and what is wrong with the file as a whole: a code of the reader, or its sentence in English."""
    request = {"do": "table", "name": name, "data": base64.b64encode(data).decode()}
    try:
        found = READER.ask(request | {"needed": list(needed), "may": list(may)})
    except Stopped as stopped:
        return None, stopped.code
    if found["broken"]:
        return None, str(found["broken"])
    records = tuple(
        Record({column: Cell(text, Place(*place)) for column, text, place in cells}, Place(*at))
        for at, cells in found["records"]
    )
    return Table(name, tuple(found["columns"]), records), ""


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The other side: runs in the process apart."""
    name, data = str(request["name"]), base64.b64decode(request["data"])
    if data.startswith(b"PK"):
        try:
            inspect(data)
        except BadWorkbook as bad:
            return {"broken": bad.code}
    problems = Problems(name)
    table = table_of(name, data, tuple(request["needed"]), tuple(request["may"]), problems)
    if problems:
        return {"broken": "; ".join(f"{_at(each.place)} {each.message}" for each in problems.found[:5])}
    records = [
        [
            _place(record.place),
            [[column, record[column].text, _place(record[column].place)] for column in table.columns],
        ]
        for record in table.records
    ]
    return {"broken": "", "columns": list(table.columns), "records": records}


def _at(place: Place) -> str:
    return place.cell or f"{place.line}:{place.column}"


def _place(place: Place) -> list[Any]:
    return [place.line, place.column, place.cell]
