"""Asking people to read something, taking their answer, reminding them, asking anew. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.compliance.documents import store as documents
from bot.compliance.reading import rules, showing, store
from bot.compliance.reading.model import (
    ASKED,
    NOTICE_ACKNOWLEDGED,
    NOTICE_ASKED,
    NOTICE_BEGUN,
    NOTICE_ENDED,
    REMINDED,
    Notice,
    Written,
)
from bot.compliance.reading.tables import NoticeRow, NoticeToldRow, NoticeVersionRow
from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import acknowledgements, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, Reply
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person, Role

SENDER = Role.SUPERVISOR
"""Whoever lets people acknowledge something holds at least this role over all of them."""
SLICE = 50


@dataclass(frozen=True)
class Draft:
    """What somebody wants to have acknowledged. `key` makes it exist once."""

    key: str
    unit: int
    said: Mapping[str, Written]
    posts: tuple[str, ...] = ()
    document: int | None = None


def begin(session: Session, by: int, draft: Draft, now: datetime) -> Notice:
    """It is to be acknowledged from now on; the tick asks people. Refused: to whoever does not lead there."""
    unit = people.unit(session, draft.unit)
    if unit is None or not draft.said or not whom.holds(session, by, SENDER, unit.path, now):
        raise Refused("compliance.reading.not_yours")
    values = {
        "key": draft.key, "unit_id": unit.id, "path": unit.path, "posts": list(draft.posts), "document_id": draft.document,
        "number": 1, "by_id": by, "began_at": now,
    }  # fmt: skip
    id = insert_once(session, NoticeRow, values, "key")
    if id is None:
        raise Refused("compliance.reading.changed_meanwhile")
    return _begun(session, id, 1, by, {lang: vars(each) for lang, each in draft.said.items()}, now)


def _begun(session: Session, id: int, number: int, by: int, said: Mapping[str, Any], now: datetime) -> Notice:
    kept = {lang: dict(each) | {"wrong": list(each["wrong"])} for lang, each in said.items()}
    session.add(NoticeVersionRow(notice_id=id, number=number, said=kept, by_id=by, at=now))
    session.flush()
    made = store.notice(session, id)
    assert made is not None
    body = {"notice": id, "version": number, "document": made.document}
    record(session, Fact(NOTICE_BEGUN, f"notice:{id}:{number}", now, by, body=body), now)
    return made


def renew(session: Session, by: int, id: int, said: Mapping[str, Written], now: datetime) -> Notice:
    """A new version in other words: everybody who is meant is asked anew. Raises Refused."""
    found = mine(session, by, id, now)
    return _renewed(session, found, by, {lang: vars(each) for lang, each in said.items()}, now)


def _renewed(session: Session, found: Notice, by: int, said: Mapping[str, Any], now: datetime) -> Notice:
    which = (NoticeRow.id == found.id, NoticeRow.number == found.number, NoticeRow.ended_at.is_(None))
    values = {"number": found.number + 1, "began_at": now, "chased_at": None}
    if changed(session, update(NoticeRow).where(*which).values(**values)) != 1:
        raise Refused("compliance.reading.changed_meanwhile")
    return _begun(session, found.id, found.number + 1, by, said, now)


def document_changed(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on DocumentPublished: with a new version, what was to be acknowledged of it is to be acknowledged anew."""
    if payload["body"]["version"] < 2 or payload["person"] is None:
        return
    for id in store.about(session, payload["body"]["document"]):
        found = store.notice(session, id)
        if found is not None and found.live:
            said = {lang: vars(each) for lang, each in found.said.items()}
            _renewed(session, found, payload["person"], said, now)


def add_language(session: Session, by: int, id: int, lang: str, written: Written, now: datetime) -> Notice:
    """The live version in one more language: its readers who were not asked yet read it so. Raises Refused."""
    found = mine(session, by, id, now)
    version = session.get_one(NoticeVersionRow, (id, found.number), populate_existing=True)
    version.said = {**version.said, lang: vars(written) | {"wrong": list(written.wrong)}}
    session.flush()
    return mine(session, by, id, now)


def end(session: Session, by: int, id: int, now: datetime) -> Notice:
    """Nobody is asked any more; who has acknowledged stays on record. Raises Refused."""
    found = mine(session, by, id, now)
    meant, done = store.counts(session, found, now)
    which = (NoticeRow.id == id, NoticeRow.ended_at.is_(None))
    if changed(session, update(NoticeRow).where(*which).values(ended_at=now)) != 1:
        raise Refused("compliance.reading.changed_meanwhile")
    body = {"notice": id, "version": found.number, "acknowledged": done, "pending": meant - done}
    record(session, Fact(NOTICE_ENDED, f"notice-ended:{id}", now, by, body=body), now)
    return found


def chase(session: Session, by: int, id: int, now: datetime) -> int:
    """Asks all once more who have not acknowledged; answers how many these are. Raises Refused: too soon, or to others."""
    found = mine(session, by, id, now)
    if not rules.may_chase(found.began_at, found.chased_at, now):
        raise Refused("compliance.reading.chased_already")
    session.execute(update(NoticeRow).where(NoticeRow.id == id).values(chased_at=now))
    return len(store.pending(session, found, now))


