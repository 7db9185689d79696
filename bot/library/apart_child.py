"""The process in which strangers' banks, lessons and tables are read.

python -m bot.library.apart_child
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.library import tabled
from bot.library.authoring import workbook as lesson_workbook
from bot.library.checks import Known, check_bank, in_file_order
from bot.library.content import as_bank, bank_content
from bot.library.formats.marked import marked_workbook
from bot.library.formats.quoting import quoted
from bot.library.formats.read import read_bank, read_with_pictures
from bot.library.formats.sheets import Lists
from bot.library.formats.write import export
from bot.library.model import Problem, Severity
from bot.library.reading import Reading
from bot.library.shipped import known_content
from bot.media import faces
from bot.media.apart_child import DOES as DOES
from bot.media.apart_child import main as main
from bot.media.pictures import BadPicture

WORKBOOKS = (".xlsx", ".xlsm")


@cache
def _known() -> Known:
    return known_content()


def lists() -> Lists:
    """What the drop-downs of workbooks offer."""
    return Lists(sorted(_known().topics), sorted(_known().lessons or ()))


def check(request: Mapping[str, Any]) -> dict[str, Any]:
    """A file's bank, its problems, its pictures, and the marked workbook where there is something to mend in one."""
    name, language = str(request["name"]), str(request["lang"])
    data = base64.b64decode(request["data"])
    if lesson_workbook.holds_lessons(data):
        return _lessons(name, data, language)
    bank, problems, pictures = read_with_pictures(name, data, language)
    if bank is not None:
        problems = problems + check_bank(bank, _known())
    problems = sorted(problems, key=in_file_order)
    marked = None
    if name.casefold().endswith(WORKBOOKS) and any(each.severity is Severity.ERROR for each in problems):
        marked = marked_workbook(data, problems, language, lists())
    found = [each for each in bank.questions if "id" in each.places] if bank else []
    return {
        "bank": bank_content(bank) if bank else None,
        "places": {each.id: list(each.places["id"]) for each in found},
        "problems": [_problem(each) for each in problems],
        "marked": _text(marked),
        "pictures": [{"ref": each.ref, "kept": each.kept, "data": _text(each.data)} for each in pictures],
        "quoted": quoted(name, data, [*problems, *(Problem("", "", *each.places["id"]) for each in found)]),
    }


def _lessons(name: str, data: bytes, language: str) -> dict[str, Any]:
    """The lessons of a workbook, their problems, and the marked workbook."""
    reading = Reading(name, language)
    read = lesson_workbook.read(data, reading, _known().topics)
    problems = sorted(reading.problems, key=in_file_order)
    wrong = any(each.severity is Severity.ERROR for each in problems)
    return {
        "bank": None,
        "lessons": [{"id": each.id, "content": each.content} for each in read],
        "problems": [_problem(each) for each in problems],
        "marked": _text(marked_workbook(data, problems, language, lists()) if wrong else None),
        "pictures": [],
        "places": {},
        "quoted": quoted(name, data, problems),
    }


def write(request: Mapping[str, Any]) -> dict[str, Any]:
    """A live bank, or one in a file, as a file of another format."""
    language = str(request["lang"])
    problems: list[Problem] = []
    if "bank" in request:
        bank = as_bank(request["bank"])
    else:
        read, problems = read_bank(str(request["name"]), base64.b64decode(request["data"]), language)
        if read is None or not read.questions:
            return {"data": None}
        bank, problems = read, sorted([*problems, *check_bank(read, _known())], key=in_file_order)
    pictures = {ref: base64.b64decode(data) for ref, data in request.get("pictures", {}).items()}
    made = export(bank, str(request["format"]), language, lists(), pictures.get, problems)
    if len(made.left_out) == len(bank.questions):
        return {"data": None, "none_fits": True}
    return {
        "data": _text(made.data),
        "name": made.name,
        "title": dict(bank.title),
        "left_out": list(made.left_out),
        "in_part": list(made.in_part),
        "pictures": made.pictures,
    }


def blur(request: Mapping[str, Any]) -> dict[str, Any]:
    """A picture with its faces blurred, and how many there seem to be; nothing where it is no picture."""
    data = base64.b64decode(request["data"])
    try:
        boxes = faces.found(data)
        return {"data": _text(faces.blurred(data, boxes)), "faces": len(faces.apart(boxes))}
    except BadPicture:
        return {"data": None}


def cover(request: Mapping[str, Any]) -> dict[str, Any]:
    """A picture with cells of the grid covered, and the same with the grid."""
    made = faces.covered(base64.b64decode(request["data"]), request["cells"])
    return {"data": _text(made), "grid": _text(faces.gridded(made))}


def _problem(problem: Problem) -> dict[str, Any]:
    place = [problem.line, problem.column, problem.cell]
    return {
        "code": problem.code,
        "file": problem.file,
        "place": place,
        "params": dict(problem.params),
        "severity": problem.severity.value,
    }


def _text(data: bytes | None) -> str | None:
    return base64.b64encode(data).decode() if data is not None else None


DOES |= {"check": check, "write": write, "blur": blur, "cover": cover, "table": tabled.answer}

if __name__ == "__main__":
    main()
