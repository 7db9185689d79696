"""Numbered marks drawn on a picture: a ring round each place, and its number beside it, readable on any ground."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from bot.media.pictures import MOST_BYTES, MOST_PIXELS, BadPicture

LONGEST_SIDE = 1280
"""What phones show; a drawn picture need not be larger."""
RING, BADGE = 0.075, 0.042
"""Radius of the ring and of the number's disc, as shares of the shorter side."""
_INK, _PAPER = (15, 23, 42), (255, 255, 255)


class Mark(NamedTuple):
    """Where a mark stands: from the left and from the top, in hundredths."""

    x: float
    y: float


def places(text: str) -> list[Mark]:
    """The places written as `35,60;12.5,80`. Raises BadPicture for anything else."""
    try:
        return [Mark(float(x), float(y)) for x, y in (each.split(",") for each in text.split(";"))]
    except ValueError as error:
        raise BadPicture("broken") from error


def marked(data: bytes, marks: Sequence[Mark]) -> bytes:
    """A JPEG of the picture with its marks, numbered from 1. Raises BadPicture."""
    if len(data) > MOST_BYTES:
        raise BadPicture("too_big")
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPicture("too_big")
            image = _flat(opened)
    except BadPicture:
        raise
    except Exception as error:  # decoders fail in ways of their own on files that were made to break them
        raise BadPicture("broken") from error
    _draw(image, marks)
    out = BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def _flat(opened: Image.Image) -> Image.Image:
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat = Image.new("RGB", opened.size, "white")
    layered = opened.convert("RGBA")
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat


def _draw(image: Image.Image, marks: Sequence[Mark]) -> None:
    short = min(image.size)
    ring, badge, line = short * RING, short * BADGE, max(2, round(short * 0.008))
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=badge * 1.35)
    for number, mark in enumerate(marks, 1):
        x, y = image.width * mark.x / 100, image.height * mark.y / 100
        _circle(pen, x, y, ring, outline=_PAPER, width=line * 3)
        _circle(pen, x, y, ring - line, outline=_INK, width=line)
        bx = min(max(x - ring * 0.75, badge), image.width - badge)
        by = min(max(y - ring * 0.75, badge), image.height - badge)
        _circle(pen, bx, by, badge, fill=_PAPER)
        _circle(pen, bx, by, badge - line, fill=_INK)
        pen.text((bx, by), str(number), font=font, fill=_PAPER, anchor="mm")


def _circle(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, **look: object) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), **look)  # type: ignore[arg-type]
