"""The process in which question banks, lessons and tables of strangers are read; `bot.media.apart` says how it is held."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Sequence

from bot.media import apart
from bot.media.apart import HEAD, MEGABYTES, SECONDS, Stopped

CHILD = (sys.executable, "-m", "bot.library.apart_child")


class Reader(apart.Reader):
    """The process, with the readers of this room in it."""

    def __init__(self, command: Sequence[str] = CHILD, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        super().__init__(command, seconds, megabytes)


READER = Reader()
"""The one of this program."""
atexit.register(READER.close)
__all__ = ["HEAD", "MEGABYTES", "READER", "SECONDS", "Reader", "Stopped"]
