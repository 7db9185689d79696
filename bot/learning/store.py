"""Questions about learning: assignments, attempts, what is due for repeating, what was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from bot.kit.clock import instant, local_date
from bot.learning.model import Asked, Assignment, Attempt, Kind, Memory, Mode, State, Tally
from bot.learning.tables import AnswerRow, AssignmentRow, MemoryRow, OutdatedReadingRow, ReadingRow, WeakTopicRow
from bot.library.store import lesson_holds, question_holds
from bot.library.tables import LessonRow, QuestionRow
from bot.people.model import Person
from bot.people.tables import PostRow

DAILY = (Kind.LESSON, Kind.REVIEW, Kind.POLL, Kind.NOTHING)


def as_assignment(row: AssignmentRow) -> Assignment:
    """A row as an Assignment."""
    return Assignment(
        row.id, row.person_id, row.on_date, Kind(row.kind), row.lesson_id, row.lesson_version, State(row.state),
        row.expires_at, row.later_at,
    )  # fmt: skip


def as_attempt(row: AnswerRow) -> Attempt:
    """A row as an Attempt."""
    return Attempt(
        row.id, row.assignment_id, row.person_id, row.question_id, row.question_version, row.place, tuple(row.shown),
        Asked(row.state), tuple(row.chosen), row.right, Mode(row.mode), row.taken_back, row.sure,
    )  # fmt: skip


def assignment(session: Session, id: int, person: int) -> Assignment | None:
    """An assignment of this person; None for another's."""
    query = select(AssignmentRow).where(AssignmentRow.id == id, AssignmentRow.person_id == person)
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_assignment(row) if row else None


def daily(session: Session, person: int, now: datetime) -> Assignment | None:
    """What somebody was given for today, if it is still today for them."""
    query = (
        select(AssignmentRow)
        .where(
            AssignmentRow.person_id == person,
            AssignmentRow.expires_at > now,
            AssignmentRow.offered_at <= now,
            AssignmentRow.kind.in_(DAILY),
        )
        .order_by(AssignmentRow.on_date.desc())
        .limit(1)
    )
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_assignment(row) if row else None


def unbegun(session: Session, now: datetime, most: int) -> list[Assignment]:
    """What was given for a day that is over, was never begun, and still has the buttons of that day."""
    query = (
        select(AssignmentRow)
        .where(
            AssignmentRow.state == State.OFFERED,
            AssignmentRow.lapsed_at.is_(None),
            AssignmentRow.expires_at <= now,
        )
        .order_by(AssignmentRow.expires_at)
        .limit(most)
    )
    return [as_assignment(row) for row in session.scalars(query)]


def unfinished_practice(session: Session, person: int, on: date) -> Assignment | None:
    """Practice that somebody began today and has not ended."""
    query = select(AssignmentRow).where(
        AssignmentRow.person_id == person,
        AssignmentRow.on_date == on,
        AssignmentRow.kind == Kind.PRACTICE,
        AssignmentRow.state != State.DONE,
    )
    newest = query.order_by(AssignmentRow.id.desc()).limit(1)
    row = session.scalar(newest.execution_options(populate_existing=True))
    return as_assignment(row) if row else None


def count_practice(session: Session, person: int, on: date) -> int:
    """How often somebody asked for practice on a day."""
    query = select(func.count()).where(
        AssignmentRow.person_id == person, AssignmentRow.on_date == on, AssignmentRow.kind == Kind.PRACTICE
    )
    return session.scalar(query) or 0


def attempt(session: Session, id: int, person: int | None = None) -> Attempt | None:
    """A question that was put to this person (to anybody, with None)."""
    query = select(AnswerRow).where(AnswerRow.id == id)
    if person is not None:
        query = query.where(AnswerRow.person_id == person)
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_attempt(row) if row else None


