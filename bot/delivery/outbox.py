"""What is to be sent, written with the change it tells of (long because it is all that can be done to a chat).

Nothing here talks to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import changed, insert_many_once, insert_once, table_of
from bot.db.writer import after_commit
from bot.delivery import backlog, seals
from bot.delivery.browser import inbox
from bot.delivery.model import Overflow, UnaskedKind
from bot.delivery.tables import OutboxHistoryRow, OutboxRow, SentMessageRow, in_state
from bot.kit.replies import Media, Message, to_json
from bot.people.tables import AccountRow

_outbox = table_of(OutboxRow)
_standing = select(SentMessageRow.chat_id, SentMessageRow.message_id, SentMessageRow.captioned).where(
    SentMessageRow.ref == bindparam("ref"),
    # the phone of somebody who has left, or an old phone, is told nothing new
    or_(
        SentMessageRow.person_id.is_(None),
        SentMessageRow.chat_id < 0,
        exists().where(
            AccountRow.person_id == SentMessageRow.person_id,
            AccountRow.chat_id == SentMessageRow.chat_id,
            AccountRow.closed_at.is_(None),
        ),
    ),
)
_NOTHING_MORE = {"key": None, "expires_at": None, "topic": None, "unasked": False, "on_failure": None}
_outdated = (
    update(_outbox)
    .where(among(_outbox.c.topic, "topics"), ~_outbox.c.unasked, in_state == "waiting")
    .values(state="replaced", settled_at=bindparam("now"))
)
_insert = insert(_outbox)

STILL_HERE = ("waiting", backlog.HELD, "paused")
"""The states of what has not gone out."""


class Lane(IntEnum):
    """What goes first: alerts, then calls to very many at once; these two have a claimer of their own. Numbers are only names."""

    ALERT = 0
    REPLY = 1
    LESSON = 2
    BULK = 3
    CALL = 4


URGENT = (Lane.ALERT, Lane.CALL)
"""A muster calls ten thousand people for minutes: somebody who cries for help, or a new danger, must not stand behind them."""


@dataclass(frozen=True)
class To:
    """Whom: a person (wherever they are reached then), a chat, or a person under seal."""

    person: int | None = None
    chat: int | None = None
    sealed: bytes | None = None
    lang: str | None = None
    """The language to speak to somebody who is not a person of ours; a person's own goes before it."""


def to_person(id: int) -> To:
    """A person by id."""
    return To(person=id)


def to_chat(id: int) -> To:
    """A chat by the channel's id."""
    return To(chat=id)


def under_seal(person: int) -> To:
    """A person whose name must not stand in the outbox; opened only in the sender."""
    return To(sealed=seals.seal().close(str(person)))


def send(
    session: Session,
    to: To,
    message: Message,
    lane: Lane,
    now: datetime,
    *,
    key: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    topic: str | None = None,
    unasked: UnaskedKind | None = None,
    on_failure: str | None = None,
) -> int | None:
    """Queues a message; answers its row, or None where `key` was used before (or a kind that is left had no room).

    `topic`: a newer message of the same topic to the same person replaces one that has not gone out.
    `unasked`: nobody asked for it: which kind it is. It counts in the person's daily budget, where the kinds are ranked,
    and waits for the end of quiet hours unless it makes no sound.
    `on_failure`: the kind of job to run, with {key, person, ref}, when the message can never arrive.
    """
    start, held, displaced = not_before or now, False, None
    unasked = None if lane is Lane.ALERT else unasked
    if unasked is not None and to.person is not None:
        if backlog.is_off(session, to.person, unasked, now):
            return None
        place = backlog.whose(session, to.person, unasked, start, now, message.silent, topic)
        if place.held and unasked.overflow is Overflow.LEAVE:
            return None
        start, held, displaced = place.at, place.held, place.displaced
    row: int | None = insert_once(
        session,
        OutboxRow,
        _values(to, message, lane, now)
        | {
            "key": key,
            "not_before": start,
            "expires_at": expires_at,
            "topic": topic,
            "unasked": unasked is not None and to.person is not None,
            "kind": unasked.name if unasked is not None else None,
            "state": backlog.HELD if held else "waiting",
            "on_failure": on_failure,
        },
        "key",
    )
    if topic is not None and row is not None:
        # only after a new one is really there: the same key again must not take back what it asked for
        _replace_older(session, to, topic, now, row)
    if row is not None and to.person is not None:
        if displaced is not None:
            backlog.displace(session, displaced, to.person, now)
        if held:
            backlog.tell_person(session, to.person, now)
    after_commit(session, "outbox")
    return row


def alert_all(
    session: Session,
    told: Sequence[tuple[int, Message, str]],
    now: datetime,
    *,
    on_failure: str | None = None,
    lane: Lane = Lane.ALERT,
) -> None:
    """Queues alerts, each (person, message, key), in one statement; those whose key was used before are left out."""
    rest = _NOTHING_MORE | {"not_before": now, "kind": None, "on_failure": on_failure}
    rows = [_values(to_person(id), message, lane, now) | rest | {"key": key} for id, message, key in told]
    insert_many_once(session, OutboxRow, rows, "key")
    after_commit(session, "outbox")


