"""What of the risks waits for somebody, for `/today`; and what is offered where a place is scanned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people.model import Person, Place
from bot.risks import checking, showing, store

MOST = 4
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """What somebody has to look at; and for whoever leads what counts as red because nobody confirmed it."""
    items: list[Item] = []
    for control, risk in store.due_for(session, person, now, MOST):
        said = checking.line(session, control, risk)
        words = text("risks.waiting_check", control=said["control"], place=said["place"])
        items.append((words, button("risks.b_check", f"rkc:open:{control.id}", words=showing.short(control.words))))
    paths = store.led(session, person, now)
    alarmed = store.count_alarmed(session, paths) if paths else 0
    if alarmed:
        items.append((text("risks.waiting_alarmed", count=alarmed), button("risks.b_list", "rk:list:alarmed:0")))
    return items


def at_place(session: Session, place: Place, person: Person, now: datetime) -> list[Button]:
    """A button that shows what is dangerous here; none where no risk of the place is rated."""
    return [button("risks.b_here", f"rk:here:{place.id}")] if store.at_place(session, place.id, 1) else []


TODAY, AT_PLACE = today, at_place
