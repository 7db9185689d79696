"""Wishes that nobody answered, and files of the catalogue."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.rewards.shop import actions, taking

TICKS = (Tick("rewards.shop.press_unanswered", actions.press_unanswered, 600),)
JOBS = taking.JOBS
