"""A danger that another room has found (a check that failed, a sensor, a control that is not there), on its way to `hazards`.

Facts hold no words and no pictures, and siblings never import one another. So the words, the pictures and the place lie here,
written in the transaction of the fact `DangerFound` that tells of them; `hazards` listens and makes a hazard of it, shows anew what
`DangerChanged` says, and records `DangerCleared` once that is closed, for the room that found it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery.model import CHECK_WANTED, DANGER_CHANGED, DANGER_FOUND
from bot.delivery.tables import FindingRow
from bot.kit.replies import Message, from_json, to_json
from bot.kit.risk import Severity
from bot.ledger.actions import record
from bot.ledger.model import Fact


@dataclass(frozen=True)
class Finding:
    """What was found and where. `key` makes it exist once and begins with its room's noun: `check:12:3`.

    `said` is what people read of it: a text key with its values, and pictures. `by` is whoever found it, None for a machine.
    `topic` is a lesson topic's code; without `severity` a supervisor has to rate it, and until then it cannot wait.
    `hurt`: somebody is hurt. `called`: its room is calling people already, so that nobody is called a second time.
    """

    key: str
    room: str
    unit: int
    path: str
    said: Message
    severity: Severity | None = None
    topic: str | None = None
    place: int | None = None
    by: int | None = None
    hurt: bool = False
    called: bool = False


def hand_over(session: Session, found: Finding, now: datetime) -> bool:
    """Writes it and its fact, once a key; False where it was handed over before."""
    if not _write(session, found, now):
        return False
    body = {"finding": found.key, "room": found.room, "severity": found.severity and int(found.severity)}
    body["topic"] = found.topic
    record(session, Fact(DANGER_FOUND, f"found:{found.key}", now, found.by, found.unit, body=body), now)
    return True


def ask_to_check(session: Session, found: Finding, now: datetime) -> bool:
    """Asks those who lead `unit` to look whether the same is so with them; once a key. The answer is `CheckAnswered`."""
    if not _write(session, found, now):
        return False
    body = {"finding": found.key, "room": found.room, "topic": found.topic}
    record(session, Fact(CHECK_WANTED, f"check:{found.key}", now, None, found.unit, body=body), now)
    return True


def _write(session: Session, found: Finding, now: datetime) -> bool:
    values = {
        "key": found.key, "room": found.room, "unit_id": found.unit, "path": found.path, "said": to_json(found.said),
        "severity": None if found.severity is None else int(found.severity), "topic": found.topic,
        "place_id": found.place, "person_id": found.by, "hurt": found.hurt, "called": found.called,
        "at": now,
    }  # fmt: skip
    return insert_once(session, FindingRow, values, "key") is not None


def change(session: Session, key: str, said: Message, severity: Severity | None, now: datetime) -> bool:
    """Other words for what was found, and how bad it is now; False where nothing is another than before.

    A rating never gets milder here: what a person has seen, only a person takes back.
    """
    before = of(session, key)
    if before is None:
        return False
    worse = max(before.severity or 0, severity or 0) or None
    values = {"said": to_json(said), "severity": worse}
    if (to_json(before.said), before.severity) == tuple(values.values()):
        return False
    changed(session, update(FindingRow).where(FindingRow.key == key).values(**values))
    body = {"finding": key, "room": before.room, "severity": worse, "before": before.severity}
    record(session, Fact(DANGER_CHANGED, f"changed:{key}:{now.isoformat()}", now, None, before.unit, body=body), now)
    return True


def of(session: Session, key: str) -> Finding | None:
    """What was found, by its key."""
    row = session.scalar(select(FindingRow).where(FindingRow.key == key))
    if row is None:
        return None
    severity = None if row.severity is None else Severity(row.severity)
    said = from_json(row.said)
    return Finding(
        row.key, row.room, row.unit_id, row.path, said, severity, row.topic, row.place_id, row.person_id, row.hurt,
        row.called,
    )  # fmt: skip
