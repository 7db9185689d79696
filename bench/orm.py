"""What most bots with a database do: SQLAlchemy's asynchronous ORM, one transaction a press, as its documentation shows.

It stores what ours stores: that the update was handled, the answer, what the person remembers (FSRS), and a fact; as durably.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fsrs import Card, Rating, Scheduler
from sqlalchemy import JSON, BigInteger, Engine, ForeignKey, create_engine, event, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bench.company import PHONE


class Base(DeclarativeBase):
    """The tables of a small quiz bot."""


class User(Base):
    """Somebody with a phone."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    name: Mapped[str]


class Question(Base):
    """A question with its right choice."""

    __tablename__ = "questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]
    right: Mapped[int]


class Attempt(Base):
    """A question that lies open before somebody, then their answer."""

    __tablename__ = "attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    chosen: Mapped[int | None]
    correct: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")
    question: Mapped[Question] = relationship(lazy="joined")


class Memory(Base):
    """An FSRS card."""

    __tablename__ = "memories"
    user_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(primary_key=True)
    card: Mapped[dict[str, Any]] = mapped_column(JSON)


class Fact(Base):
    """Something that happened."""

    __tablename__ = "facts"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    user_id: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class Handled(Base):
    """An update that was handled."""

    __tablename__ = "handled_updates"
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


def _durable(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def fill(url: str, count: int) -> None:
    """Makes the tables, `count` people and a question open before each (attempt 3n-2 of person n, as in ours)."""
    engine = create_engine(make_url(url).set(drivername="sqlite" if url.startswith("sqlite") else "postgresql+psycopg"))
    Base.metadata.create_all(engine)
    numbers = range(1, count + 1)
    with engine.begin() as connection:
        connection.execute(insert(Question), [{"id": n, "words": f"Question {n}?", "right": n % 3} for n in range(300)])
        connection.execute(insert(User), [{"id": n, "telegram_id": PHONE + n, "name": f"Ana {n}"} for n in numbers])
        connection.execute(insert(Attempt), [{"id": 3 * n - 2, "user_id": n, "question_id": n % 300} for n in numbers])
    engine.dispose()


class Store:
    """Sessions on aiosqlite (one connection: SQLite has one writer) or asyncpg."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            self.engine: AsyncEngine = create_async_engine(
                parsed.set(drivername="sqlite+aiosqlite"), pool_size=1, max_overflow=0, pool_timeout=300
            )
            _durable(self.engine.sync_engine)
        else:
            self.engine = create_async_engine(parsed.set(drivername="postgresql+asyncpg"), pool_timeout=300)
        self.session = async_sessionmaker(self.engine, expire_on_commit=False)
        self.scheduler = Scheduler()

    async def answer(self, update: int, telegram_id: int, data: str) -> None:
        """One press, one transaction."""
        _, attempt_id, place = data.split(":")
        now = datetime.now(UTC)
        async with self.session() as session, session.begin():
            if await session.get(Handled, update) is not None:
                return
            session.add(Handled(update_id=update))
            user = (await session.scalars(select(User).where(User.telegram_id == telegram_id))).one()
            attempt = await session.get(Attempt, int(attempt_id), with_for_update={"of": Attempt})
            if attempt is None or attempt.user_id != user.id or attempt.answered_at is not None:
                return
            attempt.chosen, attempt.answered_at = int(place), now.replace(tzinfo=None)
            attempt.correct = attempt.chosen == attempt.question.right
            memory = await session.get(Memory, (user.id, attempt.question_id))
            card = Card(due=now) if memory is None else Card.from_dict(memory.card)  # type: ignore[arg-type]
            card, _log = self.scheduler.review_card(card, Rating.Good if attempt.correct else Rating.Again, now)
            if memory is None:
                session.add(Memory(user_id=user.id, question_id=attempt.question_id, card=dict(card.to_dict())))
            else:
                memory.card = dict(card.to_dict())
            body = {"question": attempt.question_id, "first": memory is None}
            fact = Fact(kind="QuestionAnswered", user_id=user.id, body=body, at=now.replace(tzinfo=None))
            session.add(fact)

    async def finish(self) -> dict[str, Any]:
        """Asserts that it was durable, and counts."""
        async with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 2
            else:
                assert (await connection.execute(text("SHOW synchronous_commit"))).scalar() == "on"
            counted = [
                (await connection.execute(select(func.count()).select_from(row))).scalar() for row in (Memory, Fact)
            ]
        return {"memories": counted[0], "facts": counted[1], "settling_s": 0.0}

    async def close(self) -> None:
        """Closes the pool."""
        await self.engine.dispose()
