"""Facts and who wants to hear of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class FactKind:
    """A kind of fact, declared once by its room. `fields` names what its body may hold: codes and numbers, no words."""

    name: str
    version: int
    fields: tuple[str, ...]
    says: str
    """What it states, for the reference."""


@dataclass(frozen=True)
class Fact:
    """Something that happened. `key` makes it exist once; `person` is None where nobody may be linked to it."""

    kind: FactKind
    key: str
    at: datetime
    person: int | None = None
    unit: int | None = None
    post: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Subscription:
    """A room that follows up on a kind of fact, by a job of kind `follow.<fact>.<room>`."""

    fact: str
    room: str
    do: Any
    """`(session, payload, now) -> None`; payload: {fact, key, at, person, unit, post, body}."""
    wanted: Any = None
    """`(session) -> bool`: whether anybody listens at this moment; nothing is written where nobody does. None: always."""
    after: timedelta = timedelta()
    """What is not urgent waits so long: thousands may answer in the same minute, and what follows would hold them up."""

    @property
    def job(self) -> str:
        return f"follow.{self.fact}.{self.room}"
