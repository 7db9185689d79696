"""Licences from outside: sent by their holder, looked at by somebody else, reminded of before they run out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.learning.courses import actions, rules, showing, store
from bot.learning.courses.model import (
    LICENCE_CONFIRMED,
    LICENCE_ENTERED,
    LICENCE_REFUSED,
    LICENCES,
    Licence,
    LicenceState,
)
from bot.learning.courses.tables import LicenceRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Role, Viewer

DRAFT = "licence"
JOB = "learning.licence_kept"
MOST_NAME, MOST_NUMBER = 80, 60


def enter(session: Session, who: Person, name: str, number: str, expires: date, photo: str, now: datetime) -> Licence:
    """Notes a licence that does not count yet, and shows it to those who may confirm it. Refused: one that has run out."""
    on = people.today_of(who, now)
    if expires < on:
        raise Refused("learning.courses.licence_over")
    row = LicenceRow(
        person_id=who.id, name=name[:MOST_NAME], number=number[:MOST_NUMBER], expires_on=expires, entered_on=on,
        state=LicenceState.ENTERED.value,
    )  # fmt: skip
    session.add(row)
    session.flush()
    downloads.want(session, photo, JOB, {"licence": row.id}, now)
    record(session, Fact(LICENCE_ENTERED, f"licence:{row.id}", now, who.id, who.unit, who.post), now)
    entered = store.as_licence(row)
    card = showing.licence_card(entered, who.name, (Media("photo", f"file:{photo}"),))
    for leader in actions.supervisors(session, who, now):
        key = f"licence:{row.id}:{leader.id}"
        outbox.send(session, outbox.to_person(leader.id), card, Lane.BULK, now, key=key, unasked=LICENCES)
    return entered


def kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The photo of a licence has been fetched."""
    mine = update(LicenceRow).where(LicenceRow.id == payload["licence"])
    session.execute(mine.values(photo=payload.get("media")))


def decide(session: Session, viewer: Viewer, id: int, yes: bool, now: datetime) -> Licence:
    """Somebody who is not its holder has looked at it. Once; Refused: to the holder, to others than who leads them."""
    found = store.licence(session, id)
    if found is None:
        raise Refused("delivery.stale")
    if found.person == viewer.person:
        raise Refused("learning.courses.not_your_own")
    who = people.person(session, found.person, now)
    if who is None or not viewer.holds(Role.SUPERVISOR, who.path):
        raise Refused("learning.courses.not_your_people")
    on = people.today_of(who, now)
    values = {
        "state": (LicenceState.CONFIRMED if yes else LicenceState.REFUSED).value, "decided_by": viewer.person,
        "decided_on": on, "remind_on": rules.first_licence_reminder(found.expires_on, on) if yes else None,
    }  # fmt: skip
    mine = (LicenceRow.id == id, LicenceRow.state == LicenceState.ENTERED)
    if not changed(session, update(LicenceRow).where(*mine).values(**values)):
        raise Refused("learning.courses.decided_already")
    if yes:
        body = {"days": (found.expires_on - on).days}
        record(session, Fact(LICENCE_CONFIRMED, f"licence-confirmed:{id}", now, who.id, who.unit, who.post, body), now)
    else:
        record(session, Fact(LICENCE_REFUSED, f"licence-refused:{id}", now, who.id, who.unit, who.post), now)
    told = text("learning.courses.licence_told", what=found.name, yes=yes, expires=found.expires_on.isoformat())
    again = () if yes else rows(button("learning.courses.add_licence", "co.licence"))
    message = Message(told, again)
    outbox.send(session, outbox.to_person(who.id), message, Lane.REPLY, now, key=f"licence:{id}:decided")
    return found


def due(session: Session, on: date, most: int) -> list[Licence]:
    """Confirmed licences of whose end their holders are to hear."""
    query = select(LicenceRow).where(LicenceRow.remind_on <= on, LicenceRow.state == LicenceState.CONFIRMED)
    return [store.as_licence(row) for row in session.scalars(query.order_by(LicenceRow.remind_on).limit(most))]


def remind(session: Session, licence: Licence, on: date, now: datetime) -> None:
    """Tells the holder that it runs out, unless a newer one of that name lasts longer or they have left."""
    row = update(LicenceRow).where(LicenceRow.id == licence.id)
    session.execute(row.values(remind_on=rules.licence_reminder(licence.expires_on, on)))
    who = people.person(session, licence.person, now)
    newer = [
        each
        for each in store.licences(session, [licence.person], on)
        if each.name.casefold() == licence.name.casefold() and each.expires_on > licence.expires_on
    ]
    if who is None or who.left_on is not None or newer or licence.expires_on < on:
        return
    words = text(
        "learning.courses.licence_ends",
        what=licence.name,
        number=licence.number,
        expires=licence.expires_on.isoformat(),
    )
    message = Message(words, rows(button("learning.courses.add_licence", "co.licence")))
    key = f"licence:{licence.id}:ends:{on}"
    outbox.send(session, outbox.to_person(who.id), message, Lane.BULK, now, key=key, unasked=LICENCES)
