"""Films without what a phone writes beside the picture: place, device, time. Nothing is encoded anew, so no codec is needed.

MP4, MOV and 3GP are boxes within boxes (ISO/IEC 14496-12). Only the boxes that playing needs are kept; every other one is
renamed to `free` and filled with zeros in its place, so that no offset moves. Times of recording become zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.media.pictures import BadPicture

MOST_BYTES = 20 * 1024 * 1024
_KEPT: dict[bytes, frozenset[bytes]] = {
    b"": frozenset({b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl", b"hdlr", b"gmhd"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs"}),
}
"""What is kept within which box; the file itself is the box without a name."""
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_SHOWN = frozenset({b"vide", b"soun"})
"""Tracks that are seen or heard; others hold texts, places, movements."""


def clean(data: bytes) -> bytes:
    """The same film without the rest. Raises BadPicture: `too_big`, or `broken` for what is no MP4, MOV or 3GP."""
    if len(data) > MOST_BYTES:
        raise BadPicture("too_big")
    film = bytearray(data)
    end, names = 0, set()
    for name, start, body, stop in _boxes(film, 0, len(film)):
        _box(film, b"", name, start, body, stop)
        names.add(name)
        end = stop
    if not names >= {b"moov", b"mdat"}:
        raise BadPicture("broken")
    return bytes(film[:end])  # some phones write more behind the last box


def _box(film: bytearray, within: bytes, name: bytes, start: int, body: int, stop: int) -> None:
    silent = name == b"trak" and _handler(film, body, stop) not in _SHOWN
    if name not in _KEPT[within] or silent:
        film[start + 4 : start + 8] = b"free"
        film[body:stop] = bytes(stop - body)
    elif name in _KEPT:
        for inner in list(_boxes(film, body, stop)):
            _box(film, name, *inner)
    elif name in _TIMED and stop - body >= 20:
        size = 16 if film[body] == 1 else 8
        film[body + 4 : body + 4 + size] = bytes(size)
    elif name == b"hdlr" and stop - body > 24:
        film[body + 24 : stop] = bytes(stop - body - 24)  # a name that tells the maker's program


def _handler(film: bytearray, body: int, stop: int) -> bytes:
    """What a track holds: `vide`, `soun`, `meta`; empty where it does not say."""
    for name, _, inside, end in _boxes(film, body, stop):
        if name == b"mdia":
            for each, _, at, last in _boxes(film, inside, end):
                if each == b"hdlr" and last - at >= 12:
                    return bytes(film[at + 8 : at + 12])
    return b""


def _boxes(film: bytearray, at: int, stop: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(name, start, start of its content, end) of the boxes in a range; ends before what is none. Raises BadPicture."""
    while stop - at >= 8:
        size, name, head = int.from_bytes(film[at : at + 4]), bytes(film[at + 4 : at + 8]), 8
        if size == 1:
            size, head = int.from_bytes(film[at + 8 : at + 16]), 16
        elif size == 0:
            size = stop - at
        if size < head or at + size > stop:
            if name in (b"mdat", b"moov"):
                raise BadPicture("broken")
            return
        yield name, at, at + head, at + size
        at += size
