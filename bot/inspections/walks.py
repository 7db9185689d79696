"""An inspection with what it asks and what was answered, read in one; and what earlier ones with the same list took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.inspections import store
from bot.inspections.model import Answer, Checklist, Inspection, Item, Outcome, State
from bot.inspections.tables import InspectionAnswerRow, InspectionRow


@dataclass(frozen=True)
class Walk:
    """An inspection with what it asks and what was answered."""

    on: Inspection
    list: Checklist
    answers: dict[str, Answer]

    @property
    def item(self) -> Item | None:
        """The item that it stands at; None at the end."""
        return self.list.items[self.on.at] if self.on.at < len(self.list.items) else None

    @property
    def answered(self) -> Answer | None:
        """How that item was answered."""
        return self.answers.get(self.item.code) if self.item else None


def walk(session: Session, id: int) -> Walk | None:
    """An inspection by its number."""
    found = store.inspection(session, id)
    if found is None:
        return None
    return Walk(found, store.content(session, found.checklist, found.version), store.answers(session, id))


def times_before(session: Session, found: Inspection, most: int = 200) -> dict[str, tuple[float, ...]]:
    """How long each item took in the newest earlier inspections with the same list, whoever did them."""
    earlier = (
        select(InspectionRow.id)
        .where(
            InspectionRow.checklist_id == found.checklist, InspectionRow.state == State.DONE.value,
            InspectionRow.id < found.id,
        )
        .order_by(InspectionRow.id.desc())
        .limit(most)
    )  # fmt: skip
    query = select(InspectionAnswerRow.item, InspectionAnswerRow.seconds).where(
        InspectionAnswerRow.inspection_id.in_(earlier), InspectionAnswerRow.outcome != Outcome.NA.value
    )
    times: dict[str, list[float]] = {}
    for item, seconds in session.execute(query):
        times.setdefault(item, []).append(seconds)
    return {item: tuple(some) for item, some in times.items()}


def count_done(session: Session, person: int, since: datetime) -> int:
    """How many inspections somebody has ended since an instant."""
    which = (InspectionRow.person_id == person, InspectionRow.done_at >= since)
    return session.scalar(select(func.count()).select_from(InspectionRow).where(*which)) or 0
