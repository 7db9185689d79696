"""Changes to people that other rooms and the import need: each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.people.model import Role, Unit, UnitKind
from bot.people.rules import WORKDAYS
from bot.people.store import as_unit
from bot.people.tables import AccountRow, LeaveRow, PersonRow, PlacementRow, PlaceRow, RoleGrantRow, UnitRow


def add_unit(
    session: Session,
    kind: UnitKind,
    name: str,
    parent: Unit | None,
    on: date,
    *,
    zone: str | None = None,
    jurisdiction: str | None = None,
    language: str | None = None,
    code: str | None = None,
    workdays: str | None = None,
    firm: str | None = None,
) -> Unit:
    """A unit below `parent`; what is left out is inherited (a company without any: UTC, `any`, English, Mon to Fri)."""
    above = session.get(UnitRow, parent.id) if parent else None
    row = UnitRow(
        parent_id=parent.id if parent else None,
        code=code,
        kind=kind.value,
        name=name,
        path="",
        zone=zone or (parent.zone if parent else "UTC"),
        jurisdiction=jurisdiction or (parent.jurisdiction if parent else "any"),
        language=language or (parent.language if parent else "en"),
        workdays=workdays or (above.workdays if above else WORKDAYS),
        firm=firm or (above.firm if above else None),
        starts_on=on,
    )
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    session.flush()
    return as_unit(row)


def add_person(
    session: Session, badge: str, name: str, lang: str, unit: Unit, post: str, on: date, *, shift: str | None = None
) -> int:
    """A person with a first placement; answers their id. Everybody is an employee: that role needs no grant."""
    row = PersonRow(badge=badge, name=name, lang=lang, shift=shift, joined_on=on)
    session.add(row)
    session.flush()
    session.add(PlacementRow(person_id=row.id, unit_id=unit.id, post=post, starts_on=on))
    return row.id


def grant(session: Session, person_id: int, role: Role, unit_id: int, now: datetime, by: int | None = None) -> bool:
    """Gives a role over a unit; False where they have it already."""
    if has_grant(session, person_id, role, unit_id):
        return False
    session.add(RoleGrantRow(person_id=person_id, role=role.value, unit_id=unit_id, starts_at=now, granted_by=by))
    session.flush()
    return True


def has_grant(session: Session, person_id: int, role: Role, unit_id: int) -> bool:
    """Whether somebody has a role over this very unit, for good."""
    mine = (RoleGrantRow.person_id == person_id, RoleGrantRow.role == role.value, RoleGrantRow.unit_id == unit_id)
    return session.scalar(select(RoleGrantRow.id).where(*mine, RoleGrantRow.ends_at.is_(None)).limit(1)) is not None


def revoke(session: Session, person_id: int, role: Role, unit_id: int, now: datetime) -> bool:
    """Takes a role away from now on; False where there was none."""
    done = changed(
        session,
        update(RoleGrantRow)
        .where(
            RoleGrantRow.person_id == person_id,
            RoleGrantRow.role == role.value,
            RoleGrantRow.unit_id == unit_id,
            RoleGrantRow.ends_at.is_(None),
        )
        .values(ends_at=now),
    )
    return done > 0


def open_account(
    session: Session, person_id: int, user: int, chat: int, now: datetime, channel: str = "telegram"
) -> bool:
    """Ties an account to a person; closes whatever that account or that person had. True if it is a new phone."""
    old = changed(
        session,
        update(AccountRow)
        .where(
            AccountRow.channel == channel,
            AccountRow.closed_at.is_(None),
            (AccountRow.person_id == person_id) | (AccountRow.user_id == user),
        )
        .values(closed_at=now),
    )
    session.add(AccountRow(person_id=person_id, channel=channel, user_id=user, chat_id=chat, opened_at=now))
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(unreachable_at=None))
    session.flush()
    return old > 0


def add_account(session: Session, person_id: int, user: int, chat: int, now: datetime, channel: str) -> bool:
    """A further way to reach somebody, beside those that they have; False where it is open already."""
    mine = (AccountRow.person_id == person_id, AccountRow.channel == channel, AccountRow.closed_at.is_(None))
    if session.scalar(select(AccountRow.id).where(*mine)) is not None:
        return False
    session.add(AccountRow(person_id=person_id, channel=channel, user_id=user, chat_id=chat, opened_at=now))
    session.flush()
    return True


def add_place(session: Session, unit_id: int, name: str, code: str) -> int:
    """A place with a code for its QR."""
    row = PlaceRow(unit_id=unit_id, name=name, code=code)
    session.add(row)
    session.flush()
    return row.id


def leave_company(session: Session, persons: Sequence[int], on: date, now: datetime) -> None:
    """They no longer work here: accounts closed, roles and leaves ended. Their history stays."""
    for some in _slices(persons):
        session.execute(
            update(PersonRow).where(PersonRow.id.in_(some)).values(left_on=func.coalesce(PersonRow.leaves_on, on))
        )
        session.execute(update(PersonRow).where(PersonRow.id.in_(some)).values(leaves_on=None))
        for row in (AccountRow.closed_at, RoleGrantRow.ends_at, LeaveRow.ends_at):
            table = row.class_
            session.execute(
                update(table).where(table.person_id.in_(some), or_(row.is_(None), row > now)).values({row: now})
            )


def go_away(session: Session, person_id: int, now: datetime, until: datetime | None, deputy: int | None) -> int:
    """Somebody is away from now until an instant (None: until they say); a running leave ends. Answers its id."""
    come_back(session, person_id, now)
    row = LeaveRow(person_id=person_id, starts_at=now, ends_at=until, deputy_id=deputy)
    session.add(row)
    session.flush()
    return row.id


def lend_roles(
    session: Session, leave_id: int, person_id: int, deputy: int, until: datetime | None, now: datetime
) -> int:
    """The one who stands in gets what the absent one may, as long as the leave lasts; answers how many roles."""
    mine = session.execute(
        select(RoleGrantRow.role, RoleGrantRow.unit_id).where(
            RoleGrantRow.person_id == person_id,
            RoleGrantRow.role != Role.ADMIN.value,
            RoleGrantRow.leave_id.is_(None),
            or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now),
        )
    ).all()
    for role, unit_id in mine:
        session.add(
            RoleGrantRow(
                person_id=deputy, role=role, unit_id=unit_id, starts_at=now, ends_at=until, granted_by=person_id,
                leave_id=leave_id,
            )
        )  # fmt: skip
    session.flush()
    return len(mine)


def come_back(session: Session, person_id: int, now: datetime) -> list[int]:
    """Ends whatever leave is running, and what was lent for it; answers the deputies (0: nobody was named)."""
    running = session.scalars(
        select(LeaveRow).where(
            LeaveRow.person_id == person_id,
            LeaveRow.starts_at <= now,
            or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > now),
        )
    ).all()
    for row in running:
        row.ends_at = now
        session.execute(
            update(RoleGrantRow)
            .where(RoleGrantRow.leave_id == row.id, or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now))
            .values(ends_at=now)
        )
    session.flush()
    return [row.deputy_id or 0 for row in running]


def set_blocked(session: Session, channel: str, user: int, at: datetime | None, now: datetime) -> int | None:
    """Marks an account blocked (or, with None, open again) and its person unreachable; answers whose it was."""
    owner = session.scalar(
        select(AccountRow.person_id).where(
            AccountRow.channel == channel, AccountRow.user_id == user, AccountRow.closed_at.is_(None)
        )
    )
    if owner is not None:
        session.execute(
            update(AccountRow)
            .where(AccountRow.channel == channel, AccountRow.user_id == user, AccountRow.closed_at.is_(None))
            .values(blocked_at=at)
        )
        session.execute(update(PersonRow).where(PersonRow.id == owner).values(unreachable_at=at))
    return owner


def _slices(ids: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    """SQLite takes a limited number of values in one statement."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]
