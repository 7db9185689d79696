"""What Davy ships is a draft: people get a lesson only where a named person who answers for them has read and signed it.

Signed topic by topic, for a unit and all below it. A signature holds for the version that was read: what an upgrade words
anew waits until somebody signs again. A trainer's own lesson is signed by publishing it, for the people it is for: whoever
wrote it has read it, and their name stands under it. It can be taken back as any other signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import changed, table_of, upsert_many
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import renewed, store
from bot.library.adopting import DECIDE
from bot.library.model import SIGNED, UNSIGNED, Lesson
from bot.library.tables import LessonRow, QuestionRow, SignatureRow
from bot.people import store as people
from bot.people.model import Unit

_s = table_of(SignatureRow)


@dataclass(frozen=True)
class Signed:
    """Whose name stands under a lesson, and since when. `here`: signed for this very unit, so it can be taken back here."""

    person: int | None
    at: datetime
    here: bool


@dataclass(frozen=True)
class Paper:
    """A lesson as whoever signs sees it; `signed` is empty while it is a draft."""

    lesson: Lesson
    signed: Signed | None


def units_of(session: Session, person: int, now: datetime) -> list[Unit]:
    """The highest units for which somebody may sign: what is signed there is signed for all below."""
    viewer = people.viewer(session, person, now)
    paths = {path for role in DECIDE for path in (viewer.paths(role) if viewer else ())}
    top = {path for path in paths if not any(path != other and path.startswith(other) for other in paths)}
    return people.units_at(session, top)


def unit_for(session: Session, id: int, person: int, now: datetime) -> Unit:
    """A unit for which somebody may sign right now. Refuses all others."""
    unit = next((unit for unit in units_of(session, person, now) if unit.id == id), None)
    if unit is None:
        raise Refused("library.not_yours_to_sign")
    return unit


def papers(session: Session, unit: Unit, topic: str | None = None) -> dict[str, list[Paper]]:
    """The live lessons by topic, in their order, each with the signature that holds at a unit."""
    above = people.ancestors(unit.path)
    rows = session.execute(select(_s).where(_s.c.unit_id.in_(above))).all()
    names = {(r.lesson_id, r.version, r.unit_id): r for r in rows}
    here = set(session.scalars(select(LessonRow.id).where(_concerns), {"units": above}))
    found: dict[str, list[Paper]] = {}
    for lesson in store.lessons(session).values():
        if topic in (None, lesson.topic) and lesson.id in here:
            row = next((names[key] for at in above if (key := (lesson.id, lesson.version, at)) in names), None)
            signed = Signed(row.person_id, row.at, row.unit_id == unit.id) if row is not None else None
            found.setdefault(lesson.topic, []).append(Paper(lesson, signed))
    return found


_concerns = or_(LessonRow.shipped, LessonRow.unit_id.is_(None), among(LessonRow.unit_id, "units"))
"""Lessons that are there to be signed for a unit: shipped ones, and own ones of the unit or of one above it (`units`).

An own lesson is signed where it is published. What one team wrote for itself is nobody else's draft.
"""


def questions(session: Session, topic: str) -> int:
    """How many shipped questions a topic has: they are sent from when it is signed."""
    which = (QuestionRow.topic == topic, QuestionRow.shipped, QuestionRow.retired_at.is_(None))
    return session.scalar(select(func.count()).select_from(QuestionRow).where(*which)) or 0


def unsigned(session: Session, unit: Unit) -> int:
    """How many live lessons nobody has signed for a unit."""
    return session.scalar(_unsigned, {"units": people.ancestors(unit.path)}) or 0


_unsigned = (
    select(func.count())
    .select_from(LessonRow)
    .where(
        LessonRow.retired_at.is_(None),
        _concerns,
        ~exists().where(
            _s.c.lesson_id == LessonRow.id, _s.c.version == LessonRow.version, among(_s.c.unit_id, "units")
        ),
    )
)


def stamp(found: Iterable[Paper]) -> str:
    """What stands in the button: if the words change while somebody reads, their tap signs nothing."""
    return ".".join(str(paper.lesson.version) for paper in found)


def to_sign(session: Session, unit: Unit, topic: str, read: str) -> list[Lesson]:
    """What nobody has signed of a topic. Refused where its words have changed since somebody read it."""
    found = papers(session, unit, topic).get(topic, [])
    if not found or stamp(found) != read:
        raise Refused("library.changed_meanwhile")
    return [paper.lesson for paper in found if paper.signed is None]


def sign(session: Session, unit: Unit, topic: str, read: str, by: int, now: datetime, *, tells: bool = False) -> int:
    """Somebody signs what they read of a topic; how many lessons. Refused where its words have changed meanwhile.

    `tells`: what is signed anew means something else, so that whoever read it before is told.
    """
    fresh = to_sign(session, unit, topic, read)
    if tells:
        renewed.announce(session, unit, fresh, by, now)
    put(session, unit.id, fresh, by, now)
    return len(fresh)


def put(session: Session, unit: int, lessons: Sequence[Lesson], by: int | None, now: datetime) -> None:
    """Signatures under lessons as they are worded now, each with its fact."""
    rows = [
        {"unit_id": unit, "lesson_id": each.id, "version": each.version, "person_id": by, "at": now} for each in lessons
    ]
    upsert_many(session, SignatureRow, rows)
    for each in lessons:
        key = f"signed:{unit}:{each.id}:{each.version}:{now.isoformat()}"
        record(session, Fact(SIGNED, key, now, by, unit, body={"lesson": each.id, "version": each.version}), now)


def sign_all(session: Session, by: int | None, now: datetime) -> None:
    """Every live lesson at once, for the whole company: for the sample company, whose people a wrong word does not hurt."""
    for unit in people.units(session):
        if unit.parent is None:
            put(session, unit.id, list(store.lessons(session).values()), by, now)


def take_back(session: Session, unit: Unit, topic: str, by: int, now: datetime) -> int:
    """A topic is a draft again for a unit; how many signatures were taken back (one put further up stays)."""
    mine = [paper.lesson for paper in papers(session, unit, topic).get(topic, []) if paper.signed and paper.signed.here]
    gone = changed(session, delete(_s).where(_s.c.unit_id == unit.id, _s.c.lesson_id.in_([each.id for each in mine])))
    for each in mine if gone else []:
        key = f"unsigned:{unit.id}:{each.id}:{now.isoformat()}"
        record(session, Fact(UNSIGNED, key, now, by, unit.id, body={"lesson": each.id, "version": each.version}), now)
    return gone
