"""What a machine sends, as readings. Pure: a body in, readings and what is wrong with it out.

    {"sensor": "gas-1", "value": 18.9, "at": "2026-11-18T15:05:00Z", "id": "4711"}      one, or
    {"readings": [{...}, ...]}                                                           at most a thousand, or a bare list

`at` is ISO 8601 with a zone, or seconds or milliseconds since 1970; left out it is the time of arrival, and then a second copy
is known by its `id` only. A value is a number; true and false are 1 and 0.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.sensors.model import Reading

MOST = 1_000
MOST_BYTES = 256 * 1024
MILLISECONDS = 100_000_000_000
"""A number above this counts milliseconds: as seconds it would be far away in the future."""


class Unreadable(ValueError):
    """The body is none of ours; the text says what is wrong with it, in English, for whoever sets a gateway up."""


def readings_of(body: bytes, now: datetime, sensor: str | None = None) -> list[Reading]:
    """The readings of a body; `sensor` is whose they are where they do not say. Raises Unreadable: all or nothing."""
    if len(body) > MOST_BYTES:
        raise Unreadable(f"a body has at most {MOST_BYTES} bytes")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = _bare_number(body) if sensor is not None else None
        if said is None:
            raise Unreadable("the body is no JSON") from None
    if isinstance(said, (int, float)) and sensor is not None:
        said = {"value": said}
    each = said.get("readings", [said]) if isinstance(said, Mapping) else said
    if not isinstance(each, list) or not each:
        raise Unreadable('expected a reading, a list of readings, or {"readings": [...]}')
    if len(each) > MOST:
        raise Unreadable(f"at most {MOST} readings in one call")
    return [_reading(one, number, now, sensor) for number, one in enumerate(each, 1)]


def _bare_number(body: bytes) -> float | None:
    try:
        return float(body)
    except ValueError:
        return None


def _reading(one: Any, number: int, now: datetime, sensor: str | None) -> Reading:
    if not isinstance(one, Mapping):
        raise Unreadable(f'reading {number}: expected {{"sensor": ..., "value": ...}}')
    code, id = one.get("sensor", sensor), one.get("id")
    if not isinstance(code, str) or not 0 < len(code) <= 60:
        raise Unreadable(f'reading {number}: "sensor" is to be the code of a sensor')
    value = one.get("value")
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unreadable(f'reading {number}: "value" is to be a number')
    if id is not None and (not isinstance(id, (str, int)) or not 0 < len(str(id)) <= 80):
        raise Unreadable(f'reading {number}: "id" is to be a text of at most 80 characters')
    at = one.get("at", one.get("timestamp"))
    return Reading(code, float(value), now if at is None else _moment(at, number), None if id is None else str(id))


def _moment(at: Any, number: int) -> datetime:
    wrong = Unreadable(f'reading {number}: "at" is to be like 2026-11-18T15:05:00Z, or seconds since 1970')
    try:
        if isinstance(at, (int, float)) and not isinstance(at, bool):
            return datetime.fromtimestamp(at / 1000 if at > MILLISECONDS else at, UTC)
        found = datetime.fromisoformat(at)
    except (ValueError, TypeError, OverflowError, OSError):
        raise wrong from None
    if found.tzinfo is None:
        raise wrong
    return found.astimezone(UTC)
