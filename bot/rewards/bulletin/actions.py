"""Honouring somebody, asking whether their name may be shown, publishing a month."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import broadcasts, outbox
from bot.delivery.audience import Audience
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Unit, Viewer
from bot.rewards import rules as point_rules
from bot.rewards.bulletin import rules, store
from bot.rewards.bulletin.model import AGREED, HONOUR, HONOURED, OUT, PUBLISHED, Bulletin, Consent, Honour
from bot.rewards.bulletin.tables import BulletinRow, HonourRow


def honour(session: Session, by: Viewer, person: int, words: str, key: str, now: datetime) -> Honour:
    """Somebody goes on the honours list of this month, and is asked whether by name. Refused: oneself, without the right,

    and for silence.
    """
    who = people.person(session, person, now)
    if who is None or who.left_on is not None or by.person == person or not may_honour(by, who.path):
        raise Refused("rewards.bulletin.not_yours")
    if not words.strip() or len(words) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    if point_rules.praises_silence(words):
        raise Refused("rewards.no_silence")
    month = people.today_of(who, now).strftime("%Y-%m")
    values = {
        "key": key, "person_id": person, "unit_id": who.unit, "path": who.path, "month": month, "words": words.strip(),
        "by_id": by.person, "at": now, "consent": Consent.ASKED.value,
    }  # fmt: skip
    id = insert_once(session, HonourRow, values, "key")
    if id is None:
        raise Refused("rewards.changed_meanwhile")
    record(session, Fact(HONOURED, f"honour:{id}", now, by.person, body={"honour": id, "month": month}), now)
    found = store.honour(session, id)
    assert found is not None
    message = Message(*question(session, found, now))
    outbox.send(session, outbox.to_person(person), message, Lane.BULK, now, key=f"honour:{id}", unasked=HONOUR)
    return found


def may_honour(viewer: Viewer, path: str) -> bool:
    """Whoever leads there or looks after points there."""
    return viewer.holds(rules.PROPOSER, path) or viewer.holds(rules.PUBLISHER, path)


def question(session: Session, found: Honour, now: datetime) -> tuple[Text, Rows]:
    """What the person is asked, and what they may change later."""
    by = people.person(session, found.by, now)
    said = text("rewards.bulletin.honour", name=by.name if by else "", words=found.words, consent=found.consent.value)
    keys = rows(
        *(button("rewards.bulletin.b_name", f"hon:name:{found.id}") for _ in range(found.consent is not Consent.YES)),
        *(button("rewards.bulletin.b_no_name", f"hon:none:{found.id}") for _ in range(found.consent is not Consent.NO)),
        each=1,
    )
    return said, keys


def answer(session: Session, person: int, id: int, yes: bool, now: datetime) -> Honour:
    """Their name may be shown, or not; whatever they said before. Refused: to others."""
    consent = Consent.YES if yes else Consent.NO
    which = (HonourRow.id == id, HonourRow.person_id == person)
    if changed(session, update(HonourRow).where(*which).values(consent=consent.value, answered_at=now)) != 1:
        raise Refused("rewards.bulletin.not_yours")
    fact = Fact(AGREED, f"honour:{id}:{now.isoformat()}", now, person, body={"honour": id, "yes": yes})
    record(session, fact, now)
    found = store.honour(session, id)
    assert found is not None
    return found


def preview(session: Session, by: Viewer, unit: Unit, now: datetime) -> Bulletin:
    """The month before as it would be published. Refused: without the right."""
    if not by.holds(rules.PUBLISHER, unit.path):
        raise Refused("rewards.bulletin.not_yours")
    month = rules.month_before(local_date(now, unit.zone))
    return Bulletin(0, unit.id, unit.path, month, store.month(session, unit, month), by.person, now)


def publish(session: Session, by: Viewer, unit: Unit, month: str, now: datetime) -> Bulletin:
    """Publishes the month before, once; the people of the unit hear that it is out. Refused: the second time, and another month

    than was looked at.
    """
    made = preview(session, by, unit, now)
    if made.month != month:
        raise Refused("rewards.changed_meanwhile")
    values = {
        "unit_id": unit.id, "path": unit.path, "month": month, "figures": dict(made.figures), "by_id": by.person,
        "published_at": now,
    }  # fmt: skip
    id = insert_once(session, BulletinRow, values)
    if id is None:
        raise Refused("rewards.bulletin.published")
    honours = len(store.honours(session, unit.path, month))
    body = {"bulletin": id, "unit": unit.id, "month": month, "honours": honours}
    record(session, Fact(PUBLISHED, f"bulletin:{id}", now, by.person, body=body), now)
    said = text("rewards.bulletin.out", unit=unit.label, month=f"{month}-01")
    message = Message(said, rows(button("rewards.bulletin.b_read", f"hon:read:{id}")))
    broadcasts.begin(
        session, by, message, Audience(paths=(unit.path,)), OUT, now, key=f"bulletin:{id}", role=rules.PUBLISHER
    )
    found = store.bulletin(session, id)
    assert found is not None
    return found
