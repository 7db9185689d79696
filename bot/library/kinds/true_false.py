"""A statement that is true or false."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.library.kinds.kind import Kind, Written, plain
from bot.library.model import LETTERS, MISCONCEPTION_LIMIT, Answer, Choice, Localized, Place
from bot.library.reading import Fields, Node, Reading, truth
from bot.library.row import Row

VERSION = 1


@dataclass(frozen=True, slots=True)
class StatementPayload:
    """Whether the stem's statement is true, and the belief behind the wrong answer."""

    answer: bool
    misconception: Localized = field(default_factory=dict)


class TrueFalse(Kind[StatementPayload]):
    """Say whether the statement is true."""

    name = "true_false"
    also_called = (
        "true/false",
        "truefalse",
        "tf",
        "boolean",
        "判断",
        "判断题",
        "verdadero/falso",
        "صح أو خطأ",
        "صح/خطأ",
    )
    fields = frozenset({"answer", "misconception"})
    polls = True

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> StatementPayload | None:
        """`answer` and the `misconception` behind the other answer."""
        answer = None if "right" in reading.told else reading.boolean(fields, "answer", owner)
        belief = reading.localized(fields, "misconception", owner, required=False)
        return None if answer is None else StatementPayload(answer, belief)

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """`right` is true or false; the misconception stands in `a!` or `b!`; written options are not wanted."""
        typed = row.text("right").strip()
        if truth(typed) is None:
            if typed:
                reading.note("right_unreadable", row.at("right"), value=typed, kind=self.name)
            else:
                reading.note("missing_field", row.at("right"), field="right")
            reading.told.add("right")
        for letter in LETTERS:
            words = row.localized(letter, reading.language)
            if isinstance(words.value, Mapping) and letter not in "ab":
                reading.note("too_many_options", words.place, n=LETTERS.index(letter) + 1, limit=2)
        beliefs = (row.localized(f"{letter}!", reading.language) for letter in LETTERS)
        belief = next((node for node in beliefs if node.value), Node(None, row.at("a!")))
        return {"misconception": belief, "answer": row.node("right")}

    def to_row(self, payload: StatementPayload, languages: Sequence[str], base: str) -> dict[str, str]:
        """`right`, and the misconception beside the wrong answer."""
        column = "b!" if payload.answer else "a!"
        cells = {"right": "true" if payload.answer else "false"}
        for language in languages:
            cells[column if language == base else f"{column}:{language}"] = payload.misconception.get(language, "")
        return {name: text for name, text in cells.items() if text}

    def to_json(self, payload: StatementPayload) -> dict[str, Any]:
        """`{"v": 1, "answer": false, "misconception": {...}}`."""
        return {"v": VERSION, "answer": payload.answer, "misconception": dict(payload.misconception)}

    def from_json(self, data: Mapping[str, Any]) -> StatementPayload:
        """The payload back; ValueError for a version of the future."""
        if data.get("v") != VERSION:
            raise ValueError(f"payload version {data.get('v')!r} of a {self.name!r} question is not known")
        return StatementPayload(bool(data["answer"]), data.get("misconception") or {})

    def choices(self, payload: StatementPayload) -> tuple[Choice, ...]:
        """True, then false: words of ours."""
        return (Choice(0, text_key="library.answer_true"), Choice(1, text_key="library.answer_false"))

    def shuffles(self, payload: StatementPayload) -> bool:
        """True always comes first."""
        return False

    def right_positions(self, payload: StatementPayload) -> tuple[int, ...]:
        """0 when the statement is true, 1 when it is false."""
        return (0,) if payload.answer else (1,)

    def texts(self, payload: StatementPayload) -> Iterable[Written]:
        """The misconception alone: the words true and false are ours."""
        if payload.misconception:
            yield Written("misconception", payload.misconception, MISCONCEPTION_LIMIT)

    def without_belief(self, payload: StatementPayload) -> Sequence[str]:
        """Its one misconception, when it is missing."""
        return () if payload.misconception else ("misconception",)

    def misled_by(self, payload: StatementPayload, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The belief behind the wrong answer."""
        return (payload.misconception,) if payload.misconception and answer else ()

    def read_answer(self, text: str, payload: StatementPayload, order: Sequence[int] | None = None) -> Answer | None:
        """Also the words: "true", "no", "对", "falso", and the signs for them."""
        typed = plain(text)
        if typed not in {"1", "0"}:
            word = {"√": True, "✓": True, "×": False, "✗": False, "t": True}.get(typed, truth(typed))
            if word is not None:
                return (0,) if word else (1,)
        return super().read_answer(typed, payload, order)


KIND = TrueFalse()
