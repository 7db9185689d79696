"""Enrolling devices, choosing a PIN, signing in and out. What may be done once is a conditional update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox, seals
from bot.delivery.browser import inbox
from bot.delivery.browser.model import CHANNEL, chat_of
from bot.delivery.outbox import Lane, To
from bot.hazards import report
from bot.kit.digits import with_digits
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding import store as doors
from bot.onboarding import takeovers
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.web.store import digest
from bot.web.tablet import rules, seconding, store
from bot.web.tablet.model import (
    OWN_CODE,
    PIN,
    PIN_SET,
    PRINTED_CODE,
    RESTED,
    SEAT_LASTS,
    TABLET,
    TABLET_ENROLLED,
    TABLET_REVOKED,
    Kept,
    Tablet,
)
from bot.web.tablet.tables import DoorCodeRow, PinRow, PinTryRow, SeatRow, TabletRow

# --- codes -------------------------------------------------------------------------------------------------------------


def own_code(session: Session, person: int, now: datetime) -> DoorCodeRow:
    """A code with which somebody chooses their own PIN."""
    return _code(session, PIN, person, now, OWN_CODE, person_id=person)


def code_for(session: Session, by: Viewer, badge: str, now: datetime) -> tuple[Person, DoorCodeRow, bool]:
    """A code for somebody who has no Telegram, made by whoever may let them in; they are told. Raises Refused.

    True: it opens nothing until a second person agrees, and is shown to nobody before.
    """
    who = people.person_by_badge(session, badge[:40], now)
    if who is None or who.left_on is not None or not seconding.looks_after(by, who.path):
        raise Refused("web.tablet.no_such_badge", badge=badge[:40])
    if who.id == by.person or not seconding.may_choose_for(session, by, who.id, now):
        raise Refused("web.tablet.not_yours", name=who.name)
    two = takeovers.two_for(session, who.id, now)
    row = _code(session, PIN, by.person, now, PRINTED_CODE, person_id=who.id)
    maker = people.person(session, by.person, now)
    name = maker.name if maker else ""
    if two:
        seconding.ask(session, row, who, name, now)
    else:
        seconding.tell_made(session, row, name, now)
    return who, row, two


def tablet_code(
    session: Session, by: Viewer, unit: int, name: str, now: datetime, place: int | None = None
) -> DoorCodeRow:
    """A code that enrols one device for the people of a unit. Raises Refused."""
    over, at = people.unit(session, unit), people.place(session, place) if place else None
    if over is None or not by.holds(Role.SUPERVISOR, over.path):
        raise Refused("web.tablet.not_your_unit")
    there = people.unit(session, at.unit) if at else None
    if at is not None and (there is None or not there.path.startswith(over.path)):
        raise Refused("web.tablet.not_your_unit")
    called = " ".join(name.split())[:80] or over.name[:80]
    return _code(
        session, TABLET, by.person, now, PRINTED_CODE, unit_id=unit, place_id=at.id if at else None, name=called
    )


def _code(session: Session, kind: str, by: int, now: datetime, holds: timedelta, **values: Any) -> DoorCodeRow:
    if values.get("person_id") is not None:  # the newest alone holds
        older = (DoorCodeRow.person_id == values["person_id"], DoorCodeRow.used_at.is_(None))
        session.execute(update(DoorCodeRow).where(*older).values(used_at=now))
        seconding.withdraw(session, values["person_id"], now)
    row = DoorCodeRow(kind=kind, made_by=by, made_at=now, expires_at=now + holds, **values)
    session.add(row)
    session.flush()
    return row


def _still_may(session: Session, code: DoorCodeRow, now: datetime) -> bool:
    """Whether whoever made a code might make it now too: it lies about for days, and rights end."""
    if code.person_id is not None and code.person_id == code.made_by:
        return True
    by = people.viewer(session, code.made_by, now)
    if by is None:
        return False
    if code.person_id is not None:
        return seconding.may_choose_for(session, by, code.person_id, now) and seconding.holds_alone(session, code, now)
    over = people.unit(session, code.unit_id) if code.unit_id is not None else None
    return over is not None and by.holds(Role.SUPERVISOR, over.path)


def _use(session: Session, code: DoorCodeRow, now: datetime) -> bool:
    mine = (DoorCodeRow.id == code.id, DoorCodeRow.used_at.is_(None), DoorCodeRow.expires_at > now)
    return changed(session, update(DoorCodeRow).where(*mine).values(used_at=now)) == 1


# --- devices -----------------------------------------------------------------------------------------------------------


def enrol(session: Session, typed: str, token: str, now: datetime) -> bool:
    """Makes the browser that keeps `token` a device of ours; False for a code that does not hold."""
    code = store.tablet_code(session, typed, now)
    if code is None or code.unit_id is None or not _still_may(session, code, now) or not _use(session, code, now):
        return False
    row = TabletRow(
        token_hash=digest(token), name=code.name or "", unit_id=code.unit_id, place_id=code.place_id,
        enrolled_by=code.made_by, enrolled_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    body = {"tablet": row.id, "unit": row.unit_id}
    record(session, Fact(TABLET_ENROLLED, f"tablet:{row.id}", now, person=code.made_by, body=body), now)
    return True


def revoke(session: Session, by: Viewer, id: int, now: datetime) -> None:
    """Nobody signs in there any more, and whoever is signed in is out. Raises Refused."""
    row = session.get(TabletRow, id, populate_existing=True)
    unit = people.unit(session, row.unit_id) if row else None
    if row is None or unit is None or not by.holds(Role.SUPERVISOR, unit.path):
        raise Refused("web.tablet.not_your_unit")
    mine = update(TabletRow).where(TabletRow.id == id, TabletRow.revoked_at.is_(None))
    if changed(session, mine.values(revoked_at=now, revoked_by=by.person)) == 1:
        body = {"tablet": id, "unit": row.unit_id}
        record(session, Fact(TABLET_REVOKED, f"tablet:{id}:revoked", now, person=by.person, body=body), now)


# --- guessing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What wrong PINs are counted for: a badge as it was typed (whether there is such a one or not), a device."""

    subject: str
    free: int
    longest: timedelta


