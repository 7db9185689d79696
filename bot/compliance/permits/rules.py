"""What was measured and whether it is good, when the alarm comes, who may say yes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.compliance.permits.model import Gas, Limit, Permit, Reading, State
from bot.kit.digits import with_digits
from bot.people.model import Role, Viewer

ALARM = timedelta(minutes=30)
"""So long before its end receiver and issuer hear of it."""
ESCALATE = timedelta(minutes=15)
"""So long after its end, not handed back, safety officers hear of it."""
DECIDE = timedelta(hours=8)
"""So long a permit waits for its yes."""
FRESH = timedelta(minutes=30)
"""A gas test older than this opens nothing: air changes. Ours, on the side of care; a stricter site rule goes before it."""
PATIENCE = timedelta(hours=2)
MOST_WORDS = 500
HOURS = (1, 2, 4, 8)
_PART = re.compile(r"\s*([^\W\d_][\w%]*)\s*[:=：]?\s*(-?\d+(?:[.,]\d+)?)\s*(?:%|ppm|% ?lel|% ?lfl)?\s*", re.IGNORECASE)
SAID = {
    "o2": "o2", "oxygen": "o2", "oxigeno": "o2", "氧气": "o2", "氧": "o2", "кислород": "o2", "أكسجين": "o2",
    "lel": "lel", "lfl": "lel", "ex": "lel", "可燃气体": "lel", "可燃": "lel",
    "h2s": "h2s", "硫化氢": "h2s", "co": "co", "一氧化碳": "co",
}  # fmt: skip
"""How people write what they measured."""


def _plain(words: str) -> str:
    """Without capitals, widths, accents and hamzas: as people type on a phone."""
    parts = unicodedata.normalize("NFKD", words).casefold()
    return "".join(each for each in parts if not unicodedata.combining(each))


_KNOWN = {_plain(word): code for word, code in SAID.items()}


def read(words: str, wanted: Sequence[str]) -> tuple[dict[str, float], list[str]]:
    """Measured values as they are typed (`O2 20.9, LEL 0`); and the codes of what is missing. Strange parts are left out."""
    found: dict[str, float] = {}
    for part in re.split(r"[;\n]|,(?!\d)|，|؛|،|、", _plain(with_digits(words))):
        match = _PART.fullmatch(part)
        code = _KNOWN.get(match.group(1)) if match else None
        if match is not None and code is not None:
            found[code] = float(match.group(2).replace(",", "."))
    return found, [code for code in wanted if code not in found]


def judged(values: Mapping[str, float], gases: Mapping[str, Gas], jurisdiction: str) -> list[Reading]:
    """Each value with whether it is within the limit of the place's law; None where no limit is known."""
    return [
        Reading(code, value, within(value, gases[code].limit(jurisdiction)) if code in gases else None)
        for code, value in values.items()
    ]


def within(value: float, limit: Limit | None) -> bool | None:
    """Whether a value is within a limit, bounds included; None without one. What cannot be measured is never good."""
    if value < 0:
        return False
    if limit is None:
        return None
    return (limit.low is None or value >= limit.low) and (limit.high is None or value <= limit.high)


def alarm_at(ends_at: datetime, minutes: int) -> datetime:
    """When receiver and issuer hear that it ends soon: half an hour before, or half way through a short one."""
    return ends_at - min(ALARM, timedelta(minutes=minutes) / 2)


def voices(viewer: Viewer, path: str) -> frozenset[str]:
    """For whom somebody can stand at a gate there."""
    roles = (Role.SUPERVISOR, Role.SAFETY_OFFICER)
    return frozenset(f"role:{role.value}" for role in roles if viewer.holds(role, path))


def why_not(found: Permit, person: int, spoken: frozenset[str]) -> str | None:
    """Why somebody's word does not count: `too_late`, `receiver`, `no_voice`; None where it does."""
    if not found.to_decide:
        return "too_late"
    if person == found.receiver:
        return "receiver"
    return None if spoken & set(found.gate.kinds) else "no_voice"


def may_extend(found: Permit, now: datetime) -> bool:
    """Whether more time can be asked for: while it runs; what has run out is asked for anew."""
    running = found.state is State.RUNNING and found.extend_minutes is None
    return running and found.ends_at is not None and now < found.ends_at