def edit_ref(
    session: Session,
    ref: str,
    message: Message,
    now: datetime,
    *,
    lane: Lane = Lane.REPLY,
    lang: str | None = None,
    not_before: datetime | None = None,
) -> int:
    """Changes every message that was sent under a ref (or is still to be sent); answers how many.

    `lang`: the language of a group, which is no person's. `not_before`: where many change one message at once, all of it
    goes out in one edit then.
    """
    message = replace(message, ref=ref)
    mine = (_outbox.c.ref == ref, _outbox.c.method == "send")
    edited = _rewrite(session, mine, message)
    # an older edit that still waits for the number of its message must not come after this one
    older = (_outbox.c.ref == ref, _outbox.c.method == "edit", _outbox.c.message_id.is_(None))
    _take_back(session, *older, state="replaced", now=now)
    sent = session.execute(_standing, {"ref": ref}).all()
    for row in sent:
        new = fitting(message, row.captioned)
        edit(session, row.chat_id, row.message_id, new, now, lane=lane, lang=lang, not_before=not_before)
    flying = select(_outbox.c.chat_id, _outbox.c.person_id).where(*mine, in_state == "started")
    for target in session.execute(flying).all():
        # its number is not known yet: the sender looks it up by ref when the edit's turn comes
        to = To(person=target.person_id, chat=target.chat_id, lang=lang)
        _queue(session, to, message, lane, now, method="edit", not_before=not_before or now)
        edited += 1
    return edited + len(sent)


def _rewrite(session: Session, which: Sequence[ColumnElement[bool]], message: Message) -> int:
    """What has not gone out says the new words, in the language it was meant to be said in."""
    lang = _outbox.c.payload["lang"].as_string()
    still = (*which, in_state.in_(STILL_HERE))
    edited = 0
    for spoken in session.scalars(select(lang).where(*still).distinct()).all():
        rows = update(_outbox).where(*still, lang.is_(None) if spoken is None else lang == spoken)
        edited += changed(session, rows.values(payload=_payload(message, spoken)))
    return edited


def fitting(message: Message, captioned: bool) -> Message:
    """An edit as the message on the phone can take it: a picture keeps its place when only its words change."""
    return replace(message, media=(Media("photo", "keep"),)) if captioned and not message.media else message


