"""Content-addressed files in a directory: a file's name is the SHA-256 of its bytes, so that the same file is kept once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from uuid import uuid4

PREFIX = "media:"
_root: list[Path] = []


class NoSuchFile(FileNotFoundError):
    """A ref whose file is not here: erased, or the directory is not the one it was put into."""


def use(directory: Path) -> None:
    """Sets where files lie, and makes the folder. Raises OSError where that cannot be done."""
    directory.mkdir(parents=True, exist_ok=True)
    _root[:] = [directory]


def put(data: bytes, name: str = "") -> str:
    """Keeps bytes durably and answers their ref `media:<sha256><ending>`. The same bytes give the same ref."""
    ending = Path(name).suffix.lower() if Path(name).suffix[1:].isalnum() and len(Path(name).suffix) <= 6 else ""
    ref = PREFIX + hashlib.sha256(data).hexdigest() + ending
    path = _path(ref)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{uuid4().hex}.part")
        try:
            with unfinished.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            _sync(path.parent)
        finally:
            unfinished.unlink(missing_ok=True)
    return ref


def _sync(folder: Path) -> None:
    """Makes a new name durable: after a power cut the database must not name a file that is not there."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_ref(ref: str) -> bytes:
    """The bytes of a ref. Raises NoSuchFile."""
    try:
        return _path(ref).read_bytes()
    except FileNotFoundError as error:
        raise NoSuchFile(ref) from error


def erase(ref: str) -> bool:
    """Deletes a file; False where it was not there."""
    try:
        _path(ref).unlink()
    except FileNotFoundError:
        return False
    return True


def _path(ref: str) -> Path:
    name = ref.removeprefix(PREFIX)
    if not ref.startswith(PREFIX) or "/" in name or not name[:64].isalnum() or len(name) < 64:
        raise NoSuchFile(ref)
    return _root[0] / name[:2] / name
