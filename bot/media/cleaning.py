"""Pictures and films of strangers made harmless, in a process of their own: decoders are where made-up files do harm. Blocking."""

from __future__ import annotations

import atexit
import base64
import sys
from typing import Any

from bot.media.apart import Reader, Stopped
from bot.media.pictures import BadPicture

CLEANER = Reader((sys.executable, "-m", "bot.media.apart_child"))
"""Started at the first picture, kept for the next ones."""
atexit.register(CLEANER.close)


def clean(data: bytes) -> tuple[bytes, tuple[float, float] | None]:
    """A picture with nothing in it but what it shows, and where it said that it was taken. Raises BadPicture."""
    found = _asked("clean", data)
    return base64.b64decode(found["data"]), _place(found)


def place_of(data: bytes) -> tuple[float, float] | None:
    """Where a picture says it was taken; None where it says nothing that can be read."""
    try:
        return _place(_asked("place", data))
    except BadPicture:
        return None


def film(data: bytes) -> bytes:
    """A film without place, minute and phone. Raises BadPicture."""
    return base64.b64decode(_asked("film", data)["data"])


def _place(found: dict[str, Any]) -> tuple[float, float] | None:
    return (float(found["at"][0]), float(found["at"][1])) if found.get("at") else None


def _asked(what: str, data: bytes) -> dict[str, Any]:
    try:
        found = CLEANER.ask({"do": what, "data": base64.b64encode(data).decode()})
    except Stopped as stopped:
        raise BadPicture("too_big" if stopped.code in ("too_much_memory", "took_too_long") else "broken") from stopped
    if "bad" in found:
        raise BadPicture(str(found["bad"]))
    return found
