"""A number, with a tolerance and a unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.library.kinds.kind import Kind, Order, Written, known_version, plain
from bot.library.kinds.quantity import decimal, readings, written
from bot.library.model import (
    LETTERS,
    MISCONCEPTION_LIMIT,
    Answer,
    Choice,
    Line,
    Localized,
    Place,
    Verdict,
)
from bot.library.reading import Fields, Node, Reading
from bot.library.row import Row

VERSION = 1
UNIT_LIMIT = 20
_UNIT_MARK = "="


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number that people give, and the belief behind it."""

    number: Decimal
    misconception: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NumberPayload:
    """The right number, how far from it still counts, and its unit; all numbers in that unit.

    `units` are others that may be typed, each with what one of it is in the question's unit (cm: 0.01 for metres).
    With `wrong` numbers there are buttons to choose from.
    """

    number: Decimal
    tolerance: Decimal = Decimal(0)
    unit: Localized = field(default_factory=dict)
    units: Mapping[str, Decimal] = field(default_factory=dict)
    wrong: tuple[WrongNumber, ...] = ()


class Number(Kind[NumberPayload]):
    """Say how much."""

    name = "number"
    also_called = ("numerical", "numeric", "calculated", "数字", "数值", "填数", "numérica", "número", "رقم", "عدد")
    fields = frozenset({"number", "tolerance", "unit", "units", "wrong"})
    typed = True
    labels = "words"

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> NumberPayload | None:
        """`number`, and perhaps `tolerance`, `unit`, `units` (name: factor) and `wrong` (number, misconception)."""
        number = None if "right" in reading.told else self._number(fields, "number", owner, reading)
        tolerance = self._number(fields, "tolerance", owner, reading, Decimal(0))
        if tolerance is not None and tolerance < 0:
            reading.note("expected_amount", fields["tolerance"].place, field="tolerance")
        unit = reading.localized(fields, "unit", owner, required=False)
        units, wrong = self._units(fields, reading), self._wrong(fields, reading)
        if number is None or tolerance is None:
            return None
        for at, each in enumerate(wrong):
            if abs(each.number - number) <= tolerance:
                place = reading.places.get(LETTERS[at], owner)
                reading.note("duplicate_option", place, field=LETTERS[at], other="number")
        return NumberPayload(number, tolerance, unit, units, wrong)

    def _number(
        self, fields: Fields, name: str, owner: Place, reading: Reading, default: Decimal | None = None
    ) -> Decimal | None:
        typed = reading.text(fields, name, owner, required=default is None)
        if not typed:
            return default
        if (found := decimal(typed)) is None:
            reading.note("expected_amount", fields[name].place, field=name)
        return found

    def _units(self, fields: Fields, reading: Reading) -> Mapping[str, Decimal]:
        node = fields.get("units")
        if node is None or node.value is None:
            return {}
        reading.places["units"] = node.place
        if not isinstance(node.value, Mapping):
            reading.note("expected_map", node.place, field="units")
            return {}
        found = {}
        for name in node.value:
            factor = self._number(node.value, name, node.place, reading)
            if factor is not None and factor <= 0:
                reading.note("expected_amount", node.value[name].place, field=f"units:{name}")
            elif factor is not None:
                found[name] = factor
        return found

    def _wrong(self, fields: Fields, reading: Reading) -> tuple[WrongNumber, ...]:
        node = fields.get("wrong")
        if node is None or not node.value:
            return ()
        if not isinstance(node.value, tuple):
            reading.note("expected_list", node.place, field="wrong")
            return ()
        if len(node.value) >= len(LETTERS):
            reading.note("too_many_options", node.place, n=len(node.value) + 1, limit=len(LETTERS))
        found = []
        for letter, item in zip(LETTERS[:-1], node.value, strict=False):
            entries = item.value if isinstance(item.value, Mapping) else {"number": item}
            reading.only(entries, ("number", "misconception"))
            number = self._number(entries, "number", item.place, reading)
            reading.places[letter] = item.place
            belief = reading.localized(entries, "misconception", item.place, required=False, shown_as=f"{letter}!")
            if number is not None:
                found.append(WrongNumber(number, belief))
        return tuple(found)

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """`right` is the number; `tolerance`, `unit`, `units`; wrong numbers stand in a..e with their beliefs."""
        wrong = [
            Node({"number": row.node(letter), "misconception": row.localized(f"{letter}!", reading.language)},
                 row.at(letter))
            for letter in LETTERS if row.text(letter).strip()
        ]  # fmt: skip
        units = {}
        for part in row.phrases("units").value or ():
            name, _, factor = str(part.value).partition(_UNIT_MARK) if isinstance(part, Node) else ("", "", "")
            units[name.strip()] = Node(factor.strip() or None, row.at("units"), row.at("units"))
        if not row.text("right").strip():
            reading.note("missing_field", row.at("right"), field="right")
            reading.told.add("right")
        return {
            "number": row.node("right"),
            "tolerance": row.node("tolerance"),
            "unit": row.localized("unit", reading.language),
            "units": Node(units or None, row.at("units")),
            "wrong": Node(tuple(wrong), row.at("a")),
        }

    def to_row(self, payload: NumberPayload, languages: Sequence[str], base: str) -> dict[str, str]:
        """`right`, `tolerance`, `unit`, `units`, and the wrong numbers in a..e with their beliefs."""
        cells = {"right": written(payload.number), "tolerance": written(payload.tolerance) if payload.tolerance else ""}
        cells["units"] = "; ".join(f"{name}{_UNIT_MARK}{written(factor)}" for name, factor in payload.units.items())
        for letter, wrong in zip(LETTERS, payload.wrong, strict=False):
            cells[letter] = written(wrong.number)
        for language in languages:
            suffix = "" if language == base else f":{language}"
            cells[f"unit{suffix}"] = payload.unit.get(language, "")
            for letter, wrong in zip(LETTERS, payload.wrong, strict=False):
                cells[f"{letter}!{suffix}"] = wrong.misconception.get(language, "")
        return {column: text for column, text in cells.items() if text}

    def to_json(self, payload: NumberPayload) -> dict[str, Any]:
        """`{"v": 1, "number": "2.5", "tolerance": "0.1", "unit": {...}, "units": {"cm": "0.01"}, "wrong": [...]}`."""
        return {
            "v": VERSION,
            "number": written(payload.number),
            "tolerance": written(payload.tolerance),
            "unit": dict(payload.unit),
            "units": {name: written(factor) for name, factor in payload.units.items()},
            "wrong": [
                {"number": written(each.number), "misconception": dict(each.misconception)} for each in payload.wrong
            ],
        }

    def from_json(self, data: Mapping[str, Any]) -> NumberPayload:
        """The payload back; ValueError for a version of the future."""
        known_version(data, VERSION, self.name)
        return NumberPayload(
            Decimal(data["number"]),
            Decimal(data.get("tolerance") or 0),
            data.get("unit") or {},
            {name: Decimal(factor) for name, factor in (data.get("units") or {}).items()},
            tuple(
                WrongNumber(Decimal(each["number"]), each.get("misconception") or {})
                for each in data.get("wrong") or ()
            ),
        )

    def choices(self, payload: NumberPayload) -> tuple[Choice, ...]:
        """With wrong numbers there are buttons: the right number, then those; without, there is nothing to choose."""
        if not payload.wrong:
            return ()
        numbers = [payload.number, *(each.number for each in payload.wrong)]
        return tuple(Choice(at, self._words(payload, number)) for at, number in enumerate(numbers))

    def _words(self, payload: NumberPayload, number: Decimal | str) -> Localized:
        text = _short(number) if isinstance(number, str) else written(number)
        return {language: f"{text} {unit}" for language, unit in payload.unit.items()} or {"en": text}

    def order(self, payload: NumberPayload, seed: str) -> Order:
        """From the smallest to the largest."""
        numbers = [payload.number, *(each.number for each in payload.wrong)] if payload.wrong else []
        return tuple(sorted(range(len(numbers)), key=lambda at: numbers[at]))

    def shuffles(self, payload: NumberPayload) -> bool:
        """Numbers stand in their own order."""
        return False

    def right_positions(self, payload: NumberPayload) -> tuple[int, ...]:
        """The first, where there are buttons."""
        return (0,) if payload.wrong else ()

    def right_answer(self, payload: NumberPayload) -> Answer:
        """The number as text."""
        return (written(payload.number),)

    def press(self, payload: NumberPayload, chosen: Answer, position: int) -> Answer:
        """The number on the button."""
        numbers = [payload.number, *(each.number for each in payload.wrong)]
        return (written(numbers[position]),)

    def place_of(self, payload: NumberPayload, chosen: Answer, position: int) -> int:
        """1 where its number was answered, by tapping or typing."""
        return int(bool(chosen) and self.press(payload, (), position) == chosen)

    def unit(self, payload: NumberPayload) -> Localized:
        """The unit, in words."""
        return payload.unit

    def so_far(self, payload: NumberPayload, chosen: Answer) -> tuple[Localized, ...]:
        """The number with its unit."""
        return (self._words(payload, str(chosen[0])),) if chosen else ()

    def grade(self, payload: NumberPayload, answer: Answer) -> Verdict:
        """Right within the tolerance, its ends included."""
        given = decimal(str(answer[0])) if len(answer) == 1 else None
        right = given is not None and abs(given - payload.number) <= payload.tolerance
        return Verdict(right, self.right_positions(payload), () if right else self.misled_by(payload, answer))

    def misled_by(self, payload: NumberPayload, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The belief behind the wrong number that was given, as exactly as the right one is asked for."""
        given = decimal(str(answer[0])) if len(answer) == 1 else None
        if given is None:
            return ()
        near = [each for each in payload.wrong if abs(each.number - given) <= payload.tolerance]
        return tuple(each.misconception for each in near[:1] if each.misconception)

    def lines(self, payload: NumberPayload, answer: Answer) -> tuple[Line, ...]:
        """The right number, and the one that was given."""
        right = self.grade(payload, answer).right
        told = [Line("", self._words(payload, payload.number), True, right)]
        if answer and (not right or decimal(str(answer[0])) != payload.number):
            told.append(Line("", self._words(payload, str(answer[0])), False, True))
        return tuple(told) if not right else tuple(told[:1])

    def read_answer(self, text: str, payload: NumberPayload, order: Sequence[int] | None = None) -> Answer | None:
        """A number in any digits, with or without its unit; "1,000" is read in the way that fits the question."""
        meant = [number * factor for number, words in readings(text[:60]) if (factor := self._factor(payload, words))]
        if not meant:
            return None
        known = (payload.number, *(each.number for each in payload.wrong))
        fitting = (number for number in meant if any(abs(number - each) <= payload.tolerance for each in known))
        return (written(next(fitting, meant[0])),)

    def _factor(self, payload: NumberPayload, words: str) -> Decimal | None:
        """By what a number with these words behind it is multiplied; None for a unit nobody knows."""
        unit = _unit(words)
        if not unit or unit in {_unit(each) for each in payload.unit.values()}:
            return Decimal(1)
        return next((factor for name, factor in payload.units.items() if _unit(name) == unit), None)

    def texts(self, payload: NumberPayload) -> Iterable[Written]:
        """The unit, and the misconceptions `a!` of the wrong numbers."""
        if payload.unit:
            yield Written("unit", payload.unit, UNIT_LIMIT)
        for letter, wrong in zip(LETTERS, payload.wrong, strict=False):
            if wrong.misconception:
                yield Written(f"{letter}!", wrong.misconception, MISCONCEPTION_LIMIT)

    def without_belief(self, payload: NumberPayload) -> Sequence[str]:
        """The wrong numbers that name no misconception."""
        named = zip(LETTERS, payload.wrong, strict=False)
        return [letter for letter, each in named if not each.misconception]


def _short(number: str) -> str:
    """A number that was answered, as it is shown: from another unit it may come with many digits."""
    known = decimal(number)
    return written(round(known, 2)) if known is not None and abs(known) >= 1 else number


def _unit(words: str) -> str:
    return plain(words).replace(" ", "")


KIND = Number()
