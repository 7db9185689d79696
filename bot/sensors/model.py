"""Sensors and what they say, as values; and the facts that this room records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from bot.kit.risk import Severity
from bot.ledger.model import FactKind


class Level(IntEnum):
    """How a value stands to a sensor's limits."""

    NORMAL = 0
    WARNING = 1
    ALARM = 2


SEVERITY = {Level.WARNING: Severity.MEDIUM, Level.ALARM: Severity.CRITICAL}
"""What each level means on the hazard ladder; both ring."""


MEASURES = (
    "oxygen", "carbon_monoxide", "hydrogen_sulfide", "burning_gas", "ammonia", "chlorine", "carbon_dioxide", "smoke", "dust",
    "temperature", "pressure", "level", "flow", "noise", "vibration", "wind", "water", "current", "door", "other",
)  # fmt: skip
"""What sensors measure, by code; the words stand in the texts."""


@dataclass(frozen=True)
class Limits:
    """When a value is dangerous, in the sensor's own unit of measure.

    At or beyond a limit the level is reached; it is left only `back` inside of it (hysteresis). `hold`: so long a value has to
    stay beyond before it counts. `calm`: so long it has to be normal before what comes next is a new story (flapping).
    `silent`: after so long without a word the sensor itself is an alarm.
    """

    warn_low: float | None = None
    warn_high: float | None = None
    alarm_low: float | None = None
    alarm_high: float | None = None
    back: float = 0.0
    hold: timedelta = timedelta(0)
    calm: timedelta = timedelta(minutes=10)
    silent: timedelta | None = None


@dataclass(frozen=True)
class Reading:
    """One value. `at` is when it was measured, as the sensor says; `id` is the sensor's own name for it, where it has one."""

    sensor: str
    value: float
    at: datetime
    id: str | None = None

    @property
    def key(self) -> str:
        """By what a second copy of it is known."""
        return self.id or self.at.isoformat()


@dataclass(frozen=True)
class Standing:
    """Where a sensor stands. `at` is the time of its newest reading.

    `level` is what counts; since when values have been beyond each limit stands in `warn_since` and `alarm_since`, and may not
    have held long enough yet. `episode` numbers its stories; `worst` is the worst level of the one that goes on, NORMAL where
    none does.
    """

    level: Level = Level.NORMAL
    value: float | None = None
    at: datetime | None = None
    warn_since: datetime | None = None
    alarm_since: datetime | None = None
    normal_since: datetime | None = None
    episode: int = 0
    worst: Level = Level.NORMAL

    @property
    def reached(self) -> Level:
        """The level of the newest value, whether it has held or not."""
        if self.alarm_since is not None:
            return Level.ALARM
        return Level.WARNING if self.warn_since is not None else Level.NORMAL


class Turn(IntEnum):
    """What a reading makes of a sensor's story."""

    NOTHING = 0
    BEGINS = 1
    WORSENS = 2
    ENDS = 3


@dataclass(frozen=True)
class Sensor:
    """A sensor as the company has it, and as it stands."""

    id: int
    code: str
    names: Mapping[str, str]
    unit: int
    path: str
    place: int | None
    measures: str
    symbol: str
    topic: str | None
    limits: Limits
    standing: Standing
    heard_at: datetime | None
    silent_since: datetime | None
    silences: int
    muted_until: datetime | None
    muted_by: int | None
    muted_why: str | None
    told: Level
    """The worst level of this episode that was handed over to the hazard ladder."""

    def muted(self, now: datetime) -> bool:
        """Whether it is under maintenance."""
        return self.muted_until is not None and now < self.muted_until

    @property
    def finding(self) -> str:
        """The key of its present story on the hazard ladder."""
        return f"sensor:{self.id}:{self.standing.episode}"

    @property
    def silence(self) -> str:
        """The key of its present silence there."""
        return f"sensor:{self.id}:silent:{self.silences}"


@dataclass(frozen=True)
class Taken:
    """What became of a delivery. `unknown` are codes that no sensor has, `refused` are (sensor, why)."""

    taken: int = 0
    known_before: int = 0
    late: int = 0
    unknown: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = field(default=())


_OF = ("sensor", "episode")
CROSSED = FactKind(
    "SensorCrossed", 1, (*_OF, "level", "before"), "A sensor's value reached a level that its story had not had yet"
)
CALMED = FactKind("SensorCalmed", 1, (*_OF, "minutes"), "A sensor was normal for so long that its story is over")
SILENT = FactKind("SensorSilent", 1, ("sensor", "nth"), "A sensor said nothing for longer than it may")
HEARD = FactKind("SensorHeard", 1, ("sensor", "nth", "minutes"), "A silent sensor is heard again")
MUTED = FactKind("SensorMuted", 1, ("sensor", "hours"), "Somebody muted a sensor for maintenance, with an end")
UNMUTED = FactKind("SensorUnmuted", 1, ("sensor", "early"), "A sensor's maintenance is over, by its end or before it")
FACTS = (CROSSED, CALMED, SILENT, HEARD, MUTED, UNMUTED)
