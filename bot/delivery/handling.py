"""One update, one transaction: mark, lock, route, action, facts, outbox rows. And what happens when that fails."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once, table_of
from bot.delivery import channels, outbox, refusals, replying, telegram
from bot.delivery.browser.model import is_browser
from bot.delivery.replying import Answered
from bot.delivery.router import Router
from bot.delivery.sending_store import migrate_chat
from bot.delivery.tables import AttemptRow, HandledRow, ParkedRow
from bot.i18n.languages import SOURCE, closest
from bot.kit.events import AnyEvent, Blocked, Migrated, Pressed, Unread, Voted
from bot.kit.replies import Message, Reply, toast
from bot.kit.texts import Text
from bot.people import store as people
from bot.people.actions import set_blocked
from bot.people.model import Person

KEEP_MARKS = timedelta(days=3)
"""Longer than Telegram keeps an update (24 h), so that no redelivery finds its mark gone."""
POISON = 3
"""An update that was begun so often without an end may be what kills the process; it is set aside, out of the others' way."""
FIRST_RETRY = timedelta(seconds=10)
LAST_TRIES = 2
"""What was set aside so is tried so often again, alone and later: it may only have been there each time the power failed."""
RETRY_JOB = "delivery.retry_parked"

_h = table_of(HandledRow)


def handle(session: Session, router: Router, update_: Mapping[str, Any], now: datetime) -> Answered:
    """Handles an update once; a redelivery changes nothing but is answered. Raises whatever a room raises."""
    event = channels.read(update_, now)
    if not _first_time(session, event.update_id, now):
        return Answered(event.callback) if isinstance(event, Pressed) else Answered()
    if isinstance(event, Unread):
        return Answered()
    if _waits_behind(session, event):
        park(session, update_, None, now)
        return Answered(event.callback) if isinstance(event, Pressed) else Answered()
    if isinstance(event, Voted) and _poll_in_flight(session, event):
        park(session, update_, "a vote for a quiz whose number is being recorded", now, after=timedelta(seconds=3))
        return Answered()
    return respond(session, router, event, now)


def respond(session: Session, router: Router, event: AnyEvent, now: datetime) -> Answered:
    """Routes an event and writes its reply."""
    who = people.person_of_account(session, event.channel, event.user, now)
    if who is not None:
        people.lock_person(session, who.id)
    event = replace(event, person=who.id if who else None)
    membership(session, event, who, now)
    reply = router.answer(session, event, now)
    replying.write(session, event, reply, now)
    for said in (reply.toast, *(message.text for message in reply.messages)):
        refusals.note(session, event, said, now)
    if who is not None and reply.toast is not None:
        who = people.person(session, who.id, now) or who  # who has just chosen a language is answered in it
    return answered(event, reply, who)


def note(session: Session, update_: Mapping[str, Any], now: datetime) -> Answered:
    """Marks an update as handled that was answered by reading alone (`urgent`)."""
    event = channels.read(update_, now)
    if _first_time(session, event.update_id, now) and not isinstance(event, Unread):
        membership(session, event, people.person_of_account(session, event.channel, event.user, now), now)
    return Answered()


def refuse(session: Session, update_: Mapping[str, Any], refusal: Text, now: datetime) -> Answered:
    """Says no: the room's own work was undone, so this is a transaction of its own."""
    event = channels.read(update_, now)
    if not _first_time(session, event.update_id, now) or isinstance(event, Unread):
        return Answered()
    who = people.person_of_account(session, event.channel, event.user, now)
    event = replace(event, person=who.id if who else None)
    refusals.note(session, event, refusal, now)
    reply = Reply(toast=refusal, alert=True) if isinstance(event, Pressed) else Reply((Message(refusal),))
    replying.write(session, event, reply, now)
    return answered(event, reply, who)


def park(
    session: Session,
    update_: Mapping[str, Any],
    error: str | None,
    now: datetime,
    after: timedelta = FIRST_RETRY,
    tries: int = jobs.TRIES,
) -> None:
    """Puts an update aside with its body, to be tried again by a job. Confirmed, not lost."""
    number = update_.get("update_id")
    if not isinstance(number, int) or session.get(ParkedRow, number) is not None:
        return
    _first_time(session, number, now)
    user = telegram.user_of(update_)
    error = storable(error) if error is not None else None
    session.add(ParkedRow(update_id=number, user_id=user, body=storable(dict(update_)), error=error, parked_at=now))
    if error is not None:
        _try_again(session, number, now, now + after, tries)


def set_aside(session: Session, update_: Mapping[str, Any], now: datetime) -> None:
    """Parks an update in whose handling the process died again and again: the rest goes on, it has its last tries later."""
    park(session, update_, "the process died each time this was begun", now, tries=LAST_TRIES)


