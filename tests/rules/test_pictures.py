"""Pictures made anew: what tells of the place, the phone and the time is gone, sizes are capped before anything is decoded."""

from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.media import pictures
from bot.media.pictures import BadPicture

SECRETS = (
    b"Pixel 9",
    b"31.2304",
    b"Anastasia",
    b"W5M0MpCehiHzreSzNTczkc9d",
    b"2026:11:18",
    b"Photoshop 3.0",
    b"Exif",
    b"8BIM",
)
XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta creator="Anastasia"/><?xpacket end="w"?>'
IPTC = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0e\x1c\x02P\x00\tAnastasia"


def exif() -> bytes:
    """A phone's name, a time and a place."""
    tags = Image.Exif()
    tags[0x0110], tags[0x0132], tags[0x0112] = "Pixel 9", "2026:11:18 12:00:00", 6
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[29] = "N", (31.0, 13.0, 49.44), "31.2304"
    return tags.tobytes()


def scene(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Left red, right blue: one sees which side is up."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, size[0], size[1]))
    return image


def jpeg() -> bytes:
    """With EXIF, XMP, IPTC and a comment."""
    out = io.BytesIO()
    scene().save(out, "JPEG", exif=exif(), xmp=XMP, comment=b"Anastasia")
    data = out.getvalue()
    segment = b"\xff\xed" + struct.pack(">H", len(IPTC) + 2) + IPTC
    return data[:2] + segment + data[2:]


def png() -> bytes:
    """With EXIF and texts."""
    out, info = io.BytesIO(), PngInfo()
    info.add_text("Author", "Anastasia")
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    scene().save(out, "PNG", pnginfo=info, exif=exif())
    return out.getvalue()


def heic() -> bytes:
    """What newer phones send."""
    out = io.BytesIO()
    pillow_heif.from_pillow(scene()).save(out, quality=90, exif=exif(), xmp=XMP)
    return out.getvalue()


@pytest.mark.parametrize("make", [jpeg, png, heic])
def test_nothing_is_kept_but_what_the_picture_shows(make: object) -> None:
    """EXIF, XMP, IPTC, comments and texts are in the file before, and in none after."""
    data = make()  # type: ignore[operator]
    assert any(secret in data for secret in SECRETS), "the sample holds nothing to strip"
    kept = pictures.clean(data)
    assert [secret for secret in SECRETS if secret in kept] == []
    with Image.open(io.BytesIO(kept)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_that_the_phone_held_sideways_stands_upright() -> None:
    """The turn that EXIF speaks of is made, because EXIF goes."""
    with Image.open(io.BytesIO(pictures.clean(jpeg()))) as image:
        assert image.size == (48, 64)


def test_a_heic_picture_is_read() -> None:
    """As a JPEG of what it shows."""
    out = io.BytesIO()
    pillow_heif.from_pillow(scene()).save(out, quality=90)
    with Image.open(io.BytesIO(pictures.clean(out.getvalue()))) as image:
        left, right = image.getpixel((5, 24)), image.getpixel((58, 24))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 150 > left[2]
    assert right[2] > 150 > right[0]


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are a very large picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (huge_png(6000, 4001), "too_big"),
        (huge_png(50_000, 50_000), "too_big"),
        (b"\xff\xd8\xff" + b"\0" * pictures.MOST_BYTES, "too_big"),
        (b"", "broken"),
        (b"not a picture", "broken"),
        (jpeg()[:200], "broken"),
        (heic()[:150], "broken"),
    ],
    ids=["over 24 megapixels", "a bomb", "over 20 MB", "empty", "text", "half a JPEG", "half a HEIC"],
)
def test_what_is_too_big_or_broken_is_refused_before_it_is_decoded(data: bytes, code: str) -> None:
    """By a code that a person is told in their words; never by another error."""
    with pytest.raises(BadPicture) as caught:
        pictures.clean(data)
    assert caught.value.code == code


def test_twenty_four_megapixels_are_taken() -> None:
    """The cap itself is still in."""
    out = io.BytesIO()
    scene((6000, 4000)).save(out, "JPEG", quality=20)
    with Image.open(io.BytesIO(pictures.clean(out.getvalue()))) as image:
        assert max(image.size) == pictures.LONGEST_SIDE
