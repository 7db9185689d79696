"""Steps to be put in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.library.kinds.kind import Kind, Written, known_version, named_marks, plain
from bot.library.model import (
    LETTERS,
    MISCONCEPTION_LIMIT,
    OPTION_LIMIT,
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


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and the belief of somebody who takes it too early."""

    text: Localized
    misconception: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderPayload:
    """Two to six steps in their right order."""

    steps: tuple[Step, ...]


class Order(Kind[OrderPayload]):
    """Put the steps in order."""

    name = "order"
    also_called = ("ordering", "sequence", "sort", "put in order", "排序", "排序题", "ordenar", "ترتيب", "رتّب")
    fields = frozenset({"steps"})
    many = True

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> OrderPayload | None:
        """`steps`: texts in their right order, or maps with `text` and `misconception`."""
        nodes = listed(fields, "steps", owner, reading)
        if nodes is None:
            return None
        steps = [self._step(at, item, reading) for at, item in enumerate(nodes)]
        return OrderPayload(tuple(step for step in steps if step is not None)) if any(steps) else None

    def _step(self, at: int, item: Node, reading: Reading) -> Step | None:
        letter = LETTERS[at]
        if not isinstance(item.value, Mapping) or "text" not in item.value:
            text = reading.localized({letter: item}, letter, item.place)
            return Step(text) if text else None
        reading.only(item.value, ("text", "misconception"))
        text = reading.localized(item.value, "text", item.place, shown_as=letter)
        belief = reading.localized(item.value, "misconception", item.place, required=False, shown_as=f"{letter}!")
        return Step(text, belief) if text else None

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """The steps stand in a..f in their right order; `right` stays empty."""
        if typed := row.text("right").strip():
            reading.note("right_unreadable", row.at("right"), value=typed, kind=self.name)
        steps = []
        for letter in filled(row, reading):
            entries = {
                "text": row.localized(letter, reading.language),
                "misconception": row.localized(f"{letter}!", reading.language),
            }
            steps.append(Node(entries, row.at(letter)))
        return {"steps": Node(tuple(steps), row.at("a"))}

    def to_row(self, payload: OrderPayload, languages: Sequence[str], base: str) -> dict[str, str]:
        """The columns a..f and their misconceptions."""
        cells: dict[str, str] = {}
        for letter, step in zip(LETTERS, payload.steps, strict=False):
            for language in languages:
                suffix = "" if language == base else f":{language}"
                cells[f"{letter}{suffix}"] = step.text.get(language, "")
                cells[f"{letter}!{suffix}"] = step.misconception.get(language, "")
        return {column: text for column, text in cells.items() if text}

    def to_json(self, payload: OrderPayload) -> dict[str, Any]:
        """`{"v": 1, "steps": [{"text": {...}, "misconception": {...}}]}` in the right order."""
        steps = [{"text": dict(step.text), "misconception": dict(step.misconception)} for step in payload.steps]
        return {"v": VERSION, "steps": steps}

    def from_json(self, data: Mapping[str, Any]) -> OrderPayload:
        """The payload back; ValueError for a version of the future."""
        known_version(data, VERSION, self.name)
        return OrderPayload(tuple(Step(each["text"], each.get("misconception") or {}) for each in data["steps"]))

    def choices(self, payload: OrderPayload) -> tuple[Choice, ...]:
        """The steps with their positions."""
        return tuple(Choice(at, step.text) for at, step in enumerate(payload.steps))

    def right_positions(self, payload: OrderPayload) -> tuple[int, ...]:
        """All of them, as they are written."""
        return tuple(range(len(payload.steps)))

    def press(self, payload: OrderPayload, chosen: Answer, position: int) -> Answer:
        """The step comes next; one that is there already is taken back."""
        if position in chosen:
            return tuple(at for at in chosen if at != position)
        return (*chosen, position)

    def complete(self, payload: OrderPayload, answer: Answer) -> bool:
        """Every step has its place."""
        return len(answer) == len(payload.steps)

    def so_far(self, payload: OrderPayload, chosen: Answer) -> tuple[Localized, ...]:
        """The steps in the order they were tapped."""
        return tuple(payload.steps[int(at)].text for at in chosen)

    def grade(self, payload: OrderPayload, answer: Answer) -> Verdict:
        """Right only in the right order."""
        right = self.right_positions(payload)
        return Verdict(answer == right, right, () if answer == right else self.misled_by(payload, answer))

    def misled_by(self, payload: OrderPayload, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The beliefs behind the steps that were taken before one that belongs before them."""
        early = [at for place, at in enumerate(map(int, answer)) if any(int(late) < at for late in answer[place + 1 :])]
        return tuple(belief for at in sorted(early) if (belief := payload.steps[at].misconception))

    def lines(self, payload: OrderPayload, answer: Answer) -> tuple[Line, ...]:
        """Each place with its step, and the one that was put there instead."""
        told = []
        for at, step in enumerate(payload.steps):
            given = int(answer[at]) if at < len(answer) else None
            instead = payload.steps[given].text if given is not None and given != at else {}
            told.append(Line(str(at + 1), step.text, True, given == at, instead))
        return tuple(told)

    def read_answer(self, text: str, payload: OrderPayload, order: Sequence[int] | None = None) -> Answer | None:
        """All letters or numbers of the shown steps in the order meant: "c a b", "cab", "3,1,2"."""
        shown = self.shown(payload, order)
        typed = plain(text)
        if typed.isascii() and typed.isdigit() and len(typed) == len(shown):
            typed = " ".join(typed)
        marks = named_marks(typed, len(shown))
        if len(marks) != len(shown) or len(set(marks)) != len(marks):
            return None
        return tuple(shown[mark].position for mark in marks)

    def texts(self, payload: OrderPayload) -> Iterable[Written]:
        """Each step `a` and its misconception `a!`."""
        for letter, step in zip(LETTERS, payload.steps, strict=False):
            yield Written(letter, step.text, OPTION_LIMIT)
            if step.misconception:
                yield Written(f"{letter}!", step.misconception, MISCONCEPTION_LIMIT)

    def without_belief(self, payload: OrderPayload) -> Sequence[str]:
        """None: a belief is named only where one is known."""
        return ()


def listed(fields: Fields, name: str, owner: Place, reading: Reading) -> tuple[Node, ...] | None:
    """The two to six entries of a list that is needed; what is wrong with their number is noted."""
    node = fields.get(name)
    if node is None or node.value is None:
        reading.note("missing_field", owner, field=name)
        return None
    reading.places[name] = node.place
    if not isinstance(node.value, tuple):
        reading.note("expected_list", node.place, field=name)
        return None
    if len(node.value) < 2:
        reading.note("too_few_options", node.place, n=len(node.value))
    if len(node.value) > len(LETTERS):
        reading.note("too_many_options", node.value[len(LETTERS)].place, n=len(node.value), limit=len(LETTERS))
    return node.value[: len(LETTERS)]


def filled(row: Row, reading: Reading) -> list[str]:
    """The letters whose cells are filled; a gap between them is noted."""
    letters = [letter for letter in LETTERS if row.localized(letter, reading.language).value]
    last = LETTERS.index(letters[-1]) + 1 if letters else 0
    for letter in LETTERS[:last]:
        if letter not in letters:
            reading.note("option_gap", row.at(letter), field=letter)
    return letters


KIND = Order()
