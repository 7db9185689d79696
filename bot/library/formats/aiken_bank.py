"""Aiken, the plainest of Moodle's formats: a question, options behind capital letters, and a line `ANSWER: B`.

Nothing else fits into it: no explanation, no id, no second language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.kit.delimited import plain_breaks
from bot.library.formats.foreign import Gathering
from bot.library.formats.found import FULL, NOTHING, Found, Given
from bot.library.kinds.registry import choices, kind_of
from bot.library.model import NOWHERE, Bank, Place, Question
from bot.library.reading import Node, Reading

_OPTION = re.compile(r"\s*([A-Z])\s*[).]\s*(.*)")
_ANSWER = re.compile(r"\s*ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)
LOOK = re.compile(r"(?im)^[ \t]*ANSWER[ \t]*[:：][ \t]*[A-Z][ \t]*$")
"""A line that only an Aiken file has."""


@dataclass(slots=True)
class _Open:
    """A question whose line ANSWER has not come yet."""

    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, Node]] = field(default_factory=list)
    place: Place = NOWHERE


def read_aiken(text: str, reading: Reading) -> Bank | None:
    """A bank from Aiken text. A question without its line ANSWER, and an option without a question, are errors."""
    told = Gathering(reading)
    now = _Open()
    for number, line in enumerate(plain_breaks(text).split("\n"), 1):
        bare = line.strip()
        place = Place(number, len(line) - len(line.lstrip()) + 1)
        if answer := _ANSWER.fullmatch(line):
            _close(now, answer[1].strip(), Place(number, answer.start(1) + 1), told)
            now = _Open()
        elif (option := _OPTION.fullmatch(line)) and now.stem:
            now.options.append((option[1], Node(option[2].strip() or None, Place(number, option.start(2) + 1))))
        elif bare:
            if now.options:
                reading.note("aiken_answer", place)
                now = _Open()
            if not now.stem:
                now.place = place
            now.stem.append(bare)
        if reading.full:
            break
    if now.stem:
        reading.note("aiken_answer", now.place)
    return told.bank()


def _close(now: _Open, answer: str, place: Place, told: Gathering) -> None:
    if not now.stem:
        return told.reading.note("missing_field", place, field="stem")
    letters = [letter for letter, _ in now.options]
    named = answer.rstrip(".)").strip().upper()
    if named not in letters:
        return told.reading.note("aiken_letter", place, value=answer[:40], letters=", ".join(letters))
    given = tuple(Given(text, FULL if letter == named else NOTHING) for letter, text in now.options)
    stem = Node(" ".join(now.stem), now.place)
    told.add(Found("one", now.place, stem, "multichoice", answers=given))
    return None


def write_aiken(bank: Bank) -> bytes:
    """The questions with one right option, in the bank's language; everything else of them is not in the file."""
    return "\n".join(_question(each, bank.language) for each in bank.questions if fits(each, bank.language)).encode()


def fits(question: Question, language: str) -> bool:
    """Whether the format can say the question so that it is read as it was: one line a text, none like a line of its own."""
    if question.kind != "one":
        return False
    texts = [question.stem.get(language, ""), *(each.text.get(language, "") for each in choices(question))]
    lines_of_its_own = any(_OPTION.fullmatch(text) or _ANSWER.fullmatch(text) for text in texts[:1])
    return all(text and "\n" not in text for text in texts) and not lines_of_its_own


def _question(question: Question, language: str) -> str:
    options: Sequence[str] = [each.text[language] for each in choices(question)]
    right = kind_of(question).right_positions(question.payload)[0]
    lines = [question.stem[language], *(f"{chr(65 + at)}. {text}" for at, text in enumerate(options))]
    return "\n".join([*lines, f"ANSWER: {chr(65 + right)}", ""])
