"""What falls due in the register: looks at sources, evaluations, watched pages; files that nobody decided about."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.compliance.register import actions, taking, watching
from bot.compliance.register.tables import LawFileRow
from bot.db.once import changed
from bot.kit.room import Tick

FILE_WAITS = timedelta(days=7)


def forget_files(session: Session, now: datetime) -> bool:
    """Erases files that were settled, or left lying for a week."""
    changed(session, delete(LawFileRow).where(LawFileRow.state != "taken", LawFileRow.created_at < now - FILE_WAITS))
    return False


TICKS = (
    Tick("compliance.register.ask_due", actions.ask_due, 300),
    Tick("compliance.register.watch", watching.watch, 600),
    Tick("compliance.register.forget_files", forget_files, 3600),
)
JOBS = {
    **taking.INTAKE.jobs,
    taking.WRITE: taking.WRITTEN,
    watching.FETCH: watching.Fetched(),
    actions.KEPT: actions.evidence_kept,
}
