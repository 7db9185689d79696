"""Questions about sensors. What somebody may see is decided in the query, by the units they answer for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.people.model import Role, Viewer
from bot.people.tables import UnitRow
from bot.sensors.model import Level, Limits, Sensor, Standing
from bot.sensors.tables import ReadingRow, SensorRow

_with_path = select(SensorRow, UnitRow.path).join(UnitRow, UnitRow.id == SensorRow.unit_id)
_open = SensorRow.closed_at.is_(None)


def sensor(session: Session, id: int) -> Sensor | None:
    """A sensor by its number."""
    return next(iter(_all(session, SensorRow.id == id)), None)


def seen_by(session: Session, viewer: Viewer, id: int | None = None) -> list[Sensor]:
    """The sensors (or one) of the units somebody answers for, the worst first."""
    mine = [UnitRow.path.startswith(path) for path in viewer.paths(Role.SUPERVISOR)]
    if not mine:
        return []
    which = (_open, or_(*mine), *((SensorRow.id == id,) if id is not None else ()))
    found = _all(session, *which)
    return sorted(found, key=lambda one: (-one.standing.level, one.silent_since is None, one.code))


def for_update(session: Session, codes: Sequence[str]) -> dict[str, Sensor]:
    """Sensors by their codes, locked until the transaction ends, in one order everywhere."""
    query = _with_path.where(SensorRow.code.in_(codes), _open).order_by(SensorRow.id).with_for_update(of=SensorRow)
    return {row.code: as_sensor(row, path) for row, path in session.execute(query)}


def may_be_silent(session: Session, now: datetime, most: int) -> list[Sensor]:
    """Sensors that have a limit of silence, have spoken, and are not known to be silent; the longest unheard first."""
    which = (_open, SensorRow.silent_s.is_not(None), SensorRow.silent_since.is_(None), SensorRow.heard_at.is_not(None))
    shortest = SensorRow.heard_at <= now - timedelta(seconds=1)
    query = _with_path.where(*which, shortest).order_by(SensorRow.heard_at).limit(most)
    return [as_sensor(row, path) for row, path in session.execute(query)]


def maintained_until(session: Session, now: datetime, most: int) -> list[Sensor]:
    """Sensors whose maintenance is over and which are still marked as muted."""
    return _all(session, SensorRow.muted_until <= now)[:most]


def recent(session: Session, sensor: int, since: datetime, most: int = 500) -> list[tuple[datetime, float]]:
    """(when, value) of a sensor since an instant, oldest first; the newest `most`."""
    query = (
        select(ReadingRow.at, ReadingRow.value)
        .where(ReadingRow.sensor_id == sensor, ReadingRow.at >= since)
        .order_by(ReadingRow.at.desc())
        .limit(most)
    )
    return [(at, value) for at, value in reversed(session.execute(query).all())]


def _all(session: Session, *which: Any) -> list[Sensor]:
    query = _with_path.where(*which).order_by(SensorRow.id).execution_options(populate_existing=True)
    return [as_sensor(row, path) for row, path in session.execute(query)]


def as_sensor(row: SensorRow, path: str) -> Sensor:
    """A row as a Sensor."""
    limits = Limits(
        row.warn_low, row.warn_high, row.alarm_low, row.alarm_high, row.back, timedelta(seconds=row.hold_s),
        timedelta(seconds=row.calm_s), timedelta(seconds=row.silent_s) if row.silent_s is not None else None,
    )  # fmt: skip
    standing = Standing(
        Level(row.level), row.value, row.at, row.warn_since, row.alarm_since, row.normal_since, row.episode,
        Level(row.worst),
    )  # fmt: skip
    return Sensor(
        row.id, row.code, row.names, row.unit_id, path, row.place_id, row.measures, row.symbol, row.topic, limits,
        standing, row.heard_at, row.silent_since, row.silences, row.muted_until, row.muted_by, row.muted_why,
        Level(row.told),
    )  # fmt: skip
