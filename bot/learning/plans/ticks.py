"""What falls due of plans: planned courses are given. The lessons themselves come with the daily push."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.learning.plans.giving import give_planned

TICKS = (Tick("learning.give_planned_courses", give_planned, seconds=60),)
