"""What stands on the phone of whoever works on the review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis.review import rules, store
from bot.analysis.review.model import Item, State
from bot.analysis.review.tables import ReviewEventRow
from bot.kit.clock import local_date
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people


def name(session: Session, person: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, person, now) if person else None
    return who.name if who else ""


def today(session: Session, found: Item, now: datetime) -> date:
    """The day at its unit."""
    unit = people.unit(session, found.unit)
    return local_date(now, unit.zone if unit else "UTC")


def line(session: Session, found: Item, now: datetime, month: date | None = None) -> dict[str, Any]:
    """An entry as a line. `month`: as of which month it is shown."""
    unit = people.unit(session, found.unit)
    return {
        "number": found.id, "kind": found.kind.value, "phase": found.phase.value, "state": found.state.value,
        "words": found.words, "owner": name(session, found.owner, now), "unit": unit.label if unit else "",
        "due": found.due_on.isoformat(), "overdue": rules.overdue(found, today(session, found, now)),
        "opened": found.opened.isoformat(), "carried": rules.months_between(found.opened, month or found.month),
    }  # fmt: skip


def event(session: Session, row: ReviewEventRow, now: datetime) -> dict[str, Any]:
    """A line of an entry's history."""
    return {
        "at": row.at.isoformat(), "who": name(session, row.person_id, now), "what": row.what, "phase": row.phase,
        "month": row.month_on.isoformat(), "words": row.words or "", "due": row.due_on.isoformat() if row.due_on else "",
    }  # fmt: skip


def overview(session: Session, person: int, now: datetime) -> Message:
    """The open entries, and a way to add one."""
    found = store.open_items(session, person, now)
    keys = [button("analysis.review.b_open", f"rv:open:{each.id}", number=each.id) for each in found]
    if store.led(session, person, now):
        keys.append(button("analysis.review.b_new", "rv:new"))
    return Message(text("analysis.review.overview", lines=[line(session, each, now) for each in found]), rows(*keys))


def card(session: Session, found: Item, person: int, now: datetime) -> Message:
    """One entry with its history, and what can be done with it."""
    told = [event(session, row, now) for row in store.events(session, [found.id])[found.id][-12:]]
    keys = []
    if found.state is State.OPEN and store.may(session, found, person, now):
        then = rules.after(found.phase)
        if then is not None:
            keys.append(button("analysis.review.b_phase", f"rv:go:{found.id}:{then.value}", phase=then.value))
        keys += [
            button("analysis.review.b_note", f"rv:note:{found.id}"), button("analysis.review.b_due", f"rv:due:{found.id}"),
            button("analysis.review.b_done", f"rv:done:{found.id}"), button("analysis.review.b_drop", f"rv:dropped:{found.id}"),
        ]  # fmt: skip
    keys.append(button("analysis.review.b_all", "rv:all"))
    said = text("analysis.review.card", **line(session, found, now), events=told)
    return Message(said, rows(*keys), ref=f"review:{found.id}:{person}")
