"""How fast a day is planned: the daily push of a whole company, a message to everybody, and a look at which nobody is due."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, func, literal, select, text, update
from sqlalchemy.orm import Session

from bench.company import fill, read_all
from bot.db.engine import connect
from bot.delivery import budget
from bot.delivery.audience import EVERYONE
from bot.delivery.model import Overflow, UnaskedKind
from bot.delivery.planning import Broadcast, plan_slice
from bot.delivery.schedules import FIRST_STEP, next_step
from bot.delivery.tables import OutboxRow
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text as text_of
from bot.learning import choosing, planning, slicing
from bot.learning.model import UNASKED, Kind
from bot.learning.plans.model import What
from bot.learning.plans.tables import LessonPlanPostRow, LessonPlanRow
from bot.learning.tables import AssignmentRow
from bot.library.tables import LessonRow
from bot.people.store import people_on, usual
from bot.people.tables import PersonRow, PlacementRow, UnitRow
from tests.postgres import running_postgres

NINE = datetime(2026, 11, 18, 9, tzinfo=UTC)
"""A Wednesday; the company lives in UTC, and everybody gets their lesson at nine."""
TOMORROW = NINE + timedelta(days=1)
PLANNED = NINE + timedelta(days=2)
NEWS = UnaskedKind("bench.news", 5, Overflow.JOIN, timedelta(days=2), "delivery.other_title", "News.")
HEAD = "| planning | people | a second | seconds | longest slice, ms | processor, microseconds a person |"


def options(parser: argparse.ArgumentParser) -> None:
    """How many people, on which engines."""
    parser.add_argument("--people", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument(
        "--choice", action="store_true", help="only the choice of questions, and the push that it is for"
    )
    parser.add_argument("--engines", nargs="*", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])


def measure(given: argparse.Namespace) -> list[str]:
    """A table; every slice is a transaction of its own, made durable, as in the running house."""
    lines = [HEAD, "|---|---|---|---|---|---|"]
    for count in given.people:
        for engine in given.engines:
            for line in _measure(engine, count, given.choice):
                print(line, file=sys.stderr, flush=True)  # what takes minutes is not lost if the next engine fails
                lines.append(line)
    return lines


def _measure(engine: str, count: int, choice: bool) -> Iterator[str]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="davy-bench-"))
        if engine == "sqlite":
            url = f"sqlite:///{Path(folder) / 'davy.sqlite3'}"
        else:
            more = {"shared_buffers": "256MB", "max_wal_size": "4GB"}
            url = stack.enter_context(running_postgres(durable=True, more=more)).create_database("davy")
        fill(url, count, questions=False, now=NINE)
        budget.declare([*UNASKED, NEWS])
        made = connect(url)
        with Session(made) as session, session.begin():
            session.execute(update(PersonRow).values(push_at=None))
        _vacuum(made)
        name = f"{engine}, {{}}"
        with Session(made) as session:
            if not choice:
                yield from _pushes(session, name, count)
            read_all(session, count, NINE)
            session.commit()
            _vacuum(made)
            if engine == "postgresql":  # one pass over everybody stands idle for longer than a slice ever may
                session.execute(text("SET idle_in_transaction_session_timeout = 0"))
            server, began = _server(session), _processor(_server(session))
            chosen = _timed(lambda: _choose_for_all(session))
            used = _processor(server) - began
            session.rollback()
            name_of = name.format("the questions of all chosen in one pass")
            yield f"| {name_of} | {count:,} | {count / chosen:,.0f} | {chosen:.1f} | | {used / count * 1e6:.0f} |"
            yield _line(name.format("the daily push when all is read"), count, *_run(session, _next_day))
            # a sitting of questions for those few whose first question is none that Telegram's quiz can ask
            asked = session.scalar(select(func.count()).where(AssignmentRow.kind != Kind.LESSON))
            assert asked == count, f"{asked} of {count}"
        made.dispose()


def _pushes(session: Session, name: str, count: int) -> Iterator[str]:
    """What is planned while there is still something to read."""
    yield _line(name.format("the daily push"), count, *_run(session, _push))
    planned = session.scalar(select(func.count()).select_from(OutboxRow))
    assert planned == count, f"{planned} of {count}"
    yield _line(name.format("going through all again, nobody due"), count, *_run(session, _again))
    looks = [_timed(lambda: planning.push_today(session, NINE)) for _ in range(50)]
    session.commit()
    yield f"| {name.format('a look at which nobody is due')} | {count:,} | | {median(looks):.4f} | | |"
    _plan_ten(session)
    yield _line(name.format("the daily push with ten plans"), count, *_run(session, _planned_day))
    planned = session.scalar(select(func.count()).where(AssignmentRow.on_date == PLANNED.date()))
    assert planned == count, f"{planned} of {count}"
    session.execute(update(LessonPlanRow).values(closed_on=NINE.date()))
    yield _line(name.format("a message to everybody"), count, *_run(session, _Everybody(session)))


def _vacuum(engine: Engine) -> None:
    """What PostgreSQL would do by itself before the next morning."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _choose_for_all(session: Session) -> None:
    """The choice alone, for the whole company as one slice: what a slice does, a thousand times as large."""
    due = people_on.where(PersonRow.left_on.is_(None)).with_only_columns(
        PersonRow.id.label("person_id"), PlacementRow.unit_id, PlacementRow.post,
        *(literal(at).label(name) for at, name in zip(usual.quiet, ("quiet_start", "quiet_end"), strict=True)),
        maintain_column_froms=True,
    )  # fmt: skip
    found = slicing.find(session, due, {"on": TOMORROW.date()})
    assert found.lessons == 0
    chosen = choosing.choose(session, TOMORROW + timedelta(hours=15), TOMORROW)
    assert len(chosen) == found.count
    assert all(each.questions for each in chosen)


