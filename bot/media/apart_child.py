"""The process in which strangers' files are read: frames of JSON in, frames of JSON out, until nothing comes any more.

    python -m bot.media.apart_child

It writes no large file and opens few; what it needs beyond its memory ends it, and nobody else.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from bot.media import films, pictures
from bot.media.apart import HEAD, MEGABYTES, SECONDS

IDLE_SECONDS = 120


def _clean(request: Mapping[str, Any]) -> dict[str, Any]:
    """A picture made anew, or the code of what is wrong with it; and where it says that it was taken."""
    data = base64.b64decode(request["data"])
    try:
        made = pictures.clean(data)
    except pictures.BadPicture as bad:
        return {"bad": bad.code}
    return {"data": base64.b64encode(made).decode(), "at": pictures.place_of(data)}


def _place(request: Mapping[str, Any]) -> dict[str, Any]:
    """Where a picture says that it was taken."""
    return {"at": pictures.place_of(base64.b64decode(request["data"]))}


def _film(request: Mapping[str, Any]) -> dict[str, Any]:
    """A film without what betrays."""
    try:
        return {"data": base64.b64encode(films.clean(base64.b64decode(request["data"]))).decode()}
    except pictures.BadPicture as bad:
        return {"bad": bad.code}


DOES: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"clean": _clean, "place": _place, "film": _film}
"""What can be asked for; a room with readers of its own adds them."""


def main() -> None:
    """Answers until the parent is gone or nothing comes."""
    limit = int(os.environ.get("DAVY_READER_MEGABYTES", MEGABYTES))
    seconds = float(os.environ.get("DAVY_READER_SECONDS", SECONDS))
    bounded(limit)
    source, to = sys.stdin.buffer, sys.stdout.buffer
    # a large bank is a million values that all stay until they are sent: looking through them for garbage again and again
    # takes half the time; what is garbage after all goes between two files, and the bound on memory holds as before
    gc.disable()
    while select.select([source], [], [], IDLE_SECONDS)[0] and (head := source.read(HEAD.size)):
        _within(seconds)
        try:
            answer = _answer(source, HEAD.unpack(head)[0])
        except MemoryError:
            answer = {"stopped": "too_much_memory", "params": {"limit": limit}}
        _send(to, answer)
        answer = {}
        gc.collect()


def _answer(source: BinaryIO, length: int) -> dict[str, Any]:
    try:
        request = json.loads(source.read(length))
        return DOES[request["do"]](request)
    except MemoryError:
        raise
    except Exception:  # whatever a reader fails at is told as a problem; the traceback would hold words of the file
        return {"stopped": "checker_ended"}


def _within(seconds: float) -> None:
    """The processor's time from now on, after which the system ends this process (Windows knows no such bound)."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _send(to: BinaryIO, answer: Mapping[str, Any]) -> None:
    data = json.dumps(answer).encode()
    to.write(HEAD.pack(len(data)) + data)
    to.flush()


def bounded(megabytes: int) -> None:
    """No more memory than this, no core, no large file, few open; as far as the system knows such bounds."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for name, most in (
        ("RLIMIT_DATA", megabytes << 20),
        ("RLIMIT_AS", (megabytes + 400) << 20),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 8 << 20),
        ("RLIMIT_NOFILE", 64),
    ):
        with suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (most, most))


if __name__ == "__main__":
    main()
