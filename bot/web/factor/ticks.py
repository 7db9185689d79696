"""What is done once a second person has agreed."""

from __future__ import annotations

from bot.web.factor import actions

JOBS = {actions.SECONDED: actions.seconded}
