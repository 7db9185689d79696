"""Faces in a picture found and made unrecognisable, as far as a program can: it misses some, so a person looks afterwards.

The detector is OpenCV's (`davy[faces]`), whose cascades know upright faces from the front and the side; so the picture is looked
at turned, too. Blocking and slow (seconds): to be called in a process that is bounded in time and memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from io import BytesIO
from math import cos, radians, sin
from typing import Any, NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bot.media.pictures import LONGEST_SIDE, BadPicture

COLUMNS, ROWS = 6, 4
"""The grid whose cells a person may cover, numbered from 1 in reading order."""
SEEN = 800
"""The picture is looked at with its longer side so long: a face of a thirty-fifth of it is still found."""
TURNS = tuple(range(0, 360, 15))
"""Degrees: a phone held sideways, somebody who lies, a bent head. The cascades were seen to miss a face that is 15 off."""
CASCADES = {
    "front": "haarcascade_frontalface_default.xml",
    "front-too": "haarcascade_frontalface_alt2.xml",
    "side": "haarcascade_profileface.xml",
}
SMALLEST = 22
WIDER = 0.45
"""So much of its own size is blurred on each side besides: hair, ears, chin, a name on the helmet."""
_INK, _PAPER = (15, 23, 42), (255, 255, 255)


class Box(NamedTuple):
    """A part of a picture, as shares of its width and height."""

    left: float
    top: float
    right: float
    bottom: float


def available() -> bool:
    """Whether the detector is installed."""
    return find_spec("cv2") is not None


def found(data: bytes, cascades: Sequence[str] = tuple(CASCADES), turns: Sequence[int] = TURNS) -> list[Box]:
    """Where faces seem to be; rather one too many. Raises BadPicture.

    To believe a large box only where several looks agree was tried: of places without people less was covered, but a near face
    with dark skin was seen by one look of 96 alone, and would have stayed.
    """
    grey = _opened(data).convert("L")
    grey.thumbnail((SEEN, SEEN))
    look = [_detector(name) for name in cascades]
    return [box for turn in turns for box in _turned(grey, turn, look)]


def _detector(name: str) -> Any:
    import cv2  # type: ignore[import-not-found, unused-ignore]  # an extra, and heavy: only where it is used

    cv2.setNumThreads(1)
    folder = cv2.data.haarcascades  # type: ignore[attr-defined, unused-ignore]
    cascade = cv2.CascadeClassifier(folder + CASCADES[name])
    mirrored = name == "side"  # it knows one side only
    return cascade, mirrored


def _turned(grey: Image.Image, turn: int, look: Sequence[Any]) -> Iterable[Box]:
    import numpy

    turned = grey.rotate(turn, expand=True, resample=Image.Resampling.BILINEAR, fillcolor=128) if turn else grey
    pixels = numpy.asarray(turned)
    for cascade, mirrored in look:
        for flip in (False, True) if mirrored else (False,):
            seen = numpy.ascontiguousarray(pixels[:, ::-1]) if flip else pixels
            for x, y, wide, high in cascade.detectMultiScale(seen, 1.1, 3, minSize=(SMALLEST, SMALLEST)):
                left = turned.width - x - wide if flip else x
                yield _back(grey, turned, turn, (float(left), float(y), float(left + wide), float(y + high)))


def _back(grey: Image.Image, turned: Image.Image, turn: int, box: tuple[float, float, float, float]) -> Box:
    """Where a box of the turned picture lies in the upright one: the upright box round its corners."""
    c, s = cos(radians(turn)), sin(radians(turn))
    xs, ys = [], []
    for x in (box[0], box[2]):
        for y in (box[1], box[3]):
            dx, dy = x - turned.width / 2, y - turned.height / 2
            xs.append((grey.width / 2 + c * dx - s * dy) / grey.width)
            ys.append((grey.height / 2 + s * dx + c * dy) / grey.height)
    return Box(max(min(xs), 0), max(min(ys), 0), min(max(xs), 1), min(max(ys), 1))


def apart(boxes: Iterable[Box]) -> list[Box]:
    """One box for each face: of those that hold the middle of another, one is kept."""
    kept: list[Box] = []
    for box in boxes:
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        if not any(each.left < x < each.right and each.top < y < each.bottom for each in kept):
            kept.append(box)
    return kept


# --- made unrecognisable ----------------------------------------------------------------------------------------------


def blurred(data: bytes, boxes: Iterable[Box]) -> bytes:
    """A JPEG with these parts, and generously round them, too coarse to tell anybody. Raises BadPicture."""
    image = _opened(data)
    for box in boxes:
        wide, high = (box.right - box.left) * WIDER, (box.bottom - box.top) * WIDER
        area = (
            int(max(box.left - wide, 0) * image.width),
            int(max(box.top - high, 0) * image.height),
            int(min(box.right + wide, 1) * image.width),
            int(min(box.bottom + high, 1) * image.height),
        )
        if area[2] > area[0] and area[3] > area[1]:
            image.paste(_coarse(image.crop(area)), area)
    return _jpeg(image)


def _coarse(part: Image.Image) -> Image.Image:
    """Five by five means of it, with soft edges: what was between them is gone and cannot be worked out again."""
    small = part.resize((5, 5), Image.Resampling.BOX)
    again = small.resize(part.size, Image.Resampling.NEAREST)
    return again.filter(ImageFilter.GaussianBlur(max(part.size) / 12))


def covered(data: bytes, cells: Iterable[int]) -> bytes:
    """A JPEG with cells of the grid painted over. Raises BadPicture."""
    image = _opened(data)
    pen = ImageDraw.Draw(image)
    for cell in cells:
        left, top, right, bottom = _cell(image, cell)
        pen.rectangle((left, top, right, bottom), fill=(90, 98, 110))
    return _jpeg(image)


def gridded(data: bytes) -> bytes:
    """A JPEG with the lines and numbers of the grid. Raises BadPicture."""
    image = _opened(data)
    image.thumbnail((1280, 1280))
    pen, high = ImageDraw.Draw(image), image.height / ROWS * 0.24
    font = ImageFont.load_default(size=high)
    line = max(2, min(image.size) // 300)
    for cell in range(1, COLUMNS * ROWS + 1):
        left, top, right, bottom = _cell(image, cell)
        pen.rectangle((left, top, right, bottom), outline=_PAPER, width=line)
        pen.text(
            (left + high * 0.3, top + high * 0.2), str(cell), font=font, fill=_PAPER, stroke_width=3, stroke_fill=_INK
        )
    return _jpeg(image)


def middle(cell: int) -> tuple[float, float]:
    """The middle of a cell, in hundredths from the left and the top."""
    row, column = divmod(cell - 1, COLUMNS)
    return round((column + 0.5) * 100 / COLUMNS, 1), round((row + 0.5) * 100 / ROWS, 1)


def _cell(image: Image.Image, cell: int) -> tuple[int, int, int, int]:
    row, column = divmod(cell - 1, COLUMNS)
    return (
        column * image.width // COLUMNS, row * image.height // ROWS,
        (column + 1) * image.width // COLUMNS, (row + 1) * image.height // ROWS,
    )  # fmt: skip


def _opened(data: bytes) -> Image.Image:
    """A copy that was made anew when it came (`pictures.clean`): small enough, upright, without where it was taken."""
    try:
        with Image.open(BytesIO(data)) as image:
            if max(image.size) > LONGEST_SIDE:
                raise BadPicture("too_big")
            return image.convert("RGB")
    except BadPicture:
        raise
    except Exception as error:  # decoders fail in ways of their own
        raise BadPicture("broken") from error


def _jpeg(image: Image.Image) -> bytes:
    """Never the very bytes of the picture it was made of, also where nothing was covered: files are kept by their bytes, and one

    that is erased must not be somebody else's.
    """
    out = BytesIO()
    image.save(out, "JPEG", quality=85, optimize=True, comment=b"covered")
    return out.getvalue()
