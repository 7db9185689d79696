"""Questions about checklists and inspections. What somebody may see is decided in the query, by the units they lead or work in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from bot.inspections import keeping
from bot.inspections.model import Answer, Checklist, Inspection, Kept, Origin, Outcome, State, Step
from bot.inspections.tables import (
    ChecklistAdoptionRow,
    ChecklistPlanRow,
    ChecklistRow,
    ChecklistVersionRow,
    InspectionAnswerRow,
    InspectionPhotoRow,
    InspectionRow,
    SpotRuleRow,
    WantedCheckRow,
)
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role

OPEN = InspectionRow.state.in_((State.DUE.value, State.RUNNING.value))


def leads(session: Session, person: int, path: str, now: datetime, role: Role = Role.SUPERVISOR) -> bool:
    """Whether somebody answers for inspections of a unit."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and viewer.holds(role, path)


def led(session: Session, person: int, now: datetime, role: Role = Role.SUPERVISOR) -> tuple[str, ...]:
    """The units for which somebody answers."""
    viewer = people.viewer(session, person, now)
    return viewer.paths(role) if viewer else ()


# --- the shelf --------------------------------------------------------------------------------------------------------


def as_kept(row: ChecklistRow, adopted: tuple[int, int] | None = None) -> Kept:
    """A row as a checklist on the shelf; `adopted`: the version that is used, and who stands for it."""
    used, by = adopted or (None, None)
    return Kept(row.id, row.code, row.version, row.title, row.topic, row.shipped, row.unit_id, row.path, used, by)


def adoptions(session: Session, path: str, checklist: int | None = None) -> dict[int, tuple[int, int]]:
    """What is used in a unit: by checklist the version and who stands for it; the nearest unit's word goes before."""
    ids = people.ancestors(path)
    query = select(ChecklistAdoptionRow).where(ChecklistAdoptionRow.unit_id.in_(ids))
    if checklist is not None:
        query = query.where(ChecklistAdoptionRow.checklist_id == checklist)
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    rows = sorted(rows, key=lambda row: -ids.index(row.unit_id))
    return {row.checklist_id: (row.version, row.person_id) for row in rows}


def checklist(session: Session, id: int, path: str | None = None) -> Kept | None:
    """A checklist by its number, as a unit has it (left out: that whose it is)."""
    row = session.get(ChecklistRow, id, populate_existing=True)
    return as_kept(row, adoptions(session, path or row.path, id).get(id)) if row else None


def by_code(session: Session, code: str) -> Kept | None:
    """A checklist by what its file calls it."""
    row = session.scalar(select(ChecklistRow).where(ChecklistRow.code == code))
    return as_kept(row) if row else None


def shelf(session: Session, path: str, *, adopted: bool = False) -> list[Kept]:
    """The checklists that a unit can use: its own and those of the units above it, by number."""
    here = ChecklistRow.unit_id.in_(people.ancestors(path))
    rows = session.scalars(
        select(ChecklistRow).where(here).order_by(ChecklistRow.id).execution_options(populate_existing=True)
    )
    used = adoptions(session, path)
    return [as_kept(row, used.get(row.id)) for row in rows if not adopted or row.id in used]


def content(session: Session, checklist: int, version: int) -> Checklist:
    """What a version of a checklist says. Raises LookupError where there is none: a fault of the program."""
    row = session.get(ChecklistVersionRow, (checklist, version))
    if row is None:
        raise LookupError(f"checklist {checklist} has no version {version}")
    return keeping.from_json(row.content)


def plans(session: Session, checklist: int, paths: Sequence[str]) -> list[ChecklistPlanRow]:
    """The plans of a checklist in some units."""
    mine = (ChecklistPlanRow.checklist_id == checklist, ChecklistPlanRow.ended_at.is_(None))
    query = (
        select(ChecklistPlanRow)
        .where(*mine, speaking.under(ChecklistPlanRow.path, paths))
        .order_by(ChecklistPlanRow.id)
    )
    return list(session.scalars(query))


def spot_rules(session: Session, checklist: int, paths: Sequence[str]) -> list[SpotRuleRow]:
    """The random checks of a checklist in some units."""
    mine = (SpotRuleRow.checklist_id == checklist, SpotRuleRow.ended_at.is_(None))
    return list(
        session.scalars(
            select(SpotRuleRow).where(*mine, speaking.under(SpotRuleRow.path, paths)).order_by(SpotRuleRow.id)
        )
    )


# --- inspections ------------------------------------------------------------------------------------------------------


