"""Reading whom it is about: their chats, and whether a hold lies on them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from bot.people.tables import AccountRow, JoinRequestRow, PersonRow
from bot.privacy.model import Hold
from bot.privacy.tables import LegalHoldRow


def by_badge(session: Session, badge: str) -> int | None:
    """Somebody's number by their badge, whether they still work here or not."""
    return session.scalar(select(PersonRow.id).where(PersonRow.badge == badge))


def chats(session: Session, person: int) -> set[int]:
    """The accounts and private chats that are or were somebody's."""
    found: set[int] = set()
    for row in (AccountRow, JoinRequestRow):
        for user, chat in session.execute(select(row.user_id, row.chat_id).where(row.person_id == person)):
            found |= {user, chat}
    return found


def holds(session: Session, today: date) -> list[Hold]:
    """The holds that are in force on a day."""
    query = select(LegalHoldRow).where(in_force(today)).order_by(LegalHoldRow.id)
    return [Hold(row.person_id, row.reason, row.until_on) for row in session.scalars(query)]


def in_force(today: date) -> ColumnElement[bool]:
    """Whether a row is a hold on a day."""
    return LegalHoldRow.ended_at.is_(None) & or_(LegalHoldRow.until_on.is_(None), LegalHoldRow.until_on >= today)
