"""I have seen it: once a subject, version and person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.delivery.tables import AcknowledgementRow

_table = AcknowledgementRow.__table__
_insert = {
    name: make(_table).on_conflict_do_nothing()
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def acknowledge(session: Session, subject: str, person: int, now: datetime, version: int = 1) -> bool:
    """Records it; False where they had done so before."""
    values = {"subject": subject, "version": version, "person_id": person, "at": now}
    return session.execute(_insert[session.get_bind().dialect.name], values).rowcount == 1  # type: ignore[attr-defined]


def who(session: Session, subject: str, version: int = 1) -> dict[int, datetime]:
    """Everybody who acknowledged, with when."""
    query = select(_table.c.person_id, _table.c.at).where(_table.c.subject == subject, _table.c.version == version)
    return {row.person_id: row.at for row in session.execute(query)}
