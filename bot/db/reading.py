"""Looking without writing: a Session on a connection that waits for nobody's lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A Session for one answer; what it would write is undone."""
    with engine.connect().execution_options(read_only=True) as connection, Session(connection) as session:
        yield session
