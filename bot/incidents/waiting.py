"""What of incidents waits for somebody, for `/today` and `/mystatus`; the alarm where a place is scanned, and after a report."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents import clocks, opening, store
from bot.incidents.model import ClockState, State
from bot.incidents.tables import IncidentClockRow, IncidentRow
from bot.kit.replies import Button, Message, button
from bot.kit.texts import Text, text
from bot.people.model import Person, Place

MOST = 4
RECENT = timedelta(days=90)
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """What somebody has to do; and for whoever sees the register: clocks that run, what nobody classified, what to sign."""
    items: list[Item] = []
    for action in store.to_do(session, person, MOST):
        words = text("incidents.waiting_action", words=action.words[:120], due=action.due_at.isoformat())
        items.append((words, button("incidents.b_done", f"inc:done:{action.id}")))
    seen = store.visible(session, person, now)
    pressing = session.scalars(_running.where(seen)).all()
    for row in pressing:
        line = clocks.line(session, store.as_clock(row), now)
        key = button("incidents.b_open", f"inc:open:{row.incident_id}", number=row.incident_id)
        items.append((text("incidents.waiting_clock", number=row.incident_id, clock=line), key))
    said = {row.incident_id for row in pressing}  # its clock stands there already, with the same button
    rows = session.scalars(_hot.where(seen, IncidentRow.id.not_in(said)))
    for each in map(store.as_incident, rows):
        key = button("incidents.b_open", f"inc:open:{each.id}", number=each.id)
        items.append((text("incidents.waiting", number=each.id, state=each.state.value), key))
    return items


_running = (
    select(IncidentClockRow)
    .join(IncidentRow, IncidentRow.id == IncidentClockRow.incident_id)
    .where(IncidentClockRow.state == ClockState.RUNNING.value)
    .order_by(IncidentClockRow.due_at)
    .limit(MOST)
)
_hot = (
    select(IncidentRow)
    .where(IncidentRow.state.in_((State.REPORTED.value, State.INVESTIGATING.value, State.REVIEW.value)))
    .order_by(IncidentRow.id)
    .limit(MOST)
)


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """Where somebody was hurt themselves, how that stands: their own state and nothing of the investigation."""
    mine = [each for each in store.of_injured(session, person) if each.created_at > now - RECENT]
    return [
        (text("incidents.status_own", number=each.id, state=each.state.value, at=each.created_at.isoformat()), None)
        for each in mine
    ]


def at_place(session: Session, place: Place, person: Person, now: datetime) -> list[Button]:
    """One tap, and help is called to this place."""
    return [button("incidents.b_hurt_here", f"hurt:at:{place.id}")]


def when_hurt(session: Session, path: str) -> Message:
    """What is shown at once to whoever reports that somebody is hurt."""
    return opening.when_hurt(session, path)


TODAY, STATUS, AT_PLACE, WHEN_HURT = today, status, at_place, when_hurt
