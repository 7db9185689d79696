"""The day's message of those who have read everything: one native quiz where one fits, in the place of an older one, else an

invitation. For all people of a slice at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import insert_many_once, table_of
from bot.delivery import budget, bulk, outbox
from bot.delivery.tables import SentMessageRow
from bot.kit.replies import Message, quietly
from bot.learning import actions, choosing, model, showing
from bot.learning.choosing import Chosen, how_far
from bot.learning.model import PUSH, Asked, Attempt, Kind, Mode
from bot.learning.slice_writing import FAILED, TOPIC
from bot.learning.slicing import Day
from bot.learning.tables import AnswerRow, AssignmentRow
from bot.learning.working import s
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library.kinds.registry import fits_poll
from bot.library.store import Published

a, g = table_of(AnswerRow), table_of(AssignmentRow)
_old_polls = (
    select(a.c.id)
    .join(g, g.c.id == a.c.assignment_id)
    .where(
        a.c.person_id.in_(select(s.c.person_id).where(s.c.lesson_id.is_(None))),
        a.c.answered_at.is_(None),
        how_far == Asked.OPEN.value,
        g.c.kind == Kind.POLL.value,
    )
)
_lapse = (
    update(a)
    .where(among(a.c.id, "ids"), a.c.state == Asked.OPEN.value)
    .values(state=Asked.LAPSED.value)
    .returning(a.c.id)
)
_assigned = select(g.c.person_id, g.c.id).where(among(g.c.id, "ids"))
_asked = select(a.c.key, a.c.id).where(among(a.c.id, "ids"))
_polls = select(SentMessageRow.chat_id, SentMessageRow.message_id).where(among(SentMessageRow.quiz_key, "keys"))


def plan(session: Session, day: Day, now: datetime) -> None:
    """Plans for everybody in the slice who has no lesson; their times are filled in already."""
    _lapse_polls(session, now)
    chosen = choosing.choose(session, day.ends_at, now)
    live = library.live_questions(session, {id for each in chosen for id in each.questions})
    fitting = {each.person: _fitting(each, live) for each in chosen}
    given = _assign(session, chosen, fitting, day, now)
    theirs = [each for each in chosen if each.person in given and each.questions]
    record_all(
        session, [_fact(model.REVIEW_ASSIGNED, "assigned", given[e.person], e, now, due=e.due) for e in theirs], now
    )
    goes = {each.person for each in theirs if each.start_at is not None and _has_room(session, each, day)}
    lost = [each for each in theirs if each.person not in goes]
    record_all(session, [_fact(model.NOT_DELIVERED, "undelivered", given[e.person], e, now) for e in lost], now)
    sent = [each for each in theirs if each.person in goes]
    polls = _ask(session, [(e, given[e.person], found) for e in sent if (found := fitting[e.person])], now)
    parcels = []
    for each in sent:
        message: Message = polls.get(each.person) or showing.push_review(given[each.person], each.due)
        message = quietly(message) if each.silent else message
        assert each.start_at is not None
        parcels.append(bulk.Parcel(each.person, message, _key(each.person, day), each.start_at, day.expires_at))
    bulk.send_all(session, parcels, outbox.Lane.LESSON, now, kind=PUSH, topic=TOPIC, on_failure=FAILED)


def _key(person: int, day: Day) -> str:
    return f"push:{person}:{day.on}"


def _lapse_polls(session: Session, now: datetime) -> None:
    """At most one native quiz lies before somebody: older ones are taken away. A vote on its way still counts."""
    old = session.scalars(_old_polls).all()
    if not old:
        return
    lapsed = session.scalars(_lapse, {"ids": old}).all()
    for chat, number in session.execute(_polls, {"keys": [f"quiz:{id}" for id in lapsed]}).all():
        outbox.delete_message(session, chat, number, now)


def _fitting(each: Chosen, live: Mapping[str, Published]) -> Published | None:
    """The first of the questions that can be a native quiz in their language."""
    found = (live[id] for id in each.questions)
    return next((one for one in found if fits_poll(one.question, each.lang)), None)


def _assign(
    session: Session, chosen: Sequence[Chosen], fitting: dict[int, Published | None], day: Day, now: datetime
) -> dict[int, int]:
    """The new assignments by person; none for whom one was there, so that two planners never send twice."""
    rows = []
    for each in chosen:
        kind = Kind.NOTHING if not each.questions else Kind.POLL if fitting[each.person] else Kind.REVIEW
        rows.append(actions.assignment_values(each.person, day.on, None, None, now, day.expires_at, kind))
    new = insert_many_once(session, AssignmentRow, rows, "key")
    return {row.person_id: row.id for row in session.execute(_assigned, {"ids": new})}


def _fact(kind: Any, name: str, given: int, each: Chosen, now: datetime, **body: Any) -> Fact:
    return Fact(kind, f"{name}:{given}", now, each.person, each.unit, each.post, body)


def _has_room(session: Session, each: Chosen, day: Day) -> bool:
    """Whether the day has a place left. Where it has not, it waits under Today: tomorrow it would be stale."""
    if each.used == 0:
        return True
    return budget.has_room(PUSH, budget.taken(session, each.person, day.starts_at, day.ends_at, TOPIC))


def _ask(session: Session, asked: Sequence[tuple[Chosen, int, Published]], now: datetime) -> dict[int, Message]:
    """The native quizzes by person: each an open question of its assignment, and an opportunity."""
    rows: dict[str, dict[str, Any]] = {}
    for each, given, found in asked:
        values = actions.attempt_values(given, each.person, found, 1)
        rows[values["key"]] = values | {"state": Asked.OPEN.value, "asked_at": now}
    new = insert_many_once(session, AnswerRow, list(rows.values()), "key")
    ids = {row.key: row.id for row in session.execute(_asked, {"ids": new})}
    facts, messages = [], {}
    for (each, given, found), (key, values) in zip(asked, rows.items(), strict=True):
        attempt = Attempt(
            ids[key], given, each.person, found.question.id, found.version, 1, tuple(values["shown"]), Asked.OPEN, (),
            None, Mode.PRACTICE, False,
        )  # fmt: skip
        body = {"question": attempt.question, "version": attempt.version, "mode": attempt.mode.value}
        facts.append(_fact(model.QUESTION_OFFERED, "offered", attempt.id, each, now, **body))
        messages[each.person] = showing.poll(attempt, found.question)
    record_all(session, facts, now)
    return messages
