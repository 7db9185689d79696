"""Looking without writing: a Session on a connection that waits for nobody's lock."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

_T = TypeVar("_T")
_KEPT = "kept"
"""Under this, a Session that makes one answer keeps what its parts would each ask for. Writing sessions have none."""


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A Session for one answer; what it would write is undone. What its parts each ask for is kept: see `shared`."""
    with engine.connect().execution_options(read_only=True) as connection:
        with Session(connection, info={_KEPT: {}}) as session:
            yield session


def shared(session: Session, asked: Hashable, make: Callable[[], _T]) -> _T:
    """What `make` answers. In a Session for one answer it is made once for all of its parts; in one that writes, each time."""
    kept: dict[Hashable, _T] | None = session.info.get(_KEPT)
    if kept is None:
        return make()
    if asked not in kept:
        kept[asked] = make()
    return kept[asked]
