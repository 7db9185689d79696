"""A company that fills a database: people with phones, today's lesson read, a question of the shipped content open before each.

Rows are written straight into the tables, because the point is to have them; what is measured goes through the rooms.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session

from bench.standin import FIRST
from bot.db.base import Base
from bot.db.engine import connect
from bot.db.migrate import upgrade
from bot.db.once import table_of
from bot.delivery import bulk
from bot.delivery.bulk import Parcel
from bot.delivery.outbox import Lane
from bot.delivery.tables import DraftRow
from bot.i18n.say import say
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text as text_of
from bot.learning.tables import AnswerRow, AssignmentRow, MemoryRow, ReadingRow
from bot.ledger.tables import PseudonymRow
from bot.library import signing
from bot.library.content import as_question
from bot.library.kinds.registry import kind_of, order_for
from bot.library.loading import load_shipped
from bot.library.model import Question
from bot.library.showing import question_text
from bot.library.tables import LessonRow, QuestionRow, QuestionVersionRow
from bot.people import actions as people
from bot.people.model import Role, UnitKind
from bot.people.tables import AccountRow, PersonRow, PlacementRow, ShiftRow, UnitRow

TEAM = 40
"""People in a team; ten teams are a workshop, ten workshops a site."""
SINCE = date(2026, 1, 5)
PHONE = 5_000_000
"""A person's user and chat id is this and the person's id."""
SLICE = 5000


@dataclass(frozen=True)
class Ask:
    """A question with one right choice, in the version that is live."""

    question: Question
    version: int


def fill(url: str, count: int, *, questions: bool = True, now: datetime | None = None) -> None:
    """Migrates an empty database and puts `count` people into it."""
    upgrade(url)
    now = now or datetime.now(UTC)
    engine = connect(url)
    with Session(engine) as session, session.begin():
        staff(session, count, now)
        if questions:
            _sittings(session, count, single_choice(session), now)
        if engine.dialect.name == "postgresql":
            _count_on(session)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def staff(session: Session, count: int, now: datetime) -> None:
    """The shipped content, and `count` people with phones in their teams."""
    units = _units(session, count, now)
    load_shipped(session, now)
    signing.sign_all(session, None, now)
    _people(session, count, units, now)


def single_choice(session: Session) -> list[Ask]:
    """The live questions in which one press is an answer."""
    live = select(QuestionVersionRow.question_id, QuestionVersionRow.version, QuestionVersionRow.content).join(
        QuestionRow,
        (QuestionRow.id == QuestionVersionRow.question_id) & (QuestionRow.version == QuestionVersionRow.version),
    )
    rows = session.execute(live)
    found = sorted(
        (Ask(as_question(row.question_id, row.content), row.version) for row in rows), key=lambda ask: ask.question.id
    )  # by Python: the engines order otherwise
    return [each for each in found if (kind := kind_of(each.question)).polls and not kind.many]


def answers(url: str, count: int, sitting: bool = False) -> list[bytes]:
    """`count` updates: each the press of a different person on an answer. In a sitting each goes through three questions:

    answer, *next question*, answer and so on (six presses a person, a round of everybody before the next).
    """
    engine = connect(url)
    with Session(engine) as session:
        asks = {(each.question.id, each.version): each for each in single_choice(session)}
        open_ones = table_of(AnswerRow)
        query = select(open_ones).order_by(open_ones.c.place, open_ones.c.person_id)
        if not sitting:
            query = query.where(open_ones.c.place == 1)
        found = session.execute(query.limit(count if not sitting else count // 2)).all()
    engine.dispose()
    texts: dict[str, str] = {}
    made = []
    verbs = ("ln.a:{}:{}", "ln.next:{}") if sitting else ("ln.a:{}:{}",)
    for _, group in itertools.groupby(found, key=lambda row: row.place):
        same_place = list(group)
        for verb in verbs:
            for row in same_place:
                ask = asks[row.question_id, row.question_version]
                if ask.question.id not in texts:
                    texts[ask.question.id] = say_plain(ask.question, row.shown)
                press = verb.format(row.id, row.person_id % len(row.shown))
                made.append(press_update(FIRST + len(made), row.person_id, texts[ask.question.id], press, row))
    return made


def say_plain(question: Question, shown: Sequence[int]) -> str:
    """The question's text, as it stands on the phone."""
    words = question_text(question, tuple(shown), 1, 3)
    return str(say(words.key, "en", "UTC", **words.params))


