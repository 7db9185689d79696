"""Questions, banks and workbooks that the library's tests are made of; none of them is in the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from bot.library.formats.rows import COLUMNS
from bot.library.kinds.registry import KINDS
from bot.library.model import Bank, Localized, Option, Question

HEADER = list(COLUMNS)


OTHERS: Mapping[str, Mapping[str, Any]] = {
    "order": {
        "steps": [
            {"text": {"en": "Stop"}},
            {"text": {"en": "Lock"}, "misconception": {"en": "The lock comes first"}},
            {"text": {"en": "Try"}, "misconception": {"en": "Trying can come early"}},
        ]
    },
    "match": {
        "pairs": [
            {"left": {"en": "Red"}, "right": {"en": "Forbidden"}},
            {"left": {"en": "Blue"}, "right": {"en": "Do it"}, "misconception": {"en": "Blue is only advice"}},
            {"left": {"en": "Red bar"}, "right": {"en": "Forbidden"}},
        ],
        "others": [{"en": "Way out"}],
    },
    "number": {
        "number": "2.5", "tolerance": "0.1", "unit": {"en": "m", "zh": "米"}, "units": {"cm": "0.01"},
        "wrong": [{"number": "25", "misconception": {"en": "The more, the better"}}],
    },
    "short": {
        "answer": {"en": "a near miss", "es": "un casi accidente"}, "synonyms": {"en": ["close call"]},
        "wrong": [{"text": {"en": "nothing"}, "misconception": {"en": "Unhurt means nothing happened"}}],
    },
    "spot": {
        "picture": "spot-store-room.png",
        "marks": [
            {"at": [14, 68], "text": {"en": "Boxes"}, "right": True},
            {"at": [33, 58.5], "text": {"en": "Extinguisher"}, "right": False, "misconception": {"en": "In the way"}},
        ],
    },
}  # fmt: skip
"""The kinds that are no lists of options, as their JSON."""


def options(*texts: str, right: str) -> list[Option]:
    """Options in English, those of the letters in `right` right, the others each with a misconception."""
    return [
        Option({"en": text}, letter in right, {} if letter in right else {"en": f"believes {text}"})
        for letter, text in zip("abcdef", texts, strict=False)
    ]


def question(kind: str = "one", right: str = "b", **fields: Any) -> Question:
    """A clean question of a kind; `fields` replace its own."""
    given: dict[str, Any] = {
        "id": "swing-001",
        "kind": kind,
        "topic": "LIF",
        "stem": {"en": "The load begins to swing. What now?"},
        "payload": payload(kind, right),
        "explanation": {"en": "A swinging load cannot be held by hand."},
        "jurisdictions": ("any",),
        "facts": (),
        "sources": ("lifting plan",),
    }
    return Question(**{**given, **fields})


def payload(kind: str, right: str) -> object:
    """The payload of a kind, by way of its JSON."""
    if kind in OTHERS:
        return KINDS[kind].from_json({"v": 1, **OTHERS[kind]})
    if kind == "true_false":
        return KINDS[kind].from_json({"v": 1, "answer": right == "true", "misconception": {"en": "It is light"}})
    made = options("Hold it by hand", "Step out of its way", "Shout at the driver", "Film it", right=right)
    listed = [{"text": o.text, "right": o.right, "misconception": o.misconception} for o in made]
    return KINDS[kind].from_json({"v": 1, "options": listed})


def bank(*questions: Question, language: str = "en", title: Localized | None = None) -> Bank:
    """A bank of questions."""
    return Bank("swinging-loads", language, title or {language: "Swinging loads"}, questions, "swing.yaml")


def row(**cells: str) -> dict[str, str]:
    """A clean row of a spreadsheet; `cells` replace its own (`a_` stands for `a!`)."""
    given = {
        "id": "swing-001",
        "kind": "one",
        "topic": "LIF",
        "jurisdictions": "any",
        "sources": "lifting plan",
        "stem": "The load begins to swing. What now?",
        "a": "Hold it by hand",
        "b": "Step out of its way",
        "right": "b",
        "a!": "I am strong enough",
        "explanation": "A swinging load cannot be held by hand.",
    }
    return given | {name.replace("_", "!"): text for name, text in cells.items()}


def csv_text(
    rows: Sequence[Mapping[str, str]], delimiter: str = ",", end: str = "\n", header: Sequence[str] = ()
) -> str:
    """Rows as CSV, every cell quoted that needs it."""
    columns = list(header) or HEADER

    def cell(text: str) -> str:
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & {delimiter, '"', "\n"} else text

    lines = [delimiter.join(columns), *(delimiter.join(cell(r.get(c, "")) for c in columns) for r in rows)]
    return end.join(lines) + end


def workbook(
    rows: Sequence[Mapping[str, str]],
    change: Callable[[Any, Any], None] | None = None,
    header: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
) -> bytes:
    """Rows as a workbook's sheet Questions; `change(book, sheet)` may spoil it."""
    columns = list(header) or HEADER
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Questions")
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column)
        for number, each in enumerate(rows, 1):
            if each.get(column):
                sheet.write_string(number, at, each[column])
    if settings is not None:
        second = book.add_worksheet("Bank")
        for at, (name, value) in enumerate(settings.items()):
            second.write_row(at, 0, [name, value])
    if change is not None:
        change(book, sheet)
    book.close()
    return buffer.getvalue()
