"""What follows when an announcement has ended."""

from __future__ import annotations

from bot.compliance import actions

JOBS = {actions.ENDED: actions.ended}
