"""What falls due: requests that nobody has answered for days; a photo that is kept, a picture that is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.resources.budget import actions, picture, rules, store, telling
from bot.resources.budget.model import State
from bot.resources.budget.tables import BudgetRequestRow

SLICE = 20


def ask_again(session: Session, now: datetime) -> bool:
    """Brings up once more, with everybody who may approve it, what nobody has answered."""
    found = store.unanswered(session, now - rules.PATIENCE, SLICE)
    for each in found:
        which = (BudgetRequestRow.id == each.id, BudgetRequestRow.reminded_at.is_(None))
        line = store.line(session, each.line)
        if changed(session, update(BudgetRequestRow).where(*which).values(reminded_at=now)) == 1 and line is not None:
            telling.ask_everybody(session, each, line, now)
    return len(found) == SLICE


def photo_kept(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: our copy of a photo takes the place of the channel's own id."""
    if payload.get("media"):
        which = BudgetRequestRow.id == payload["request"]
        session.execute(update(BudgetRequestRow).where(which).values(photo=payload["media"]))


def drop_asked(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: what they asked for and nobody has answered is withdrawn; commitments stay."""
    which = (BudgetRequestRow.person_id == payload["person"], BudgetRequestRow.state == State.ASKED.value)
    session.execute(update(BudgetRequestRow).where(*which).values(state=State.WITHDRAWN.value, answered_at=now))


TICKS = (Tick("resources.budget.ask_again", ask_again, 600),)
JOBS = {actions.PHOTO_KEPT: photo_kept, picture.PICTURE: picture.Drawn()}
SUBSCRIPTIONS = (Subscription("PersonLeft", "resources.budget", drop_asked),)
