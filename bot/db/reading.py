"""Looking without writing: a Session on a connection that waits for nobody's lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

KEPT = "kept"
"""Under this, a Session that makes one answer keeps what its parts would each ask for. Writing sessions have none."""


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A Session for one answer; what it would write is undone. What many ask in it is kept in `info[KEPT]`."""
    with engine.connect().execution_options(read_only=True) as connection:
        with Session(connection, info={KEPT: {}}) as session:
            yield session
