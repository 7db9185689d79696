"""A penalty as whoever it concerns sees it, with what they may press."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Viewer
from bot.rewards.penalties import rules
from bot.rewards.penalties.model import Penalty, State


def card(session: Session, found: Penalty, viewer: Viewer, now: datetime, *, what: str = "") -> Message:
    """All that was said so far; `what` is the news at its top."""
    ids = [each for each in (found.person, found.by, found.decided_by) if each]
    named = people.persons(session, ids, now)
    name = {id: named[id].name if id in named else "" for id in ids}
    said = text(
        "rewards.penalties.card", number=found.id, what=what, mine=viewer.person == found.person, name=name[found.person],
        by=name[found.by], at=found.asked_at.isoformat(), points=found.points, words=found.words, state=found.state.value,
        reply=found.reply or "", replied=found.replied_at is not None, reply_by=found.reply_by.isoformat(),
        decided_by=name.get(found.decided_by or 0, ""), reason=found.reason or "", row=found.row or 0,
    )  # fmt: skip
    return Message(said, rows(*_keys(found, viewer, now), each=1))


def _keys(found: Penalty, viewer: Viewer, now: datetime) -> list[Button]:
    if viewer.person == found.person:
        if found.state is State.OPEN and found.replied_at is None and now < found.reply_by:
            return [
                button("rewards.penalties.b_reply", f"pnl:reply:{found.id}"),
                button("rewards.penalties.b_nothing", f"pnl:nothing:{found.id}"),
            ]
        return [button("rewards.b_why", f"pts:open:{found.row}", number=found.row)] if found.row else []
    if rules.may_decide(found, viewer, now):
        return [
            button("rewards.penalties.b_drop", f"pnl:drop:{found.id}"),
            button("rewards.penalties.b_impose", f"pnl:impose:{found.id}", count=found.points),
        ]
    return []