def edit(
    session: Session,
    chat: int,
    number: int,
    message: Message,
    now: datetime,
    *,
    lane: Lane = Lane.REPLY,
    lang: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Changes one message; a newer change of the same message replaces one that has not gone out."""
    edit_all(session, [(chat, number, message)], now, lane=lane, lang=lang, not_before=not_before)


def edit_all(
    session: Session,
    edits: Sequence[tuple[int, int, Message]],
    now: datetime,
    *,
    lane: Lane = Lane.REPLY,
    lang: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Changes many messages, each (chat, number, what it says now), in two statements."""
    if not edits:
        return
    rows = [
        _values(To(chat=chat, lang=lang), message, lane, now)
        | _NOTHING_MORE
        | {"not_before": not_before or now, "method": "edit", "message_id": number, "topic": f"edit:{chat}:{number}"}
        for chat, number, message in edits
    ]
    session.execute(_outdated, {"topics": [row["topic"] for row in rows], "now": now})
    session.execute(_insert, rows)
    after_commit(session, "outbox")


def edit_sealed(session: Session, person: int, number: int, message: Message, now: datetime) -> None:
    """Changes a message of somebody whose name must not stand here; its number is erased once that is done."""
    hour = coarse(now)
    _queue(session, under_seal(person), message, Lane.REPLY, hour, method="edit", message_id=number)


def set_menu(
    session: Session,
    chat: int,
    person: int | None,
    commands: Sequence[tuple[str, str]],
    now: datetime,
    lane: Lane = Lane.REPLY,
    app: str | None = None,
) -> None:
    """The command menu of one private chat: (command, key of its description), said in the person's language.

    None at all gives the chat the menu that everybody has. A menu that has not gone out is replaced. `app`: what the button
    beside the text opens; empty gives it back to the commands, None leaves it.
    """
    to, topic = To(person=person, chat=chat), f"menu:{chat}"
    _take_back(session, _outbox.c.topic == topic, ~_outbox.c.unasked, state="replaced", now=now)
    payload: dict[str, Any] = {"v": 1, "commands": [list(command) for command in commands]}
    payload |= {"app": app} if app is not None else {}
    _queue(session, to, Message(), lane, now, method="menu", topic=topic, payload=payload)


def drop_buttons(session: Session, chat: int, number: int, now: datetime) -> None:
    """Takes the buttons off a message and leaves its text."""
    _queue(session, To(chat=chat), Message(), Lane.REPLY, now, method="unbutton", message_id=number)


def delete_message(session: Session, chat: int, number: int, now: datetime) -> None:
    """Takes a message away."""
    _queue(session, To(chat=chat), Message(), Lane.REPLY, now, method="delete", message_id=number)


def withdraw(session: Session, ref: str, now: datetime) -> None:
    """Takes away what stands (or is to be sent) under a ref, so that it can be said again further down."""
    _take_back(session, _outbox.c.ref == ref, _outbox.c.method == "send", state="replaced", now=now)
    which = SentMessageRow.ref == ref
    for row in session.execute(select(SentMessageRow.chat_id, SentMessageRow.message_id).where(which)).all():
        # under the same ref, so that forgetting the conversation forgets this as well
        _queue(
            session, To(chat=row.chat_id), Message(ref=ref), Lane.REPLY, now, method="delete", message_id=row.message_id
        )
    session.execute(delete(SentMessageRow).where(which))


def cancel(session: Session, *, key: str | None = None, ref: str | None = None, now: datetime) -> int:
    """Takes back what has not gone out. Raises ValueError without a key or ref."""
    if key is None and ref is None:
        raise ValueError("cancel needs a key or ref")
    which = _outbox.c.key == key if key is not None else _outbox.c.ref == ref
    return _take_back(session, which, state="cancelled", now=now)


def cancel_calls(session: Session, keys: str, now: datetime) -> int:
    """Takes back calls whose keys begin so and that have not gone out."""
    which = (_outbox.c.lane == Lane.CALL.value, _outbox.c.key.startswith(keys, autoescape=True))
    return _take_back(session, *which, state="cancelled", now=now)


def taken_back(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these keys are of messages that were taken back before they went out."""
    which = (among(_outbox.c.key, "keys"), _outbox.c.state == "cancelled")
    return {key for key in session.scalars(select(_outbox.c.key).where(*which), {"keys": list(keys)}) if key}


def forget(session: Session, person: int, chat: int, ref: str) -> None:
    """Erases every trace in the outbox and the sent-message map of a conversation that must not be linked to somebody."""
    session.execute(
        delete(_outbox).where(or_(_outbox.c.person_id == person, _outbox.c.chat_id == chat), _outbox.c.ref == ref)
    )
    whose = or_(OutboxHistoryRow.person_id == person, OutboxHistoryRow.chat_id == chat)
    session.execute(delete(OutboxHistoryRow).where(OutboxHistoryRow.ref == ref, whose))
    session.execute(delete(SentMessageRow).where(SentMessageRow.chat_id == chat, SentMessageRow.ref == ref))
    inbox.forget(session, chat, ref)


def quiz_of(session: Session, poll: str) -> str | None:
    """The key of the native quiz with a poll id."""
    return session.scalar(select(SentMessageRow.quiz_key).where(SentMessageRow.poll_id == poll))


def quiz_in_flight(session: Session, person: int | None, chat: int) -> bool:
    """Whether a native quiz may stand on somebody's phone whose poll id is not recorded yet."""
    whose = (
        _outbox.c.chat_id == chat if person is None else or_(_outbox.c.person_id == person, _outbox.c.chat_id == chat)
    )
    begun = or_(_outbox.c.state == "started", and_(_outbox.c.state == "waiting", _outbox.c.uncertain))
    quiz = _outbox.c.payload["quiz"]["key"].as_string().is_not(None)
    return session.scalar(select(_outbox.c.id).where(whose, begun, quiz).limit(1)) is not None


def waiting(session: Session) -> int:
    """How many rows are still to be done."""
    return session.scalar(select(func.count()).where(_outbox.c.state.in_(("waiting", "started")))) or 0


def _replace_older(session: Session, to: To, topic: str, now: datetime, newest: int) -> None:
    which = [_outbox.c.topic == topic, _outbox.c.id != newest]
    if to.person is not None:
        which.append(_outbox.c.person_id == to.person)
    else:
        which += [_outbox.c.person_id.is_(None), _outbox.c.chat_id == to.chat, ~_outbox.c.unasked]
    _take_back(session, *which, state="replaced", now=now)


def _take_back(session: Session, *which: ColumnElement[bool], state: str, now: datetime) -> int:
    taken = update(_outbox).where(*which, in_state.in_(STILL_HERE))
    return changed(session, taken.values(state=state, settled_at=now))


def _values(to: To, message: Message, lane: Lane, now: datetime) -> dict[str, Any]:
    return {
        "lane": lane.value,
        "method": "send",
        "person_id": to.person,
        "chat_id": to.chat,
        "sealed": to.sealed,
        "message_id": None,
        "payload": _payload(message, to.lang),
        "ref": message.ref,
        "state": "waiting",
        "uncertain": False,
        "attempts": 0,
        "made": 0,
        "created_at": coarse(now) if to.sealed else now,
    }


def _payload(message: Message, lang: str | None) -> dict[str, Any]:
    return to_json(message) | ({"lang": lang} if lang else {})


def coarse(at: datetime) -> datetime:
    """The hour of an instant: all that may be kept where the minute could give somebody away."""
    return at.replace(minute=0, second=0, microsecond=0)


def _queue(session: Session, to: To, message: Message, lane: Lane, now: datetime, **values: Any) -> None:
    insert_once(
        session, OutboxRow, _values(to, message, lane, now) | _NOTHING_MORE | {"not_before": now} | values, "key"
    )
    after_commit(session, "outbox")
