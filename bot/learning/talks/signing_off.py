"""What follows from a talk that was held: facts, the lesson counts as read, and who missed it gets it as their next push."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import upsert_many
from bot.learning.tables import ReadingRow, WishRow
from bot.learning.talks import store
from bot.learning.talks.model import TALK_ATTENDED, TALK_HELD, TALK_OFFERED, Member, Talk
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact
from bot.people import store as people


def sign_off(session: Session, talk: Talk, now: datetime) -> None:
    """Facts for everybody who was or should have been there; the lesson for those who were not."""
    members = store.members(session, talk.id)
    _facts(session, talk, members, now)
    _has_read(session, talk, [talk.led_by, *(each.person for each in members if each.here)], now)
    _give_later(session, talk, [each.person for each in members if not each.here], now)


def _facts(session: Session, talk: Talk, members: list[Member], now: datetime) -> None:
    what = {"lesson": talk.lesson, "version": talk.version}
    who = people.persons(session, [talk.led_by, *(each.person for each in members)], now)
    count, answered = store.count(session, talk.id), store.answered(session, talk.id)
    sums = {"expected": count.of, "present": count.here, "guests": count.guests, "questions": talk.asked}
    post = who[talk.led_by].post if talk.led_by in who else None
    held = what | sums | {"minutes": talk.minutes}
    facts = [Fact(TALK_HELD, f"talk-held:{talk.id}", now, talk.led_by, talk.unit.id, post, held)]
    for each in members:
        one = who.get(each.person)
        if one is None:
            continue
        facts.append(Fact(TALK_OFFERED, f"talk-offered:{each.id}", now, one.id, one.unit, one.post, what))
        if each.here:
            did = {"guest": each.guest, "asked": talk.asked, "answered": answered.get(one.id, 0)}
            body = what | {"minutes": talk.minutes} | did
            facts.append(Fact(TALK_ATTENDED, f"talk-attended:{each.id}", now, one.id, one.unit, one.post, body))
    record_all(session, facts, now)


def _has_read(session: Session, talk: Talk, here: list[int], now: datetime) -> None:
    """They read the cards together: no push brings the same lesson again, and its questions come by and by."""
    read = {"lesson_id": talk.lesson, "version": talk.version, "read_at": now}
    upsert_many(session, ReadingRow, [{"person_id": id} | read for id in here])
    wished = (WishRow.person_id.in_(here), WishRow.lesson_id == talk.lesson, WishRow.offered_at.is_(None))
    session.execute(update(WishRow).where(*wished).values(offered_at=now))


def _give_later(session: Session, talk: Talk, absent: list[int], now: datetime) -> None:
    """A wish: planning puts it before other lessons, within the person's day, budget and quiet hours.

    Also for those who had read it before: the leader is told that these get it, and the crew has talked about it anew.
    """
    waits = select(WishRow.person_id).where(
        WishRow.person_id.in_(absent), WishRow.lesson_id == talk.lesson, WishRow.offered_at.is_(None)
    )
    waiting = set(session.scalars(waits))
    missing = [id for id in absent if id not in waiting]
    rows = [{"person_id": id, "lesson_id": talk.lesson, "at": now, "offered_at": None} for id in missing]
    upsert_many(session, WishRow, rows)
