"""What the kinds with written options share: reading, keeping and showing two to six options."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.library.kinds.kind import Kind, Written
from bot.library.model import LETTERS, MISCONCEPTION_LIMIT, OPTION_LIMIT, Answer, Choice, Option, Place
from bot.library.reading import Fields, Node, Reading
from bot.library.row import Row

VERSION = 1


@dataclass(frozen=True, slots=True)
class OptionsPayload:
    """Two to six options, some of them right."""

    options: tuple[Option, ...]


O = TypeVar("O", bound=OptionsPayload)  # noqa: E741 - O for options


class OptionsKind(Kind[O]):
    """A kind whose payload is a list of options; it says how many may be right."""

    payload: type[O]
    fields = frozenset({"options"})
    optional = True
    polls = True

    def check_right(self, right: int, options: Sequence[Option], place: Place, reading: Reading) -> None:
        """Note it when the number of right options does not suit the kind."""
        raise NotImplementedError

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> O | None:
        """The options of the map's `options`; each problem at its own place."""
        options = self.options(fields.get("options"), "options", owner, reading)
        return self.payload(options) if options else None

    def options(self, node: Node | None, name: str, owner: Place, reading: Reading) -> tuple[Option, ...] | None:
        """The options of a list, which is the field `name`; None where there are none to speak of."""
        if node is None or node.value is None:
            reading.note("missing_field", owner, field=name)
            return None
        reading.places[name] = node.place
        if not isinstance(node.value, tuple):
            reading.note("expected_list", node.place, field=name)
            return None
        if len(node.value) > len(LETTERS):
            reading.note("too_many_options", node.value[len(LETTERS)].place, n=len(node.value), limit=len(LETTERS))
        options = [self._option(at, item, reading) for at, item in enumerate(node.value[: len(LETTERS)])]
        written = [option for option in options if option is not None]
        if len(node.value) < 2:
            reading.note("too_few_options", node.place, n=len(node.value))
        elif len(written) == len(options) and "right" not in reading.told:
            self.check_right(sum(o.right for o in written), written, reading.places.get("right", node.place), reading)
        return tuple(written) or None

    def _option(self, at: int, item: Node, reading: Reading) -> Option | None:
        letter = LETTERS[at]
        if isinstance(item.value, str) and item.value:
            return Option(reading.localized({letter: item}, letter, item.place))
        if not isinstance(item.value, Mapping):
            reading.note("expected_map", item.place, field=letter)
            return None
        entries = item.value
        reading.only(entries, ("text", "right", "misconception"))
        text = reading.localized(entries, "text", item.place, shown_as=letter)
        right = reading.boolean(entries, "right", item.place, default=False)
        beliefs = reading.localized(entries, "misconception", item.place, required=False, shown_as=f"{letter}!")
        return Option(text, bool(right), beliefs) if text else None

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """Options from the columns a..f, with `right` naming the right ones."""
        right = self._right_letters(row, reading)
        letters = [letter for letter in LETTERS if row.localized(letter, reading.language).value]
        last = LETTERS.index(letters[-1]) + 1 if letters else 0
        items = []
        for letter in LETTERS[:last]:
            if letter not in letters:
                reading.note("option_gap", row.at(letter), field=letter)
                continue
            entries = {
                "text": row.localized(letter, reading.language),
                "right": Node("true" if letter in right else "false", row.at("right")),
                "misconception": row.localized(f"{letter}!", reading.language),
            }
            items.append(Node(entries, row.at(letter)))
        for letter in sorted(right - set(letters)):
            reading.note("right_is_empty", row.at("right"), field=letter)
            reading.told.add("right")
        reading.places["right"] = row.at("right")
        return {"options": Node(tuple(items), row.at("a"))}

    def _right_letters(self, row: Row, reading: Reading) -> set[str]:
        typed = unicodedata.normalize("NFKC", row.text("right")).casefold()
        if not typed.strip():
            reading.note("missing_field", row.at("right"), field="right")
            reading.told.add("right")
            return set()
        parts = [part for part in typed.replace("、", ",").replace(";", ",").replace(" ", ",").split(",") if part]
        if any(part not in LETTERS or len(part) != 1 for part in parts):
            reading.note("right_unreadable", row.at("right"), value=row.text("right"), kind=self.name)
            reading.told.add("right")
            return set()
        return set(parts)

    def to_row(self, payload: O, languages: Sequence[str], base: str) -> dict[str, str]:
        """The columns a..f, their misconceptions and `right`."""
        cells: dict[str, str] = {}
        for letter, option in zip(LETTERS, payload.options, strict=False):
            for language in languages:
                suffix = "" if language == base else f":{language}"
                cells[f"{letter}{suffix}"] = option.text.get(language, "")
                cells[f"{letter}!{suffix}"] = option.misconception.get(language, "")
        cells["right"] = ",".join(LETTERS[at] for at in self.right_positions(payload))
        return {column: text for column, text in cells.items() if text}

    def to_json(self, payload: O) -> dict[str, Any]:
        """`{"v": 1, "options": [{"text": {...}, "right": true, "misconception": {...}}]}`."""
        return {
            "v": VERSION,
            "options": [
                {"text": dict(o.text), "right": o.right, "misconception": dict(o.misconception)}
                for o in payload.options
            ],
        }

    def from_json(self, data: Mapping[str, Any]) -> O:
        """The payload back; ValueError for a version of the future."""
        if data.get("v") != VERSION:
            raise ValueError(f"payload version {data.get('v')!r} of a {self.name!r} question is not known")
        return self.payload(
            tuple(Option(o["text"], bool(o["right"]), o.get("misconception") or {}) for o in data["options"])
        )

    def choices(self, payload: O) -> tuple[Choice, ...]:
        """The options with their positions."""
        return tuple(Choice(at, option.text) for at, option in enumerate(payload.options))

    def right_positions(self, payload: O) -> tuple[int, ...]:
        """The options marked right."""
        return tuple(at for at, option in enumerate(payload.options) if option.right)

    def texts(self, payload: O) -> Iterable[Written]:
        """Each option `a` and its misconception `a!`."""
        for letter, option in zip(LETTERS, payload.options, strict=False):
            yield Written(letter, option.text, OPTION_LIMIT)
            if option.misconception:
                yield Written(f"{letter}!", option.misconception, MISCONCEPTION_LIMIT)

    def without_belief(self, payload: O) -> Sequence[str]:
        """The wrong options that name no misconception."""
        named = zip(LETTERS, payload.options, strict=False)
        return [letter for letter, option in named if not option.right and not option.misconception]

    def misled_by(self, payload: O, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The beliefs behind the wrong options that were chosen."""
        chosen = (payload.options[at] for at in map(int, answer) if 0 <= at < len(payload.options))
        return tuple(option.misconception for option in chosen if not option.right and option.misconception)
