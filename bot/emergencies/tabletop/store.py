"""Questions about tabletop exercises."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.emergencies.tabletop.model import Run
from bot.emergencies.tabletop.tables import TabletopDecisionRow, TabletopRow


def run(session: Session, id: int, person: int) -> Run | None:
    """Somebody's own exercise."""
    row = session.get(TabletopRow, id, populate_existing=True)
    if row is None or row.person_id != person:
        return None
    return Run(row.id, row.person_id, row.scenario, row.step, row.place, row.asked_at, row.started_at, row.ended_at)


def decisions(session: Session, run: int) -> list[TabletopDecisionRow]:
    """What was decided, in order."""
    query = select(TabletopDecisionRow).where(TabletopDecisionRow.run_id == run).order_by(TabletopDecisionRow.place)
    return list(session.scalars(query))
