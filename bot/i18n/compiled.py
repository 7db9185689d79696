"""Catalogues and templates in the form in which they are read: made once and kept beside Python's own compiled files."""

from __future__ import annotations

import os
import sys
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from types import CodeType

import jinja2
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2.bccache import Bucket

from bot.i18n.languages import SOURCE

LOCALES = Path(__file__).parent / "locales"


@cache
def _beside() -> Path | None:
    """Where what is compiled is kept: beside Python's own compiled files, under the same conditions. None: nowhere."""
    folder = Path(__file__).parent / "__pycache__"
    if sys.dont_write_bytecode or sys.pycache_prefix is not None or not os.access(folder, os.W_OK):
        return None
    return folder


@cache
def translations(lang: str) -> NullTranslations:
    """A language's catalogue, read from its .po file once. The source language needs none."""
    path = LOCALES / lang / "LC_MESSAGES" / "davy.po"
    if lang == SOURCE or not path.exists():
        return NullTranslations()
    written, folder = path.read_bytes(), _beside()
    kept = folder / f"__davy_{lang}_{zlib.crc32(written):08x}.mo" if folder else None
    if kept is not None and kept.exists():
        with kept.open("rb") as file:
            return Translations(file)
    binary = BytesIO()
    write_mo(binary, read_po(BytesIO(written), locale=lang))
    if kept is not None:
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_bytes(binary.getvalue())
        new.replace(kept)  # at once: another process may be reading
    binary.seek(0)
    return Translations(binary)


class _Shared(jinja2.BytecodeCache):
    """What a template was compiled to, once a process for all languages, and in a folder where there is one."""

    def __init__(self, kept: jinja2.BytecodeCache | None) -> None:
        self._kept = kept
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        found = self._compiled.get((bucket.key, bucket.checksum))
        if found is not None:
            bucket.code = found
        elif self._kept is not None:
            self._kept.load_bytecode(bucket)
            if bucket.code is not None:
                self._compiled[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code
        if self._kept is not None:
            self._kept.dump_bytecode(bucket)


@cache
def compiled(kind: str) -> jinja2.BytecodeCache:
    """What templates of a kind were compiled to.

    Each kind has its own: a plain template that a page imports is compiled with escaping, and must not be found by who wants
    it plain. To compile the texts of all rooms takes about 0.4 s a language; what comes of it is the same for all languages.
    """
    folder = _beside()
    return _Shared(jinja2.FileSystemBytecodeCache(str(folder), f"__jinja2_{kind}_%s.cache") if folder else None)
