"""Lessons that follow another country's rules: a site gets them only when somebody who answers for it adopts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import store
from bot.library.model import ADOPTED, ANY, GIVEN_UP, Lesson
from bot.library.tables import LESSON, AdoptionRow, LessonRow
from bot.people import store as people
from bot.people.model import Role, Unit, UnitKind

DECIDE = (Role.MANAGER, Role.SAFETY_OFFICER, Role.TRAINER)
"""Who may adopt for a unit (and whoever has all that one of them has)."""


@dataclass(frozen=True)
class Foreign:
    """A lesson that does not hold at a unit by itself, and whether the unit (or one above it) has adopted it."""

    lesson: Lesson
    adopted: bool


def units_of(session: Session, person: int, now: datetime) -> list[Unit]:
    """The units for which somebody may adopt; for the whole company its sites, because they differ in their law."""
    viewer = people.viewer(session, person, now)
    paths = {path for role in DECIDE for path in (viewer.paths(role) if viewer else ())}
    found = [unit for unit in people.units(session) if unit.path in paths and unit.kind is not UnitKind.COMPANY]
    whole = {path for path in paths if (top := people.unit(session, people.ancestors(path)[0])) and not top.parent}
    sites = [unit for unit in people.units(session) if unit.kind is UnitKind.SITE]
    found += [unit for unit in sites if any(unit.path.startswith(path) for path in whole)]
    return list({unit.id: unit for unit in found}.values())


def unit_for(session: Session, id: int, person: int, now: datetime) -> Unit:
    """A unit for which somebody may adopt right now. Refuses all others."""
    unit = next((unit for unit in units_of(session, person, now) if unit.id == id), None)
    if unit is None:
        raise Refused("library.not_yours_to_adopt")
    return unit


def foreign(session: Session, unit: Unit) -> list[Foreign]:
    """The shipped lessons that do not hold at a unit by its own law, in their order. Own ones are where they are published."""
    own = set(session.scalars(select(LessonRow.id).where(~LessonRow.shipped)))
    above = select(AdoptionRow.what).where(AdoptionRow.unit_id.in_(people.ancestors(unit.path)))
    taken = set(session.scalars(above))
    return [
        Foreign(lesson, LESSON + id in taken or not taken.isdisjoint(lesson.jurisdictions))
        for id, lesson in store.lessons(session).items()
        if id not in own and not any(holds(scope, unit.jurisdiction) for scope in lesson.jurisdictions)
    ]


def holds(scope: str, here: str) -> bool:
    """Whether a jurisdiction's rules hold at a site: everywhere, here, or in what lies around it (`US-CA` in `US`)."""
    return scope in (ANY, here) or here.startswith(scope + "-")


def one_of(session: Session, unit: Unit, lesson: str) -> Foreign:
    """One of the lessons that do not hold at a unit. Refuses others."""
    found = next((each for each in foreign(session, unit) if each.lesson.id == lesson), None)
    if found is None:
        raise Refused("delivery.stale")
    return found


def adopt_lesson(session: Session, unit: Unit, lesson: str, by: int, now: datetime) -> bool:
    """The unit (and all below it) gets the lesson with its questions; False where it had."""
    return adopt(session, unit.id, LESSON + one_of(session, unit, lesson).lesson.id, now, by)


def adopt(session: Session, unit: int, what: str, now: datetime, by: int | None = None) -> bool:
    """A unit (and all below it) takes on a jurisdiction, `lesson:<id>` or `question:<id>`; False where it had."""
    row = {"unit_id": unit, "what": what, "at": now, "person_id": by}
    if insert_once(session, AdoptionRow, row) is None:
        return False
    record(session, Fact(ADOPTED, f"adopted:{unit}:{what}:{now.isoformat()}", now, by, unit, body={"what": what}), now)
    return True


def give_up(session: Session, unit: Unit, lesson: str, by: int, now: datetime) -> bool:
    """The lesson goes to that unit's people no more; False where the unit itself had not adopted it."""
    what = LESSON + lesson
    mine = (AdoptionRow.unit_id == unit.id, AdoptionRow.what == what)
    if changed(session, delete(AdoptionRow).where(*mine)) != 1:
        return False
    key = f"given_up:{unit.id}:{what}:{now.isoformat()}"
    record(session, Fact(GIVEN_UP, key, now, by, unit.id, body={"what": what}), now)
    return True
