"""A word or a few, typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.library.kinds.kind import Kind, Written, known_version
from bot.library.kinds.spelling import normal, one_slip
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
from bot.library.reading import LANGUAGE, Fields, Node, Reading
from bot.library.row import Row

VERSION = 1
LEAST_LONG, TIMES_LONG = 40, 3
"""A text longer than this many characters, and so many times longer than the right one, is no answer and is passed on."""
_PARTS = re.compile(r"[;；|]+")


@dataclass(frozen=True, slots=True)
class WrongWords:
    """Words that people answer, and the belief behind them."""

    text: Localized
    misconception: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShortPayload:
    """The answer, other words for it by language, and wrong answers that are known."""

    answer: Localized
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: tuple[WrongWords, ...] = ()


class Short(Kind[ShortPayload]):
    """Say it in a word or a few."""

    name = "short"
    also_called = (
        "short answer",
        "shortanswer",
        "text",
        "fill in",
        "填空",
        "填空题",
        "简答",
        "respuesta corta",
        "إجابة قصيرة",
    )
    fields = frozenset({"answer", "synonyms", "wrong"})
    typed = True

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> ShortPayload | None:
        """`answer`, and perhaps `synonyms` (a list, or lists by language) and `wrong` (text, misconception)."""
        answer = {} if "right" in reading.told else reading.localized(fields, "answer", owner)
        synonyms = self._synonyms(fields.get("synonyms"), answer, reading)
        wrong = self._wrong(fields.get("wrong"), reading)
        if not answer:
            return None
        for language, text in answer.items():
            if not normal(text):
                place = reading.places.get(f"answer:{language}") or reading.places.get("answer", owner)
                reading.note("missing_field", place, field="answer")
        return ShortPayload(answer, synonyms, wrong)

    def _synonyms(self, node: Node | None, answer: Localized, reading: Reading) -> Mapping[str, tuple[str, ...]]:
        if node is None or not node.value:
            return {}
        by_language = node.value if isinstance(node.value, Mapping) else {reading.language: node}
        found = {}
        for language, each in by_language.items():
            if not LANGUAGE.fullmatch(language):
                reading.note("unknown_language", each.key, language=language)
                continue
            texts = reading.texts({"synonyms": each}, "synonyms")
            kept = tuple(text for text in dict.fromkeys(texts) if text != answer.get(language))
            if kept:
                found[language] = kept
        return found

    def _wrong(self, node: Node | None, reading: Reading) -> tuple[WrongWords, ...]:
        if node is None or not node.value:
            return ()
        if not isinstance(node.value, tuple):
            reading.note("expected_list", node.place, field="wrong")
            return ()
        if len(node.value) > len(LETTERS):
            reading.note("too_many_options", node.place, n=len(node.value), limit=len(LETTERS))
        found = []
        for letter, item in zip(LETTERS, node.value, strict=False):
            entries = item.value if isinstance(item.value, Mapping) and "text" in item.value else {"text": item}
            reading.only(entries, ("text", "misconception"))
            text = reading.localized(entries, "text", item.place, shown_as=letter)
            belief = reading.localized(entries, "misconception", item.place, required=False, shown_as=f"{letter}!")
            if text:
                found.append(WrongWords(text, belief))
        return tuple(found)

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """`right` (and `right:zh` ...) is the answer, then other words for it after semicolons; wrong ones in a..f."""
        answers: dict[str, Node] = {}
        others: dict[str, Node] = {}
        cells = row.localized("right", reading.language)
        for language, cell in cells.value.items() if isinstance(cells.value, Mapping) else ():
            parts = _split(str(cell.value))
            if parts:
                answers[language] = Node(parts[0], cell.place, cell.place)
                more = tuple(Node(part, cell.place) for part in parts[1:])
                others[language] = Node(more or None, cell.place, cell.place)
        if not answers:
            reading.note("missing_field", row.at("right"), field="right")
            reading.told.add("right")
        wrong = [
            Node({"text": text, "misconception": row.localized(f"{letter}!", reading.language)}, row.at(letter))
            for letter in LETTERS
            if (text := row.localized(letter, reading.language)).value
        ]
        return {
            "answer": Node(answers or None, row.at("right")),
            "synonyms": Node(others or None, row.at("right")),
            "wrong": Node(tuple(wrong), row.at("a")),
        }

    def to_row(self, payload: ShortPayload, languages: Sequence[str], base: str) -> dict[str, str]:
        """`right` by language with all words for it, and the wrong ones in a..f with their beliefs."""
        cells: dict[str, str] = {}
        for language in languages:
            suffix = "" if language == base else f":{language}"
            answer = payload.answer.get(language)
            cells[f"right{suffix}"] = _joined([answer, *payload.synonyms.get(language, ())]) if answer else ""
            for letter, wrong in zip(LETTERS, payload.wrong, strict=False):
                cells[f"{letter}{suffix}"] = wrong.text.get(language, "")
                cells[f"{letter}!{suffix}"] = wrong.misconception.get(language, "")
        return {column: text for column, text in cells.items() if text}

    def to_json(self, payload: ShortPayload) -> dict[str, Any]:
        """`{"v": 1, "answer": {...}, "synonyms": {"en": [...]}, "wrong": [{"text": {...}, "misconception": {...}}]}`."""
        return {
            "v": VERSION,
            "answer": dict(payload.answer),
            "synonyms": {language: list(texts) for language, texts in payload.synonyms.items()},
            "wrong": [{"text": dict(w.text), "misconception": dict(w.misconception)} for w in payload.wrong],
        }

    def from_json(self, data: Mapping[str, Any]) -> ShortPayload:
        """The payload back; ValueError for a version of the future."""
        known_version(data, VERSION, self.name)
        return ShortPayload(
            data["answer"],
            {language: tuple(texts) for language, texts in (data.get("synonyms") or {}).items()},
            tuple(WrongWords(each["text"], each.get("misconception") or {}) for each in data.get("wrong") or ()),
        )

    def choices(self, payload: ShortPayload) -> tuple[Choice, ...]:
        """Nothing to choose: it is asked what somebody knows by themselves."""
        return ()

    def right_positions(self, payload: ShortPayload) -> tuple[int, ...]:
        """None: an answer is no choice."""
        return ()

    def right_answer(self, payload: ShortPayload) -> Answer:
        """The answer in one of its languages."""
        return (next(iter(payload.answer.values())),)

    def so_far(self, payload: ShortPayload, chosen: Answer) -> tuple[Localized, ...]:
        """What was typed."""
        return ({"en": str(chosen[0])},) if chosen else ()

    def grade(self, payload: ShortPayload, answer: Answer) -> Verdict:
        """Right in any of its words and languages, case and accents aside; and with one slip where that is no other word."""
        typed = normal(str(answer[0])) if len(answer) == 1 else ""
        right = {normal(text) for text in self._accepted(payload)}
        wrong = {normal(text) for each in payload.wrong for text in each.text.values()}
        if typed in right:
            return Verdict(True, ())
        nearly = typed not in wrong and any(one_slip(typed, each) for each in right)
        if nearly and not any(one_slip(typed, each) for each in wrong):
            return Verdict(True, (), nearly=True)
        return Verdict(False, (), self.misled_by(payload, answer))

    def _accepted(self, payload: ShortPayload) -> list[str]:
        return [*payload.answer.values(), *(text for texts in payload.synonyms.values() for text in texts)]

    def misled_by(self, payload: ShortPayload, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The belief behind a wrong answer that is known, small slips aside."""
        typed = normal(str(answer[0])) if len(answer) == 1 else ""
        for each in payload.wrong:
            known = [normal(text) for text in each.text.values()]
            if each.misconception and (typed in known or any(one_slip(typed, text) for text in known)):
                return (each.misconception,)
        return ()

    def lines(self, payload: ShortPayload, answer: Answer) -> tuple[Line, ...]:
        """The answer, and what was typed where it is something else."""
        verdict = self.grade(payload, answer)
        told = [Line("", payload.answer, True, verdict.right and not verdict.nearly)]
        if answer and not verdict.right:
            told.append(Line("", {"en": str(answer[0])}, False, True))
        return tuple(told)

    def read_answer(self, text: str, payload: ShortPayload, order: Sequence[int] | None = None) -> Answer | None:
        """Whatever was typed, if it says something and is not much longer than any right answer."""
        typed = " ".join(text.split())
        longest = max(map(len, self._accepted(payload)))
        return (typed,) if len(typed) <= max(LEAST_LONG, TIMES_LONG * longest) and normal(typed) else None

    def texts(self, payload: ShortPayload) -> Iterable[Written]:
        """The answer; each wrong one `a` and its misconception `a!`. Synonyms need no translation."""
        yield Written("answer", payload.answer, OPTION_LIMIT)
        for letter, wrong in zip(LETTERS, payload.wrong, strict=False):
            yield Written(letter, wrong.text, OPTION_LIMIT)
            if wrong.misconception:
                yield Written(f"{letter}!", wrong.misconception, MISCONCEPTION_LIMIT)

    def without_belief(self, payload: ShortPayload) -> Sequence[str]:
        """The wrong answers that name no misconception."""
        named = zip(LETTERS, payload.wrong, strict=False)
        return [letter for letter, each in named if not each.misconception]


def _split(cell: str) -> list[str]:
    """The words of a cell: one a line, or, on one line, between semicolons."""
    parts = cell.split("\n") if "\n" in cell.strip() else _PARTS.split(cell)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _joined(texts: Sequence[str]) -> str:
    """The cell that is read as these words. One alone that holds a semicolon is written twice, so that it stands on lines."""
    if any(_PARTS.search(text) for text in texts):
        return "\n".join(texts if len(texts) > 1 else [*texts, *texts])
    return "; ".join(texts)


KIND = Short()
