"""Colours after the company changed its bands: found anew from the factors, which are what was rated."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.risks import checking, rules, store
from bot.risks.company import company, scale
from bot.risks.model import Company
from bot.risks.tables import RiskRow

SLICE = 200


def fingerprint(found: Company) -> str:
    """Marks the bands of all methods."""
    said = [(each.method.value, each.bands, each.never_blue_from) for each in found.scales.values()]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def recolour(session: Session, now: datetime) -> bool:
    """Gives risks that were coloured by other bands the colour of today's; True while more are left."""
    mark = fingerprint(company())
    stale = or_(RiskRow.bands.is_(None), RiskRow.bands != mark)
    rows = session.scalars(select(RiskRow).where(RiskRow.inherent.is_not(None), stale).limit(SLICE)).all()
    for row in rows:
        found = store.as_risk(row)
        table = scale(row.method)
        assert found.inherent is not None
        inherent = rules.colour_of(table, found.inherent)
        colour = rules.colour_of(table, found.residual) if found.residual else inherent
        which = (RiskRow.id == row.id, RiskRow.round == row.round)
        values = {"bands": mark, "inherent_colour": inherent.value, "colour": colour.value}
        session.execute(update(RiskRow).where(*which).values(**values))
        if inherent is not found.inherent_colour and (again := store.risk(session, row.id)) is not None:
            checking.schedule_all(session, again, now)
    return len(rows) == SLICE
