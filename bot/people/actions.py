"""Changes to people that other rooms and the import need: each in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.people.model import Role, Unit, UnitKind
from bot.people.store import as_unit
from bot.people.tables import AccountRow, PersonRow, PlacementRow, PlaceRow, RoleGrantRow, UnitRow


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
) -> Unit:
    """A unit below `parent`; what is left out is inherited (a company without any: UTC, `any`, English)."""
    row = UnitRow(
        parent_id=parent.id if parent else None,
        kind=kind.value,
        name=name,
        path="",
        zone=zone or (parent.zone if parent else "UTC"),
        jurisdiction=jurisdiction or (parent.jurisdiction if parent else "any"),
        language=language or (parent.language if parent else "en"),
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
    """A person with a first placement and the role of an employee in their unit; answers their id."""
    row = PersonRow(badge=badge, name=name, lang=lang, shift=shift, joined_on=on)
    session.add(row)
    session.flush()
    session.add(PlacementRow(person_id=row.id, unit_id=unit.id, post=post, starts_on=on))
    return row.id


def grant(session: Session, person_id: int, role: Role, unit_id: int, now: datetime, by: int | None = None) -> bool:
    """Gives a role over a unit; False where they have it already."""
    has = session.scalar(
        select(RoleGrantRow.id).where(
            RoleGrantRow.person_id == person_id,
            RoleGrantRow.role == role.value,
            RoleGrantRow.unit_id == unit_id,
            RoleGrantRow.ends_at.is_(None),
        )
    )
    if has is not None:
        return False
    session.add(RoleGrantRow(person_id=person_id, role=role.value, unit_id=unit_id, starts_at=now, granted_by=by))
    session.flush()
    return True


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
    """Ties a channel's account to a person; closes whatever that account or that person had before. True if it is a new phone."""
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


def add_place(session: Session, unit_id: int, name: str, code: str) -> int:
    """A place with a code for its QR."""
    row = PlaceRow(unit_id=unit_id, name=name, code=code)
    session.add(row)
    session.flush()
    return row.id
