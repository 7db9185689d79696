"""Recording many facts at once, for planning: the same rows as `record`, a few statements for all of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.once import insert_many_once
from bot.ledger import actions
from bot.ledger.model import Fact
from bot.ledger.tables import FactRow, PseudonymRow


def record_all(session: Session, facts: Sequence[Fact], now: datetime) -> None:
    """Writes facts once each. Their unit and post must be given; kinds that somebody listens to go one by one."""
    listened = [fact for fact in facts if fact.kind.name in actions._subscriptions]
    for fact in listened:
        actions.record(session, fact, now)
    quick = [fact for fact in facts if fact.kind.name not in actions._subscriptions]
    if not quick:
        return
    names = _pseudonyms(session, sorted({fact.person for fact in quick if fact.person is not None}))
    rows = []
    for fact in quick:
        actions._check(fact.kind, fact)
        rows.append(
            {
                "key": fact.key,
                "kind": fact.kind.name,
                "version": fact.kind.version,
                "at": fact.at,
                "pseudonym": names[fact.person] if fact.person is not None else None,
                "unit_id": fact.unit,
                "post": fact.post,
                "body": dict(fact.body),
                "salt": secrets.token_bytes(16),
            }
        )
    insert_many_once(session, FactRow, rows, "key")


def _pseudonyms(session: Session, persons: list[int]) -> dict[int, str]:
    """The pseudonyms of many persons; makes those that are missing."""
    query = select(PseudonymRow.person_id, PseudonymRow.pseudonym).where(PseudonymRow.person_id.in_(persons))
    names = {row.person_id: row.pseudonym for row in session.execute(query)}
    if missing := [{"person_id": id, "pseudonym": secrets.token_hex(8)} for id in persons if id not in names]:
        insert_many_once(session, PseudonymRow, missing)
        names = {row.person_id: row.pseudonym for row in session.execute(query)}
    return names
