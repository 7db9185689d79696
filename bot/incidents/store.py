"""Questions about incidents. Who may see one is in every query: those who answer for safety there, its owner and its team.

Never whoever it goes around, and never whoever was hurt: they see their own state and not the investigation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.delivery import seals
from bot.incidents.model import (
    Action,
    Clock,
    ClockState,
    Control,
    Dossier,
    Entry,
    Incident,
    Level,
    Outcome,
    State,
)
from bot.incidents.tables import (
    IncidentActionRow,
    IncidentCheckRow,
    IncidentClockRow,
    IncidentEntryRow,
    IncidentInjuredRow,
    IncidentLookRow,
    IncidentMemberRow,
    IncidentRow,
)
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role

TEAM, HIDDEN = "team", "hidden"
OPEN = tuple(state.value for state in State if state not in (State.NOTED, State.CLOSED))
STRANGER = "name:"
"""How what is sealed begins where it is a name and no person of ours."""


def incident(session: Session, id: int) -> Incident | None:
    """An incident by its number, whoever asks."""
    row = session.get(IncidentRow, id, populate_existing=True)
    return as_incident(row) if row else None


def by_key(session: Session, key: str) -> Incident | None:
    """An incident by its business key."""
    row = session.scalar(select(IncidentRow).where(IncidentRow.key == key).execution_options(populate_existing=True))
    return as_incident(row) if row else None


def as_incident(row: IncidentRow) -> Incident:
    """A row as an Incident."""
    return Incident(
        row.id, row.key, row.hazard_id, row.unit_id, row.path, row.place_id, row.place_words, row.injury, row.topic,
        Outcome(row.outcome) if row.outcome else None, State(row.state), row.owner_id, row.reporter_id, row.round,
        row.created_at, row.outcome_at, row.signed_by,
    )  # fmt: skip


# --- who may ----------------------------------------------------------------------------------------------------------


def led(session: Session, person: int, now: datetime) -> tuple[str, ...]:
    """The units whose register somebody may see: as a safety officer or more, or standing in for one."""
    return speaking.answers_for(session, person, Role.SAFETY_OFFICER, now)


def visible(session: Session, person: int, now: datetime) -> ColumnElement[bool]:
    """SQL: the incidents that somebody may see."""
    return in_scope(led(session, person, now), person)


def in_scope(paths: Iterable[str], person: int) -> ColumnElement[bool]:
    """SQL: the incidents of some units, and those that somebody works on; but none that goes around them, nor their own."""
    member = exists().where(IncidentMemberRow.incident_id == IncidentRow.id, IncidentMemberRow.person_id == person)
    hurt = exists().where(IncidentInjuredRow.incident_id == IncidentRow.id, IncidentInjuredRow.mark == mark(person))
    under = [IncidentRow.path.startswith(path, autoescape=True) for path in paths]
    mine = or_(IncidentRow.owner_id == person, member.where(IncidentMemberRow.role == TEAM), *under)
    return and_(mine, ~member.where(IncidentMemberRow.role == HIDDEN), ~hurt)


def seen_by(session: Session, id: int, person: int, now: datetime) -> Incident | None:
    """An incident, where somebody may see it."""
    query = select(IncidentRow).where(IncidentRow.id == id, visible(session, person, now))
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_incident(row) if row else None


def answers_for(session: Session, found: Incident, person: int, now: datetime) -> bool:
    """Whether somebody may decide about it, not only work on it: they answer for safety there."""
    return any(found.path.startswith(path) for path in led(session, person, now))


def mark(person: int) -> str:
    """The mark of somebody who was hurt; only the key can make it again."""
    return seals.seal().name("injured", person)


def listed(session: Session, person: int, now: datetime, most: int, skip: int = 0) -> list[Incident]:
    """What somebody may see of the register: open ones first, the newest first."""
    query = select(IncidentRow).where(visible(session, person, now))
    query = query.order_by(IncidentRow.state.in_(OPEN).desc(), IncidentRow.id.desc()).limit(most).offset(skip)
    return [as_incident(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def of_injured(session: Session, person: int, most: int = 5) -> list[Incident]:
    """Where somebody was hurt themselves."""
    mine = select(IncidentInjuredRow.incident_id).where(IncidentInjuredRow.mark == mark(person))
    query = select(IncidentRow).where(IncidentRow.id.in_(mine)).order_by(IncidentRow.id.desc()).limit(most)
    return [as_incident(row) for row in session.scalars(query)]


def called_lately(session: Session, person: int, since: datetime, path: str | None = None) -> Incident | None:
    """The newest incident that somebody called for help about since a moment."""
    query = select(IncidentRow).where(IncidentRow.reporter_id == person, IncidentRow.created_at >= since)
    row = session.scalar(query.order_by(IncidentRow.id.desc()).limit(1).execution_options(populate_existing=True))
    return as_incident(row) if row else None


def members(session: Session, id: int, role: str = TEAM) -> list[int]:
    """Who works on an investigation, or whom it goes around."""
    query = select(IncidentMemberRow.person_id).where(
        IncidentMemberRow.incident_id == id, IncidentMemberRow.role == role
    )
    return sorted(session.scalars(query))


# --- what belongs to one ----------------------------------------------------------------------------------------------


def injured_names(session: Session, id: int, now: datetime) -> list[str]:
    """Who was hurt, by name: opened from under seal. Ask only for whoever may see it, and write it nowhere."""
    query = select(IncidentInjuredRow.sealed).where(IncidentInjuredRow.incident_id == id)
    names = []
    for sealed in session.scalars(query.order_by(IncidentInjuredRow.id)):
        opened = seals.seal().open(sealed)
        names.append(opened.removeprefix(STRANGER) if opened.startswith(STRANGER) else name(session, int(opened), now))
    return names


def count_injured(session: Session, id: int) -> int:
    """How many were hurt, as far as it was entered."""
    return session.scalar(select(func.count()).where(IncidentInjuredRow.incident_id == id)) or 0


def entries(session: Session, id: int, kind: Entry) -> list[IncidentEntryRow]:
    """The lines of a file: moments by their time, all else as it came."""
    query = select(IncidentEntryRow).where(IncidentEntryRow.incident_id == id, IncidentEntryRow.kind == kind.value)
    return list(session.scalars(query.order_by(IncidentEntryRow.happened_at, IncidentEntryRow.id)))


def as_clock(row: IncidentClockRow) -> Clock:
    """A row as a Clock."""
    return Clock(
        row.id, row.incident_id, row.rule, ClockState(row.state), row.starts_at, row.due_at, row.reminded, row.missed_at,
        row.settled_at, row.settled_by, row.words,
    )  # fmt: skip


def clock(session: Session, id: int) -> Clock | None:
    """A duty to report, by its number."""
    row = session.get(IncidentClockRow, id, populate_existing=True)
    return as_clock(row) if row else None


def clocks(session: Session, ids: Sequence[int]) -> dict[int, list[Clock]]:
    """The duties to report some incidents, the most pressing first."""
    found: dict[int, list[Clock]] = {id: [] for id in ids}
    query = select(IncidentClockRow).where(IncidentClockRow.incident_id.in_(ids))
    query = query.order_by(IncidentClockRow.due_at, IncidentClockRow.id).execution_options(populate_existing=True)
    for row in session.scalars(query) if ids else ():
        found[row.incident_id].append(as_clock(row))
    return found


def as_action(row: IncidentActionRow) -> Action:
    """A row as an Action."""
    return Action(
        row.id, row.incident_id, Control(row.control), row.words, row.owner_id, row.due_at, row.done_at, row.climbed
    )


def action(session: Session, id: int) -> Action | None:
    """What was to be done, by its number."""
    row = session.get(IncidentActionRow, id, populate_existing=True)
    return as_action(row) if row else None


def actions(session: Session, id: int) -> list[Action]:
    """What is done after an incident."""
    query = select(IncidentActionRow).where(IncidentActionRow.incident_id == id).order_by(IncidentActionRow.id)
    return [as_action(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def to_do(session: Session, person: int, most: int) -> list[Action]:
    """What somebody has to do after incidents, the earliest due first."""
    return [as_action(row) for row in session.scalars(_to_do, {"person": person, "most": most})]


_to_do = (
    select(IncidentActionRow)
    .where(IncidentActionRow.owner_id == bindparam("person"), IncidentActionRow.done_at.is_(None))
    .order_by(IncidentActionRow.due_at)
    .limit(bindparam("most"))
)


def checks(session: Session, id: int) -> list[IncidentCheckRow]:
    """The like places that were asked to look."""
    query = select(IncidentCheckRow).where(IncidentCheckRow.incident_id == id).order_by(IncidentCheckRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def dossier(session: Session, found: Incident) -> Dossier:
    """How far an investigation is."""
    rows = session.execute(
        select(IncidentEntryRow.kind, IncidentEntryRow.level, func.count())
        .where(IncidentEntryRow.incident_id == found.id)
        .group_by(IncidentEntryRow.kind, IncidentEntryRow.level)
    ).all()

    def n(kind: Entry, level: Level | None = None) -> int:
        return sum(c for k, lv, c in rows if k == kind.value and level in (None, lv))

    done = actions(session, found.id)
    running = [each for each in clocks(session, [found.id])[found.id] if each.state is ClockState.RUNNING]
    return Dossier(
        found.owner is not None, n(Entry.MOMENT), n(Entry.CAUSE, Level.IMMEDIATE), n(Entry.CAUSE, Level.ROOT),
        len(done), sum(each.done_at is None for each in done), n(Entry.LESSON), len(running),
    )  # fmt: skip


def lookers(session: Session, id: int, most: int = 6) -> list[tuple[int, datetime]]:
    """Who looked lately, the newest first, each once."""
    newest = func.max(IncidentLookRow.at)
    query = select(IncidentLookRow.person_id, newest).where(IncidentLookRow.incident_id == id)
    query = query.group_by(IncidentLookRow.person_id).order_by(newest.desc()).limit(most)
    return [(person, at) for person, at in session.execute(query)]


def looked_lately(session: Session, id: int, person: int, since: timedelta, now: datetime) -> bool:
    """Whether it is on record already that somebody looks at it right now."""
    query = select(IncidentLookRow.id).where(IncidentLookRow.incident_id == id, IncidentLookRow.person_id == person)
    return session.scalar(query.where(IncidentLookRow.at > now - since).limit(1)) is not None


# --- words ------------------------------------------------------------------------------------------------------------


def where(session: Session, found: Incident) -> Text | str | dict[str, str]:
    """Where it was, for a text: the place or the words for it, with the team."""
    place = people.place(session, found.place) if found.place else None
    unit = people.unit(session, found.unit)
    team = unit.label if unit else ""
    spot = place.label if place else found.place_words
    return text("incidents.spot", place=spot, team=team) if spot else team  # type: ignore[return-value]


def name(session: Session, person: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, person, now) if person else None
    return who.name if who else ""


def zone(session: Session, found: Incident) -> str:
    """The clock on the wall there."""
    unit = people.unit(session, found.unit)
    return unit.zone if unit else "UTC"
