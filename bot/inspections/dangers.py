"""What was found not in order on its way to `hazards`, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.inspections import rules, store
from bot.inspections.model import Answer, Item, Outcome
from bot.inspections.tables import InspectionAnswerRow
from bot.inspections.walks import Walk, walk
from bot.kit.replies import Media, Message
from bot.kit.texts import text

ROOM = "inspections"
KEY = "check:"


def hand_over(session: Session, found: Walk, item: Item, now: datetime) -> bool:
    """Hands over what was found not in order, with its words and pictures; once an item."""
    said = found.answers.get(item.code)
    if said is None or said.outcome is not Outcome.FAIL or said.handed_at is not None:
        return False
    which = (InspectionAnswerRow.id == said.id, InspectionAnswerRow.handed_at.is_(None))
    if changed(session, update(InspectionAnswerRow).where(*which).values(handed_at=now)) != 1:
        return False
    on = found.on
    files = store.photos(session, on.id, item.code)
    words = text(
        "inspections.found", item=dict(item.words), checklist=dict(found.list.title), note=(said.note or "")[:400],
        value=_value(item, said), unit=item.unit,
    )  # fmt: skip
    shown = Message(words, media=tuple(Media(each.kind, f"file:{each.file_id}") for each in files))  # type: ignore[arg-type]
    topic = item.topic or found.list.topic or None
    key = f"{KEY}{on.id}:{item.code}"
    what = Finding(key, ROOM, on.unit, on.path, shown, item.severity, topic, on.place, on.person)
    return findings.hand_over(session, what, now)


def _value(item: Item, said: Answer) -> Any:
    if item.choices and said.value is not None:
        return dict(item.choices[int(said.value)].words)
    return said.value or ""


def hand_over_left(session: Session, now: datetime) -> bool:
    """Hands over fails that nobody went on from: the list was put aside, the danger is there all the same."""
    left = (
        InspectionAnswerRow.outcome == Outcome.FAIL.value, InspectionAnswerRow.handed_at.is_(None),
        InspectionAnswerRow.at <= now - rules.HANDED_AFTER,
    )  # fmt: skip
    for row in session.scalars(select(InspectionAnswerRow).where(*left).limit(20)).all():
        found = walk(session, row.inspection_id)
        item = next((each for each in found.list.items if each.code == row.item), None) if found else None
        if found is not None and item is not None:
            hand_over(session, found, item, now)
    return False


def danger_cleared(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on DangerCleared: the inspection shows what became of it."""
    key = str(payload["body"]["finding"])
    if payload["body"]["room"] != ROOM or not key.startswith(KEY) or key.count(":") != 2:
        return
    _, id, item = key.split(":")
    if id.isdigit():
        which = (InspectionAnswerRow.inspection_id == int(id), InspectionAnswerRow.item == item)
        session.execute(update(InspectionAnswerRow).where(*which).values(gone=bool(payload["body"]["gone"])))