def of_badge(badge: str, tablet: Tablet | None) -> Counted:
    """A badge; at enrolled devices for itself, so that whoever guesses in a browser far away locks nobody out before a tablet."""
    kind = "pin badge" if tablet is not None else "pin badge elsewhere"
    subject = seals.seal().name(kind, with_digits(badge).strip().lower())
    return Counted(f"badge:{subject}", rules.FREE_PER_BADGE, rules.LONGEST_PER_BADGE)


def of_device(tablet: Tablet | None) -> Counted:
    """A device; all that are not enrolled are one."""
    id = str(tablet.id) if tablet else "other"
    return Counted(f"device:{id}", rules.FREE_PER_DEVICE, rules.LONGEST_PER_DEVICE)


def begin_try(session: Session, counted: Sequence[Counted], now: datetime) -> timedelta:
    """Counts a try before anything is compared; nothing where it may go on, else how long to wait: then nothing was counted."""
    rows = []
    for each in counted:
        insert_once(session, PinTryRow, {"subject": each.subject, "count": 0, "last_at": now, "until": now}, "subject")
        row = session.get(PinTryRow, each.subject, populate_existing=True, with_for_update=True)
        if row is not None:
            rows.append((row, each))
    wait = max((row.until - now for row, _ in rows), default=timedelta())
    if wait > timedelta():
        return wait
    for row, each in rows:
        count = (0 if now - row.last_at > RESTED else row.count) + 1
        row.count, row.last_at = count, now
        row.until = now + rules.wait_after(count, each.free, each.longest)
    session.flush()
    return timedelta()


def was_right(session: Session, counted: Counted) -> None:
    """The PIN was right: the badge's tries are forgotten. A device's are not, or one's own PIN would buy more guesses."""
    session.execute(delete(PinTryRow).where(PinTryRow.subject == counted.subject))


def was_no_guess(session: Session, device: Counted) -> None:
    """A right PIN is no wrong one of its device."""
    row = session.get(PinTryRow, device.subject, populate_existing=True, with_for_update=True)
    if row is not None and row.count > 0:
        row.count, row.until = row.count - 1, row.last_at
        session.flush()


# --- PIN and seat ------------------------------------------------------------------------------------------------------


def set_pin(session: Session, person: int, typed: str, kept: Kept, now: datetime) -> bool:
    """Somebody chooses their PIN with a code; False where it does not hold. Whoever is signed in with the old one is out."""
    code = store.pin_code(session, person, typed, now)
    if code is None or not _still_may(session, code, now) or not _use(session, code, now):
        return False
    session.merge(PinRow(person_id=person, salt=kept.salt, hash=kept.hash, set_at=now))
    session.execute(update(SeatRow).where(SeatRow.person_id == person, SeatRow.ended_at.is_(None)).values(ended_at=now))
    chat = chat_of(person)
    people_actions.add_account(session, person, chat, chat, now, CHANNEL)
    own = code.made_by == person
    record(
        session, Fact(PIN_SET, f"pin:{code.id}:{code.made_at.isoformat()}", now, person=person, body={"own": own}), now
    )
    if not own and (phone := doors.open_chat(session, person)) is not None:
        outbox.send(session, To(chat=phone[1]), Message(text("web.tablet.pin_chosen")), Lane.REPLY, now)
    return True


def sit(session: Session, who: Person, here: Tablet | None, token: str, idle: timedelta, now: datetime) -> None:
    """Somebody is signed in. What waits for them is laid into their page; where they are is known from the device."""
    before = store.last_upto(session, who.id)
    inbox.take_in(session, who.id, chat_of(who.id), now)
    session.add(
        SeatRow(
            token_hash=digest(token),
            person_id=who.id,
            tablet_id=here.id if here else None,
            since=before,
            upto=before,
            created_at=now,
            expires_at=now + idle,
        )
    )
    session.flush()
    place = people.place(session, here.place) if here and here.place else None
    if place is not None:
        report.scan(session, who, place, now)


def stay(session: Session, token: str, idle: timedelta, now: datetime) -> None:
    """Somebody is still there. A seat that is over stays so, and none lasts longer than SEAT_LASTS."""
    going = (SeatRow.token_hash == digest(token), SeatRow.ended_at.is_(None), SeatRow.expires_at > now)
    young = SeatRow.created_at > now - SEAT_LASTS
    session.execute(update(SeatRow).where(*going, young).values(expires_at=now + idle))


def acted(
    session: Session, token: str, chat: int, before: int, said: dict[str, Any] | None, idle: timedelta, now: datetime
) -> None:
    """Something was done: what it changed is what is shown next, with what it answered."""
    upto = inbox.newest(session, chat)
    values: dict[str, Any] = {"upto": upto, "said": said}
    if upto > before:
        values["since"] = before
    session.execute(update(SeatRow).where(SeatRow.token_hash == digest(token)).values(**values))
    stay(session, token, idle, now)


def leave(session: Session, token: str, now: datetime) -> None:
    """*I am done*: nobody is signed in any more."""
    going = (SeatRow.token_hash == digest(token), SeatRow.ended_at.is_(None))
    session.execute(update(SeatRow).where(*going).values(ended_at=now, said=None))
