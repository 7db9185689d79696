"""What the company set for hazards, put here once by the composition root."""

from __future__ import annotations

from typing import Any

from bot.hazards.rules import Company as Company

_company: list[Company] = [Company()]
at_place: list[Any] = []
"""What other rooms offer to whoever scans a place: `(session, place, person, now) -> buttons`; see kit.room.Room."""
when_hurt: list[Any] = []
"""What other rooms show at once to whoever reports that somebody is hurt: `(session, path) -> message`."""


def configure(company: Company) -> None:
    """Sets the ladder's waits and the limits in time of this process."""
    _company[:] = [company]


def company() -> Company:
    """The settings in force."""
    return _company[0]
