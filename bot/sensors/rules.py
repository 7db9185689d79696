"""What is decided about sensors. Pure: a standing and a reading in, a standing and what it means out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.sensors.model import Level, Limits, Reading, Sensor, Standing, Turn

AHEAD = timedelta(minutes=5)
"""So far a sensor's clock may be ahead of ours; a reading from further in the future is refused."""
BEHIND = timedelta(days=7)
"""What was measured longer ago is history that nobody has to know now: refused."""
MUTE_HOURS = (1, 4, 12, 24)
"""How long maintenance may be; whoever needs longer says so again."""


def level_of(limits: Limits, value: float, before: Level) -> Level:
    """The level of a value; one that was reached is left only `back` inside of its limit."""
    for level, low, high in (
        (Level.ALARM, limits.alarm_low, limits.alarm_high),
        (Level.WARNING, limits.warn_low, limits.warn_high),
    ):
        inside = limits.back if before >= level else 0.0
        if (high is not None and value > high - inside) or (low is not None and value < low + inside):
            return level
        if inside == 0.0 and value in (low, high):
            return level
    return Level.NORMAL


def take(limits: Limits, standing: Standing, reading: Reading) -> tuple[Standing, Turn]:
    """The next standing. A reading that is not newer than the newest changes nothing: it came late, or a second time."""
    if standing.at is not None and reading.at <= standing.at:
        return standing, Turn.NOTHING
    at, reached = reading.at, level_of(limits, reading.value, standing.reached)
    warn = (standing.warn_since or at) if reached >= Level.WARNING else None
    alarm = (standing.alarm_since or at) if reached is Level.ALARM else None
    held = [
        level for level, since in ((Level.WARNING, warn), (Level.ALARM, alarm)) if since and at - since >= limits.hold
    ]
    level = max(held, default=Level.NORMAL)
    calm_since = (standing.normal_since or at) if reached is Level.NORMAL else None
    now = replace(
        standing, level=level, value=reading.value, at=at, warn_since=warn, alarm_since=alarm, normal_since=calm_since
    )
    if level > standing.worst:
        begins = standing.worst is Level.NORMAL
        return replace(now, worst=level, episode=standing.episode + begins), Turn.BEGINS if begins else Turn.WORSENS
    if standing.worst and calm_since is not None and at - calm_since >= limits.calm:
        return replace(now, worst=Level.NORMAL), Turn.ENDS
    return now, Turn.NOTHING


def why_refused(reading: Reading, now: datetime) -> str | None:
    """Why a reading is not taken: a clock that is wrong, or something too old; None where it is."""
    if reading.at > now + AHEAD:
        return "from_the_future"
    return "too_old" if reading.at < now - BEHIND else None


def is_silent(sensor: Sensor, now: datetime) -> bool:
    """Whether a sensor that has ever spoken has said nothing for longer than it may, and nobody mutes it."""
    limit, heard = sensor.limits.silent, sensor.heard_at
    return limit is not None and heard is not None and not sensor.muted(now) and now - heard >= limit


def wrong_limits(limits: Limits) -> str | None:
    """What is wrong with limits, None where nothing is: `nothing`, `order`, `back`."""
    given = [limits.alarm_low, limits.warn_low, limits.warn_high, limits.alarm_high]
    known = [each for each in given if each is not None]
    if not known and limits.silent is None:
        return "nothing"
    if known != sorted(known) or len(set(known)) != len(known):
        return "order"
    lows = [each for each in given[:2] if each is not None]
    highs = [each for each in given[2:] if each is not None]
    if limits.back < 0 or (lows and highs and max(lows) + limits.back >= min(highs) - limits.back):
        return "back"
    return None
