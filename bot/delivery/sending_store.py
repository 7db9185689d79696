"""What became of the calls: the sender's marks on its rows, and nowhere else. All of it runs in the writer's transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, not_, or_, select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.among import among
from bot.db.once import insert_many_once, insert_once, table_of
from bot.delivery import leases, lookups
from bot.delivery.browser import inbox
from bot.delivery.browser.inbox import Due
from bot.delivery.browser.model import is_browser
from bot.delivery.claiming import SENDER, Waiting
from bot.delivery.tables import FileIdRow, LeaseRow, OutboxRow, SentMessageRow, in_state
from bot.people.tables import AccountRow, PersonRow

__all__ = ["SENDER", "Outcome", "expire", "mark_done", "migrate_chat", "paused", "recover"]
_o = table_of(OutboxRow)
_lease = table_of(LeaseRow)
_now = bindparam("now", type_=_o.c.not_before.type)
PAUSE = "sender:pause"


@dataclass(frozen=True)
class Outcome:
    """What became of a call. `state`: sent, failed, waiting (again), dropped."""

    row: Waiting
    state: str
    chat: int | None = None
    numbers: tuple[int, ...] = ()
    poll: str | None = None
    error: str | None = None
    uncertain: bool = False
    gone: bool = False
    """The person cannot be reached any more."""
    file_ids: tuple[tuple[str, str], ...] = ()
    captioned: bool = False
    made: int = 0
    """How many of the row's calls have succeeded, where it is waiting again."""
    moved: bool = False
    """The group became a supergroup: `chat` is where it is now."""
    stale: tuple[str, ...] = ()
    """Refs whose remembered file ids were refused."""
    unsure: bool = False
    """It is not known whether this try arrived."""
    tried: bool = True
    """False where it is given back before any call."""
    pause: float = 0.0
    """Seconds for which nobody may send, in whatever process."""
    box: str | None = None
    """The mailbox under seal into which it is laid, of somebody in a browser."""


def _settling(state: str, sealed: bool) -> Any:
    values: dict[str, Any] = {
        "state": state,
        "uncertain": bindparam("was_uncertain"),
        "made": bindparam("now_made"),
        "error": bindparam("why"),
    }
    if state == "waiting":
        values["attempts"] = _o.c.attempts - bindparam("untried")
    elif sealed:  # what would lead from a report without a name to its writer
        values |= {"payload": {}, "message_id": None}
    else:
        values["settled_at"] = _now
    which = (among(_o.c.id, "ids"), in_state == "started", _o.c.fence == bindparam("under"))
    return update(_o).where(*which).values(**values).returning(_o.c.id)


_settle = cache(_settling)


def mark_done(session: Session, outcomes: Sequence[Outcome], fence: int, now: datetime) -> None:
    """Records what became of calls, those alike in one statement; a row that is no longer ours is left alone."""
    connection = session.connection()
    won: list[Outcome] = []
    for alike, group in groupby(sorted(outcomes, key=_likeness), key=_likeness):
        state, sealed, uncertain, made, error, tried = alike
        marked = {outcome.row.id: outcome for outcome in group}
        values = {
            "ids": list(marked), "under": fence, "was_uncertain": uncertain, "now_made": made, "why": error or None,
        }  # fmt: skip
        if state == "waiting":
            values["untried"] = 0 if tried else 1
        elif not sealed:
            values["now"] = now
        won += [marked[id] for (id,) in connection.execute(_settle(state, sealed), values)]
    _lay_down([o for o in won if o.state == "sent"], session, now)
    _arrived(session, [o for o in won if o.state == "sent"], now)
    for outcome in won:
        _consequences(session, outcome, now)
        if outcome.gone and outcome.row.person is not None and outcome.row.method == "send":
            _lay_beside(session, outcome.row, outcome.row.person, now)


def _lay_down(sent: Sequence[Outcome], session: Session, now: datetime) -> None:
    """Into the pages of people in a browser: nothing was called for these.

    An alert there rings nobody. Whoever is to hear of it when it cannot arrive hears so, and the ladder climbs.
    """
    plain = [o for o in sent if o.box is None and o.chat is not None and is_browser(o.chat)]
    due = [
        Due(o.row.id, o.row.method, o.row.person, o.chat or 0, o.row.number, o.row.ref, o.row.payload) for o in plain
    ]
    inbox.lay(session, due, now)
    for o in sent:
        if o.box is not None:
            inbox.lay_sealed(session, o.row.method, o.box, o.row.number, o.row.payload, now)
    silent = [o.row for o in plain if o.row.lane in inbox.URGENT]
    _never_arrived(session, [(row.id, row.on_failure, row.key, row.person, row.ref) for row in silent], now)


def _lay_beside(session: Session, row: Waiting, person: int, now: datetime) -> None:
    """What Telegram could not bring (they have blocked us) is read in their page, where they have one. It stays a failure."""
    page = lookups.browser_chat(session.connection(), person)
    if page is not None:
        inbox.lay(session, [Due(row.id, row.method, person, page, row.number, row.ref, row.payload)], now)


def _likeness(o: Outcome) -> tuple[str, bool, bool, int, str, bool]:
    return o.state, o.row.sealed is not None, o.uncertain, o.made, o.error or "", o.tried