def press_update(number: int, person: int, words: str, data: str, row: Any) -> bytes:
    """A press as Telegram sends it."""
    user = {"id": PHONE + person, "is_bot": False, "first_name": f"Ana {person}", "language_code": "en"}
    keys = [{"text": "ABCD"[at], "callback_data": f"ln.a:{row.id}:{at}"} for at in range(len(row.shown))]
    message = {
        "message_id": 10,
        "from": {"id": 4848, "is_bot": True, "first_name": "Davy", "username": "davy_bench_bot"},
        "chat": {"id": PHONE + person, "first_name": f"Ana {person}", "type": "private"},
        "date": 1763640000,
        "text": words,
        "reply_markup": {"inline_keyboard": [row for row in (keys[:2], keys[2:]) if row]},
    }
    query = {"id": str(number), "from": user, "message": message, "chat_instance": "-48480000", "data": data}
    return json.dumps({"update_id": number, "callback_query": query}, ensure_ascii=False).encode()


def _units(session: Session, count: int, now: datetime) -> list[int]:
    """The teams of the company."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE, zone="UTC", jurisdiction="US")
    session.add(ShiftRow(code="day", name="Day", starts=time(8), ends=time(16, 30)))
    teams: list[int] = []
    site = workshop = top
    for number in range(max(1, -(-count // TEAM))):
        if number % 100 == 0:
            site = people.add_unit(session, UnitKind.SITE, f"Works {number // 100 + 1}", top, SINCE)
        if number % 10 == 0:
            workshop = people.add_unit(session, UnitKind.WORKSHOP, f"Shop {number // 10 + 1}", site, SINCE)
        teams.append(people.add_unit(session, UnitKind.TEAM, f"Team {number + 1}", workshop, SINCE).id)
    session.flush()
    return teams


def _people(session: Session, count: int, teams: Sequence[int], now: datetime) -> None:
    numbers = range(1, count + 1)
    # nobody's lesson falls due while something else is measured
    same = {"lang": "en", "joined_on": SINCE, "push_at": (now + timedelta(hours=6)).time().replace(microsecond=0)}
    _put(session, PersonRow, ({"id": n, "badge": f"B-{n}", "name": f"Ana Ortiz {n}", **same} for n in numbers))
    same = {"post": "worker", "starts_on": SINCE}
    _put(session, PlacementRow, ({"person_id": n, "unit_id": teams[(n - 1) // TEAM], **same} for n in numbers))
    same = {"channel": "telegram", "opened_at": now}
    _put(session, AccountRow, ({"person_id": n, "user_id": PHONE + n, "chat_id": PHONE + n, **same} for n in numbers))
    _put(session, PseudonymRow, ({"person_id": n, "pseudonym": f"{n:016x}"} for n in numbers))


def _sittings(session: Session, count: int, asks: Sequence[Ask], now: datetime) -> None:
    """Today's questions: the first is open, two are planned; every second person has met the first one before."""
    numbers = range(1, count + 1)
    lesson = session.execute(select(LessonRow.id, LessonRow.version).order_by(LessonRow.position).limit(1)).one()
    same: dict[str, Any] = {
        "on_date": now.date(), "kind": "lesson", "lesson_id": lesson.id, "lesson_version": lesson.version,
        "state": "read", "offered_at": now, "expires_at": now + timedelta(hours=12),
    }  # fmt: skip
    _put(
        session,
        AssignmentRow,
        ({"id": n, "key": f"push:{n}:{now.date()}", "person_id": n, **same} for n in numbers),
    )
    _put(session, AnswerRow, _asked(numbers, asks, now))
    _put(session, MemoryRow, _memories(numbers, asks, now))
    same = {"kind": "quiz", "step": "asked", "created_at": now, "touched_at": now}
    asked = ({"person_id": n, "data": {"attempt": 3 * n - 2, "message": 10}, **same} for n in numbers)
    _put(session, DraftRow, asked)


def _asked(numbers: Sequence[int], asks: Sequence[Ask], now: datetime) -> Iterator[dict[str, Any]]:
    orders: dict[tuple[str, int], list[int]] = {}
    for n in numbers:
        for place in (1, 2, 3):
            ask = asks[(n * 3 + place) % len(asks)]
            which = (ask.question.id, n % 8)
            if which not in orders:
                orders[which] = list(order_for(ask.question, f"{which}"))
            yield {
                "id": 3 * (n - 1) + place, "key": f"attempt:{n}:{n}:{ask.question.id}", "assignment_id": n,
                "person_id": n, "question_id": ask.question.id, "question_version": ask.version, "place": place,
                "shown": orders[which], "state": "open" if place == 1 else "planned", "chosen": [],
                "mode": "practice", "taken_back": False, "asked_at": now if place == 1 else None,
            }  # fmt: skip


