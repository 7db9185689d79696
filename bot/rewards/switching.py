"""What holds in a unit: whether points are given at all, and whether a bulletin may show names. On takes two people, off one.

Minimal on purpose: a company's works agreement decides more than this.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Unit, Viewer
from bot.rewards import store
from bot.rewards.model import DECIDE, SWITCHED
from bot.rewards.tables import PointSwitchRow

USUAL: Mapping[str, bool] = {"points": True, "names": False}
"""What holds where nobody said otherwise: points are given, names are not shown."""


def holds(session: Session, item: str, path: str, at: datetime) -> bool:
    """What held in a unit at a moment: as the nearest unit above says, and there the newest word."""
    query = select(PointSwitchRow).where(
        PointSwitchRow.item == item,
        PointSwitchRow.unit_id.in_(people.ancestors(path)),
        PointSwitchRow.holds_since <= at,
    )
    found = max(session.scalars(query), key=lambda each: (len(each.path), each.holds_since, each.id), default=None)
    return found.on if found is not None else USUAL[item]


def switch(session: Session, by: Viewer, unit: Unit, item: str, on: bool, now: datetime) -> str:
    """Asks for something to hold: off at once, on when somebody else has confirmed it; answers `asked` or `done`.

    Refused: to whoever looks after nobody's points there; and while the same is already asked.
    """
    if item not in USUAL or not by.holds(store.HR, unit.path):
        raise Refused("rewards.not_yours")
    if not on:
        withdrawn = update(PointSwitchRow).where(PointSwitchRow.open_item == f"{unit.id}:{item}")
        session.execute(withdrawn.values(open_item=None))
    values = {
        "unit_id": unit.id, "path": unit.path, "item": item, "on": on, "open_item": f"{unit.id}:{item}" if on else None,
        "asked_by": by.person, "asked_at": now, "confirmed_by": None, "holds_since": None if on else now,
    }  # fmt: skip
    id = insert_once(session, PointSwitchRow, values, "open_item")
    if id is None:
        raise Refused("rewards.switch_asked")
    if not on:
        _note(session, id, unit.id, item, on, by.person, now)
        return "done"
    for who in store.able(session, unit.path, (by.person,), now)[:3]:
        said = Message(question(session, id, now), rows(button("rewards.b_look", f"pts:switch:{id}")))
        outbox.send(
            session, outbox.to_person(who.id), said, Lane.BULK, now, key=f"point-switch:{id}:{who.id}", unasked=DECIDE
        )
    return "asked"


def confirm(session: Session, by: Viewer, id: int, yes: bool, now: datetime) -> PointSwitchRow:
    """The second person's word. Refused: to whoever asked, to those without the right, and when it is settled."""
    row = session.get(PointSwitchRow, id, populate_existing=True)
    if row is None or not by.holds(store.HR, row.path):
        raise Refused("rewards.not_yours")
    if row.asked_by == by.person:
        raise Refused("rewards.not_the_same")
    asker = people.viewer(session, row.asked_by, now)
    yes = yes and asker is not None and asker.holds(store.HR, row.path)  # of two, one may no more: then nothing changes
    values = {"open_item": None, "confirmed_by": by.person, "holds_since": now if yes else None}
    which = (PointSwitchRow.id == id, PointSwitchRow.open_item.is_not(None))
    if changed(session, update(PointSwitchRow).where(*which).values(**values)) != 1:
        raise Refused("rewards.changed_meanwhile")
    if yes:
        _note(session, id, row.unit_id, row.item, row.on, by.person, now)
    session.refresh(row)
    return row


def question(session: Session, id: int, now: datetime) -> Text:
    """What the second person reads."""
    row = session.get(PointSwitchRow, id)
    assert row is not None
    who, unit = people.person(session, row.asked_by, now), people.unit(session, row.unit_id)
    return text("rewards.switch_question", item=row.item, name=who.name if who else "", unit=unit.label if unit else "")


def waiting(session: Session, viewer: Viewer) -> list[PointSwitchRow]:
    """What waits for somebody's word as the second person."""
    rows = session.scalars(_waiting, {"person": viewer.person})
    return [row for row in rows if viewer.holds(store.HR, row.path)]


_waiting = (
    select(PointSwitchRow)
    .where(PointSwitchRow.open_item.is_not(None), PointSwitchRow.asked_by != bindparam("person"))
    .order_by(PointSwitchRow.id)
)


def _note(session: Session, id: int, unit: int, item: str, on: bool, by: int, now: datetime) -> None:
    body = {"item": item, "over": unit, "on": on}
    record(session, Fact(SWITCHED, f"point-switch:{id}", now, by, body=body), now)
