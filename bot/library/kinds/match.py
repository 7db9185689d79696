"""Things to be matched: each of the left side with one of the right side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.library.kinds.kind import Kind, Written, known_version, named_marks, one_each, plain
from bot.library.kinds.order import listed
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
_NUMBERED = re.compile(r"(\d)\s*[-:=.)>→←]*\s*([a-f])")


@dataclass(frozen=True, slots=True)
class Pair:
    """A left side, what it goes with, and the belief of somebody who matches it with something else."""

    left: Localized
    right: Localized
    misconception: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchPayload:
    """Two to six pairs; `others` are choices that go with nothing. Two pairs may have the same right side."""

    pairs: tuple[Pair, ...]
    others: tuple[Localized, ...] = ()

    @property
    def rights(self) -> list[Localized]:
        """What can be chosen, each once: the right sides in the order of the pairs, then the others."""
        return one_each([*(pair.right for pair in self.pairs), *self.others])


class Match(Kind[MatchPayload]):
    """Say of each what it goes with."""

    name = "match"
    also_called = ("matching", "pairs", "连线", "配对", "匹配", "emparejar", "relacionar", "مطابقة", "توصيل")
    fields = frozenset({"pairs", "others"})
    staged = True

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> MatchPayload | None:
        """`pairs` of `left`, `right` and perhaps `misconception`; `others` go with nothing."""
        nodes = listed(fields, "pairs", owner, reading)
        if nodes is None:
            return None
        pairs = [self._pair(at, item, reading) for at, item in enumerate(nodes)]
        written = tuple(pair for pair in pairs if pair is not None)
        if not written:
            return None
        payload = MatchPayload(written, self._others(fields.get("others"), len(nodes), reading))
        n = len(payload.rights)
        if n < 2 and len(written) == len(pairs):
            reading.note("too_few_options", reading.places["pairs"], n=n)
        elif n > len(LETTERS):
            reading.note("too_many_options", reading.places["pairs"], n=n, limit=len(LETTERS))
        return payload

    def _pair(self, at: int, item: Node, reading: Reading) -> Pair | None:
        letter = LETTERS[at]
        if not isinstance(item.value, Mapping):
            reading.note("expected_map", item.place, field=letter)
            return None
        reading.only(item.value, ("left", "right", "misconception"))
        left = reading.localized(item.value, "left", item.place, shown_as=letter)
        right = reading.localized(item.value, "right", item.place, shown_as=f"{letter}=")
        belief = reading.localized(item.value, "misconception", item.place, required=False, shown_as=f"{letter}!")
        return Pair(left, right, belief) if left and right else None

    def _others(self, node: Node | None, pairs: int, reading: Reading) -> tuple[Localized, ...]:
        if node is None or not node.value:
            return ()
        reading.places["others"] = node.place
        if not isinstance(node.value, tuple):
            reading.note("expected_list", node.place, field="others")
            return ()
        room = LETTERS[pairs:]
        if len(node.value) > len(room):
            reading.note("too_many_options", node.place, n=pairs + len(node.value), limit=len(LETTERS))
        texts = (
            reading.localized({name: item}, name, item.place)
            for name, item in zip((f"{letter}=" for letter in room), node.value, strict=False)
        )
        return tuple(text for text in texts if text)

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """`a` goes with `a=`, and so on; a filled `f=` without `f` goes with nothing. `right` stays empty."""
        if typed := row.text("right").strip():
            reading.note("right_unreadable", row.at("right"), value=typed, kind=self.name)
        pairs, others = [], []
        for letter in LETTERS:
            left = row.localized(letter, reading.language)
            right = row.localized(f"{letter}=", reading.language)
            belief = row.localized(f"{letter}!", reading.language)
            if left.value:
                entries = {"left": left, "right": right, "misconception": belief}
                pairs.append(Node(entries, row.at(letter)))
            elif right.value:
                others.append(right)
        return {"pairs": Node(tuple(pairs), row.at("a")), "others": Node(tuple(others), row.at("a="))}

    def to_row(self, payload: MatchPayload, languages: Sequence[str], base: str) -> dict[str, str]:
        """The columns a..f, a=..f= and a!..f!."""
        cells: dict[str, str] = {}
        for language in languages:
            suffix = "" if language == base else f":{language}"
            for letter, pair in zip(LETTERS, payload.pairs, strict=False):
                cells[f"{letter}{suffix}"] = pair.left.get(language, "")
                cells[f"{letter}={suffix}"] = pair.right.get(language, "")
                cells[f"{letter}!{suffix}"] = pair.misconception.get(language, "")
            for letter, other in zip(LETTERS[len(payload.pairs) :], payload.others, strict=False):
                cells[f"{letter}={suffix}"] = other.get(language, "")
        return {column: text for column, text in cells.items() if text}

    def to_json(self, payload: MatchPayload) -> dict[str, Any]:
        """`{"v": 1, "pairs": [{"left": {...}, "right": {...}, "misconception": {...}}], "others": [{...}]}`."""
        pairs = [
            {"left": dict(p.left), "right": dict(p.right), "misconception": dict(p.misconception)}
            for p in payload.pairs
        ]
        return {"v": VERSION, "pairs": pairs, "others": [dict(other) for other in payload.others]}

    def from_json(self, data: Mapping[str, Any]) -> MatchPayload:
        """The payload back; ValueError for a version of the future."""
        known_version(data, VERSION, self.name)
        pairs = (Pair(each["left"], each["right"], each.get("misconception") or {}) for each in data["pairs"])
        return MatchPayload(tuple(pairs), tuple(data.get("others") or ()))

    def choices(self, payload: MatchPayload) -> tuple[Choice, ...]:
        """The right sides, each once, and the others."""
        return tuple(Choice(at, text) for at, text in enumerate(payload.rights))

    def right_positions(self, payload: MatchPayload) -> tuple[int, ...]:
        """For each left side the choice that goes with it."""
        rights = payload.rights
        return tuple(rights.index(pair.right) for pair in payload.pairs)

    def press(self, payload: MatchPayload, chosen: Answer, position: int) -> Answer:
        """The choice goes with the first left side that has none; a full answer begins anew."""
        return (*(() if self.complete(payload, chosen) else chosen), position)

    def complete(self, payload: MatchPayload, answer: Answer) -> bool:
        """Every left side has a match."""
        return len(answer) == len(payload.pairs)

    def asked(self, payload: MatchPayload, chosen: Answer) -> Localized:
        """The left side whose turn it is."""
        return payload.pairs[len(chosen)].left if len(chosen) < len(payload.pairs) else {}

    def so_far(self, payload: MatchPayload, chosen: Answer) -> tuple[Localized, ...]:
        """The pairs that were made."""
        rights = payload.rights
        made = zip(payload.pairs, chosen, strict=False)
        return tuple(_arrow(pair.left, rights[int(at)]) for pair, at in made)

    def grade(self, payload: MatchPayload, answer: Answer) -> Verdict:
        """Right only when every pair is."""
        right = self.right_positions(payload)
        return Verdict(answer == right, right, () if answer == right else self.misled_by(payload, answer))

    def misled_by(self, payload: MatchPayload, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The beliefs of the pairs that were not made."""
        right = self.right_positions(payload)
        pairs = zip(payload.pairs, right, answer, strict=False)
        return tuple(pair.misconception for pair, at, given in pairs if given != at and pair.misconception)

    def lines(self, payload: MatchPayload, answer: Answer) -> tuple[Line, ...]:
        """Each pair, and what was chosen instead."""
        rights, told = payload.rights, []
        for at, (pair, right) in enumerate(zip(payload.pairs, self.right_positions(payload), strict=True)):
            given = int(answer[at]) if at < len(answer) else None
            instead = rights[given] if given is not None and given != right else {}
            told.append(Line("", _arrow(pair.left, pair.right), True, given == right, instead))
        return tuple(told)

    def read_answer(self, text: str, payload: MatchPayload, order: Sequence[int] | None = None) -> Answer | None:
        """A letter for each left side in turn: "b a c", "bac", or "1b 2a 3c"."""
        shown, n = self.shown(payload, order), len(payload.pairs)
        typed = plain(text)
        if numbered := _NUMBERED.findall(typed):
            said = {int(number): letter for number, letter in numbered}
            left_over = re.sub(r"[\s,;、，]", "", _NUMBERED.sub("", typed))
            if left_over or sorted(said) != list(range(1, n + 1)) or len(numbered) != n:
                return None
            typed = " ".join(said[number] for number in range(1, n + 1))
        elif typed.isascii() and typed.isalpha() and len(typed) == n:
            typed = " ".join(typed)
        marks = named_marks(typed, len(shown))
        return tuple(shown[mark].position for mark in marks) if len(marks) == n else None

    def texts(self, payload: MatchPayload) -> Iterable[Written]:
        """Each left side `a`, what it goes with `a=`, and its misconception `a!`."""
        for letter, pair in zip(LETTERS, payload.pairs, strict=False):
            yield Written(letter, pair.left, OPTION_LIMIT)
            yield Written(f"{letter}=", pair.right, OPTION_LIMIT)
            if pair.misconception:
                yield Written(f"{letter}!", pair.misconception, MISCONCEPTION_LIMIT)
        for letter, other in zip(LETTERS[len(payload.pairs) :], payload.others, strict=False):
            yield Written(f"{letter}=", other, OPTION_LIMIT)

    def without_belief(self, payload: MatchPayload) -> Sequence[str]:
        """None: a belief is named only where one is known."""
        return ()


def _arrow(left: Localized, right: Localized) -> Localized:
    return {
        language: f"{words} {_towards(language)} {right[language]}"
        for language, words in left.items()
        if right.get(language)
    } or {
        language: f"{words} {_towards(language)} {next(iter(right.values()), '')}" for language, words in left.items()
    }


def _towards(language: str) -> str:
    return "←" if language.split("-")[0] in RIGHT_TO_LEFT else "→"


KIND = Match()