def mine(session: Session, by: int, id: int, now: datetime) -> Notice:
    """A live notice whose people somebody leads. Raises Refused."""
    found = store.notice(session, id)
    if found is None or not found.live or not whom.holds(session, by, SENDER, found.path, now):
        raise Refused("compliance.reading.not_yours")
    return found


# --- asking -----------------------------------------------------------------------------------------------------------


def ask_people(session: Session, now: datetime) -> bool:
    """A tick: asks who has not been asked, and reminds who has not acknowledged, a slice at a time; True while more is left."""
    for found in store.live(session):
        new = store.to_tell(session, found, now, SLICE)
        if new:
            _tell(session, found, new, now)
            return True
        late = store.to_remind(session, found, now, SLICE)
        if late:
            _remind(session, found, late, now)
            return True
    return False


def _tell(session: Session, found: Notice, new: Sequence[Person], now: datetime) -> None:
    values = [
        {"notice_id": found.id, "number": found.number, "person_id": who.id, "told_at": now, "last_at": now,
         "reminded": 0, "tries": 0}
        for who in new
    ]  # fmt: skip
    insert_many_once(session, NoticeToldRow, values)
    for who in new:
        key = f"{found.subject}:{found.number}:{who.id}"
        _send(session, found, who, key, now, again=False)
        body = {"notice": found.id, "version": found.number}
        record(session, Fact(NOTICE_ASKED, key, now, who.id, who.unit, who.post, body), now)


def _remind(session: Session, found: Notice, late: Sequence[Person], now: datetime) -> None:
    for who in late:
        row = store.told(session, found, who.id)
        if row is not None:
            row.reminded, row.last_at = row.reminded + 1, now
            _send(session, found, who, f"{found.subject}:{found.number}:{who.id}:{now.isoformat()}", now, again=True)
    session.flush()


def _send(session: Session, found: Notice, who: Person, key: str, now: datetime, *, again: bool) -> None:
    message, to, topic = showing.ask(session, found, who, now), outbox.to_person(who.id), f"{found.subject}:{who.id}"
    if again:
        outbox.send(session, to, message, Lane.BULK, now, key=key, topic=topic, unasked=REMINDED)
    else:
        outbox.send(session, to, message, Lane.BULK, now, key=key, topic=topic, unasked=ASKED)


# --- answering --------------------------------------------------------------------------------------------------------


def _for_them(session: Session, who: Person, id: int, number: int, now: datetime) -> Notice:
    found = store.notice(session, id)
    if found is None or not found.live or not store.is_meant(session, found, who.id, now):
        raise Refused("compliance.reading.over")
    if found.number != number:
        raise Refused("compliance.reading.newer")
    return found


def question(session: Session, who: Person, id: int, number: int, now: datetime) -> Reply:
    """They have read it: the one question. Raises Refused."""
    found = _for_them(session, who, id, number, now)
    if who.id in acknowledgements.who(session, found.subject, number):
        raise Refused("compliance.reading.done_before")
    return Reply(edit=showing.question(found, who))


def answer(session: Session, who: Person, id: int, number: int, at: int, now: datetime) -> Reply:
    """Right acknowledges, by name and time; wrong shows the words again. Raises Refused."""
    found = _for_them(session, who, id, number, now)
    _, written = rules.spoken(found.said, who.lang)
    offered = rules.answers(written, id, number, who.id)
    if not 0 <= at < len(offered):
        raise Refused("compliance.reading.newer")
    row = store.told(session, found, who.id)
    tries = (row.tries if row is not None else 0) + 1
    if row is not None:
        row.tries = tries
        session.flush()
    if not offered[at][1]:
        return Reply(edit=showing.ask(session, found, who, now), toast=text("compliance.reading.not_quite"), alert=True)
    if not acknowledgements.acknowledge(session, found.subject, who.id, now, number):
        raise Refused("compliance.reading.done_before")
    hours = int((now - row.told_at).total_seconds() // 3600) if row is not None else 0
    body = {"notice": id, "version": number, "hours": hours, "tries": tries}
    key = f"{found.subject}:{number}:{who.id}:acknowledged"
    record(session, Fact(NOTICE_ACKNOWLEDGED, key, now, who.id, who.unit, who.post, body), now)
    outbox.cancel(session, ref=showing.ref(found, who.id), now=now)
    done = Message(text("compliance.reading.acknowledged", words=showing.first_line(written), at=now.isoformat()))
    return Reply(edit=done, toast=text("compliance.reading.thanks"))


def title_of(session: Session, found: Notice) -> dict[str, str]:
    """What a notice is called: the document's title, else its first line in each language."""
    if found.document is not None:
        known = documents.titles(session, [found.document]).get(found.document)
        if known:
            return known
    return {lang: showing.first_line(each) for lang, each in found.said.items()}
