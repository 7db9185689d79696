"""The sender's questions and marks, set-wise and prepared once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once, table_of
from bot.delivery.leases import holds
from bot.delivery.tables import FileIdRow, OutboxRow, SentMessageRow
from bot.kit.replies import from_json
from bot.people.tables import AccountRow, PersonRow

_o = table_of(OutboxRow)
_s = table_of(SentMessageRow)
SENDER = "sender"


@dataclass(frozen=True)
class Waiting:
    """A row to be sent, with whom it is for as of now."""

    id: int
    lane: int
    method: str
    person: int | None
    chat: int | None
    sealed: bytes | None
    number: int | None
    payload: dict[str, Any]
    ref: str | None
    uncertain: bool
    attempts: int
    key: str | None
    on_failure: str | None
    lang: str | None
    zone: str | None
    made: int = 0


_whom = (
    select(
        _o.c.id, _o.c.lane, _o.c.method, _o.c.person_id, _o.c.chat_id, _o.c.sealed, _o.c.message_id, _o.c.payload, _o.c.ref,
        _o.c.uncertain, _o.c.attempts, _o.c.key, _o.c.on_failure, _o.c.made,
        AccountRow.chat_id.label("account_chat"), PersonRow.lang, PersonRow.zone,
    )
    .outerjoin(PersonRow, PersonRow.id == _o.c.person_id)
    .outerjoin(
        AccountRow,
        and_(
            AccountRow.person_id == _o.c.person_id,
            AccountRow.channel == "telegram",
            AccountRow.closed_at.is_(None),
        ),
    )
)  # fmt: skip
_reader = _whom.where(
    _o.c.state == "waiting",
    _o.c.not_before <= bindparam("now", type_=_o.c.not_before.type),
    or_(_o.c.expires_at.is_(None), _o.c.expires_at > bindparam("now", type_=_o.c.not_before.type)),
)
_chat = func.coalesce(_o.c.chat_id, AccountRow.chat_id)


def next_rows(
    connection: Connection,
    lanes: Sequence[int],
    now: datetime,
    most: int,
    not_ids: Sequence[int],
    not_chats: Sequence[int] = (),
) -> list[Waiting]:
    """What may be sent now in some lanes: higher lane first, then oldest; nothing for chats that something is going to."""
    query = _reader.where(_o.c.lane.in_(lanes)).order_by(_o.c.lane, _o.c.not_before, _o.c.id).limit(most)
    if not_ids:
        query = query.where(_o.c.id.not_in(not_ids))
    if not_chats:
        query = query.where(or_(_chat.is_(None), _chat.not_in(not_chats)))
    return [_waiting(row) for row in connection.execute(query, {"now": now})]


def _waiting(r: Any) -> Waiting:
    return Waiting(
        r.id, r.lane, r.method, r.person_id, r.chat_id or r.account_chat, r.sealed, r.message_id, r.payload, r.ref,
        r.uncertain, r.attempts, r.key, r.on_failure, r.lang, r.zone, r.made,
    )  # fmt: skip


def mark_started(session: Session, ids: Sequence[int], fence: int, now: datetime) -> set[int]:
    """Commits that calls are about to be made; only rows still waiting, not expired, under a lease that still holds."""
    done = session.execute(
        update(_o)
        .where(
            _o.c.id.in_(ids),
            _o.c.state == "waiting",
            or_(_o.c.expires_at.is_(None), _o.c.expires_at > now),
            holds(SENDER, fence),
        )
        .values(state="started", fence=fence, attempts=_o.c.attempts + 1)
        .returning(_o.c.id)
    )
    return {row.id for row in done}


def as_they_are(session: Session, ids: Collection[int]) -> list[Waiting]:
    """Rows as they stand when they start: since they were fetched they may have been edited, or their reader has moved."""
    return [_waiting(row) for row in session.execute(_whom.where(_o.c.id.in_(ids)))]


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


def mark_done(session: Session, outcomes: Sequence[Outcome], fence: int, now: datetime) -> None:
    """Records what became of calls, in one transaction."""
    for outcome in outcomes:
        settled = outcome.state != "waiting"
        payload: dict[str, Any] = {"payload": {}, "message_id": None} if settled and outcome.row.sealed else {}
        won = changed(
            session,
            update(_o)
            .where(_o.c.id == outcome.row.id, _o.c.state == "started", _o.c.fence == fence)
            .values(
                state=outcome.state,
                uncertain=outcome.uncertain,
                made=outcome.made,
                error=outcome.error,
                settled_at=(None if not settled or outcome.row.sealed else now),
                **payload,
            ),
        )
        if won == 1:
            _consequences(session, outcome, now)


def _consequences(session: Session, outcome: Outcome, now: datetime) -> None:
    row = outcome.row
    if outcome.state == "sent" and outcome.numbers and row.method == "send" and outcome.chat is not None:
        _remember(session, outcome, outcome.chat, now)
    if outcome.moved and row.chat is not None and outcome.chat is not None:
        migrate_chat(session, row.chat, outcome.chat)
    if outcome.stale:
        session.execute(delete(FileIdRow).where(FileIdRow.ref.in_(outcome.stale)))
    for ref, file_id in outcome.file_ids:
        _insert_file_id(session, ref, file_id)
    if outcome.gone and row.person is not None:
        session.execute(update(PersonRow).where(PersonRow.id == row.person).values(unreachable_at=now))
    if outcome.state == "failed":
        _never_arrived(session, row.id, row.on_failure, row.key, row.person, row.ref, now)


def _remember(session: Session, outcome: Outcome, chat: int, now: datetime) -> None:
    if outcome.row.sealed is not None:
        return  # a chat beside the hour of a sealed message would lead from a report without a name to its writer
    message = from_json(outcome.row.payload)
    if not (message.buttons or message.ref or outcome.poll):
        return
    values = {
        "chat_id": chat,
        "message_id": outcome.numbers[-1],
        "person_id": outcome.row.person,
        "ref": message.ref,
        "poll_id": outcome.poll,
        "quiz_key": message.quiz.key if message.quiz else None,
        "captioned": outcome.captioned,
        "sent_at": now,
    }
    insert_once(session, SentMessageRow, values)


def _insert_file_id(session: Session, ref: str, file_id: str) -> None:
    insert_once(session, FileIdRow, {"ref": ref, "file_id": file_id})


def expire(session: Session, now: datetime, most: int = 500) -> int:
    """Drops what came too late to be of use; whoever asked to hear of a failure hears of it."""
    old = select(_o.c.id).where(_o.c.state == "waiting", _o.c.expires_at <= now).limit(most)
    done = update(_o).where(_o.c.id.in_(old), _o.c.state == "waiting").values(state="expired", settled_at=now)
    gone = session.execute(done.returning(_o.c.id, _o.c.key, _o.c.person_id, _o.c.ref, _o.c.on_failure)).all()
    for row in gone:
        _never_arrived(session, row.id, row.on_failure, row.key, row.person_id, row.ref, now)
    return len(gone)


def _never_arrived(
    session: Session, id: int, job: str | None, key: str | None, person: int | None, ref: str | None, now: datetime
) -> None:
    if job is not None:
        jobs.enqueue(session, job, {"key": key, "person": person, "ref": ref}, key=f"failed:{id}", now=now)


def recover(session: Session, fence: int) -> int:
    """After a crash or a lost lease: what an earlier holder had started may have been sent; it is repeated as uncertain."""
    return changed(
        session,
        update(_o)
        .where(_o.c.state == "started", or_(_o.c.fence.is_(None), _o.c.fence < fence))
        .values(state="waiting", uncertain=True),
    )


def migrate_chat(session: Session, old: int, new: int) -> None:
    """Follows a group that became a supergroup."""
    session.execute(update(_o).where(_o.c.chat_id == old, _o.c.state.in_(("waiting", "started"))).values(chat_id=new))
    session.execute(update(AccountRow).where(AccountRow.chat_id == old).values(chat_id=new))
