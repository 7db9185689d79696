"""A zip with one bank and the pictures of its questions.

Read with bounds, as workbooks are: what the zip says of its sizes is checked first and held to while reading. Pictures are made
anew, so that nothing is kept of them but what they show.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import PurePosixPath

from bot.library.kinds.spot import SpotPayload
from bot.library.model import Bank
from bot.library.reading import Reading
from bot.media import pictures
from bot.media.store import PREFIX

BANKS = frozenset({".yaml", ".yml", ".csv", ".tsv", ".xlsx", ".gift", ".xml", ".txt"})
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
MAX_UNPACKED = 60_000_000
MAX_ENTRIES = 500
_OURS = re.compile(r"[0-9a-f]{64}")
Open = Callable[[str], "bytes | None"]
"""A picture's bytes by what a question calls it; None where it is not there."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture out of a zip: its ref and bytes. `kept` is the ref of the same picture where this program wrote it before."""

    ref: str
    data: bytes = field(repr=False)
    kept: str = ""


def read_zip(
    data: bytes, reading: Reading, read: Callable[[str, bytes], Bank | None]
) -> tuple[Bank | None, tuple[Picture, ...]]:
    """The bank in a zip, read by `read(name, bytes)`, with the pictures that its questions name."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read(archive, reading, read)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        reading.note("broken_zip", detail=type(error).__name__)
    except (KeyError, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        reading.note("broken_zip", detail=type(error).__name__)
    return None, ()


def _read(
    archive: zipfile.ZipFile, reading: Reading, read: Callable[[str, bytes], Bank | None]
) -> tuple[Bank | None, tuple[Picture, ...]]:
    entries = [each for each in archive.infolist() if not each.is_dir() and not _hidden(each.filename)]
    if len(entries) > MAX_ENTRIES or sum(each.file_size for each in entries) > MAX_UNPACKED:
        reading.note("zip_bomb", limit=MAX_UNPACKED // 1_000_000)
        return None, ()
    banks = [each for each in entries if _ending(each) in BANKS]
    if len(banks) != 1:
        reading.note("zip_banks", n=len(banks), names=", ".join(each.filename[-40:] for each in banks[:5]))
        return None, ()
    content = _content(archive, banks[0], reading)
    if content is None:
        return None, ()
    outer, reading.file = reading.file, f"{reading.file}/{banks[0].filename}"
    bank = read(banks[0].filename, content)
    reading.file = outer
    named = {PurePosixPath(each.filename).name: each for each in entries if _ending(each) in PICTURES}
    for each in entries:
        if _ending(each) not in BANKS | PICTURES:
            reading.note("zip_extra", name=each.filename[-60:])
    return _with_pictures(bank, named, archive, reading) if bank is not None else (None, ())


def _hidden(name: str) -> bool:
    """What systems put into zips by themselves."""
    return any(part.startswith((".", "__")) for part in PurePosixPath(name).parts)


def _ending(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.casefold()


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, reading: Reading) -> bytes | None:
    """The bytes of an entry, no more of them than it said it had."""
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size)
        if stream.read(1):
            reading.note("zip_bomb", limit=MAX_UNPACKED // 1_000_000)
            return None
        return bytes(data)


def _with_pictures(
    bank: Bank, named: Mapping[str, zipfile.ZipInfo], archive: zipfile.ZipFile, reading: Reading
) -> tuple[Bank, tuple[Picture, ...]]:
    found: dict[str, Picture | None] = {}
    questions = []
    for question in bank.questions:
        payload = question.payload
        if isinstance(payload, SpotPayload) and payload.picture in named:
            name = payload.picture
            if name not in found:
                found[name] = _picture(name, _content(archive, named[name], reading), reading)
            if (picture := found[name]) is not None:
                question = replace(question, payload=replace(payload, picture=picture.kept or picture.ref))
        questions.append(question)
    for name in named:
        if name not in found:
            reading.note("zip_extra", name=name[-60:])
    return replace(bank, questions=tuple(questions)), tuple(each for each in found.values() if each)


def _picture(name: str, data: bytes | None, reading: Reading) -> Picture | None:
    if data is None:
        return None
    try:
        made = pictures.clean(data)
    except pictures.BadPicture:
        reading.note("picture_unreadable", picture=name[-60:])
        return None
    stem = PurePosixPath(name).stem
    same = bool(_OURS.fullmatch(stem)) and hashlib.sha256(data).hexdigest() == stem
    ref = f"{PREFIX}{hashlib.sha256(made).hexdigest()}.jpg"
    return Picture(ref, made, f"{PREFIX}{name}" if same else "")


def write_zip(bank: Bank, written: Callable[[Bank], bytes], open_picture: Open) -> bytes:
    """The bank as `written` and its pictures; a picture that is no longer there is named in the bank and not in the zip."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        questions, there = [], set()
        for question in bank.questions:
            payload = question.payload
            if isinstance(payload, SpotPayload):
                name = payload.picture.removeprefix(PREFIX)
                data = open_picture(payload.picture)
                if data is not None and name not in there:
                    there.add(name)
                    archive.writestr(_entry(f"pictures/{name}"), data)
                if data is not None:
                    question = replace(question, payload=replace(payload, picture=name))
            questions.append(question)
        archive.writestr(_entry("bank.yaml"), written(replace(bank, questions=tuple(questions))))
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """The same bank gives the same bytes."""
    entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
