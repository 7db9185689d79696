"""Hearings whose time is over."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.rewards.penalties import actions

TICKS = (Tick("rewards.penalties.follow", actions.follow, 60),)
