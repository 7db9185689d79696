"""A film that somebody sends says what it shows, and not where, when and with what it was taken."""

from __future__ import annotations

import contextlib

import pytest

from bot.media.films import clean
from bot.media.pictures import BadPicture

PLACE = b"+41.8781-087.6298/"
PHONE = b"Pocket 12 of Ana"
TAKEN = (3_900_000_000).to_bytes(4)


def box(name: bytes, *content: bytes) -> bytes:
    """A box."""
    inside = b"".join(content)
    return (8 + len(inside)).to_bytes(4) + name + inside


def header(name: bytes) -> bytes:
    """A box that holds when the film was made and changed, and then what playing needs."""
    return box(name, bytes(4), TAKEN, TAKEN, b"needed-to-play")


def track(kind: bytes, *more: bytes) -> bytes:
    """A track with its handler and its table of samples."""
    handler = box(b"hdlr", bytes(8), kind, bytes(12), PHONE)
    table = box(b"minf", box(b"vmhd", b"v"), box(b"stbl", b"table of " + kind))
    return box(b"trak", header(b"tkhd"), box(b"mdia", header(b"mdhd"), handler, table), *more)


PICTURE = b"the very picture"
FILM = b"".join(
    (
        box(b"ftyp", b"isom"),
        box(
            b"moov",
            header(b"mvhd"),
            track(b"vide", box(b"udta", box(b"\xa9xyz", PLACE))),
            track(b"soun"),
            track(b"meta"),
            box(b"udta", box(b"\xa9xyz", PLACE), box(b"\xa9mod", PHONE)),
            box(b"meta", PLACE),
        ),
        box(b"uuid", b"x" * 16, PLACE),
        box(b"mdat", PICTURE),
    )
)


def test_place_time_and_phone_are_gone_and_the_picture_is_as_it_was() -> None:
    """In its place too: what the table of samples points at must not move."""
    film = clean(FILM)
    for secret in (PLACE, PHONE, TAKEN, b"table of meta"):
        assert secret in FILM
        assert secret not in film
    assert (len(film), film.index(PICTURE)) == (len(FILM), FILM.index(PICTURE))
    for needed in (b"table of vide", b"table of soun", b"needed-to-play"):
        assert film.count(needed) >= 1
    assert clean(film) == film


def test_what_a_phone_writes_behind_the_last_box_is_cut_off() -> None:
    """Such as a maker's own trailer."""
    assert clean(FILM + PLACE) == clean(FILM)


@pytest.mark.parametrize(
    "data", [b"", b"no film at all", FILM[:-4], box(b"ftyp", b"isom"), b"\x1aE\xdf\xa3" + bytes(90)]
)
def test_what_is_no_whole_film_is_refused(data: bytes) -> None:
    """Better no copy than one that nobody looked through."""
    with pytest.raises(BadPicture, match="broken"):
        clean(data)


def test_any_damage_is_refused_or_leaves_no_secret() -> None:
    """Each byte of the structure changed once: nothing but a refusal may come of it, and never another error."""
    for at in range(0, len(FILM), 3):
        broken = bytearray(FILM)
        broken[at] ^= 0x55
        with contextlib.suppress(BadPicture):
            assert len(clean(bytes(broken))) <= len(FILM)
