"""What many tests begin with is made once a worker: furnished databases are copied, and statements compiled once.

Furnishing a database with the sample company and the shipped lessons takes ten times as long as copying it; and a new engine
compiles each statement anew, although all engines of a worker speak one of two dialects.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from bot.db import engine as engines

T = TypeVar("T")
folder: Path | None = None
"""Where copies of SQLite files are kept; set by the fixture that says so."""
_kept: dict[Hashable, tuple[str, Any]] = {}
_first: dict[str, Engine] = {}


def fonts() -> Path:
    """Where fonts are unpacked, once for all tests of a worker."""
    assert folder is not None
    return folder / "fonts"


def furnished(url: str, fill: Callable[[Session], T], *key: Hashable) -> T:
    """Runs `fill` in a fresh database that nobody is connected to; for the same key later takes a copy of what it made.

    What `fill` answers is copied too: it must be plain data, and `fill` must write nothing but rows.
    """
    address = engines.address(url)
    server = (address.get_backend_name(), address.query.get("host"))
    if (server, key) not in _kept:
        engine = engines.connect(url)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                made = fill(session)
        finally:
            engine.dispose()
        _kept[server, key] = (_keep(url, len(_kept)), copy.deepcopy(made))
        return made
    source, made = _kept[server, key]
    _restore(url, source)
    return copy.deepcopy(made)


def _keep(url: str, number: int) -> str:
    address = engines.address(url)
    if address.get_backend_name() == "sqlite":
        assert folder is not None
        path = folder / f"kept-{number}.sqlite3"
        shutil.copyfile(str(address.database), path)
        return str(path)
    name = f"davy_kept_{number}"
    _copy(url, name, str(address.database))
    return name


def _restore(url: str, source: str) -> None:
    address = engines.address(url)
    if address.get_backend_name() == "sqlite":
        shutil.copyfile(source, str(address.database))
        return
    _copy(url, str(address.database), source)


def _copy(url: str, name: str, source: str) -> None:
    """A PostgreSQL database anew as a copy of another of the same server."""
    server = engines.address(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')


def speaking_alike(*args: Any, **kwargs: Any) -> Engine:
    """`create_engine`, with the dialect and the compiled statements of this worker's first engine of that kind."""
    engine = create_engine(*args, **kwargs)
    first = _first.get(engine.dialect.name)
    if first is not None:
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine


def compile_once() -> None:
    """From now on all engines of this worker share what they have compiled."""
    engines.create_engine = speaking_alike  # type: ignore[attr-defined]


def first_of_its_kind(url: str) -> None:
    """Makes the engine of a database that works the one whose dialect the others speak."""
    engine = create_engine(engines.address(url), query_cache_size=engines.STATEMENTS)
    with engine.connect():
        pass  # a dialect asks its first server what it can
    engine.dispose()
    _first.setdefault(engine.dialect.name, engine)