def as_inspection(row: InspectionRow) -> Inspection:
    """A row as an Inspection."""
    return Inspection(
        row.id, row.checklist_id, row.version, row.unit_id, row.path, row.place_id, Origin(row.origin), row.person_id,
        State(row.state), row.at, Step(row.step), row.due_at, row.answer_by, row.shown_at, row.started_at, row.done_at,
        row.missed_at, row.plan_id, row.draw_id,
    )  # fmt: skip


def inspection(session: Session, id: int) -> Inspection | None:
    """An inspection by its number."""
    row = session.get(InspectionRow, id, populate_existing=True)
    return as_inspection(row) if row else None


def open_of(session: Session, person: int, now: datetime, most: int = 8) -> list[Inspection]:
    """What somebody has to do now, the most urgent first."""
    rows = session.scalars(_open_of, {"person": person, "now": now, "most": most})
    return [as_inspection(row) for row in rows]


_open_of = (
    select(InspectionRow)
    .where(InspectionRow.person_id == bindparam("person"), OPEN, InspectionRow.due_at <= bindparam("now"))
    .order_by(InspectionRow.due_at, InspectionRow.id)
    .limit(bindparam("most"))
    .execution_options(populate_existing=True)
)


def answers(session: Session, inspection: int) -> dict[str, Answer]:
    """The answers of an inspection by item."""
    query = select(InspectionAnswerRow).where(InspectionAnswerRow.inspection_id == inspection)
    found = session.scalars(query.order_by(InspectionAnswerRow.id).execution_options(populate_existing=True))
    return {row.item: as_answer(row) for row in found}


def as_answer(row: InspectionAnswerRow) -> Answer:
    """A row as an Answer."""
    return Answer(
        row.id,
        row.inspection_id,
        row.item,
        Outcome(row.outcome),
        row.value,
        row.note,
        row.seconds,
        row.handed_at,
        row.gone,
    )


def photos(session: Session, inspection: int, item: str | None = None) -> list[InspectionPhotoRow]:
    """The photos of an inspection (to an item), in their order."""
    query = select(InspectionPhotoRow).where(InspectionPhotoRow.inspection_id == inspection)
    if item is not None:
        query = query.where(InspectionPhotoRow.item == item)
    return list(session.scalars(query.order_by(InspectionPhotoRow.id).execution_options(populate_existing=True)))


def board(
    session: Session, paths: Sequence[str], states: Sequence[State], most: int, skip: int = 0
) -> list[Inspection]:
    """The inspections of some units in some states, the newest first."""
    which = (speaking.under(InspectionRow.path, paths), InspectionRow.state.in_([state.value for state in states]))
    query = select(InspectionRow).where(*which).order_by(InspectionRow.id.desc()).limit(most).offset(skip)
    return [as_inspection(row) for row in session.scalars(query)]


def at_place(session: Session, place: int, who: Person) -> list[Kept]:
    """The checklists in use that are planned at a place, for whoever works or leads there."""
    joined = and_(ChecklistPlanRow.checklist_id == ChecklistRow.id, ChecklistPlanRow.ended_at.is_(None))
    query = select(ChecklistRow).join(ChecklistPlanRow, joined)
    query = query.where(ChecklistPlanRow.place_id == place).order_by(ChecklistRow.id)
    used = adoptions(session, who.path)
    rows = {row.id: row for row in session.scalars(query.limit(12)) if row.id in used}
    return [as_kept(row, used[row.id]) for row in rows.values()][:3]


# --- checks that other rooms asked for --------------------------------------------------------------------------------


def wanted(session: Session, id: int) -> WantedCheckRow | None:
    """A check by its number."""
    return session.get(WantedCheckRow, id, populate_existing=True)


def wanted_open(session: Session, paths: Sequence[str], most: int = 8) -> list[WantedCheckRow]:
    """The checks that nobody in some units has answered yet."""
    query = _wanted_open.where(speaking.under(WantedCheckRow.path, paths))
    return list(session.scalars(query, {"most": most}))


_wanted_open = (
    select(WantedCheckRow)
    .where(WantedCheckRow.answered_at.is_(None))
    .order_by(WantedCheckRow.answer_by)
    .limit(bindparam("most"))
)


# --- words ------------------------------------------------------------------------------------------------------------


def where(session: Session, unit: int, place: int | None) -> Any:
    """Where something is, for a text: the place, else the unit, as the reader calls it."""
    spot = people.place(session, place) if place else None
    here = people.unit(session, unit)
    return spot.label if spot else here.label if here else ""


def name(session: Session, person: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, person, now) if person else None
    return who.name if who else ""


def zone(session: Session, unit: int) -> str:
    """The time zone of a unit."""
    here = people.unit(session, unit)
    return here.zone if here else "UTC"
