"""What is typed in the conversations about points: an appeal, its decision, points by hand, a row taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import actions, appealing, rules, showing, store
from bot.rewards.model import DRAFT


def begin(session: Session, who: Person, step: str, data: Mapping[str, Any], now: datetime) -> Message:
    """Opens a conversation at a step and asks its question."""
    drafts.begin(session, who.id, DRAFT, step, {"key": secrets.token_hex(12), **data}, now)
    return Message(text("rewards.ask", step=step))


def typed(session: Session, who: Person, words: str, now: datetime) -> Message | None:
    """The next step of what somebody is writing; None where it is none of this room's business."""
    draft = drafts.current(session, who.id, DRAFT)
    viewer = people.viewer(session, who.id, now)
    if draft is None or viewer is None:
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    return STEPS[draft.step](session, viewer, draft, words, now)


def _number(words: str, signed: bool = False) -> int:
    plain = western(words).removeprefix("+").removeprefix("№").strip()
    digits = plain.removeprefix("-") if signed else plain
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise Refused("rewards.whole_number")
    return int(plain)


def _on(session: Session, draft: Draft, step: str, more: Mapping[str, Any], now: datetime) -> Message:
    if drafts.advance(session, draft, step, {**draft.data, **more}, now) is None:
        raise Refused("rewards.changed_meanwhile")
    return Message(text("rewards.ask", step=step))


def _end(session: Session, draft: Draft) -> None:
    if not drafts.close(session, draft):
        raise Refused("rewards.changed_meanwhile")


def _appeal(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    _end(session, draft)
    made = appealing.appeal(session, viewer.person, draft.data["row"], words, now)
    return _card(session, viewer, made.row, now)


def _decide(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    _end(session, draft)
    grant = draft.step != "refuse"
    made = appealing.decide(
        session, viewer, draft.data["appeal"], grant, words, now, instead=draft.data.get("instead", 0)
    )
    return _card(session, viewer, made.row, now)


def _instead(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    return _on(session, draft, "grant", {"instead": _number(words, signed=True)}, now)


def _badge(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    who = people.person_by_badge(session, words, now)
    if who is None or who.left_on is not None or not viewer.holds(store.HR, who.path):
        raise Refused("rewards.no_badge")
    return _on(session, draft, "points", {"person": who.id}, now)


def _points(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    points = _number(words, signed=True)
    if points < 0:
        raise Refused("rewards.hear_first")
    if not 1 <= points <= rules.MOST_BY_HAND:
        raise Refused("rewards.bad_points", most=rules.MOST_BY_HAND)
    return _on(session, draft, "hand", {"points": points}, now)


def _hand(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    data = draft.data
    row = actions.give(session, viewer, data["person"], data["points"], words, data["key"], now)
    _end(session, draft)
    return _card(session, viewer, row.id, now)


def _row(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    row = store.row(session, _number(words))
    if row is None or not viewer.holds(store.HR, row.path):
        raise Refused("rewards.no_row")
    return _on(session, draft, "back", {"row": row.id}, now)


def _back(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    row = actions.take_back(session, viewer, draft.data["row"], words, now)
    _end(session, draft)
    return _card(session, viewer, row.id, now)


def _card(session: Session, viewer: Viewer, id: int, now: datetime) -> Message:
    row = store.row(session, id)
    assert row is not None
    return showing.card(session, row, viewer, now)


Step = Callable[[Session, Viewer, Draft, str, datetime], Message]
STEPS: Mapping[str, Step] = {
    "appeal": _appeal, "grant": _decide, "refuse": _decide, "instead": _instead, "badge": _badge, "points": _points,
    "hand": _hand, "row": _row, "back": _back,
}  # fmt: skip
