"""Questions about who works here. Whom somebody may see is part of every query."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.onboarding.staff.model import Member, Placed
from bot.onboarding.staff.tables import PeopleFileRow
from bot.people import counting, speaking
from bot.people.model import Role, Viewer
from bot.people.store import as_unit
from bot.people.tables import AccountRow, LeaveRow, PersonRow, PlacementRow, PostRow, RoleGrantRow, ShiftRow, UnitRow

SEES, CHANGES = (Role.SUPERVISOR, Role.HR), Role.HR
"""Who sees who works in a unit; and who may change it."""
_has_chat = exists().where(AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None)).correlate(PersonRow)


def paths(viewer: Viewer) -> tuple[str, ...]:
    """The units whose people somebody sees."""
    return tuple(sorted({path for role in SEES for path in viewer.paths(role)}))


def _members(today: date, *which: ColumnElement[bool]) -> Any:
    """People who work here or have still to begin, each where they are placed last."""
    last = (
        select(func.max(PlacementRow.id))
        .where(
            PlacementRow.person_id == PersonRow.id, or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > today)
        )
        .correlate(PersonRow)
        .scalar_subquery()
    )
    return (
        select(
            PersonRow.id, PersonRow.badge, PersonRow.name, PersonRow.lang, PersonRow.shift, PersonRow.joined_on,
            PersonRow.leaves_on, PlacementRow.post, PlacementRow.starts_on, PlacementRow.unit_id, UnitRow.path,
            _has_chat.label("inside"),
        )
        .join(PlacementRow, and_(PlacementRow.person_id == PersonRow.id, PlacementRow.id == last))
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(PersonRow.left_on.is_(None), *which)
    )  # fmt: skip


def _as_member(row: Any) -> Member:
    return Member(
        row.id, row.badge, row.name, row.lang, row.unit_id, row.path, row.post, row.shift, row.joined_on, row.leaves_on,
        bool(row.inside), row.starts_on,
    )  # fmt: skip


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    return speaking.under(UnitRow.path, paths(viewer))


def found(session: Session, viewer: Viewer, words: str, show: str, today: date, most: int) -> tuple[list[Member], int]:
    """The people somebody sees, by badge or a part of their name; the first ones, and how many there are.

    `show`: `outside` (without Davy), `leaving` (their last day is set), `coming` (not begun yet), else everybody.
    """
    which: list[ColumnElement[bool]] = [_seen(viewer)]
    words = " ".join(words.split())[:60]
    if words:
        low = words.lower()
        which.append(
            or_(
                func.lower(PersonRow.badge) == low,
                func.lower(PersonRow.name).contains(low, autoescape=True),
                PersonRow.name.contains(words, autoescape=True),
            )
        )
    shown = {
        "outside": ~_has_chat, "leaving": PersonRow.leaves_on.is_not(None), "coming": PersonRow.joined_on > today,
    }  # fmt: skip
    if show in shown:
        which.append(shown[show])
    if len(which) == 1:
        return _first(session, viewer, today, most)
    query = _members(today, *which)
    count = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    return _page(session, query, most), count


def _page(session: Session, query: Any, most: int) -> list[Member]:
    rows = session.execute(query.order_by(UnitRow.path, PersonRow.name, PersonRow.id).limit(most))
    return [_as_member(row) for row in rows]


def _first(session: Session, viewer: Viewer, today: date, most: int) -> tuple[list[Member], int]:
    """The first of everybody: read from the first units alone, as many as it takes; the others are only counted."""
    counts = _by_unit(session, viewer, today)
    chosen, so_far = list[int](), 0
    for unit in session.scalars(select(UnitRow.id).where(_seen(viewer)).order_by(UnitRow.path)):
        if counts[unit] and so_far < most:
            chosen.append(unit)
            so_far += counts[unit]
    return _page(session, _members(today, PlacementRow.unit_id.in_(chosen)), most), sum(counts.values())


def _by_unit(session: Session, viewer: Viewer, today: date) -> Counter[int]:
    """How many of `_members` each unit has: whoever works there today, and those apart who begin or move on a later day."""
    found = Counter(counting.by_unit(session, today, paths(viewer)))
    some = list(session.scalars(select(PlacementRow.person_id).where(PlacementRow.starts_on > today)))
    if not some:
        return found
    later = among(PersonRow.id, "later")
    here = select(PlacementRow.unit_id).join(PersonRow, PersonRow.id == PlacementRow.person_id)
    here = here.where(later, ~counting.LEFT, counting.placed(today), counting.inside(paths(viewer), wide=True))
    found.subtract(session.scalars(here, {"later": some}))
    coming = _members(today, later, _seen(viewer)).with_only_columns(PlacementRow.unit_id, maintain_column_froms=True)
    found.update(session.scalars(coming, {"later": some}))
    return found


def member(session: Session, viewer: Viewer, id: int, today: date) -> Member | None:
    """One of them; None for whoever does not see their unit."""
    row = session.execute(_members(today, PersonRow.id == id, _seen(viewer))).first()
    return _as_member(row) if row else None


def history(session: Session, person: int) -> list[Placed]:
    """Where somebody was, the newest first."""
    query = (
        select(PlacementRow, UnitRow)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(PlacementRow.person_id == person)
        .order_by(PlacementRow.starts_on.desc(), PlacementRow.id.desc())
    )
    return [Placed(as_unit(unit).label, row.post, row.starts_on, row.ends_on) for row, unit in session.execute(query)]


def away(session: Session, person: int, now: datetime) -> LeaveRow | None:
    """The absence that is running."""
    running = or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > now)
    query = select(LeaveRow).where(LeaveRow.person_id == person, LeaveRow.starts_at <= now, running)
    return session.scalar(query.order_by(LeaveRow.id.desc()).limit(1))


def badge_is_taken(session: Session, badge: str, besides: int = 0) -> bool:
    """Whether a number is, or ever was, somebody's: given again it would hand over their history."""
    which = (func.lower(PersonRow.badge) == badge.lower(), PersonRow.id != besides)
    return session.scalar(select(PersonRow.id).where(*which).limit(1)) is not None


def is_admin(session: Session, person: int, now: datetime) -> bool:
    """Whether somebody is an administrator of any unit right now."""
    which = (
        RoleGrantRow.person_id == person, RoleGrantRow.role == Role.ADMIN.value, RoleGrantRow.starts_at <= now,
        or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now),
    )  # fmt: skip
    return session.scalar(select(RoleGrantRow.id).where(*which).limit(1)) is not None


def posts(session: Session) -> list[PostRow]:
    """All posts by code."""
    return list(session.scalars(select(PostRow).order_by(PostRow.code)))


def shifts(session: Session) -> list[ShiftRow]:
    """All working times by code."""
    return list(session.scalars(select(ShiftRow).order_by(ShiftRow.code)))


def counted_by_post(session: Session, viewer: Viewer, today: date) -> dict[str, int]:
    """How many of the people somebody sees have which post."""
    query = _members(today, _seen(viewer)).with_only_columns(
        PlacementRow.post, func.count(), maintain_column_froms=True
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(PlacementRow.post))}


def file(session: Session, id: int, person: int) -> PeopleFileRow | None:
    """A personnel file of whoever sent it."""
    row = session.get(PeopleFileRow, id, populate_existing=True)
    return row if row is not None and row.person_id == person else None
