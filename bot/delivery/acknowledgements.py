"""I have seen it: once a subject, version and person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.once import insert_once, table_of
from bot.delivery.tables import AcknowledgementRow

_table = table_of(AcknowledgementRow)


def acknowledge(session: Session, subject: str, person: int, now: datetime, version: int = 1) -> bool:
    """Records it; False where they had done so before."""
    values = {"subject": subject, "version": version, "person_id": person, "at": now}
    return insert_once(session, AcknowledgementRow, values) is not None


def who(session: Session, subject: str, version: int = 1) -> dict[int, datetime]:
    """Everybody who acknowledged, with when."""
    query = select(_table.c.person_id, _table.c.at).where(_table.c.subject == subject, _table.c.version == version)
    return {row.person_id: row.at for row in session.execute(query)}
