"""Taking readings in, handing over what is dangerous, and maintenance. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, table_of
from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.risk import Severity
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people.model import Viewer
from bot.sensors import rules, showing, store
from bot.sensors.model import (
    CALMED,
    CROSSED,
    HEARD,
    MUTED,
    SEVERITY,
    SILENT,
    UNMUTED,
    Level,
    Reading,
    Sensor,
    Standing,
    Taken,
    Turn,
)
from bot.sensors.rules import take, why_refused
from bot.sensors.tables import ReadingRow, SensorRow

KEEP = timedelta(days=30)
"""How long readings are kept."""
ROOM = "sensors"

_reading = table_of(ReadingRow)


# --- readings ---------------------------------------------------------------------------------------------------------


def take_in(session: Session, readings: Sequence[Reading], now: datetime) -> Taken:
    """Readings of any sensors, in any order, some perhaps a second time: each counts once, and only newer ones move anything."""
    known = store.for_update(session, sorted({reading.sensor for reading in readings}))
    unknown = tuple(sorted({reading.sensor for reading in readings} - known.keys()))
    refused: list[tuple[str, str]] = []
    taken = before = late = 0
    for code, sensor in known.items():
        mine = sorted((r for r in readings if r.sensor == code), key=lambda r: r.at)
        wrong = [(code, why) for r in mine if (why := why_refused(r, now)) is not None]
        refused += wrong
        good = {r.key: r for r in mine if why_refused(r, now) is None}
        rows = [{"sensor_id": sensor.id, "key": r.key, "at": r.at, "value": r.value} for r in good.values()]
        fresh = _fresh(session, sensor, list(good.values()))
        insert_many_once(session, ReadingRow, [row for row in rows if row["key"] in fresh])
        before += len(mine) - len(wrong) - len(fresh)
        taken += len(fresh)
        late += _moves(session, sensor, [r for r in good.values() if r.key in fresh], now)
    return Taken(taken, before, late, unknown, tuple(refused))


def _fresh(session: Session, sensor: Sensor, readings: Sequence[Reading]) -> set[str]:
    """Which of these were not taken in before; the sensor's row is locked, so nobody else takes them in meanwhile."""
    keys = {reading.key for reading in readings}
    query = select(_reading.c.key).where(_reading.c.sensor_id == sensor.id, _reading.c.key.in_(keys))
    return keys - set(session.scalars(query))


def _moves(session: Session, sensor: Sensor, readings: Sequence[Reading], now: datetime) -> int:
    """Takes the readings one after the other; says how many came too late to move anything."""
    standing, told, late = sensor.standing, sensor.told, 0
    for reading in readings:
        late += standing.at is not None and reading.at <= standing.at
        before = standing
        standing, turn = take(sensor.limits, standing, reading)
        if turn is not Turn.NOTHING:
            _note(session, sensor, turn, before, standing, now)
            told = _tell(session, replace(sensor, standing=standing), turn, told, now)
    if readings:
        _write(session, sensor, standing, told, now)
        _heard(session, sensor, now)
    return late


def _write(session: Session, sensor: Sensor, standing: Standing, told: Level, now: datetime) -> None:
    values = {
        "level": int(standing.level), "value": standing.value, "at": standing.at, "warn_since": standing.warn_since,
        "alarm_since": standing.alarm_since, "normal_since": standing.normal_since, "episode": standing.episode,
        "worst": int(standing.worst), "told": int(told), "heard_at": now, "silent_since": None,
    }  # fmt: skip
    session.execute(update(SensorRow).where(SensorRow.id == sensor.id).values(**values))


def _note(session: Session, sensor: Sensor, turn: Turn, was: Standing, became: Standing, now: datetime) -> None:
    assert became.at is not None
    body: dict[str, Any] = {"sensor": sensor.code, "episode": became.episode}
    if turn is Turn.ENDS:
        minutes = round((became.at - (became.normal_since or became.at)) / timedelta(minutes=1))
        kind, key, body = CALMED, f"calmed:{sensor.id}:{became.episode}", body | {"minutes": minutes}
    else:
        kind, key = CROSSED, f"crossed:{sensor.id}:{became.episode}:{int(became.worst)}"
        body |= {"level": int(became.worst), "before": int(was.worst)}
    record(session, Fact(kind, key, became.at, None, sensor.unit, body=body), now)


def _tell(session: Session, sensor: Sensor, turn: Turn, told: Level, now: datetime) -> Level:
    """The hazard ladder hears of a turn; answers the worst level of the story that it knows."""
    if turn is Turn.ENDS:
        # normal again, and for a while: the hazard stays open all the same until somebody has looked
        findings.change(session, sensor.finding, Message(showing.calm(sensor)), None, now)
        return Level.NORMAL
    return _hand_over(session, sensor, Level.NORMAL if turn is Turn.BEGINS else told, now)


