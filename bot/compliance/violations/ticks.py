"""Cases whose time to answer is over: those who decide hear of it, and that there was no answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.compliance.violations import actions, store
from bot.compliance.violations.model import State
from bot.compliance.violations.tables import ViolationRow
from bot.kit.room import Tick

SLICE = 20


def ripen(session: Session, now: datetime) -> bool:
    """Nobody decides before; nobody waits longer."""
    due = (
        ViolationRow.state == State.OPEN.value, ViolationRow.reply_by <= now, ViolationRow.ripe_at.is_(None)
    )  # fmt: skip
    rows = session.scalars(select(ViolationRow).where(*due).order_by(ViolationRow.reply_by).limit(SLICE)).all()
    for row in rows:
        actions.ripen(session, store.as_violation(row), now)
    return len(rows) == SLICE


TICKS = (Tick("compliance.violations.ripen", ripen, 300),)
JOBS = {actions.KEPT: actions.PhotoKept()}
