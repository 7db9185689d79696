"""Which scenes somebody gets, in which order their answers stand, and until when a pledge holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.voice.pledge.model import HARMS, Scene

SOON = timedelta(days=14)
"""So long before a pledge ends its renewal is asked for, and counts from its end on."""
AGAIN = timedelta(days=14)
MOST_ASKED = 4
"""How often somebody is asked before their leader, who sees the list, speaks with them."""


def until(on: date, before: date | None) -> date:
    """The last day on which a pledge that is signed on a day holds: a year, counted from the end of one that still holds."""
    start = before + timedelta(days=1) if before is not None and before >= on and before - on <= SOON else on
    try:
        return start.replace(year=start.year + 1) - timedelta(days=1)
    except ValueError:  # the 29th of February
        return start.replace(year=start.year + 1, day=28)


def scenes(all_scenes: Sequence[Scene], person: int, year: int) -> list[Scene]:
    """One for each of the four; every year another one."""
    found = []
    for harm in HARMS:
        some = [scene for scene in all_scenes if scene.harm == harm]
        found.append(some[(person + year) % len(some)])
    return found


def order(person: int, nth: int, tries: int, many: int) -> list[int]:
    """The places of a scene's answers: turned by person, scene and try, so that the right one stands nowhere in particular."""
    turn = (person * 7 + nth * 5 + tries) % many
    return [(at + turn) % many for at in range(many)]