def _hand_over(session: Session, sensor: Sensor, told: Level, now: datetime) -> Level:
    """What is dangerous goes to the hazard ladder: once a story, and again only where it gets worse. Not under maintenance."""
    worst = sensor.standing.worst
    if worst is Level.NORMAL or worst <= told or sensor.muted(now):
        return told
    said = Message(showing.danger(sensor))
    if told is Level.NORMAL:
        findings.hand_over(session, _finding(sensor, sensor.finding, said, SEVERITY[worst]), now)
    else:
        findings.change(session, sensor.finding, said, SEVERITY[worst], now)
    return worst


def _finding(sensor: Sensor, key: str, said: Message, severity: Severity) -> Finding:
    return Finding(key, ROOM, sensor.unit, sensor.path, said, severity, sensor.topic, sensor.place)


# --- silence ----------------------------------------------------------------------------------------------------------


def notice_silence(session: Session, sensor: Sensor, now: datetime) -> bool:
    """A sensor that should have spoken has not: that is an alarm as well. False where it has spoken meanwhile."""
    assert sensor.heard_at is not None
    which = (SensorRow.id == sensor.id, SensorRow.heard_at == sensor.heard_at, SensorRow.silent_since.is_(None))
    values = {"silent_since": sensor.heard_at, "silences": sensor.silences + 1}
    if changed(session, update(SensorRow).where(*which).values(**values)) != 1:
        return False
    present = store.sensor(session, sensor.id)
    assert present is not None
    _record(session, SILENT, present, f"silent:{present.id}:{present.silences}", now, nth=present.silences)
    found = _finding(present, present.silence, Message(showing.silent(present)), Severity.MEDIUM)
    findings.hand_over(session, found, now)
    return True


def _heard(session: Session, sensor: Sensor, now: datetime) -> None:
    if sensor.silent_since is None:
        return
    minutes = round((now - sensor.silent_since) / timedelta(minutes=1))
    key = f"heard:{sensor.id}:{sensor.silences}"
    _record(session, HEARD, sensor, key, now, nth=sensor.silences, minutes=minutes)
    findings.change(session, sensor.silence, Message(showing.heard(sensor, now)), None, now)


# --- maintenance ------------------------------------------------------------------------------------------------------


def mute(session: Session, viewer: Viewer, id: int, hours: int, why: str, now: datetime) -> Sensor:
    """Maintenance, with an end and a reason; what is still dangerous when it ends rings then. Refused: to whom it is not theirs."""
    sensor = _theirs(session, viewer, id)
    if hours not in rules.MUTE_HOURS:
        raise Refused("sensors.t_hours")
    until = now + timedelta(hours=hours)
    values = {"muted_until": until, "muted_by": viewer.person, "muted_why": why[:300]}
    session.execute(update(SensorRow).where(SensorRow.id == sensor.id).values(**values))
    _record(session, MUTED, sensor, f"muted:{id}:{now.isoformat()}", now, person=viewer.person, hours=hours)
    return _theirs(session, viewer, id)


def unmute(session: Session, viewer: Viewer, id: int, now: datetime) -> Sensor:
    """Maintenance is over before its end. Refused: to whom it is not theirs, and where it was over."""
    sensor = _theirs(session, viewer, id)
    if not end_maintenance(session, sensor, now, early=True, by=viewer.person):
        raise Refused("sensors.t_not_muted")
    return _theirs(session, viewer, id)


def end_maintenance(session: Session, sensor: Sensor, now: datetime, *, early: bool, by: int | None = None) -> bool:
    """The sensor counts again: what is dangerous now rings now; its silence is counted from now on."""
    which = (SensorRow.id == sensor.id, SensorRow.muted_until == sensor.muted_until, SensorRow.muted_until.is_not(None))
    heard = {"heard_at": now} if sensor.heard_at is not None and sensor.silent_since is None else {}
    values = {"muted_until": None, "muted_by": None, "muted_why": None, **heard}
    if changed(session, update(SensorRow).where(*which).values(**values)) != 1:
        return False
    assert sensor.muted_until is not None
    key = f"unmuted:{sensor.id}:{sensor.muted_until.isoformat()}"
    _record(session, UNMUTED, sensor, key, now, person=by, early=early)
    present = store.sensor(session, sensor.id)
    assert present is not None
    told = _hand_over(session, present, present.told, now)
    session.execute(update(SensorRow).where(SensorRow.id == sensor.id).values(told=int(told)))
    return True


def _theirs(session: Session, viewer: Viewer, id: int) -> Sensor:
    for sensor in store.seen_by(session, viewer, id):
        return sensor
    raise Refused("sensors.t_not_yours")


def forget(session: Session, now: datetime, most: int = 2000) -> bool:
    """Readings that are old are erased; True while there may be more. The newest of each sensor stands in its own row."""
    old = select(_reading.c.id).where(_reading.c.at < now - KEEP).limit(most)
    return changed(session, delete(_reading).where(_reading.c.id.in_(old))) == most


def _record(
    session: Session, what: FactKind, sensor: Sensor, key: str, now: datetime, person: int | None = None, **body: Any
) -> None:
    unit = sensor.unit if person is None else None
    record(session, Fact(what, key, now, person, unit, body={"sensor": sensor.code, **body}), now)
