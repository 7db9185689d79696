"""Questions about cases. Whom they concern is in the query: nobody else finds one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.compliance.violations import rules
from bot.compliance.violations.model import Decision, State, Violation
from bot.compliance.violations.tables import ViolationRow
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role, Viewer

MOST = 10
GOING = (State.SECOND.value, State.OPEN.value, State.DECIDED.value, State.APPEALED.value)


def violation(session: Session, id: int) -> Violation | None:
    """A case by its number."""
    row = session.get(ViolationRow, id, populate_existing=True)
    return as_violation(row) if row is not None else None


def as_violation(row: ViolationRow) -> Violation:
    """A row as a value."""
    return Violation(
        row.id, row.person_id, row.unit_id, row.path, row.place_id, row.words, row.media, row.happened_at, row.by_id,
        row.recorded_at, State(row.state), row.reply, row.reply_at, row.reply_by,
        Decision(row.decision) if row.decision else None, row.reason, row.decided_by, row.decided_at, row.appeal,
        row.appeal_by, Decision(row.final) if row.final else None, row.final_reason, row.final_by,
    )  # fmt: skip


def concerning(session: Session, viewer: Viewer, most: int = MOST) -> list[Violation]:
    """The cases that somebody may see, the newest first."""
    led = (ViolationRow.path.startswith(path, autoescape=True) for path in viewer.paths(Role.SUPERVISOR))
    rows = session.scalars(_newest.where(or_(_own, *led)), {"person": viewer.person})
    return [found for found in map(as_violation, rows) if rules.concerns(found, viewer)][:most]


_newest = select(ViolationRow).order_by(ViolationRow.id.desc()).limit(100)
_own = or_(
    and_(ViolationRow.person_id == bindparam("person"), ViolationRow.reply_by.is_not(None)),
    ViolationRow.by_id == bindparam("person"),
)


def open_cases(session: Session, viewer: Viewer, now: datetime) -> list[Violation]:
    """What waits for somebody: their answer, their look, their decision."""
    found = [each for each in concerning(session, viewer, 100) if each.state.value in GOING]
    return [
        each for each in found
        if (each.person == viewer.person and each.state is State.OPEN and each.reply_at is None)
        or rules.may_look(each, viewer) or rules.may_decide(each, viewer, now) or rules.may_finish(each, viewer)
    ]  # fmt: skip


def whom_to_ask(session: Session, found: Violation, now: datetime) -> list[Person]:
    """Whose look or decision it takes now and whom a message can reach, the nearest first."""
    roles = (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN)
    there = oncall.over(session, roles, found.path, now)
    able = []
    for who in there.order([there.held[role] for role in roles], now):
        viewer = people.viewer(session, who.id, now)
        if viewer is None or not there.reaches(who):
            continue
        if rules.may_look(found, viewer) or rules.may_decide(found, viewer, now) or rules.may_finish(found, viewer):
            able.append(who)
    return able[:3]
