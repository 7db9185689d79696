"""The exam of a level: questions of its topics, put like any others, judged when the last one is answered."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.learning import actions as learning
from bot.learning import store as learning_store
from bot.learning.induction import actions, rules, showing, store
from bot.learning.induction.model import Done, Level
from bot.learning.induction.tables import InductionRow
from bot.learning.model import Assignment, Kind, Mode, State
from bot.learning.tables import AssignmentRow
from bot.people import store as people
from bot.people.model import Person

LASTS = timedelta(days=30)
"""An exam that was begun may be finished so long; it is no day's work that lapses at midnight."""


def begin(session: Session, who: Person, level: Level, now: datetime) -> Assignment:
    """The exam of a level: the one begun and not finished, or a new one with other questions. Raises Refused."""
    row = store.newest(session, who.id)
    need = rules.need_of(store.as_induction(row), level) if row is not None else None
    lacking = store.clearance(session, who.id, now).missing
    if row is None or need is None or not any(each.level is level and each.exam for each in lacking):
        raise Refused("learning.induction.no_exam")
    before = store.sheets(session, row.id, level)
    going = next((each for each in before if each.state != State.DONE), None)
    if going is not None:
        return learning_store.as_assignment(going)
    today = people.today_of(who, now)
    if sum(each.on_date == today for each in before) >= rules.TRIES_A_DAY:
        raise Refused("learning.induction.tomorrow")
    sheet = AssignmentRow(
        key=f"induction:{row.id}:{level.value}:{len(before) + 1}", person_id=who.id, on_date=today,
        kind=Kind.INDUCTION.value, state=State.OPENED.value, offered_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(sheet)
    session.flush()
    seen = store.asked_before(session, [each.id for each in before])
    there = store.exam_questions(session, who, need.topics)
    if len(there) < need.questions:
        raise Refused("learning.induction.too_few_questions")
    drawn = sorted(there, key=lambda id: (id in seen, _lot(sheet.key, id)))[: need.questions]
    for place, id in enumerate(drawn, 1):
        learning.add_attempt(session, sheet.id, who.id, id, place, Mode.INDUCTION)
    return learning_store.as_assignment(sheet)


def _lot(key: str, id: str) -> bytes:
    # the same when the transaction is run again, and another order for each exam
    return hashlib.sha256(f"{key}:{id}".encode()).digest()


def ended(session: Session, given: Assignment, who: Person, now: datetime) -> Message:
    """The last question is answered: passed or not, and what comes next."""
    sheet = store.sheet_of(session, given.id)
    row = session.get(InductionRow, sheet[0], populate_existing=True) if sheet else None
    need = rules.need_of(store.as_induction(row), sheet[1]) if row is not None and sheet else None
    tally = learning_store.tally(session, given.id)
    if row is None or sheet is None or need is None:
        return showing.exam_ended(Level.COMPANY, tally.right, tally.asked, False, 0)
    passed = rules.passes(tally.right, tally.asked, need.share)
    if passed:
        share = round(100 * tally.right / tally.asked)
        actions.note(session, row, need.level, Done.EXAM, f"exam:{row.id}:{need.level.value}", now, share=share)
        newest = store.newest(session, who.id)
        if newest is not None and newest.id == row.id:
            actions.settle(session, who, row, now)
    return showing.exam_ended(need.level, tally.right, tally.asked, passed, need.share)
