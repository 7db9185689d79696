"""Pictures made anew: turned upright, everything but the image left behind (place, phone, time), sizes capped before decoding."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener()  # what newer phones take pictures in

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 2560


class BadPicture(ValueError):
    """Not a picture, or one that is too large to open. `code` is `broken` or `too_big`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(data: bytes) -> bytes:
    """A JPEG of what the picture shows, and nothing else. Raises BadPicture."""
    if len(data) > MOST_BYTES:
        raise BadPicture("too_big")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise BadPicture("too_big")
                return _again(image)
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise BadPicture("too_big") from error
    except Exception as error:  # decoders fail in ways of their own on files that were made to break them
        raise BadPicture("broken") from error


def place_of(data: bytes) -> tuple[float, float] | None:
    """Where a picture says it was taken: degrees north and east (WGS 84). None where it says nothing that can be read."""
    try:
        with Image.open(BytesIO(data)) as image:
            said = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        north, east = _degrees(said[ExifTags.GPS.GPSLatitude]), _degrees(said[ExifTags.GPS.GPSLongitude])
        north *= -1 if said.get(ExifTags.GPS.GPSLatitudeRef) == "S" else 1
        east *= -1 if said.get(ExifTags.GPS.GPSLongitudeRef) == "W" else 1
    except Exception:  # nothing of it need be there, or be what it should
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def _degrees(parts: Sequence[Any]) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _again(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat = Image.new("RGB", upright.size, "white")
    layered = upright.convert("RGBA")
    flat.paste(layered, mask=layered.getchannel("A"))
    out = BytesIO()
    flat.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
