"""Old facts keep their key and what is counted; their bodies and salts move to a table that is divided by month.

Only what is sealed moves: a block's commitment was made from the whole fact, and is checked against both halves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bot.db import months
from bot.db.once import table_of
from bot.ledger.tables import BlockMemberRow, FactBodyRow, FactRow

YOUNG = timedelta(days=62)
"""So long a fact stays whole: this month and the last are what reports ask for most."""
MOST = 1000

_fact, _body = table_of(FactRow), table_of(FactBodyRow)
_sealed = select(BlockMemberRow.fact_id).where(BlockMemberRow.fact_id == _fact.c.id).exists()


def age(session: Session, now: datetime) -> bool:
    """One slice, in the order in which facts were recorded; True while more is left."""
    moved = session.scalar(select(func.max(_body.c.fact_id))) or 0
    next_ones = select(_fact.c.id).where(_fact.c.id > moved).order_by(_fact.c.id).limit(MOST).subquery()
    which = (_fact.c.id.in_(select(next_ones.c.id)), _fact.c.at < now - YOUNG, _fact.c.salt.is_not(None), _sealed)
    old = session.execute(select(_fact.c.id, _fact.c.at).where(*which)).all()
    if not old:
        return False
    months.ensure(session, _body, {months.month(row.at) for row in old})
    mine = _fact.c.id.in_([row.id for row in old])
    whole = select(_fact.c.id, _fact.c.at, _fact.c.body, _fact.c.salt).where(mine)
    session.execute(insert(_body).from_select(["fact_id", "at", "body", "salt"], whole))
    session.execute(update(_fact).where(mine).values(body={}, salt=None))
    return len(old) == MOST
