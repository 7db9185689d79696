"""The shelf: putting checklists on it, standing for them by name, and planning them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.inspections import keeping, rules, store
from bot.inspections.model import ADOPTED, PLANNED, PUBLISHED, Checklist, Kept
from bot.inspections.tables import (
    ChecklistAdoptionRow,
    ChecklistPlanRow,
    ChecklistRow,
    ChecklistVersionRow,
    SpotRuleRow,
)
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Role, Unit

STANDS_FOR = Role.SAFETY_OFFICER
"""Who adopts a checklist with their name: whoever answers for safety there, or a manager."""


def home_of(session: Session, by: int, now: datetime) -> Unit:
    """The unit on whose shelf somebody's checklists stand: the highest that they lead. Refused: to whoever leads none."""
    paths = sorted(store.led(session, by, now), key=lambda path: (path.count("/"), path))
    unit = people.unit(session, people.ancestors(paths[0])[0]) if paths else None
    if unit is None:
        raise Refused("inspections.only_leaders")
    return unit


def put(session: Session, lists: Sequence[Checklist], by: int, now: datetime) -> tuple[int, int]:
    """Puts checklists of a file on the shelf, as drafts; answers how many are new and how many got a new version.

    Refused: to whoever leads nothing, and a code that is another unit's. One that says the same as before is left as it is.
    """
    home, new, renewed = home_of(session, by, now), 0, 0
    for each in lists:
        known = store.by_code(session, each.code)
        if known is None:
            _put_new(session, each, home, by, now, shipped=False)
            new += 1
            continue
        if not store.leads(session, by, known.path, now):
            raise Refused("inspections.not_your_list", code=each.code)
        renewed += publish(session, known, each, by, now)
    return new, renewed


def publish(session: Session, known: Kept, said: Checklist, by: int | None, now: datetime) -> bool:
    """A new version, which somebody has to adopt anew; False where nothing is another than before."""
    if keeping.to_json(store.content(session, known.id, known.version)) == keeping.to_json(said):
        return False
    which = (ChecklistRow.id == known.id, ChecklistRow.version == known.version)
    new = {"version": known.version + 1, "title": dict(said.title), "topic": said.topic}
    if changed(session, update(ChecklistRow).where(*which).values(**new)) != 1:
        raise Refused("inspections.changed_meanwhile")
    _version(session, known.id, known.version + 1, said, by, now)
    return True


def _put_new(
    session: Session, said: Checklist, home: Unit, by: int | None, now: datetime, *, shipped: bool
) -> int | None:
    values = {
        "code": said.code, "version": 1, "title": dict(said.title), "topic": said.topic,
        "shipped": shipped, "unit_id": home.id, "path": home.path,
    }  # fmt: skip
    id: int | None = insert_once(session, ChecklistRow, values, "code")
    if id is not None:
        _version(session, id, 1, said, by, now)
    return id


def put_shipped(session: Session, lists: Sequence[Checklist], top: Unit, now: datetime) -> int:
    """Puts the shipped checklists on the company's shelf; changed ones get a new version unless the company has changed them."""
    done = 0
    for each in lists:
        known = store.by_code(session, each.code)
        if known is None:
            done += _put_new(session, each, top, None, now, shipped=True) is not None
        elif known.shipped and _is_ours(session, known):
            done += publish(session, known, each, None, now)
    return done


def _is_ours(session: Session, known: Kept) -> bool:
    row = session.get(ChecklistVersionRow, (known.id, known.version))
    return row is not None and row.person_id is None


def _version(session: Session, id: int, version: int, said: Checklist, by: int | None, now: datetime) -> None:
    kept = keeping.to_json(said)
    session.add(ChecklistVersionRow(checklist_id=id, version=version, content=kept, person_id=by, at=now))
    session.flush()
    body = {"checklist": id, "version": version, "items": len(said.items)}
    record(session, Fact(PUBLISHED, f"checklist:{id}:{version}", now, by, body=body), now)


def adopt(session: Session, by: int, id: int, version: int, now: datetime) -> Kept:
    """Somebody stands for a version with their name: from now on it can be used. Refused: to others, and another version."""
    found = store.checklist(session, id)
    units = adopts_for(session, by, found, now) if found else []
    if found is None or not units:
        raise Refused("inspections.only_safety")
    if found.version != version:
        raise Refused("inspections.changed_meanwhile")
    done = sum(_adopt(session, found, unit, by, now) for unit in units)
    if not done:
        raise Refused("inspections.changed_meanwhile")
    return store.checklist(session, id, units[0].path) or found


