"""Sensors in words: what stands on a hazard's card, in the list and on a sensor's own card."""

from __future__ import annotations

from datetime import datetime

from bot.kit.texts import Text, text
from bot.sensors.model import Level, Limits, Sensor


def danger(sensor: Sensor) -> Text:
    """What is dangerous: the value, and the limit that it has passed."""
    standing = sensor.standing
    at = standing.at.isoformat() if standing.at else ""
    limit = passed(sensor.limits, standing.worst, standing.value or 0.0)
    values = {"name": sensor.names, "measures": measure(sensor), "value": shown(standing.value, sensor.symbol)}
    bad = standing.worst is Level.ALARM
    return text("sensors.danger", **values, limit=shown(limit, sensor.symbol), alarm=bad, at=at)


def calm(sensor: Sensor) -> Text:
    """The value is normal again; somebody has to look all the same."""
    value, since = shown(sensor.standing.value, sensor.symbol), sensor.standing.normal_since
    return text("sensors.calm", name=sensor.names, value=value, since=since.isoformat() if since else "")


def silent(sensor: Sensor) -> Text:
    """It says nothing."""
    since = sensor.silent_since.isoformat() if sensor.silent_since else ""
    return text("sensors.silent", name=sensor.names, measures=measure(sensor), since=since)


def heard(sensor: Sensor, now: datetime) -> Text:
    """It is heard again."""
    return text("sensors.heard", name=sensor.names, at=now.isoformat())


def measure(sensor: Sensor) -> Text:
    """What it measures."""
    return text("sensors.measure", code=sensor.measures)


def line(sensor: Sensor, now: datetime) -> dict[str, object]:
    """A sensor as a line of a list."""
    return {
        "name": sensor.names,
        "state": state(sensor, now),
        "value": shown(sensor.standing.value, sensor.symbol),
        "heard": sensor.heard_at.isoformat() if sensor.heard_at else "",
    }


def state(sensor: Sensor, now: datetime) -> Text:
    """How it stands, in a word with its sign."""
    word = ("normal", "warning", "alarm")[sensor.standing.level]
    if sensor.muted(now):
        word = "muted"
    elif sensor.heard_at is None:
        word = "never"
    elif sensor.silent_since is not None:
        word = "silent"
    return text("sensors.state", state=word)


def limits(sensor: Sensor) -> list[Text]:
    """Its limits, a line each."""
    known, symbol = sensor.limits, sensor.symbol
    found = []
    for key, low, high in (
        ("warning", known.warn_low, known.warn_high),
        ("alarm", known.alarm_low, known.alarm_high),
    ):
        if low is not None or high is not None:
            found.append(text("sensors.limit", level=key, low=shown(low, symbol), high=shown(high, symbol)))
    if known.silent is not None:
        found.append(text("sensors.limit_silent", minutes=round(known.silent.total_seconds() / 60)))
    return found


def shown(value: float | None, symbol: str) -> str:
    """A value with its unit of measure, without digits that say nothing; empty where there is none."""
    return "" if value is None else f"{value:.6g}\u00a0{symbol}".rstrip("\u00a0")


def passed(limits: Limits, level: Level, value: float) -> float | None:
    """The limit of a level on the side of a value; on the other one where the sensor has but one."""
    low, high = (limits.alarm_low, limits.alarm_high) if level is Level.ALARM else (limits.warn_low, limits.warn_high)
    if low is None or high is None:
        return high if low is None else low
    return low if abs(value - low) <= abs(value - high) else high
