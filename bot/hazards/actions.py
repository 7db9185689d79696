"""What can be done with hazards, one function an intent. The work is in `report`, `respond`, `repair` and `ringing`."""

from __future__ import annotations

from bot.hazards.company import Company, company, configure
from bot.hazards.repair import confirm_gone, fix, reopen, verify
from bot.hazards.report import report_hazard
from bot.hazards.respond import acknowledge, ask, assign, rate, reject, set_topic

__all__ = [
    "Company",
    "acknowledge",
    "ask",
    "assign",
    "company",
    "configure",
    "confirm_gone",
    "fix",
    "rate",
    "reject",
    "reopen",
    "report_hazard",
    "set_topic",
    "verify",
]
