"""A session over the learning company, and the few questions that tests of planning ask again and again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import budget
from bot.delivery.tables import OutboxRow
from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply
from bot.learning import actions, planning
from bot.learning import store as learning
from bot.learning.model import UNASKED, Attempt
from bot.learning.tables import AssignmentRow
from bot.library.tables import QuestionRow
from bot.people import actions as people
from bot.people import store
from bot.people.model import Person
from tests.flows.learning_company import company
from tests.kept import furnished
from tests.store.conftest import NEWS

__all__ = ["NOW", "asked", "chicago", "house", "key", "plan", "press", "pushes", "reachable", "say", "shown", "who"]


def chicago(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026 on the wall clock of Chicago (six hours behind UTC)."""
    from datetime import UTC

    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


@contextlib.contextmanager
def house(database_url: str, *badges: str, at: datetime) -> Iterator[Session]:
    """The company in a database; people with these badges have a phone."""
    budget.declare([*UNASKED, NEWS])
    furnished(database_url, lambda session: company(session, at), "learning", at)
    engine = connect(database_url)
    with Session(engine, expire_on_commit=False) as session:
        for badge in badges:
            reachable(session, badge, at)
        session.commit()
        yield session
        session.rollback()
    engine.dispose()


def reachable(session: Session, badge: str, at: datetime) -> int:
    """Gives somebody a phone; answers their id."""
    id = who(session, badge, at).id
    people.open_account(session, id, 1000 + id, 1000 + id, at)
    return id


def who(session: Session, badge: str, at: datetime) -> Person:
    """Somebody by badge."""
    found = store.person_by_badge(session, badge, at)
    assert found is not None
    return found


def plan(session: Session, now: datetime) -> None:
    """Plans until nothing is left."""
    for _ in range(100):
        if not planning.push_today(session, now):
            session.commit()
            return
        session.commit()
    raise AssertionError("planning never ends")


def pushes(session: Session, badge: str, at: datetime) -> list[OutboxRow]:
    """What was queued for somebody as a push, oldest first."""
    query = select(OutboxRow).where(OutboxRow.person_id == who(session, badge, at).id, OutboxRow.topic == "push")
    return list(session.scalars(query.order_by(OutboxRow.id)))


def assignments(session: Session, badge: str, at: datetime) -> list[tuple[date, str, str | None]]:
    """What somebody was given: (day, kind, lesson)."""
    query = select(AssignmentRow).where(AssignmentRow.person_id == who(session, badge, at).id)
    return [(row.on_date, row.kind, row.lesson_id) for row in session.scalars(query.order_by(AssignmentRow.id))]


def press(person: int, data: str, at: datetime, **more: Any) -> Pressed:
    """A press by somebody on message 7 of their chat."""
    user = 1000 + person
    return Pressed(update_id=1, at=at, user=user, chat=user, person=person, message=7, data=data, callback="c", **more)


def say(person: int, words: str, at: datetime) -> Said:
    """Something typed by somebody."""
    user = 1000 + person
    return Said(update_id=1, at=at, user=user, chat=user, person=person, message=8, text=words)


NOW = chicago(18, 10)


@contextlib.contextmanager
def asked(database_url: str, kind: str = "one") -> Iterator[tuple[Session, Attempt]]:
    """Ana has a practice of one question of this kind open."""
    with house(database_url, "D-1", "L-1", at=NOW) as session:
        ana = who(session, "D-1", NOW)
        given = actions.practise(session, ana, NOW)
        question = session.scalar(select(QuestionRow.id).where(QuestionRow.kind == kind).order_by(QuestionRow.id))
        id = actions.add_attempt(session, given.id, ana.id, str(question), 1)
        planned = learning.attempt(session, id)
        assert planned is not None
        yield session, actions.ask(session, planned, ana, NOW)


def shown(reply: Reply | None) -> Message:
    """The message that a reply shows."""
    assert reply is not None
    return reply.edit or reply.messages[0]


def key(reply: Reply | None) -> str:
    """The text key that a reply shows."""
    message = shown(reply)
    assert message.text is not None
    return message.text.key
