"""Questions about reports and visits. Whose reports somebody reads is decided by who stands above whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.duties.above import above
from bot.duties.reports import rules
from bot.duties.reports.model import Report, State
from bot.duties.reports.tables import SafetyReportRow, SiteVisitRow
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import PersonRow, RoleGrantRow

MOST_BELOW = 60
"""Those of wider units first; whose reports somebody reads is worked out for each of so many."""
LEADS = (Role.SUPERVISOR.value, Role.SAFETY_OFFICER.value, Role.MANAGER.value)


def as_report(row: SafetyReportRow) -> Report:
    """A row as a Report."""
    return Report(
        row.id, row.person_id, row.path, row.month, State(row.state), row.due_at, row.done or "", row.seen or "",
        row.promised or "", row.visits, row.sent_at,
    )  # fmt: skip


def report(session: Session, id: int) -> Report | None:
    """A report by its number."""
    row = session.get(SafetyReportRow, id, populate_existing=True)
    return as_report(row) if row else None


def wanted(session: Session, person: int) -> Report | None:
    """The oldest report of somebody that has not come."""
    row = session.scalar(_wanted, {"person": person})
    return as_report(row) if row else None


_wanted = (
    select(SafetyReportRow)
    .where(SafetyReportRow.person_id == bindparam("person"), SafetyReportRow.state != State.SENT.value)
    .order_by(SafetyReportRow.month)
    .limit(1)
    .execution_options(populate_existing=True)
)


def before(session: Session, found: Report) -> Report | None:
    """The report that somebody sent before this one: what they promised in it."""
    query = select(SafetyReportRow).where(
        SafetyReportRow.person_id == found.person, SafetyReportRow.month < found.month,
        SafetyReportRow.state == State.SENT.value,
    )  # fmt: skip
    row = session.scalar(query.order_by(SafetyReportRow.month.desc()).limit(1))
    return as_report(row) if row else None


def visits(session: Session, person: int, month: str) -> int:
    """How many visits of somebody count in a month: those with a photo and a location."""
    since, until = rules.bounds(month)
    query = select(func.count()).where(
        SiteVisitRow.person_id == person, SiteVisitRow.at >= since, SiteVisitRow.at < until, SiteVisitRow.media.is_not(None)
    )  # fmt: skip
    return session.scalar(query) or 0


def leaders(session: Session, after: int, most: int, now: datetime) -> list[int]:
    """Who leads by a role of their own (not one lent for a leave), by number after another."""
    query = (
        select(RoleGrantRow.person_id)
        .join(PersonRow, PersonRow.id == RoleGrantRow.person_id)
        .where(
            RoleGrantRow.role.in_(LEADS), RoleGrantRow.leave_id.is_(None), RoleGrantRow.starts_at <= now,
            RoleGrantRow.ends_at.is_(None) | (RoleGrantRow.ends_at > now), PersonRow.left_on.is_(None),
            RoleGrantRow.person_id > after,
        )
    )  # fmt: skip
    return list(session.scalars(query.distinct().order_by(RoleGrantRow.person_id).limit(most)))


def below(session: Session, person: int, month: str, now: datetime) -> list[Report]:
    """The reports of a month by those whom somebody stands directly above."""
    viewer = people.viewer(session, person, now)
    if viewer is None:
        return []
    here = speaking.under(SafetyReportRow.path, viewer.paths(Role.SUPERVISOR))
    query = select(SafetyReportRow).where(SafetyReportRow.month == month, here, SafetyReportRow.person_id != person)
    rows = session.scalars(query.order_by(func.length(SafetyReportRow.path), SafetyReportRow.id).limit(MOST_BELOW))
    return [as_report(row) for row in rows if _over(session, person, row, now)]


def _over(session: Session, person: int, row: SafetyReportRow, now: datetime) -> bool:
    who = people.person(session, row.person_id, now)
    return who is not None and person in {each.id for each in above(session, who, now)}
