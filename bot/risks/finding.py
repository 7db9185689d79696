"""A control of a larger or major risk that somebody found missing is a danger: it is put right as one, and then looked at again.

People are called by `alarms`, once. What nobody has confirmed is no danger yet, but a question: that climbs there, and makes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.kit.replies import Message
from bot.kit.risk import Colour, Severity
from bot.kit.texts import text
from bot.risks import rules, store
from bot.risks.model import Control, Held, Risk
from bot.risks.tables import RiskControlRow

PREFIX = "control"


def _key(control: Control, since: datetime) -> str:
    """One danger for each time that it went missing, however often it is looked at meanwhile."""
    return f"{PREFIX}:{control.id}:{since.isoformat()}"


def after_look(session: Session, before: Control, risk: Risk, by: int, in_place: bool, now: datetime) -> None:
    """Hands the danger over, once; or, confirmed again, says so where it still stands. `before`: as it was till this look."""
    said = {"control": dict(before.words), "task": dict(risk.task), "hazard": dict(risk.hazard)}
    if not in_place:
        severity = Severity.CRITICAL if risk.stake is Colour.RED else Severity.HIGH
        found = Finding(
            _key(before, before.missing_at or now), "risks", risk.unit, risk.path,
            Message(text("risks.finding", back="", **said)), severity, risk.topic, risk.place, by, called=True,
        )  # fmt: skip
        findings.hand_over(session, found, now)
    elif before.missing_at is not None:
        back = Message(text("risks.finding", back=now.isoformat(), **said))
        findings.change(session, _key(before, before.missing_at), back, None, now)


def cleared(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `DangerCleared`. What is said to be gone is to be seen: whoever answers for the control is asked now."""
    body = payload["body"]
    if body["room"] != "risks" or not body["gone"]:
        return
    kept = store.control(session, int(str(body["finding"]).split(":")[1]))
    risk = store.risk(session, kept.risk) if kept else None
    if kept is None or risk is None or not rules.alive(risk) or kept.missing_at is None:
        return
    mine = (
        RiskControlRow.id == kept.id,
        RiskControlRow.held == Held.IN_PLACE.value,
        RiskControlRow.missing_at.is_not(None),
    )
    changed(session, update(RiskControlRow).where(*mine, RiskControlRow.due_at > now).values(due_at=now, asked_at=None))
    changed(
        session, update(RiskControlRow).where(*mine).values(missing_at=now)
    )  # missing still, it would be another danger
