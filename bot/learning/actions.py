"""Assigning, opening, reading, answering. Each in the caller's transaction; every step is a conditional update."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once, upsert_many
from bot.delivery import drafts, outbox
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.learning import changed_lessons, lesson_order, model, rules, showing, store
from bot.learning.model import Asked, Assignment, Attempt, Kind, Mode, State
from bot.learning.plans import store as plans
from bot.learning.tables import AnswerRow, AssignmentRow, ReadingRow, WishRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library.kinds.registry import order_for
from bot.library.model import Lesson, Question
from bot.library.store import Published
from bot.people.model import Person

DRAFT = "quiz"
PUSHED = (Kind.LESSON, Kind.REVIEW)
"""What comes as a message with buttons of ours."""
TYPED_WITHIN = timedelta(hours=2)
"""How long a typed word is taken as the answer to a question left lying; its buttons stay good."""


def published(session: Session, asked: Attempt) -> Question:
    """The question in the version that was asked."""
    found = library.question(session, asked.question, asked.version)
    assert found is not None, "versions are never deleted"
    return found.question


# --- assignments ---------------------------------------------------------------------------------------------------


def assign_today(session: Session, who: Person, now: datetime) -> Assignment:
    """Today's assignment of somebody who asks for it; the one that is there, or a new one that nobody pushes."""
    there = store.daily(session, who.id, now)
    if there is not None and there.kind is not Kind.NOTHING:
        return there
    on = local_date(now, who.zone)
    lesson, _ = lesson_order.next_lesson(session, who, plans.lessons_for(session, who, on))
    if lesson is None:
        return practise(session, who, now)
    values = assignment_values(who.id, on, lesson, library_version(session, lesson), now, store.day_end(who, now))
    insert_once(session, AssignmentRow, values, "key")
    query = select(AssignmentRow).where(AssignmentRow.key == values["key"])
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if row.kind == Kind.NOTHING:
        row.kind, row.lesson_id, row.lesson_version = Kind.LESSON, lesson, values["lesson_version"]
        session.flush()
    given = store.as_assignment(row)
    wish_granted(session, who.id, lesson, now)
    record(session, assigned(given, who, now), now)
    return given


def library_version(session: Session, lesson: str) -> int:
    """The live version of a lesson."""
    found = library.lesson(session, lesson)
    assert found is not None
    return found.version


def assignment_values(
    person: int,
    on: Any,
    lesson: str | None,
    version: int | None,
    now: datetime,
    expires_at: datetime,
    kind: Kind = Kind.LESSON,
) -> dict[str, Any]:
    """A daily assignment's row: one a person and local date."""
    return {
        "key": f"push:{person}:{on}", "person_id": person, "on_date": on, "kind": kind.value, "lesson_id": lesson,
        "lesson_version": version, "state": State.OFFERED.value, "offered_at": now, "expires_at": expires_at,
    }  # fmt: skip


def assigned(given: Assignment, who: Person, now: datetime, due: int = 0) -> Fact:
    """The opportunity fact of an assignment. Its key names no person, so that erasing them leaves nothing to link."""
    if given.lesson is not None:
        body = {"lesson": given.lesson, "version": given.lesson_version}
        return Fact(model.LESSON_ASSIGNED, f"assigned:{given.id}", now, who.id, who.unit, who.post, body)
    return Fact(model.REVIEW_ASSIGNED, f"assigned:{given.id}", now, who.id, who.unit, who.post, {"due": due})


def not_delivered(given: Assignment, who: Person, now: datetime) -> Fact:
    """What was assigned never arrived."""
    return Fact(model.NOT_DELIVERED, f"undelivered:{given.id}", now, who.id, who.unit, who.post)


def never_seen(asked: Attempt, who: Person, now: datetime) -> Fact:
    """A native quiz never arrived."""
    body = {"question": asked.question, "version": asked.version}
    return Fact(model.QUESTION_NOT_DELIVERED, f"unseen:{asked.id}", now, who.id, who.unit, who.post, body)


def wish_granted(session: Session, person: int, lesson: str, now: datetime) -> None:
    """A lesson that was to come first has come."""
    which = (WishRow.person_id == person, WishRow.lesson_id == lesson, WishRow.offered_at.is_(None))
    session.execute(update(WishRow).where(*which).values(offered_at=now))


