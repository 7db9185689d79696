"""What of the inspections waits for somebody, for `/today`; what they have done; and what is offered where a place is scanned."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.inspections import showing, store, walks
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people.model import Person, Place

MOST = 4
DAYS = 30
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """What somebody has to go through, and questions that nobody has answered where they lead."""
    items: list[Item] = []
    for each in store.open_of(session, person, now, MOST):
        said = showing.line(session, each)
        words = text("inspections.waiting", title=said["title"], place=said["place"], until=said["until"])
        going = said["state"] == "running"
        key = button("inspections.b_begin", f"in:go:{each.id}", words=showing.short(said["title"]), going=going)
        items.append((words, key))
    paths = store.led(session, person, now)
    for row in store.wanted_open(session, paths, MOST) if paths else ():
        words = text("inspections.waiting_asked", until=row.answer_by.isoformat())
        items.append((words, button("inspections.b_look", f"inw:open:{row.id}")))
    return items


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """How many inspections somebody ended lately; nothing where none."""
    done = walks.count_done(session, person, now - timedelta(days=DAYS))
    return [(text("inspections.status", count=done, days=DAYS), None)] if done else []


def at_place(session: Session, place: Place, person: Person, now: datetime) -> list[Button]:
    """A button for the checklists of a place; none where none is planned there."""
    return [button("inspections.b_here", f"in:here:{place.id}")] if store.at_place(session, place.id, person) else []


TODAY, STATUS, AT_PLACE = today, status, at_place
