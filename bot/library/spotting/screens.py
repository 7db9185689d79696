"""What a trainer sees of a picture: its one message at each step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Media, Message, Rows, button, rows
from bot.kit.texts import text
from bot.library.spotting import actions
from bot.library.spotting.model import MOST_MARKS, MOST_WHY, MOST_WORDS, Spot, State
from bot.media import faces
from bot.people import store as people


def look(session: Session, spot: Spot) -> Message:
    """Before anything else: can anybody be recognised?"""
    unit = people.unit(session, spot.unit)
    words = text(
        "library.spotting.look", unit=unit.label if unit else "", faces=spot.faces, covers=len(spot.covers),
        drawing=spot.shown is None,
    )  # fmt: skip
    keys = [] if spot.shown is None else [button("library.spotting.b_sure", f"ls.sure:{spot.id}:{spot.version}")]
    keys.append(button("library.spotting.b_cover", f"ls.grid:{spot.id}"))
    if len(spot.pictures) > 1:
        keys.append(button("library.spotting.b_other", f"ls.other:{spot.id}"))
    keys.append(button("library.spotting.b_drop", f"ls.no:{spot.id}"))
    return Message(words, rows(*keys, each=1), _photo(spot.shown), ref=spot.ref)


def grid(spot: Spot) -> Message:
    """Its cells: a tap covers one, or uncovers it."""
    words = text("library.spotting.grid", drawing=spot.grid is None)
    done = rows(button("library.spotting.b_back", f"ls.open:{spot.id}"))
    return Message(words, _cells(spot, "cell", spot.covers) + done, _photo(spot.grid), ref=spot.ref)


def marking(spot: Spot) -> Message:
    """Somebody was sure: where is it dangerous, and where is it all right?"""
    marked = [{"words": each["words"], "right": each["right"]} for each in spot.marks]
    taken = {cell for cell in _all() if list(faces.middle(cell)) in [each["at"] for each in spot.marks]}
    full = len(spot.marks) >= MOST_MARKS
    words = text("library.spotting.marking", marks=marked, ready=actions.ready(spot), full=full)
    keys: Rows = () if full else _cells(spot, "mark", taken)
    if actions.ready(spot):
        keys += rows(button("library.spotting.b_make", f"ls.why:{spot.id}"))
    return Message(
        words, keys + rows(button("library.spotting.b_drop", f"ls.no:{spot.id}")), _photo(spot.grid), ref=spot.ref
    )


def asks_words(cell: int) -> Message:
    """What is to be seen in a cell."""
    return Message(text("library.spotting.asks_words", cell=cell, limit=MOST_WORDS))


def asks_kind(spot: Spot, cell: int, words: str) -> Message:
    """Whether that is dangerous."""
    keys = rows(
        button("library.spotting.b_dangerous", f"ls.kind:{spot.id}:{cell}:1"),
        button("library.spotting.b_fine", f"ls.kind:{spot.id}:{cell}:0"),
    )
    return Message(text("library.spotting.asks_kind", words=words), keys)


def asks_why() -> Message:
    """What is told after an answer."""
    return Message(text("library.spotting.asks_why", limit=MOST_WHY))


def now_at(session: Session, spot: Spot) -> Message:
    """The message of the step that a picture is at."""
    if spot.state is State.SURE:
        return marking(spot)
    if spot.state is State.OPEN:
        return look(session, spot)
    return Message(text("library.spotting.over", sent=spot.state is State.SENT), ref=spot.ref)


def listed(session: Session, some: list[Spot], more: int) -> Message:
    """What waits."""
    keys = []
    for each in some:
        unit = people.unit(session, each.unit)
        keys.append(
            button("library.spotting.b_one", f"ls.open:{each.id}:new", number=each.id, unit=unit.label if unit else "")
        )
    return Message(text("library.spotting.listed", count=len(some) + more), rows(*keys, each=1))


def _photo(ref: str | None) -> tuple[Media, ...]:
    return (Media("photo", ref),) if ref else ()


def _all() -> range:
    return range(1, faces.COLUMNS * faces.ROWS + 1)


def _cells(spot: Spot, verb: str, taken: Iterable[int]) -> Rows:
    held: Any = set(taken)
    keys: list[Button] = [
        button("library.spotting.b_cell", f"ls.{verb}:{spot.id}:{cell}:{spot.version}", cell=cell, taken=cell in held)
        for cell in _all()
    ]
    return rows(*keys, each=faces.COLUMNS)