def attempts(session: Session, assignment: int) -> list[Attempt]:
    """All questions of an assignment in their order."""
    query = select(AnswerRow).where(AnswerRow.assignment_id == assignment).order_by(AnswerRow.place)
    return [as_attempt(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def tally(session: Session, assignment: int) -> Tally:
    """How the questions of an assignment went."""
    found = attempts(session, assignment)
    done = [each for each in found if each.state in (Asked.ANSWERED, Asked.SETTLED)]
    return Tally(len(found), len(done), sum(bool(each.right) for each in done))


def unsettled(session: Session, before: datetime, most: int) -> list[Attempt]:
    """Answers given before an instant whose memory has not been updated."""
    query = (
        select(AnswerRow)
        .where(AnswerRow.state == Asked.ANSWERED, AnswerRow.answered_at <= before)
        .order_by(AnswerRow.answered_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [as_attempt(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def memory(session: Session, person: int, question: str) -> Memory | None:
    """What somebody remembers of a question; None before their first answer."""
    row = session.get(MemoryRow, (person, question), populate_existing=True)
    if row is None:
        return None
    return Memory(row.stability, row.difficulty, row.due_at, row.reviewed_at, row.reps, row.lapses)


def day_end(who: Person, now: datetime) -> datetime:
    """When the person's own day ends."""
    return instant(local_date(now, who.zone) + timedelta(days=1), time(), who.zone)


def _for(who: Person) -> ColumnElement[bool]:
    """Live questions that hold where somebody works."""
    return and_(QuestionRow.retired_at.is_(None), question_holds(literal(who.path), literal(who.jurisdiction)))


def _open_elsewhere(who: Person) -> ColumnElement[bool]:
    """Questions that lie before them in a native quiz, or were answered a moment ago and are not in memory yet."""
    busy = and_(AnswerRow.person_id == who.id, AnswerRow.question_id == QuestionRow.id)
    return exists().where(busy, AnswerRow.state.in_((Asked.OPEN, Asked.ANSWERED))).correlate_except(AnswerRow)


def due_questions(session: Session, who: Person, now: datetime, most: int, topic: str | None = None) -> list[str]:
    """What is due for repeating by the end of their day, longest due first: a day is a day, whatever the hour was.

    `topic`: what a plan puts first.
    """
    query = (
        select(QuestionRow.id)
        .join(MemoryRow, and_(MemoryRow.question_id == QuestionRow.id, MemoryRow.person_id == who.id))
        .where(MemoryRow.due_at < day_end(who, now), _for(who), ~_open_elsewhere(who))
        .order_by(_first(topic), MemoryRow.due_at, QuestionRow.id)
        .limit(most)
    )
    return list(session.scalars(query))


def _first(*topics: str | None) -> ColumnElement[int]:
    """SQL: questions about these topics before others."""
    return case((QuestionRow.topic.in_([each for each in topics if each]), 0), else_=1)


def count_due(session: Session, who: Person, now: datetime) -> int:
    """How many questions are due for repeating."""
    query = (
        select(func.count())
        .select_from(MemoryRow)
        .join(QuestionRow, MemoryRow.question_id == QuestionRow.id)
        .where(MemoryRow.person_id == who.id, MemoryRow.due_at < day_end(who, now), _for(who))
    )
    return session.scalar(query) or 0


def new_questions(
    session: Session, who: Person, most: int, lesson: str | None = None, topic: str | None = None
) -> list[str]:
    """Questions never answered: a lesson's own, or those of lessons already read; one that belongs to none comes with its topic's

    first lesson, a trainer's at once. Those of `topic` come first, then of topics that they were wrong about, that their
    place is weak in, that their post learns first.
    """
    known = exists().where(MemoryRow.person_id == who.id, MemoryRow.question_id == QuestionRow.id)
    readings = exists().where(ReadingRow.person_id == who.id)
    read = readings.where(ReadingRow.lesson_id == QuestionRow.lesson_id)
    begun = readings.where(ReadingRow.lesson_id == LessonRow.id, LessonRow.topic == QuestionRow.topic)
    alone = and_(
        QuestionRow.lesson_id.is_(None), or_(~QuestionRow.shipped, begun.correlate_except(ReadingRow, LessonRow))
    )
    which = QuestionRow.lesson_id == lesson if lesson is not None else or_(alone, read)
    asked = aliased(QuestionRow)
    weak = (
        select(asked.topic, func.sum(MemoryRow.lapses).label("lapses"))
        .join(asked, asked.id == MemoryRow.question_id)
        .where(MemoryRow.person_id == who.id)
        .group_by(asked.topic)
        .subquery()
    )
    here = (WeakTopicRow.unit_id == who.unit, WeakTopicRow.topic == QuestionRow.topic)
    there = func.coalesce(select(WeakTopicRow.weight).where(*here).correlate(QuestionRow).scalar_subquery(), 0)
    own = session.scalar(select(PostRow.topics).where(PostRow.code == who.post)) or ()
    query = (
        select(QuestionRow.id)
        .outerjoin(weak, weak.c.topic == QuestionRow.topic)
        .where(which, _for(who), ~known.correlate_except(MemoryRow), ~_open_elsewhere(who))
        .order_by(_first(topic), func.coalesce(weak.c.lapses, 0).desc(), there.desc(), _first(*own), QuestionRow.id)
    )
    return list(session.scalars(query.limit(most)))


def next_due(session: Session, who: Person, most: int) -> list[str]:
    """What will be due next: for people who want more."""
    query = (
        select(QuestionRow.id)
        .join(MemoryRow, and_(MemoryRow.question_id == QuestionRow.id, MemoryRow.person_id == who.id))
        .where(_for(who), ~_open_elsewhere(who))
        .order_by(MemoryRow.due_at, QuestionRow.id)
        .limit(most)
    )
    return list(session.scalars(query))


def read_lessons(session: Session, person: int, most: int, skip: int = 0) -> list[str]:
    """Lessons that somebody has read, the latest first."""
    query = (
        select(ReadingRow.lesson_id)
        .join(LessonRow, LessonRow.id == ReadingRow.lesson_id)
        .where(ReadingRow.person_id == person, LessonRow.retired_at.is_(None))
        .order_by(ReadingRow.read_at.desc(), ReadingRow.lesson_id)
    )
    return list(session.scalars(query.limit(most).offset(skip)))


def has_read(session: Session, person: int, lesson: str) -> bool:
    """Whether somebody has read a lesson, also a version that holds no more."""
    return any(
        session.scalar(select(exists().where(row.person_id == person, row.lesson_id == lesson)))
        for row in (ReadingRow, OutdatedReadingRow)
    )


def progress(session: Session, who: Person) -> tuple[int, int, int]:
    """Lessons read, lessons there are where they work, questions answered."""
    holds = lesson_holds(literal(who.path), literal(who.jurisdiction))
    there = select(func.count()).select_from(LessonRow).where(LessonRow.retired_at.is_(None), holds)
    read = (
        select(func.count())
        .select_from(ReadingRow)
        .join(LessonRow, LessonRow.id == ReadingRow.lesson_id)
        .where(ReadingRow.person_id == who.id, LessonRow.retired_at.is_(None), holds)
    )
    answered = select(func.count()).where(AnswerRow.person_id == who.id, AnswerRow.answered_at.is_not(None))
    return session.scalar(read) or 0, session.scalar(there) or 0, session.scalar(answered) or 0


def learning_times(session: Session, person: int, since: datetime) -> Sequence[datetime]:
    """When somebody answered questions or read lessons."""
    answered = select(AnswerRow.answered_at).where(AnswerRow.person_id == person, AnswerRow.answered_at > since)
    read = select(ReadingRow.read_at).where(ReadingRow.person_id == person, ReadingRow.read_at > since)
    return [at for at in (*session.scalars(answered), *session.scalars(read)) if at is not None]
