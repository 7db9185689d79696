"""What a visit found is asked at like places: whether it is the same there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.inspections.tables import ChecklistPlanRow, ChecklistRow
from bot.inspections.visits import actions, model, rules, store
from bot.inspections.visits.model import Found, Shown
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message
from bot.kit.texts import text
from bot.people import store as people
from bot.people.tables import PlaceRow


def like_units(session: Session, found: Found) -> list[int]:
    """Other units to which a finding may apply: with a place of the same kind, or where a checklist of its topic is done.

    Where neither can be told, the other teams that have any place.
    """
    own = session.get(PlaceRow, found.place) if found.place else None
    there = session.execute(select(PlaceRow.code, PlaceRow.unit_id).where(PlaceRow.closed_at.is_(None)))
    others = [(code, unit) for code, unit in there]
    units = rules.like(own.code, others) if own else set()
    if found.topic:
        joined = select(ChecklistPlanRow.unit_id).join(ChecklistRow, ChecklistRow.id == ChecklistPlanRow.checklist_id)
        units |= set(
            session.scalars(joined.where(ChecklistRow.topic == found.topic, ChecklistPlanRow.ended_at.is_(None)))
        )
    here = own.unit_id if own else actions.unit_of(session, found)
    return sorted(units - {here}) or sorted({unit for _, unit in others} - {here})


def spread(session: Session, by: int, id: int, now: datetime) -> int:
    """Asks those who lead like places whether it is the same there, once a unit; answers how many are asked anew."""
    found, leads = actions.seen(session, by, id, now)
    if not leads:
        raise Refused("inspections.visits.not_yours")
    said = text("inspections.visits.learned", words=found.words[:500], clause=found.clause)
    files = [each for each in store.evidence(session, found.visit, id) if each.kind == Shown.FINDING]
    shown = tuple(Media("photo", each.media or f"file:{each.file_id}") for each in files if each.file_kind == "photo")
    asked = 0
    for unit in like_units(session, found):
        here = people.unit(session, unit)
        if here is None:
            continue
        key = f"visit:{found.id}:{unit}"
        what = Finding(
            key, actions.ROOM, unit, here.path, Message(said, media=shown[:1]), found.severity, found.topic, by=by
        )
        asked += findings.ask_to_check(session, what, now)
    if asked:
        actions.note_fact(session, model.SPREAD, found, now.isoformat(), now, by, units=asked)
    return asked
