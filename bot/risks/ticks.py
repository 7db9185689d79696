"""What falls due: looks at controls, answers that did not come, the next call; and what came from files and drawings."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import DraftRow
from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.risks import alarms, bands, checking, finding, leaving, picture, taking
from bot.risks.entering import DRAFT
from bot.risks.rules import PATIENCE
from bot.risks.tables import RiskFileRow

FILE_WAITS = timedelta(days=7)


def forget_what_was_left(session: Session, now: datetime) -> bool:
    """Erases drafts that nobody went on with, and files that nobody decided about."""
    changed(session, delete(DraftRow).where(DraftRow.kind == DRAFT, DraftRow.touched_at < now - PATIENCE))
    settled = or_(RiskFileRow.state.in_(("rejected", "cancelled")), RiskFileRow.found.is_(None))
    changed(session, delete(RiskFileRow).where(settled, RiskFileRow.created_at < now - FILE_WAITS))
    changed(session, delete(RiskFileRow).where(RiskFileRow.state == "ready", RiskFileRow.created_at < now - FILE_WAITS))
    return False


TICKS = (
    Tick("risks.ask_due", checking.ask_due, 60),
    Tick("risks.note_late", checking.note_late, 60),
    Tick("risks.escalate_unconfirmed", alarms.escalate, 5),
    Tick("risks.ring_again", alarms.ring_again, 60),
    Tick("risks.recolour", bands.recolour, 300),
    Tick("risks.forget_what_was_left", forget_what_was_left, 600),
)
JOBS = {
    picture.MAP: picture.Drawn(),
    **taking.INTAKE.jobs,
    taking.WRITE: taking.WRITTEN,
    checking.KEPT: checking.photo_kept,
    alarms.UNREACHABLE: alarms.unreachable,
}
SUBSCRIPTIONS = (
    Subscription("PersonLeft", "risks", leaving.pass_on),
    Subscription("DangerCleared", "risks", finding.cleared),
)
