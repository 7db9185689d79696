"""Setting a unit's ladders and limits: read and checked as the company file is, kept where the company file keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hazards.ladders.model import KEYS, LADDERS_SET
from bot.hazards.rules import LEVELS
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.importing.alerts import MOST_HOURS, MOST_RUNGS, MOST_WAIT, alerts
from bot.people.importing.nodes import Node
from bot.people.importing.problems import Problems
from bot.people.model import Role, Viewer
from bot.people.tables import PersonRow, PostRow, UnitRow

SETS = Role.MANAGER


def mark(said: Mapping[str, Any] | None) -> str:
    """By which it is seen that somebody else has changed a unit's ladders since they were looked at."""
    return hashlib.sha256(json.dumps(said or {}, sort_keys=True).encode()).hexdigest()[:16]


def set_for(
    session: Session,
    by: Viewer,
    unit: int,
    rungs: Mapping[str, str],
    hours: Mapping[str, str],
    seen: str,
    now: datetime,
) -> None:
    """A unit's own ladders (a rung a line) and limits in hours; what is empty is as above it. Raises Refused."""
    there = people.unit(session, unit)
    if there is None or not by.holds(SETS, there.path):
        raise Refused("hazards.ladders.not_yours")
    row = session.scalars(
        select(UnitRow).where(UnitRow.id == unit).with_for_update().execution_options(populate_existing=True)
    ).one()
    if mark(row.alerts) != seen:
        raise Refused("hazards.ladders.changed")
    said: dict[str, Any] = {}
    for key in KEYS:
        lines = [" ".join(line.split()) for line in rungs.get(key, "").splitlines() if line.strip()]
        if lines:
            said.setdefault("ladder", {})[key] = _rungs(session, key, lines)
    for level in LEVELS:
        if hours.get(level, "").strip():
            said.setdefault("due_hours", {})[level] = _hours(level, hours[level].strip())
    rest = {key: value for key, value in (row.alerts or {}).items() if key not in ("ladder", "due_hours")}
    new = {**rest, **said} or None
    if mark(new) == seen:
        raise Refused("hazards.ladders.nothing_new")
    row.alerts = new
    session.flush()
    key = f"ladders:{unit}:{now.isoformat()}"
    record(session, Fact(LADDERS_SET, key, now, by.person, body={"unit": unit}), now)


def _rungs(session: Session, key: str, lines: list[str]) -> list[list[Any]]:
    """The rungs of one ladder, as the company file reads them. Raises Refused beside its field."""
    problems = Problems("")
    document = yaml.compose(yaml.safe_dump({"alerts": {"ladder": {key: lines}}}, allow_unicode=True))
    assert document is not None
    read = alerts(Node(document, problems))
    found: list[list[Any]] = read.get("ladder", {}).get(key, [])
    if problems or not found:
        raise Refused("hazards.ladders.bad_rungs", most=MOST_RUNGS, wait=MOST_WAIT).beside(f"ladder_{key}")
    for who, _ in found:
        kind, _, name = str(who).partition(":")
        known = {"person": PersonRow.badge, "post": PostRow.code}.get(kind)
        if known is not None and session.scalar(select(known).where(known == name)) is None:
            raise Refused("hazards.ladders.nobody", name=name).beside(f"ladder_{key}")
    return found


def _hours(level: str, said: str) -> int:
    if said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= MOST_HOURS:
        return int(said)
    raise Refused("hazards.ladders.bad_hours", most=MOST_HOURS).beside(f"hours_{level}")