def storable(value: Any) -> Any:
    """JSON that both engines can keep: without NUL and half characters, which PostgreSQL or UTF-8 refuse."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {storable(key): storable(each) for key, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, (list, tuple)) else value


def apology(session: Session, update_: Mapping[str, Any], now: datetime) -> Answered:
    """What a person is told when their update was parked."""
    try:
        event = channels.read(update_, now)
    except Exception:
        return Answered()
    if isinstance(event, Unread):
        return Answered()
    who = people.person_of_account(session, event.channel, event.user, now)
    if who is None:
        return Answered()
    event = replace(event, person=who.id)
    pressed = isinstance(event, Pressed)
    reply = toast("delivery.broken_press", alert=True) if pressed else Reply((Message(Text("delivery.broken")),))
    replying.write(session, event, reply, now)
    return answered(event, reply, who)


def retry_parked(session: Session, router: Router, number: int, now: datetime) -> None:
    """Tries a parked update again; raises as the room does. On Refused see `refuse_parked`, else the job comes back later."""
    row = session.get(ParkedRow, number)
    if row is None or row.state != "waiting" or row.body is None:
        return
    event = channels.read(row.body, now)
    if not isinstance(event, Unread):
        respond(session, router, event, now)
    _done(session, row, now)


def refuse_parked(session: Session, number: int, refusal: Text, now: datetime) -> None:
    """Says no to a parked update: the room's own work was undone, so this is a transaction of its own."""
    row = session.get(ParkedRow, number)
    if row is None or row.state != "waiting" or row.body is None:
        return
    event = channels.read(row.body, now)
    if not isinstance(event, Unread):
        who = people.person_of_account(session, event.channel, event.user, now)
        event = replace(event, person=who.id if who else None)
        refusals.note(session, event, refusal, now)
        replying.write(session, event, Reply((Message(refusal),)), now)
    _done(session, row, now)


def _done(session: Session, row: ParkedRow, now: datetime) -> None:
    row.state, row.body, row.error = "done", None, None
    _release_next(session, row, now)


def give_up(session: Session, number: int, now: datetime) -> None:
    """A parked update that failed too often is left for the operator, and no longer holds up its user."""
    row = session.get(ParkedRow, number)
    if row is not None:
        row.state = "dead"
        _release_next(session, row, now)


def _release_next(session: Session, row: ParkedRow, now: datetime) -> None:
    """What waited behind this one has its turn, in the order in which it came."""
    session.flush()
    query = select(func.min(ParkedRow.update_id)).where(ParkedRow.user_id == row.user_id, ParkedRow.state == "waiting")
    following = session.scalar(query)
    if following is not None:
        _try_again(session, following, now, now)


def _try_again(session: Session, number: int, now: datetime, at: datetime, tries: int = jobs.TRIES) -> None:
    work = {"update_id": number}
    jobs.enqueue(session, RETRY_JOB, work, key=f"parked:{number}", now=now, run_at=at, tries=tries)


def count_attempt(session: Session, number: int) -> int:
    """Counts a beginning before the work, so that what kills the process is found after the restart; 0 if it was handled."""
    if session.get(HandledRow, number) is not None:
        return 0
    row = session.get(AttemptRow, number)
    if row is None:
        session.add(AttemptRow(update_id=number, count=1))
        return 1
    row.count += 1
    return row.count


def prune(session: Session, now: datetime, most: int = 5000) -> int:
    """Forgets marks that no redelivery can ask for any more; looks at the oldest ones only, and says how many went."""
    settled = select(_h.c.update_id).where(_h.c.update_id == AttemptRow.update_id, _h.c.at < now - KEEP_MARKS)
    session.execute(delete(AttemptRow).where(settled.exists()))
    session.execute(delete(ParkedRow).where(ParkedRow.state == "done", ParkedRow.parked_at < now - KEEP_MARKS))
    gone = 0
    for channel in (_h.c.update_id < 0, _h.c.update_id >= 0):  # each counts up for itself
        first = select(_h.c.update_id).where(channel).order_by(_h.c.update_id).limit(most).scalar_subquery()
        gone += changed(session, delete(_h).where(_h.c.update_id.in_(first), _h.c.at < now - KEEP_MARKS))
    return gone


def explain(error: BaseException) -> str:
    """A traceback for the operator."""
    return "".join(traceback.format_exception(error))[-8000:]


def _first_time(session: Session, number: int, now: datetime) -> bool:
    values = {"update_id": number, "at": now}
    return insert_once(session, HandledRow, values) is not None


def _waits_behind(session: Session, event: AnyEvent) -> bool:
    query = select(ParkedRow.update_id).where(ParkedRow.user_id == event.user, ParkedRow.state == "waiting").limit(1)
    return session.scalar(query) is not None


def _poll_in_flight(session: Session, event: Voted) -> bool:
    """Whether a quiz to this person is on its way, whose poll's id is not recorded yet."""
    if outbox.quiz_of(session, event.poll) is not None:
        return False
    who = people.person_of_account(session, event.channel, event.user, event.at)
    return outbox.quiz_in_flight(session, who.id if who else None, event.chat)


def membership(session: Session, event: AnyEvent, who: Person | None, now: datetime) -> None:
    """Whoever writes has not blocked us; whoever blocks us cannot be reached. Who writes in a browser may have: it rings nobody."""
    if isinstance(event, Blocked):
        set_blocked(session, event.channel, event.user, event.at if event.blocked else None, now)
    elif isinstance(event, Migrated):
        migrate_chat(session, event.chat, event.to_chat)
    elif who is not None and who.unreachable_at is not None and event.private and not is_browser(event.chat):
        set_blocked(session, event.channel, event.user, None, now)


def answered(event: AnyEvent, reply: Reply, who: Person | None) -> Answered:
    """What is left to say after the commit."""
    if not isinstance(event, Pressed):
        return Answered()
    lang, zone = (who.lang, who.zone) if who else (closest(event.lang), "UTC")
    return Answered(event.callback, reply.toast, reply.alert, lang or SOURCE, zone)
