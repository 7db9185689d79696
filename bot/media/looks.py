"""What a picture looks like, in 64 bits: alike for alike pictures, whatever their size and compression (a difference hash)."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

from PIL import Image

from bot.media.pictures import MOST_PIXELS, BadPicture

WIDE, HIGH = 9, 8
ALIKE = 10
"""Two pictures of one thing differ in at most so many of the 64 bits; two of different things in about half of them."""
PLAIN = 6
"""A picture with fewer bright-to-dark steps than this shows nothing (a black one, a wall): it is like all other such."""


def look(data: bytes) -> str | None:
    """The look of a picture that we keep, as 16 hex digits; None of one that shows nothing. Raises BadPicture."""
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPicture("too_big")
            grey = opened.convert("L").resize((WIDE, HIGH), Image.Resampling.LANCZOS)
    except BadPicture:
        raise
    except Exception as error:  # decoders fail in ways of their own on files that were made to break them
        raise BadPicture("broken") from error
    tones = list(grey.tobytes())
    rows = [tones[at : at + WIDE] for at in range(0, WIDE * HIGH, WIDE)]
    bits = [left < right for row in rows for left, right in pairwise(row)]
    steps = sum(abs(left - right) > 2 for row in rows for left, right in pairwise(row))
    if steps < PLAIN:
        return None
    return f"{sum(bit << at for at, bit in enumerate(bits)):016x}"


def alike(one: str, other: str) -> bool:
    """Whether two looks are of one thing, most likely."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE
