"""Making, changing and going through emergency plans. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.emergencies import rules, store
from bot.emergencies.content import shipped
from bot.emergencies.model import (
    MATERIAL_DUE,
    PLAN_CHANGED,
    PLAN_MADE,
    PLAN_NEEDS,
    PLAN_REVIEWED,
    REVIEW_DUE,
    Material,
    Plan,
)
from bot.emergencies.tables import EmergencyMaterialRow, EmergencyPlanRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, button
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people

ROUTE_KEPT = "emergencies.route_kept"
"""The kind of job that has a picture of a route."""
MOST_ROUTES = 3


def make(session: Session, by: int, unit: int, kind: str, now: datetime) -> Plan:
    """A unit takes over a shipped plan; who makes it looks after it. Refused to others than its safety officers and managers."""
    here, known = people.unit(session, unit), shipped().get(kind)
    if here is None or known is None:
        raise Refused("emergencies.t_gone")
    _keeper(session, by, here.path, now)
    values = {
        "unit_id": unit, "path": here.path, "kind": kind, "title": dict(known.title),
        "steps": {lang: list(lines) for lang, lines in known.steps.items()}, "organisation": [], "contacts": [],
        "routes": [], "owner_id": by, "version": 1, "made_at": now, "reviewed_at": now,
    }  # fmt: skip
    id = insert_once(session, EmergencyPlanRow, values)
    if id is None:
        raise Refused("emergencies.t_there_already")
    body = {"plan": id, "unit": unit, "kind": kind}
    record(session, Fact(PLAN_MADE, f"emergency-plan:{id}", now, by, body=body), now)
    found = store.plan(session, int(id))
    assert found is not None
    return found


def put_lines(session: Session, by: int, id: int, part: str, said: str, now: datetime) -> Plan:
    """Replaces who does what, whom to call, or what is needed, line by line."""
    found = _kept(session, by, id, now)
    lines = rules.lines_of(said)
    if lines is None:
        raise Refused("emergencies.too_long", lines=rules.MOST_LINES, most=rules.MOST_WORDS)
    if part == "materials":
        _put_materials(session, id, lines)
        return _changed(session, found, by, part, now)
    return _changed(session, found, by, part, now, **{part: list(lines)})


def _put_materials(session: Session, id: int, lines: Sequence[str]) -> None:
    try:
        read = [rules.material_of(line) for line in lines]
    except ValueError:
        raise Refused("emergencies.no_date") from None
    session.execute(delete(EmergencyMaterialRow).where(EmergencyMaterialRow.plan_id == id))
    session.add_all(EmergencyMaterialRow(plan_id=id, words=words, expires_on=on) for words, on in read)
    session.flush()


def add_route(session: Session, by: int, id: int, ref: str, now: datetime) -> Plan:
    """One more picture of the way out; the oldest of more than three goes."""
    found = _kept(session, by, id, now)
    return _changed(session, found, by, "routes", now, routes=[*found.routes, ref][-MOST_ROUTES:])


def _changed(session: Session, found: Plan, by: int, part: str, now: datetime, **values: object) -> Plan:
    mine = (EmergencyPlanRow.id == found.id, EmergencyPlanRow.version == found.version)
    if changed(session, update(EmergencyPlanRow).where(*mine).values(version=found.version + 1, **values)) != 1:
        raise Refused("emergencies.t_changed_meanwhile")
    body = {"plan": found.id, "unit": found.unit, "kind": found.kind, "version": found.version + 1, "part": part}
    record(session, Fact(PLAN_CHANGED, f"emergency-plan:{found.id}:{found.version + 1}", now, by, body=body), now)
    now_is = store.plan(session, found.id)
    assert now_is is not None
    return now_is


def review(session: Session, by: int, id: int, version: int, now: datetime) -> None:
    """Somebody has gone through a plan as it stands: it counts for a year. Refused where it was changed meanwhile."""
    found = _kept(session, by, id, now)
    mine = (EmergencyPlanRow.id == id, EmergencyPlanRow.version == version)
    if changed(session, update(EmergencyPlanRow).where(*mine).values(reviewed_at=now, told_at=None)) != 1:
        raise Refused("emergencies.t_changed_meanwhile")
    body = {"plan": id, "unit": found.unit, "kind": found.kind, "version": version}
    record(session, Fact(PLAN_REVIEWED, f"emergency-plan:{id}:reviewed:{now.isoformat()}", now, by, body=body), now)


def take_over(session: Session, by: int, id: int, now: datetime) -> None:
    """Somebody looks after a plan from now on."""
    _kept(session, by, id, now)
    session.execute(update(EmergencyPlanRow).where(EmergencyPlanRow.id == id).values(owner_id=by, told_at=None))
    session.execute(update(EmergencyMaterialRow).where(EmergencyMaterialRow.plan_id == id).values(told_at=None))


def _kept(session: Session, by: int, id: int, now: datetime) -> Plan:
    found = store.plan(session, id)
    if found is None:
        raise Refused("emergencies.t_gone")
    _keeper(session, by, found.path, now)
    return found


def _keeper(session: Session, by: int, path: str, now: datetime) -> None:
    if not store.may_keep(people.viewer(session, by, now), path):
        raise Refused("emergencies.t_only_keepers")


# --- what the owner hears ----------------------------------------------------------------------------------------------


def tell_material(session: Session, material: Material, plan: Plan, now: datetime) -> None:
    """Once: something runs out."""
    mine = (EmergencyMaterialRow.id == material.id, EmergencyMaterialRow.told_at.is_(None))
    if (
        material.expires_on is None
        or changed(session, update(EmergencyMaterialRow).where(*mine).values(told_at=now)) != 1
    ):
        return
    days = (material.expires_on - now.date()).days
    body = {"plan": plan.id, "material": material.id, "days": days}
    record(session, Fact(MATERIAL_DUE, f"emergency-material:{material.id}", now, unit=plan.unit, body=body), now)
    words = text(
        "emergencies.material_due", what=material.words, on=material.expires_on.isoformat(), gone=days < 0,
        title=dict(plan.title),
    )  # fmt: skip
    _to_owner(session, plan, words, f"emergency-material:{material.id}", now)


def tell_review(session: Session, plan: Plan, now: datetime) -> None:
    """Once: nobody has gone through a plan for a year."""
    mine = (EmergencyPlanRow.id == plan.id, EmergencyPlanRow.told_at.is_(None))
    if changed(session, update(EmergencyPlanRow).where(*mine).values(told_at=now)) != 1:
        return
    key = f"emergency-plan:{plan.id}:due:{plan.reviewed_at.date()}"
    record(
        session,
        Fact(REVIEW_DUE, key, now, unit=plan.unit, body={"plan": plan.id, "unit": plan.unit, "kind": plan.kind}),
        now,
    )
    _to_owner(session, plan, text("emergencies.review_due", title=dict(plan.title)), key, now)


def _to_owner(session: Session, plan: Plan, words: Text, key: str, now: datetime) -> None:
    message = Message(words, ((button("emergencies.b_open", f"ep:open:{plan.id}"),),))
    outbox.send(session, outbox.to_person(plan.owner), message, Lane.BULK, now, key=key, unasked=PLAN_NEEDS)
