"""Weeks hold numbers of units and nothing of single people."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (Held("participation_week", "how many of a unit took part in a week", sees=UNIT),)