def adopts_for(session: Session, by: int, found: Kept, now: datetime) -> list[Unit]:
    """The topmost units for which somebody can stand for a checklist: within whose it is, what they answer for."""
    paths = store.led(session, by, now, STANDS_FOR)
    if any(found.path.startswith(path) for path in paths):
        paths = (found.path,)
    below = [path for path in paths if path.startswith(found.path)]
    top = [path for path in below if not any(path != other and path.startswith(other) for other in below)]
    units = (people.unit(session, people.ancestors(path)[0]) for path in top)
    return [unit for unit in units if unit is not None]


def _adopt(session: Session, found: Kept, unit: Unit, by: int, now: datetime) -> bool:
    values = {"version": found.version, "person_id": by, "at": now}
    key = {"checklist_id": found.id, "unit_id": unit.id}
    if insert_once(session, ChecklistAdoptionRow, key | values) is None:
        mine = (ChecklistAdoptionRow.checklist_id == found.id, ChecklistAdoptionRow.unit_id == unit.id)
        older = update(ChecklistAdoptionRow).where(*mine, ChecklistAdoptionRow.version < found.version)
        if changed(session, older.values(**values)) != 1:
            return False
    body = {"checklist": found.id, "version": found.version, "unit": unit.id}
    record(session, Fact(ADOPTED, f"checklist:{found.id}:{found.version}:adopted:{unit.id}", now, by, body=body), now)
    return True


def usable(session: Session, id: int, path: str) -> Kept:
    """A checklist that somebody has adopted and that stands on a unit's shelf. Refused: all others."""
    found = next((each for each in store.shelf(session, path, adopted=True) if each.id == id), None)
    if found is None:
        raise Refused("inspections.not_adopted")
    return found


@dataclass(frozen=True)
class Plan:
    """What is planned: `post` None means whoever leads there; `minute` of the local day."""

    checklist: int
    unit: int
    place: int | None
    post: str | None
    days: str
    minute: int
    within: timedelta


def plan(session: Session, by: int, what: Plan, key: str, now: datetime) -> int | None:
    """Has a checklist done on certain days; None where the same tap came before. Refused: to whoever does not lead there."""
    unit = _led(session, by, what.unit, now)
    usable(session, what.checklist, unit.path)
    values = {
        "key": key, "checklist_id": what.checklist, "unit_id": unit.id, "path": unit.path, "place_id": what.place,
        "post": what.post, "days": what.days, "minute": what.minute, "person_id": by, "created_at": now,
        "within_minutes": int(what.within / timedelta(minutes=1)),
    }  # fmt: skip
    id: int | None = insert_once(session, ChecklistPlanRow, values, "key")
    if id is not None:
        body = {"checklist": what.checklist, "plan": id, "unit": unit.id}
        record(session, Fact(PLANNED, f"checklist-plan:{id}", now, by, body=body), now)
    return id


def end_plan(session: Session, by: int, id: int, now: datetime) -> ChecklistPlanRow:
    """Plans it no more. Refused: to whoever does not lead there, and the second time."""
    row = session.get(ChecklistPlanRow, id, populate_existing=True)
    if row is None or not store.leads(session, by, row.path, now):
        raise Refused("inspections.not_yours")
    which = (ChecklistPlanRow.id == id, ChecklistPlanRow.ended_at.is_(None))
    if changed(session, update(ChecklistPlanRow).where(*which).values(ended_at=now)) != 1:
        raise Refused("inspections.changed_meanwhile")
    return row


def set_spot(session: Session, by: int, checklist: int, unit: int, per_week: int, now: datetime) -> int | None:
    """How many random checks a week a unit gets; 0 ends them. The weeks that were drawn stay. Answers the rule, if there is one.

    Refused: to whoever leads the unit and would be drawn, and no more: those above set it.
    """
    here = _led(session, by, unit, now, STANDS_FOR)
    usable(session, checklist, here.path)
    if not 0 <= per_week <= rules.MOST_PER_WEEK:
        raise Refused("inspections.changed_meanwhile")
    mine = (SpotRuleRow.checklist_id == checklist, SpotRuleRow.unit_id == unit, SpotRuleRow.ended_at.is_(None))
    changed(session, update(SpotRuleRow).where(*mine).values(ended_at=now))
    if not per_week:
        return None
    values = {
        "key": f"spot:{checklist}:{unit}:{now.isoformat()}", "checklist_id": checklist, "unit_id": unit, "path": here.path,
        "per_week": per_week, "seed": secrets.token_hex(32), "person_id": by, "created_at": now,
    }  # fmt: skip
    id: int | None = insert_once(session, SpotRuleRow, values, "key")
    return id


def _led(session: Session, by: int, unit: int, now: datetime, role: Role = Role.SUPERVISOR) -> Unit:
    here = people.unit(session, unit)
    if here is None or not store.leads(session, by, here.path, now, role):
        raise Refused("inspections.not_yours")
    return here
