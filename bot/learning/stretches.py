"""Telling all who learnt something wrong, in slices by a growing number: no index knows who was asked or read what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from bot.db import jobs

LOOKED_THROUGH = 20_000
"""Rows, or people, that are looked through in one slice."""
MOST = 50
"""Of them, so many are dealt with."""


@dataclass(frozen=True)
class Stretch:
    """One slice of the job `job` about correction `id`: what comes after a number in a column."""

    job: str
    name: str
    """Its own: part of the key of each slice's job."""
    id: int
    after: int
    column: Column[Any]

    @property
    def within(self) -> ColumnElement[bool]:
        """SQL: what is looked through in this slice."""
        return and_(self.column > self.after, self.column <= self.after + LOOKED_THROUGH)

    def go_on(self, session: Session, taken: Sequence[int], now: datetime) -> None:
        """The next slice, a job of its own, where there may be more; `taken`: the numbers of this one, ascending."""
        upto = taken[-1] if len(taken) == MOST else self.after + LOOKED_THROUGH
        if upto < (session.scalar(select(func.max(self.column))) or 0):
            begin(session, self.job, self.name, self.id, now, upto)


def begin(session: Session, job: str, name: str, id: int, now: datetime, after: int = 0) -> None:
    """Enqueues a slice, once."""
    jobs.enqueue(session, job, {"correction": id, "after": after}, key=f"{name}:{id}:{after}", now=now)
