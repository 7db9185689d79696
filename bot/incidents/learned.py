"""What is learned goes on: as a check to like places, and as a draft of a lesson to the trainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import acknowledgements, findings
from bot.delivery.findings import Finding
from bot.incidents import store
from bot.incidents.actions import mine, note
from bot.incidents.model import CHECKS_ASKED, Entry, Incident, Outcome, State
from bot.incidents.tables import IncidentCheckRow, IncidentEntryRow
from bot.incidents.telling import one, watch
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.library.authoring import retelling
from bot.library.authoring import store as authoring
from bot.library.authoring.model import LessonDraft
from bot.library.authoring.retelling import Retold
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Role, Unit
from bot.people.tables import PersonRow, PlacementRow, PlaceRow, PostRow, UnitRow

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
    """What was learned becomes a draft of a lesson with the nearest trainer; answers their name.

    Refused before the investigation is signed, without a lesson, and where there is no trainer. The draft cannot be published
    with anything in it that leads to a person, and where somebody was hurt not before one of those who answer released it.
    """
    found = mine(session, by, id, now)
    lessons = store.entries(session, id, Entry.LESSON)
    if found.state is not State.CLOSED:
        raise Refused("incidents.not_signed_yet")
    if not lessons:
        raise Refused("incidents.no_lesson")
    held = oncall.holders(session, [Role.TRAINER], found.path, now)[Role.TRAINER]
    near = sorted(held, key=lambda each: (each[1], each[0].id))
    trainer = next((who for who, _ in near if people.reachable_chat(session, who.id) is not None), None)
    writer = people.person(session, by, now)
    if trainer is None or writer is None:
        raise Refused("incidents.no_trainer")
    if not acknowledgements.acknowledge(session, f"incident-lesson:{id}", trainer.id, now, 0):
        raise Refused("incidents.lesson_sent_before", name=trainer.name)
    retelling.begin(session, trainer, _content(found, lessons, writer.lang), _retold(session, found), by, now)
    said = Message(text("incidents.lesson_for_you", name=writer.name))
    one(session, trainer.id, said, f"{found.ref}:lesson", now)
    return trainer.name


def _content(found: Incident, lessons: Sequence[IncidentEntryRow], lang: str) -> dict[str, Any]:
    return {
        "language": lang, "topic": found.topic or "NMR", "jurisdictions": ["any"], "title": {lang: lessons[0].words[:80]},
        "cards": [{"text": {lang: each.words[:MOST_CARD]}, "file": None, "shows": None, "twin": {}} for each in lessons[:10]],
        "voices": {},
    }  # fmt: skip


def _retold(session: Session, found: Incident) -> Retold:
    """What the lesson must not give away: the day with any word for the place. Two people release it where somebody was hurt."""
    place = session.get(PlaceRow, found.place) if found.place else None
    units = [each for id in people.ancestors(found.path)[:-1] if (each := session.get(UnitRow, id)) is not None]
    named: list[Any] = [*([place] if place else []), *units]
    words = [found.place_words or ""]
    for each in named:
        words += [each.name, *(each.names or {}).values()]
    harmless = found.outcome in (Outcome.DANGER, Outcome.NEAR_MISS)
    second = not harmless or store.count_injured(session, found.id) > 0
    on = local_date(found.created_at, store.zone(session, found))
    return Retold(found.ref, found.path, on, tuple(dict.fromkeys(word for word in words if word)), second)


# --- its release ------------------------------------------------------------------------------------------------------


def release_asked(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `LessonReleaseAsked`. Whoever answers for the incident reads the lesson and says whether it may go."""
    ref, mark = str(payload["body"].get("ref") or ""), str(payload["body"]["mark"])
    found = store.incident(session, int(ref.removeprefix("incident:"))) if ref.startswith("incident:") else None
    draft = authoring.draft(session, int(payload["body"]["draft"]))
    if found is None or draft is None:
        return
    message = _to_release(session, found, draft, mark, now)
    for id in watch(session, found, now):
        if id != draft.person:
            one(session, id, message, f"{ref}:release:{mark}", now)


def _to_release(session: Session, found: Incident, draft: LessonDraft, mark: str, now: datetime) -> Message:
    content, writer = draft.content, people.person(session, draft.person, now)
    base = content["language"]
    seen = any(each["file"] is not None or each["shows"] is not None for each in content["cards"])
    said = text(
        "incidents.release", number=found.id, name=writer.name if writer else "", title=content["title"].get(base, ""),
        cards=[each["text"].get(base, "") for each in content["cards"]], more=seen or bool(content["voices"]),
        languages=len(content["title"]) - 1,
    )  # fmt: skip
    keys = rows(button("incidents.b_release", f"inc:release:{found.id}:{draft.id}:{mark}"))
    return Message(said, keys, ref=f"{found.ref}:release:{draft.id}")


def release(session: Session, by: int, id: int, draft: int, mark: str, now: datetime) -> str:
    """One of those who answer lets the lesson go; answers its writer's name, who hears of it.

    Refused: to whoever does not answer for the incident, to its writer, and where the words are others by now.
    """
    found = mine(session, by, id, now)
    lesson = authoring.draft(session, draft)
    held = retelling.of(session, lesson.lesson) if lesson is not None else None
    if lesson is None or held is None or held.ref != found.ref or not store.answers_for(session, found, by, now):
        raise Refused("incidents.only_watch")
    retelling.release(session, lesson, by, mark, now)
    who = people.person(session, lesson.person, now)
    reader = people.person(session, by, now)
    said = Message(
        text("incidents.released", name=reader.name if reader else ""),
        rows(button("incidents.b_to_draft", f"lw.again:{lesson.id}")),
    )
    one(session, lesson.person, said, f"{found.ref}:released:{mark}", now)
    return who.name if who else ""