def _memories(numbers: Sequence[int], asks: Sequence[Ask], now: datetime) -> Iterator[dict[str, Any]]:
    for n in numbers[::2]:
        yield {
            "person_id": n, "question_id": asks[(n * 3 + 1) % len(asks)].question.id, "stability": 3.2,
            "difficulty": 5.1, "due_at": now, "reviewed_at": now - timedelta(days=3), "reps": 1, "lapses": 0,
        }  # fmt: skip


KNOWN = 20
"""So many questions everybody remembers in `read_all`."""


def read_all(session: Session, count: int, now: datetime) -> None:
    """Everybody has read every lesson and remembers some questions, each others: of every third one is due today."""
    same: dict[str, Any] = {"version": 1, "read_at": now - timedelta(days=20)}
    lessons = list(session.scalars(select(LessonRow.id)))
    _put(
        session, ReadingRow, ({"person_id": n, "lesson_id": id, **same} for n in range(1, count + 1) for id in lessons)
    )
    _put(session, MemoryRow, _remembered(count, list(session.scalars(select(QuestionRow.id))), now))


def _remembered(count: int, questions: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(1, count + 1):
        for place in range(KNOWN):
            due = now + timedelta(days=(n + place) % 9 - (n % 3 == 0))
            yield {
                "person_id": n, "question_id": questions[(n * 7 + place) % len(questions)], "stability": 3.2,
                "difficulty": 5.1, "due_at": due, "reviewed_at": now - timedelta(days=3), "reps": 2, "lapses": int(place % 5 == 0),
            }  # fmt: skip


def _put(session: Session, row: type[Base], values: Iterator[dict[str, Any]]) -> None:
    table: Table = table_of(row)
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table, values)
        return
    for some in iter(lambda: list(itertools.islice(values, SLICE)), []):
        session.execute(insert(table), some)


def _copy(session: Session, table: Table, values: Iterator[dict[str, Any]]) -> None:
    """By COPY: with statements a million people would take half an hour."""
    first = next(values)
    usual = {c.name: c.default.arg for c in table.c if c.default is not None and c.name not in first}
    usual = {name: arg(None) if callable(arg) else arg for name, arg in usual.items()}
    names = [*first, *usual]
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor().copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for each in itertools.chain([first], values):
            given = (*each.values(), *usual.values())
            copy.write_row([json.dumps(one) if isinstance(one, dict | list) else one for one in given])


def _count_on(session: Session) -> None:
    """PostgreSQL goes on counting after the numbers given here."""
    for row in (PersonRow, AssignmentRow, AnswerRow):
        name = row.__tablename__
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))


def teams(session: Session) -> list[int]:
    """The ids of all teams; the people of team k (from 0) are k * TEAM + 1 to (k + 1) * TEAM."""
    return list(session.scalars(select(UnitRow.id).where(UnitRow.kind == "team").order_by(UnitRow.id)))


def lead(session: Session, each: int, count: int, now: datetime) -> None:
    """The first `each` people of a team are its supervisors, in the first `count` teams."""
    for number, team in enumerate(teams(session)[:count]):
        for place in range(each):
            people.grant(session, number * TEAM + place + 1, Role.SUPERVISOR, team, now)


def broadcast(session: Session, count: int, many: int, leaders: int, now: datetime) -> None:
    """Queues `count` messages to the first `many` people but the leaders, in waves of one each."""
    persons = [n for n in range(1, many + 1) if (n - 1) % TEAM >= leaders]
    words = text_of(
        "delivery.just", text="Toolbox talk today at the gate: hands away from what turns. Stop it, lock it."
    )
    message = Message(words, rows(button("learning.today_button", "ln.today")))
    for wave in range(-(-count // len(persons))):
        some = persons[: count - wave * len(persons)]
        for at in range(0, len(some), SLICE):
            parcels = [
                Parcel(n, message, f"talk:{wave}:{n}", now, now + timedelta(days=1)) for n in some[at : at + SLICE]
            ]
            bulk.send_all(session, parcels, Lane.BULK, now, topic=f"talk:{wave}")