def practise(session: Session, who: Person, now: datetime) -> Assignment:
    """A practice that somebody asked for: the one begun today, or a new one."""
    on = local_date(now, who.zone)
    begun = store.unfinished_practice(session, who.id, on)
    if begun is not None:
        return begun
    number = store.count_practice(session, who.id, on) + 1
    row = AssignmentRow(
        key=f"learn:{who.id}:{on}:{number}", person_id=who.id, on_date=on, kind=Kind.PRACTICE, state=State.OPENED,
        offered_at=now, expires_at=store.day_end(who, now),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return store.as_assignment(row)


def open_assignment(session: Session, id: int, who: Person, now: datetime) -> Assignment:
    """Somebody begins: LessonOpened once. Raises Refused where it is not theirs."""
    given = store.assignment(session, id, who.id)
    if given is None:
        raise Refused("learning.not_yours")
    outbox.cancel(session, key=f"later:{id}", now=now)
    if _advance(session, id, State.OFFERED, State.OPENED) and given.lesson is not None:
        body = {"lesson": given.lesson, "version": given.lesson_version}
        record(session, Fact(model.LESSON_OPENED, f"opened:{id}", now, who.id, who.unit, who.post, body), now)
    return given


def move_push(session: Session, given: Assignment, lesson: Lesson | None, now: datetime) -> None:
    """The lesson is begun elsewhere: the day's message, sent or not yet, is no way to it any more."""
    outbox.cancel(session, ref=f"push:{given.id}", now=now)
    outbox.edit_ref(session, f"push:{given.id}", showing.moved_on(given, lesson), now)


def lapse(session: Session, given: Assignment, now: datetime) -> None:
    """Its day is over and nobody began: its message says where today's waits. Once."""
    which = (AssignmentRow.id == given.id, AssignmentRow.lapsed_at.is_(None), AssignmentRow.state == State.OFFERED)
    if changed(session, update(AssignmentRow).where(*which).values(lapsed_at=now)) and given.kind in PUSHED:
        lesson = library.lesson(session, given.lesson, given.lesson_version) if given.lesson else None
        outbox.edit_ref(session, f"push:{given.id}", showing.lapsed(given, lesson), now, lane=outbox.Lane.BULK)


def _advance(session: Session, id: int, before: State, after: State, **values: Any) -> bool:
    change = update(AssignmentRow).where(AssignmentRow.id == id, AssignmentRow.state == before.value)
    return changed(session, change.values(state=after.value, **values)) == 1


def read_through(session: Session, given: Assignment, who: Person, now: datetime) -> bool:
    """The last card was turned: LessonRead once; says whether that is new."""
    _advance(session, given.id, State.OFFERED, State.OPENED)
    if not _advance(session, given.id, State.OPENED, State.READ) or given.lesson is None:
        return False
    note_reading(session, who.id, given.lesson, given.lesson_version or 1, now)
    body = {"lesson": given.lesson, "version": given.lesson_version}
    record(session, Fact(model.LESSON_READ, f"read:{given.id}", now, who.id, who.unit, who.post, body), now)
    return True


def note_reading(session: Session, person: int, lesson: str, version: int, now: datetime) -> None:
    """Remembers that somebody read a lesson; where what they read was corrected meanwhile they are told at once."""
    row = {"person_id": person, "lesson_id": lesson, "version": version, "read_at": now}
    upsert_many(session, ReadingRow, [row])
    changed_lessons.read_anew(session, person, lesson, version)
    changed_lessons.tell_late(session, person, lesson, version, now)


def read_anew(session: Session, who: Person, lesson: str, version: int, now: datetime) -> bool:
    """The last card of a corrected lesson was turned outside the day's push: LessonRead once; says whether that is new."""
    if not changed_lessons.read_anew(session, who.id, lesson, version):
        return False
    note_reading(session, who.id, lesson, version, now)
    key = f"read-anew:{lesson}:{version}:{uuid.uuid4().hex}"  # names no person, so that erasing them leaves nothing to link
    body = {"lesson": lesson, "version": version}
    record(session, Fact(model.LESSON_READ, key, now, who.id, who.unit, who.post, body), now)
    return True


def ask_later(session: Session, id: int, who: Person, now: datetime) -> tuple[datetime | None, bool]:
    """Puts the message off, once. Answers when it comes again (None: too late today) and whether that is news."""
    given = store.assignment(session, id, who.id)
    if given is None:
        raise Refused("learning.not_yours")
    if given.later_at is not None:
        return (given.later_at if given.later_at > now else None), False
    at = rules.later_at(now, given.expires_at, who.quiet)
    if at is None:
        return None, False
    which = (AssignmentRow.id == id, AssignmentRow.state == State.OFFERED, AssignmentRow.later_at.is_(None))
    new = changed(session, update(AssignmentRow).where(*which).values(later_at=at)) == 1
    return (at if new else None), new


def finish(session: Session, given: Assignment, now: datetime) -> None:
    """The last question is behind them."""
    change = update(AssignmentRow).where(AssignmentRow.id == given.id, AssignmentRow.state != State.DONE)
    session.execute(change.values(state=State.DONE.value, done_at=now))
    draft = drafts.current(session, given.person, DRAFT)
    if draft is not None:
        drafts.close(session, draft)


# --- questions -----------------------------------------------------------------------------------------------------


def plan_questions(session: Session, given: Assignment, who: Person, now: datetime) -> list[Attempt]:
    """The questions of an assignment, chosen once."""
    planned = store.attempts(session, given.id)
    if planned:
        return planned
    topic = plans.topic_for(session, who, given.on_date)
    due = store.due_questions(session, who, now, rules.QUESTIONS, topic)
    own = store.new_questions(session, who, rules.QUESTIONS, given.lesson) if given.lesson else []
    new = store.new_questions(session, who, rules.QUESTIONS, topic=topic)
    chosen = rules.compose(due, own, new)
    if len(chosen) < rules.QUESTIONS and given.kind is Kind.PRACTICE:
        chosen = list(dict.fromkeys([*chosen, *store.next_due(session, who, rules.QUESTIONS)]))[: rules.QUESTIONS]
    for place, id in enumerate(chosen, 1):
        add_attempt(session, given.id, who.id, id, place)
    return store.attempts(session, given.id)


def add_attempt(session: Session, assignment: int, person: int, id: str, place: int, mode: Mode = Mode.PRACTICE) -> int:
    """A question put into an assignment, in an order of its choices that is kept. Answers the attempt."""
    found: Published | None = library.question(session, id)
    assert found is not None
    values = attempt_values(assignment, person, found, place, mode)
    return session.execute(insert(AnswerRow).values(**values).returning(AnswerRow.id)).scalar_one()


def attempt_values(
    assignment: int, person: int, found: Published, place: int, mode: Mode = Mode.PRACTICE
) -> dict[str, Any]:
    """The row of a question that is put into an assignment and not shown yet."""
    key = f"attempt:{assignment}:{person}:{found.question.id}"
    return {
        "key": key, "assignment_id": assignment, "person_id": person, "question_id": found.question.id,
        "question_version": found.version, "place": place, "shown": list(order_for(found.question, key)),
        "state": Asked.PLANNED.value, "chosen": [], "mode": mode.value, "taken_back": False,
    }  # fmt: skip


def ask(session: Session, asked: Attempt, who: Person, now: datetime) -> Attempt:
    """A question is shown: an opportunity, once."""
    if move(session, asked, Asked.PLANNED, Asked.OPEN, asked_at=now):
        body = {"question": asked.question, "version": asked.version, "mode": asked.mode.value}
        record(session, Fact(model.QUESTION_OFFERED, f"offered:{asked.id}", now, who.id, who.unit, who.post, body), now)
    return again(session, asked)


def again(session: Session, asked: Attempt) -> Attempt:
    """The attempt as it stands now."""
    found = store.attempt(session, asked.id)
    assert found is not None
    return found


def move(session: Session, asked: Attempt, before: Asked, after: Asked, **values: Any) -> bool:
    """One conditional step of an attempt; False where it was not there any more."""
    change = update(AnswerRow).where(AnswerRow.id == asked.id, AnswerRow.state == before.value)
    return changed(session, change.values(state=after.value, **values)) == 1


def take_back(session: Session, asked: Attempt) -> Attempt:
    """I pressed the wrong button: once, in practice, before memory took it in. Raises Refused."""
    if asked.mode is Mode.PRACTICE and not asked.taken_back:
        values: dict[str, Any] = {"chosen": [], "right": None, "sure": None, "answered_at": None}
        values["taken_back"] = True
        if move(session, asked, Asked.ANSWERED, Asked.OPEN, **values):
            return again(session, asked)
    raise Refused("learning.too_late")
