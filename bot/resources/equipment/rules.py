"""When a piece falls due, and which sizes come first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.resources.equipment.model import Held, Item, Piece

AHEAD = timedelta(days=30)
"""So long before a piece expires its holder hears of it."""
AHEAD_INSPECTION = timedelta(days=7)
MOST_STOCK, MOST_SIZES, MOST_DAYS = 100_000, 30, 3650
ONE_SIZE = "-"
"""The size of what comes in one size only."""


def dates(item: Item, today: date) -> tuple[date | None, date | None]:
    """When a piece that is issued today is to be inspected, and when it expires."""
    inspect = today + timedelta(days=item.inspect_days) if item.inspect_days else None
    return inspect, today + timedelta(days=item.life_days) if item.life_days else None


def due(piece: Piece, today: date) -> str | None:
    """What of a piece falls due: `expired`, `expiring`, `inspection`; the worst first."""
    if piece.state is not Held.HELD:
        return None
    if piece.expires_on is not None and piece.expires_on < today:
        return "expired"
    if piece.expires_on is not None and piece.expires_on - today <= AHEAD:
        return "expiring"
    if piece.inspect_on is not None and piece.inspect_on - today <= AHEAD_INSPECTION:
        return "inspection"
    return None


def sizes_first(sizes: Sequence[str], last: str | None) -> list[str]:
    """The sizes in their order, the one that somebody had last before the others."""
    return sorted(sizes, key=lambda size: (size != last, sizes.index(size)))


def becomes_low(left: int, low: int) -> bool:
    """Whether the piece that was just taken has made a size few: told when it gets there, not at each piece below."""
    return left == low
