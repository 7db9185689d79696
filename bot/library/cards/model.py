"""What a card shows, and what a sign is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.library.model import Localized


class Part(NamedTuple):
    """Some words of a card's key sentence; the strong ones are what to keep in mind."""

    words: str
    strong: bool


class Does(StrEnum):
    """What a sign of that shape does: shape and colour say it together, never the colour alone."""

    FORBIDS = "forbids"
    WARNS = "warns"
    DEMANDS = "demands"
    SHOWS = "shows"
    FIGHTS_FIRE = "fights_fire"
    STOPS = "stops"
    KEEPS_OFF = "keeps_off"
    NAMES_SUBSTANCE = "names_substance"
    SAYS_WHAT_BURNS = "says_what_burns"


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of the project's own drawing: what it means, the facts it rests on, where it holds, beside which topics it stands."""

    id: str
    does: Does
    means: Localized
    facts: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    topics: tuple[str, ...] = ()
