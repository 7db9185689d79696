"""When a plan is red, when a material is due. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.emergencies.model import Material, Plan

YEAR = timedelta(days=365)
AHEAD = timedelta(days=30)
"""So long before something runs out its owner hears of it."""
MOST_LINES, MOST_WORDS = 12, 80
"""Three parts of so much fit into one message beside the steps."""
_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")


def red(plan: Plan, now: datetime) -> bool:
    """Whether nobody has gone through a plan for a year."""
    return now - plan.reviewed_at >= YEAR


def due(material: Material, today: date) -> bool:
    """Whether something runs out within a month, or has run out."""
    return material.expires_on is not None and material.expires_on - today <= AHEAD


def lines_of(said: str) -> tuple[str, ...] | None:
    """What somebody has written, line by line; None where it is too much."""
    lines = tuple(" ".join(line.split()) for line in said.splitlines() if line.strip())
    return lines if len(lines) <= MOST_LINES and all(len(line) <= MOST_WORDS for line in lines) else None


def material_of(line: str) -> tuple[str, date | None]:
    """A line as words and the date in it (`Spill kit, gate 2, 2027-05-31`); Raises ValueError on no real date."""
    found = _DATE.search(line)
    if found is None:
        return line, None
    on = date(*(int(part) for part in found.groups()))
    return " ".join((line[: found.start()] + line[found.end() :]).split()).strip(" ,;·"), on
