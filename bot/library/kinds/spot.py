"""Spot the hazard: a picture with numbered marks, some of them on what is dangerous."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.library.kinds.kind import known_version, named_marks, plain
from bot.library.kinds.options import OptionsKind, OptionsPayload
from bot.library.model import LETTERS, Answer, Option, Place
from bot.library.reading import Fields, Node, Reading
from bot.library.row import Row

VERSION = 1
PICTURE = re.compile(r"[\w.-]{1,100}|media:[0-9a-f]{64}(\.[a-z0-9]{1,5})?")
Spot = tuple[float, float]
"""Where a mark stands: from the left and from the top, in hundredths of the picture's width and height."""


@dataclass(frozen=True, slots=True)
class SpotPayload(OptionsPayload):
    """A picture and its marks in their order: `options` say what each shows, `spots` where it is.

    `picture` is the name of a file beside the bank's pictures, or a ref `media:<sha256>` of one that was sent in.
    """

    picture: str
    spots: tuple[Spot, ...]


class SpotTheHazard(OptionsKind[SpotPayload]):
    """Tap the numbers of what is dangerous."""

    name = "spot"
    also_called = ("spot the hazard", "hotspot", "image", "找隐患", "看图找错", "encuentre el peligro", "اكتشف الخطر")
    payload = SpotPayload
    fields = frozenset({"picture", "marks"})
    many = True
    polls = False
    labels = "numbers"

    def parse(self, fields: Fields, owner: Place, reading: Reading) -> SpotPayload | None:
        """`picture`, and `marks`: maps with `at` (two hundredths), `text`, `right` and `misconception`."""
        picture = reading.text(fields, "picture", owner)
        if picture and not PICTURE.fullmatch(picture):
            reading.note("bad_picture", fields["picture"].place, value=picture[:80])
            picture = ""
        node = fields.get("marks")
        items = node.value if node is not None and isinstance(node.value, tuple) else ()
        spots, bare = [], []
        for at, item in enumerate(items):
            if not isinstance(item.value, Mapping):
                bare.append(item)
                continue
            spots.append(self._spot(at, item, reading))
            bare.append(item._replace(value={name: each for name, each in item.value.items() if name != "at"}))
        if node is not None and isinstance(node.value, tuple):
            node = node._replace(value=tuple(bare))
        read = self.options(node, "marks", owner, reading)
        if not picture or read is None or len(read) != len(spots) or None in spots:
            return None
        return SpotPayload(read, picture, tuple(spot for spot in spots if spot is not None))

    def _spot(self, at: int, item: Node, reading: Reading) -> Spot | None:
        assert isinstance(item.value, Mapping)
        field = f"{LETTERS[at]}@" if at < len(LETTERS) else "at"
        node = item.value.get("at")
        if node is None or not node.value:
            reading.note("missing_field", node.place if node else item.place, field=field)
            return None
        parts = [str(each.value or "") for each in node.value] if isinstance(node.value, tuple) else [str(node.value)]
        numbers = re.findall(r"\d{1,3}(?:\.\d{1,2})?", " ".join(parts))
        found = tuple(float(each) for each in numbers)
        if len(found) != 2 or max(found) > 100 or re.search(r"[^\d\s.,;/%]", " ".join(parts)):
            reading.note("bad_spot", node.place, field=field, value=" ".join(parts)[:40])
            return None
        return found[0], found[1]

    def check_right(self, right: int, options: Sequence[Option], place: Place, reading: Reading) -> None:
        """At least one is dangerous."""
        if right == 0:
            reading.note("no_right_option", place)

    def from_row(self, row: Row, reading: Reading) -> Fields:
        """As options, with `picture`, and where each mark stands in `a@` and so on."""
        entries = super().from_row(row, reading)["options"]
        marks = []
        filled = [letter for letter in LETTERS if row.localized(letter, reading.language).value]
        for letter, item in zip(filled, entries.value or (), strict=False):
            assert isinstance(item, Node)
            assert isinstance(item.value, Mapping)
            marks.append(item._replace(value={**item.value, "at": row.node(f"{letter}@")}))
        return {"picture": row.node("picture"), "marks": entries._replace(value=tuple(marks))}

    def to_row(self, payload: SpotPayload, languages: Sequence[str], base: str) -> dict[str, str]:
        """As options, with `picture` and `a@`."""
        cells = super().to_row(payload, languages, base) | {"picture": payload.picture}
        return cells | {f"{letter}@": f"{x:g}, {y:g}" for letter, (x, y) in zip(LETTERS, payload.spots, strict=False)}

    def to_json(self, payload: SpotPayload) -> dict[str, Any]:
        """`{"v": 1, "picture": "...", "marks": [{"at": [35, 60], "text": {...}, "right": true, "misconception": {...}}]}`."""
        options = super().to_json(payload)["options"]
        marks = [{"at": list(at), **each} for at, each in zip(payload.spots, options, strict=True)]
        return {"v": VERSION, "picture": payload.picture, "marks": marks}

    def from_json(self, data: Mapping[str, Any]) -> SpotPayload:
        """The payload back; ValueError for a version of the future."""
        known_version(data, VERSION, self.name)
        marks = data["marks"]
        options = tuple(Option(m["text"], bool(m["right"]), m.get("misconception") or {}) for m in marks)
        return SpotPayload(options, data["picture"], tuple((float(m["at"][0]), float(m["at"][1])) for m in marks))

    def shuffles(self, payload: SpotPayload) -> bool:
        """The numbers stand in the picture."""
        return False

    def picture(self, payload: SpotPayload) -> str | None:
        """The picture with its marks: the ref of the plain one, and where to draw."""
        plain_ref = payload.picture if payload.picture.startswith("media:") else f"content:pictures/{payload.picture}"
        return f"{plain_ref}#{';'.join(f'{x:g},{y:g}' for x, y in payload.spots)}"

    def read_answer(self, text: str, payload: SpotPayload, order: Sequence[int] | None = None) -> Answer | None:
        """The numbers, or the letters, of marks."""
        typed = plain(text)
        if typed.isascii() and typed.isdigit() and len(set(typed)) == len(typed):
            typed = " ".join(typed)
        marks = named_marks(typed, len(payload.options))
        return tuple(sorted(set(marks))) or None


KIND = SpotTheHazard()
