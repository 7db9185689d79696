"""Working the index out, noting it, and telling a crossing once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once, upsert_many
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.hysteresis import level_of
from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Unit
from bot.risks.warning import rules, store
from bot.risks.warning.company import weights
from bot.risks.warning.model import CLEARED, RAISED, WARNING, Index, Line
from bot.risks.warning.tables import RiskIndexRow, RiskLevelRow, RiskWarningRow

WORK_OUT, TREND = "risks.warning.work_out", "risks.warning.trend"
SLICE = 200


def begin(session: Session, now: datetime) -> bool:
    """Has the index worked out once an hour."""
    key = f"{WORK_OUT}:{now:%Y-%m-%dT%H}"
    jobs.enqueue(session, WORK_OUT, {"key": key, "after": 0}, key=key, now=now)
    return False


def read(session: Session, now: datetime) -> dict[int, Index]:
    """The index of every area now. Reads for long where there are many facts: never in the writer's transaction."""
    units = people.units(session)
    return rules.indexes(
        weights(), units, store.staff(session, now.date()), store.counts(session, weights(), now), now.date()
    )


class WorkedOut:
    """The job: all is read beside the writer, then noted in slices; the next slice is a job of its own."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The indexes, and what stands behind those that cross a level."""
        found = read(session, now)
        some = sorted(id for id in found if id > payload["after"])[: SLICE + 1]
        units = {unit.id: unit for unit in people.units(session)}
        before = {id: level for id, (level, _) in store.levels(session, some).items()}
        behind = {}
        for id in some[:SLICE]:
            if level_of(weights().levels, before.get(id, 0), found[id].value) > before.get(id, 0):
                below = [unit.id for unit in units.values() if unit.path.startswith(units[id].path)]
                behind[id] = [store.behind(session, signal, below, weights(), now) for signal in weights().signals]
        return payload | {"found": [found[id] for id in some], "behind": behind}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Notes them and tells crossings."""
        some: list[Index] = payload["found"][:SLICE]
        note(session, some, payload["behind"], now)
        if len(payload["found"]) > SLICE:
            more = {"key": payload["key"], "after": some[-1].unit}
            jobs.enqueue(session, WORK_OUT, more, key=f"{payload['key']}:{some[-1].unit}", now=now)


def note(session: Session, some: list[Index], behind: dict[int, list[list[dict[str, Any]]]], now: datetime) -> None:
    """Keeps the indexes of the day, and tells who crossed a level."""
    kept = [
        {"unit_id": each.unit, "on_date": each.on, "people": each.people, "value": each.value,
         "lines": [vars(line) for line in each.lines]}
        for each in some
    ]  # fmt: skip
    upsert_many(session, RiskIndexRow, kept)
    before = store.levels(session, [each.unit for each in some])
    for each in some:
        was = before[each.unit][0] if each.unit in before else 0
        level = level_of(weights().levels, was, each.value)
        if level != was and _move(session, each.unit, was, level, now):
            _crossed(session, each, was, level, behind.get(each.unit), now)


def _move(session: Session, unit: int, was: int, level: int, now: datetime) -> bool:
    """Sets an area's level, for the one who finds it as it was."""
    insert_once(session, RiskLevelRow, {"unit_id": unit, "level": 0, "since": now}, "unit_id")
    which = (RiskLevelRow.unit_id == unit, RiskLevelRow.level == was)
    return changed(session, update(RiskLevelRow).where(*which).values(level=level, since=now)) == 1


def _crossed(
    session: Session, index: Index, was: int, level: int, behind: list[list[dict[str, Any]]] | None, now: datetime
) -> None:
    lines = [vars(line) | {"behind": behind[at] if behind else []} for at, line in enumerate(index.lines)]
    row = RiskWarningRow(
        unit_id=index.unit, at=now, before=was, level=level, value=index.value, people=index.people, lines=lines
    )
    session.add(row)
    session.flush()
    kind = RAISED if level > was else CLEARED
    body = {"unit": index.unit, "level": level, "index": index.value, "people": index.people, "days": weights().days}
    record(session, Fact(kind, f"warning:{row.id}", now, unit=index.unit, body=body), now)
    unit = people.unit(session, index.unit)
    if unit is not None:
        _tell(session, unit, index, row, now)


def _tell(session: Session, unit: Unit, index: Index, row: RiskWarningRow, now: datetime) -> None:
    """Whoever leads the area hears of it when it suits: once a crossing."""
    message = said_of(unit, index, row.before, row.level, row.lines)
    for id in store.whom_to_tell(session, unit.path, now):
        key = f"warning:{row.id}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.LESSON, now, key=key, unasked=WARNING)


def said_of(unit: Unit, index: Index, before: int, level: int, lines: list[dict[str, Any]]) -> Message:
    """A crossing in words, with what stands behind it."""
    told = rules.told([Line(**{k: v for k, v in each.items() if k != "behind"}) for each in lines])
    things = {(each["code"], each["fact"]): each.get("behind", []) for each in lines}
    found = [shown(each) | {"behind": things.get((each.code, each.fact), [])} for each in told]
    words = text(
        "risks.warning.crossed", unit=unit.label, index=index.value, people=index.people, before=before, level=level,
        lines=found, days=weights().days, per=weights().per,
    )  # fmt: skip
    return Message(words, rows(button("risks.warning.b_area", f"rw:area:{unit.id}")))


def shown(line: Line) -> dict[str, Any]:
    """A line for a text."""
    names = next((dict(s.names) for s in weights().signals if s.code == line.code and s.names), None)
    name: Text | dict[str, str] = names or text("risks.warning.signal_name", code=line.code, fact=line.fact)
    return {
        "name": name, "n": line.n, "counted": line.counted, "points": line.points, "of": line.of,
        "by_person": line.by_person, "veiled": line.veiled, "behind": [],
    }  # fmt: skip