def _plan_ten(session: Session) -> None:
    """A topic for the whole company, and nine for parts of it, one with an hour and one with a post of its own."""
    units = [row.id for row in session.scalars(select(UnitRow).order_by(UnitRow.path).limit(10))]
    topics = session.scalars(select(LessonRow.topic).distinct().order_by(LessonRow.topic).limit(10)).all()
    for number in range(10):
        row = LessonPlanRow(
            key=f"bench:{number}", series=number, unit_id=units[number % len(units)], what=What.TOPIC,
            which=topics[number % len(topics)], days="1234567", at=time_of_day(9) if number == 1 else None,
            starts_on=PLANNED.date(), since=NINE, decided_by=1, decided_at=NINE,
        )  # fmt: skip
        session.add(row)
        session.flush()
        if number == 2:
            session.add(LessonPlanPostRow(plan_id=row.id, post="nobody"))
    session.commit()


def _planned_day(session: Session) -> bool:
    return planning.push_today(session, PLANNED)


def _next_day(session: Session) -> bool:
    return planning.push_today(session, TOMORROW)


class _Everybody:
    """Slices of a broadcast, as a schedule runs them."""

    def __init__(self, session: Session) -> None:
        words = text_of("delivery.just", text="Toolbox talk today at the gate: hands away from what turns.")
        message = Message(words, rows(button("learning.today_button", "ln.today")))
        self.said = Broadcast("bench", message, NEWS, EVERYONE)
        self.after, self.step = 0, FIRST_STEP

    def __call__(self, session: Session) -> bool:
        began = time.perf_counter()
        done = plan_slice(session, self.said, self.after, self.step, NINE)
        self.after, self.step = done.cursor, next_step(self.step, time.perf_counter() - began)
        return done.more


def _push(session: Session) -> bool:
    return planning.push_today(session, NINE)


def _again(session: Session) -> bool:
    return planning.push_today(session, NINE + planning.AGAIN)


def _run(session: Session, slice_: Callable[[Session], bool]) -> tuple[float, float, float]:
    """Seconds in all, the longest slice in seconds (without the commit), processor seconds of both ends."""
    server = _server(session)
    began, longest, most, used, more = time.perf_counter(), 0.0, 0.0, _processor(server), True
    while more:
        at, before = time.perf_counter(), _processor(server)
        more = slice_(session)
        longest, most = max(longest, time.perf_counter() - at), max(most, _processor(server) - before)
        session.commit()
    print(f"the most of the processor that a slice took: {most * 1000:.0f} ms", file=sys.stderr, flush=True)
    return time.perf_counter() - began, longest, _processor(server) - used


def _server(session: Session) -> int | None:
    """The process that serves this session, where there is one: it is on this machine."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    pid: int = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return pid


def _processor(server: int | None) -> float:
    """Seconds of processor time so far, ours and the server's."""
    theirs = 0.0
    if server is not None:
        words = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
        theirs = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return time.process_time() + theirs


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _line(name: str, count: int, took: float, longest: float, used: float) -> str:
    cells = (f"{count:,}", f"{count / took:,.0f}", f"{took:.1f}", f"{longest * 1000:.0f}", f"{used / count * 1e6:.0f}")
    return f"| {name} | {' | '.join(cells)} |"
