"""Figures of areas: never of a person."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, Held

HELD = (
    Held(
        "risk_index",
        "a figure of an area",
        sees=SAFETY,
        plain="lines",
    ),
    Held(
        "risk_level",
        "the level of an area",
        sees=SAFETY,
        plain="",
    ),
    Held(
        "risk_warning",
        "that an area crossed a level",
        sees=SAFETY,
        plain="lines",
    ),
)
