"""Kept files to a browser: shown and never run, in parts where a player asks for one, small where a list shows many."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import PurePosixPath

import structlog
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from bot.kit.replies import Media
from bot.kit.room import Made
from bot.media import store as media

log = structlog.get_logger("davy.web")
TYPES = {
    ".jpg": "image/jpeg", ".png": "image/png", ".oga": "audio/ogg", ".ogg": "audio/ogg", ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4", ".wav": "audio/wav", ".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm",
}  # fmt: skip
"""What is shown in a page. Everything else is handed over as a file, to be saved."""
PICTURES = frozenset({".jpg", ".png"})
KEEP = "private, max-age=3600"
SMALL = 192
"""The longest side of a small picture in pixels: 64 on the page, on a screen with three dots a pixel."""
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def answer(request: Request, found: Media) -> Response:
    """A kept file. A browser may keep it for an hour, for this cookie alone; `?small=1` makes a picture small."""
    name, ending = found.ref.removeprefix(media.PREFIX), PurePosixPath(found.ref).suffix
    little = ending in PICTURES and "small" in request.query_params
    mark = f'"{name}{"-small" if little else ""}"'
    headers = {
        "Cache-Control": KEEP,
        "Vary": "Cookie",
        "ETag": mark,
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if mark in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    try:
        data = media.open_ref(found.ref)
    except media.NoSuchFile:
        log.warning("a kept file is not there", ref=found.ref)
        return Response(status_code=404)
    if ending not in TYPES:
        headers["Content-Disposition"] = "attachment"
    if little:
        small = made_small(data)
        return Response(small or data, headers=headers, media_type="image/jpeg" if small else TYPES[ending])
    return _in_parts(request, data, headers, TYPES.get(ending, "application/octet-stream"))


def made(found: Made) -> Response:
    """A file made for this answer. Its name has letters, digits, dots and hyphens alone."""
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(found.data, headers=headers, media_type="application/octet-stream")


def _in_parts(request: Request, data: bytes, headers: dict[str, str], kind: str) -> Response:
    """The whole file, or the one part that a player asks for: without that phones play no sound and nobody can seek."""
    headers["Accept-Ranges"] = "bytes"
    wished = request.headers.get("range")
    if wished is None or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Response(data, headers=headers, media_type=kind)
    part = part_of(wished, len(data))
    if part is None:
        return Response(data, headers=headers, media_type=kind)
    first, last = part
    if first > last:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, headers, kind)


def part_of(wished: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that a `Range` means; first > last where there is no such part.

    None for what we do not follow (several parts, other units, nonsense): then the whole file is the right answer.
    """
    found = _RANGE.fullmatch(wished.strip())
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size - 1) if length else (1, 0)
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    return (first, last) if first < size else (1, 0)


def made_small(data: bytes) -> bytes | None:
    """A picture of at most SMALL pixels; None where it cannot be opened."""
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as image:
            image.draft("RGB", (SMALL, SMALL))  # a JPEG is then decoded at an eighth of its size
            image.thumbnail((SMALL, SMALL))
            out = BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=78)
            return out.getvalue()
    except Exception:  # decoders fail in ways of their own; the whole picture is shown instead
        return None
