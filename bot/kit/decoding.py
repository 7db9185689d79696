"""Bytes to text, in the encodings that spreadsheets of our languages write."""

from __future__ import annotations

import codecs
import re

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def decode(data: bytes) -> str | None:
    """UTF-8 (with or without mark), UTF-16, or GB18030; None when it is none of these for sure.

    A Western single-byte file often decodes as GB18030 into nonsense. In Chinese text high bytes come in runs of two
    and more; where most stand alone the file is refused rather than guessed: a wrong letter in a safety text or a name is
    worse.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16")
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data, "utf-8-sig")
    if data[:200].count(0) * 10 > len(data[:200]):
        return _strict(data, "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be")
    text = _strict(data, "utf-8")
    if text is not None:
        return text
    runs = _HIGH_RUN.findall(data)
    alone = sum(len(run) == 1 for run in runs)
    return None if alone * 2 > len(runs) else _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
