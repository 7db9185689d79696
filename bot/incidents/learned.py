"""What is learned goes on: as a check to like places, and as a draft of a lesson to the trainer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import acknowledgements, findings
from bot.delivery.findings import Finding
from bot.incidents import store
from bot.incidents.actions import mine, note
from bot.incidents.model import CHECKS_ASKED, Entry, Incident
from bot.incidents.tables import IncidentCheckRow
from bot.incidents.telling import one
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.library.authoring import drafting
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Role, Unit
from bot.people.tables import PersonRow, PlacementRow, PlaceRow, PostRow

MOST_PLACES = 12
MOST_CARD = 600
MOST_CHECK = 2500


def like_places(session: Session, found: Incident, now: datetime) -> list[Unit]:
    """Units with a place of the same name, or with people whose post learns the topic first; not where it happened."""
    ids: set[int] = set()
    place = people.place(session, found.place) if found.place else None
    if place is not None:
        ids |= set(session.scalars(select(PlaceRow.unit_id).where(PlaceRow.name == place.name)))
    if found.topic:
        posts = [
            code for code, topics in session.execute(select(PostRow.code, PostRow.topics)) if found.topic in topics
        ]
        on = now.date()
        query = (
            select(PlacementRow.unit_id)
            .join(PersonRow, PersonRow.id == PlacementRow.person_id)
            .where(PlacementRow.post.in_(posts), PersonRow.left_on.is_(None), PlacementRow.starts_on <= on)
            .where(or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on))
        )
        ids |= set(session.scalars(query.distinct())) if posts else set()
    units = [unit for unit in people.units(session) if unit.id in ids]
    here = set(people.ancestors(found.path))
    return [unit for unit in units if unit.id not in here][:MOST_PLACES]


def ask_like_places(session: Session, by: int, id: int, now: datetime) -> int:
    """Asks those who lead like places to look, each once; answers how many were asked anew. Refused without a lesson."""
    found = mine(session, by, id, now)
    lessons = store.entries(session, id, Entry.LESSON)
    if not lessons:
        raise Refused("incidents.no_lesson")
    said = Message(text("incidents.check", words="\n".join(each.words for each in lessons)[:MOST_CHECK]))
    asked = 0
    for unit in like_places(session, found, now):
        key = f"incident:{id}:{unit.id}"
        values = {"incident_id": id, "finding": key, "unit_id": unit.id, "asked_at": now}
        if insert_once(session, IncidentCheckRow, values, "finding") is not None:
            what = Finding(key, "incidents", unit.id, unit.path, said, topic=found.topic)
            findings.ask_to_check(session, what, now)
            asked += 1
    if asked:
        note(session, CHECKS_ASKED, found, by, now, f"asked:{now.isoformat()}", places=asked)
    return asked


def answered(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `CheckAnswered`. A like place has looked; `in_order` is nothing where the question did not fit there."""
    key, at = str(payload["body"].get("finding") or ""), datetime.fromisoformat(payload["at"])
    which = update(IncidentCheckRow).where(IncidentCheckRow.finding == key, IncidentCheckRow.answered_at.is_(None))
    changed(session, which.values(answered_at=at, in_order=payload["body"].get("in_order")))


def to_trainer(session: Session, by: int, id: int, now: datetime) -> str:
    """What was learned becomes a draft of a lesson with the nearest trainer; answers their name. Refused where there is none."""
    found = mine(session, by, id, now)
    lessons = store.entries(session, id, Entry.LESSON)
    if not lessons:
        raise Refused("incidents.no_lesson")
    held = oncall.holders(session, [Role.TRAINER], found.path, now)[Role.TRAINER]
    near = sorted(held, key=lambda each: (each[1], each[0].id))
    trainer = next((who for who, _ in near if people.reachable_chat(session, who.id) is not None), None)
    writer = people.person(session, by, now)
    if trainer is None or writer is None:
        raise Refused("incidents.no_trainer")
    if not acknowledgements.acknowledge(session, f"incident-lesson:{id}", trainer.id, now, len(lessons)):
        raise Refused("incidents.lesson_sent_before", name=trainer.name)
    lang = writer.lang
    content = {
        "language": lang, "topic": found.topic or "NMR", "jurisdictions": ["any"], "title": {lang: lessons[0].words[:80]},
        "cards": [{"text": {lang: each.words[:MOST_CARD]}, "file": None, "shows": None, "twin": {}} for each in lessons[:10]],
    }  # fmt: skip
    drafting.begin(session, trainer, content, now)
    said = Message(text("incidents.lesson_for_you", name=writer.name))
    one(session, trainer.id, said, f"{found.ref}:lesson:{len(lessons)}", now)
    return trainer.name