def _arrived(session: Session, sent: Sequence[Outcome], now: datetime) -> None:
    places = [p for o in sent if (p := _place(o, now))]
    if places:
        insert_many_once(session, SentMessageRow, places)
    back = [o.row.person for o in sent if o.row.unreachable and o.row.person is not None and not is_browser(o.chat)]
    if back:
        session.execute(update(PersonRow).where(PersonRow.id.in_(back)).values(unreachable_at=None))


def _place(o: Outcome, now: datetime) -> dict[str, Any] | None:
    """Where a message stands that may be edited, pressed or voted on.

    Not a sealed one's: a chat beside its hour would lead from a report without a name to its writer.
    """
    payload = o.row.payload
    worth = payload.get("buttons") or payload.get("ref") or o.poll
    if not worth or not o.numbers or o.chat is None or o.row.method != "send" or o.row.sealed is not None:
        return None
    return {
        "chat_id": o.chat,
        "message_id": o.numbers[-1],
        "person_id": o.row.person,
        "ref": payload.get("ref"),
        "poll_id": o.poll,
        "quiz_key": payload["quiz"].get("key", "") if "quiz" in payload else None,
        "captioned": o.captioned,
        "sent_at": now,
    }


def _consequences(session: Session, o: Outcome, now: datetime) -> None:
    row = o.row
    if o.moved and row.chat is not None and o.chat is not None:
        migrate_chat(session, row.chat, o.chat)
    if o.stale:
        session.execute(delete(FileIdRow).where(FileIdRow.ref.in_(o.stale)))
    for ref, file_id in o.file_ids:
        insert_once(session, FileIdRow, {"ref": ref, "file_id": file_id})
    if o.gone and row.person is not None:
        session.execute(update(PersonRow).where(PersonRow.id == row.person).values(unreachable_at=now))
    if o.state == "failed":
        _never_arrived(session, [(row.id, row.on_failure, row.key, row.person, row.ref)], now)
    if o.pause:
        _pause(session, o.pause)


_overdue = (
    select(_o.c.id)
    .where(_o.c.settled_at.is_(None), _o.c.expires_at <= _now, in_state == "waiting")  # by the index of what is open
    .order_by(_o.c.expires_at)
    .limit(bindparam("most"))
)
_expiring = (
    update(_o)
    .where(_o.c.id.in_(_overdue), in_state == "waiting")
    .values(state="expired", settled_at=_now)
    .returning(_o.c.id, _o.c.on_failure, _o.c.key, _o.c.person_id, _o.c.ref)
)


def expire(session: Session, now: datetime, most: int = 500) -> int:
    """Drops what came too late to be of use; whoever asked to hear of a failure hears of it."""
    gone = session.connection().execute(_expiring, {"now": now, "most": most}).all()
    _never_arrived(session, [tuple(row) for row in gone], now)
    return len(gone)


def _never_arrived(session: Session, rows: Iterable[tuple[Any, ...]], now: datetime) -> None:
    for id, job, key, person, ref in rows:
        if job is not None:
            jobs.enqueue(session, job, {"key": key, "person": person, "ref": ref}, key=f"failed:{id}", now=now)


_recovering = (
    update(_o)
    .where(_o.c.state == "started", or_(_o.c.fence.is_(None), _o.c.fence < bindparam("newest")))
    .values(state="waiting", uncertain=True)
)
_unclaiming = (
    update(_o)
    .where(_o.c.state == "started", _o.c.fence == bindparam("newest"), not_(among(_o.c.id, "in_hand")))
    .values(state="waiting")
)


def recover(session: Session, fence: int, in_hand: Collection[int] = ()) -> int:
    """After a crash or a lost lease: what an earlier holder had started may have been sent; it is repeated as uncertain.

    What this holder started without having it in hand (its COMMIT was done, the answer lost) has not been sent.
    """
    connection = session.connection()
    connection.execute(_unclaiming, {"newest": fence, "in_hand": in_hand})
    return connection.execute(_recovering, {"newest": fence}).rowcount


def migrate_chat(session: Session, old: int, new: int) -> None:
    """Follows a group that became a supergroup."""
    session.execute(update(_o).where(_o.c.chat_id == old, _o.c.state.in_(("waiting", "started"))).values(chat_id=new))
    session.execute(update(AccountRow).where(AccountRow.chat_id == old).values(chat_id=new))


# --- the token's pause, for whoever sends next -------------------------------------------------------------------------


def _pause(session: Session, seconds: float) -> None:
    until = leases.database_time(session) + seconds
    if insert_once(session, LeaseRow, {"name": PAUSE, "holder": "", "fence": 0, "until": until}, "name") is None:
        session.execute(update(_lease).where(_lease.c.name == PAUSE, _lease.c.until < until).values(until=until))


def paused(session: Session) -> float:
    """Seconds for which Telegram wants nothing sent, as whoever sent before was told (at most an hour)."""
    until = session.scalar(select(_lease.c.until).where(_lease.c.name == PAUSE))
    return 0.0 if until is None else min(3600.0, max(0.0, until - leases.database_time(session)))
