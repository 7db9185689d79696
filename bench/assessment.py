"""The assessment of a large company over a year: one unit's scorecard, the whole company's export, one month more, growth.

`python -m bench assessment [--engine postgresql] [--people 1000,10000]`; with a hundred thousand people for a year, some 60 million
facts: `--people 5000,100000` (about 40 GB of disk for a while). Facts are written by statements, because the
point is to have them; what is measured goes through the rooms, the export in a process of its own, whose memory is watched.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from bench import company
from bench.growth import megabytes
from bot.assessment import counted
from bot.assessment.model import Period
from bot.db.engine import connect
from bot.db.once import table_of
from bot.db.reading import reading
from bot.ledger import closing
from bot.people.tables import LeaveRow
from tests.postgres import running_postgres

FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
NEXT = date(2026, 11, 30)
NOW = datetime(2026, 11, 4, 9, tzinfo=UTC)
EACH_DAY = (
    ("LessonAssigned", "assigned", 0, 640, 0), ("LessonRead", "read", 0, 520, 25),
    ("LearningNotDelivered", "undelivered", 614, 640, 700),
    ("QuestionOffered", "offered", 0, 640, 30), ("QuestionAnswered", "answered", 0, 480, 34),
)  # fmt: skip
"""A kind, the beginning of its key, of which of a thousand working days there is one, minutes after the lesson came.

Together some 600 a person in a year.
"""
ROUNDS = 9
MOST_SQLITE = 10_000
"""SQLite is for one machine and five thousand people; larger companies of a run are measured on PostgreSQL alone."""
HEAD = (
    "| people | facts | database | MB | of it months | scorecard of a unit, ms | of ten units, ms | as CSV s | MB | as XLSX s | MB "
    "| closing a month s | a slice ms | year with an open month s |"
)


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", default="1000,5000")
    parser.add_argument("--raw", action="store_true", help="read the facts themselves as well: months are not closed")


def measure(given: argparse.Namespace) -> list[str]:
    """The table; aims: 300 ms for a unit, 60 s and 600 MB for everybody on PostgreSQL."""
    lines = [HEAD, "|---" * HEAD.count(" | ") + "|---|"]
    for engine in ("sqlite", "postgresql") if given.engine == "both" else (given.engine,):
        for count in (int(each) for each in given.people.split(",")):
            if engine == "sqlite" and count > MOST_SQLITE:
                continue
            with database(engine) as url:
                lines.append(one(url, engine, count, given.raw))
                print(f"  {lines[-1]}", file=sys.stderr, flush=True)
    return lines


@contextmanager
def database(engine: str) -> Iterator[str]:
    """An empty one, durable."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="davy-bench-") as folder:
            yield f"sqlite:///{folder}/davy.sqlite3"
        return
    more = {"shared_buffers": "1GB", "max_wal_size": "8GB", "work_mem": "64MB", "maintenance_work_mem": "512MB"}
    with running_postgres(durable=True, more=more) as server:
        yield server.create_database("davy")


def one(url: str, engine: str, count: int, raw: bool) -> str:
    """A row."""
    company.fill(url, count, questions=False, now=NOW)
    made = connect(url)
    facts = _timed("facts", lambda: fill(made, count))[1]
    if raw:
        _timed("scorecard from facts", lambda: _scorecard(made, 1))
    months = list(_months(FIRST, LAST))
    longest = [_timed(f"{first:%Y-%m}", lambda first=first: _close(made, first))[0] for first in months]
    _analyse(made)
    whole, of_it = megabytes(url), _of_months(made)
    unit, ten = (
        statistics.median(_timed("", lambda n=n: _scorecard(made, n))[0] for _ in range(ROUNDS)) for n in (1, 10)
    )
    csv, xlsx = _export(url, "csv", FIRST, LAST), _export(url, "xlsx", FIRST, LAST)
    slices = _slices(made, NOW)
    open_one = _export(url, "csv", date(2025, 12, 1), NEXT)
    made.dispose()
    return (
        f"| {count:,} | {facts:,} | {engine} | {whole:,.0f} | {of_it:,.0f} | {1000 * unit:.0f} | {1000 * ten:.0f} "
        f"| {csv[0]:.1f} | {csv[1]:.0f} | {xlsx[0]:.1f} | {xlsx[1]:.0f} | {statistics.median(longest):.1f} | {slices:.0f} "
        f"| {open_one[0]:.1f} |"
    )


# --- what there is --------------------------------------------------------------------------------------------------------


def fill(engine: Engine, count: int) -> int:
    """Thirteen months of working days: a lesson and questions each day, most of them taken; leave in every year."""
    postgres = engine.dialect.name == "postgresql"
    with Session(engine) as session, session.begin():
        session.execute(insert(table_of(LeaveRow)), [_leave(n) for n in range(1, count + 1)])
        indexes = _without_indexes(session) if postgres else []
    for first in [*_months(FIRST, LAST), NEXT.replace(day=1)]:
        with Session(engine) as session, session.begin():
            for kind, key, low, high, minutes in EACH_DAY:
                session.execute(text(_facts(postgres)), {
                    "kind": kind, "key": key, "low": low, "high": high, "minutes": minutes, "count": count,
                    "first": first.isoformat(), "last": closing.last_of(first).isoformat(),
                })  # fmt: skip
    with Session(engine) as session, session.begin():
        for each in indexes:
            session.execute(text(each))
    _analyse(engine)
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM fact")) or 0)


def _facts(postgres: bool) -> str:
    """A statement for one kind and month: by person and working day, each hundredth on another day than it was offered."""
    number = "(CAST(p.id AS bigint) * 1009 + d.nth)"
    dice = f"({number} * 7919) % 1000"
    late = f"CASE WHEN CAST(:minutes AS integer) > 0 AND {number} % 97 = 0 THEN 1440 * 3 ELSE 0 END"
    at_minutes = f"480 + p.id % 240 + CAST(:minutes AS integer) + {late}"
    if postgres:
        days = """SELECT on_date, CAST(on_date - DATE '2025-11-01' AS integer) AS nth
                  FROM (SELECT CAST(day AS date) AS on_date
                        FROM generate_series(CAST(:first AS timestamp), CAST(:last AS timestamp), interval '1 day') AS day) AS each
                  WHERE extract(isodow FROM on_date) < 6"""
        at = f"CAST(d.on_date AS timestamp) AT TIME ZONE 'UTC' + ({at_minutes}) * interval '1 minute'"
        body = """CASE WHEN CAST(:kind AS varchar) LIKE 'Question%'
                    THEN jsonb_build_object('question', 'lad-001', 'version', 1, 'mode',
                    CASE WHEN p.id % 20 = d.nth % 20 THEN 'exam' ELSE 'practice' END, 'right', p.id % 3 > 0)
                  ELSE jsonb_build_object('lesson', 'dry-floor', 'version', 1) END"""
        salt, head = "CAST('\\x00112233445566778899aabbccddeeff' AS bytea)", ""
    else:
        days = """SELECT on_date, CAST(julianday(on_date) - julianday('2025-11-01') AS integer) AS nth FROM days
                  WHERE strftime('%w', on_date) BETWEEN '1' AND '5'"""
        at = f"strftime('%Y-%m-%d %H:%M:%S', d.on_date, ({at_minutes}) || ' minutes') || '.000000'"
        body = """CASE WHEN CAST(:kind AS varchar) LIKE 'Question%'
                    THEN json_object('question', 'lad-001', 'version', 1, 'mode',
                    CASE WHEN p.id % 20 = d.nth % 20 THEN 'exam' ELSE 'practice' END,
                    'right', json(iif(p.id % 3 > 0, 'true', 'false')))
                  ELSE json_object('lesson', 'dry-floor', 'version', 1) END"""
        salt = "x'00112233445566778899aabbccddeeff'"
        head = """WITH RECURSIVE days(on_date) AS (
                  SELECT :first UNION ALL SELECT date(on_date, '+1 day') FROM days WHERE on_date < :last)"""
    return f"""{head}
        INSERT INTO fact (key, kind, version, at, pseudonym, unit_id, post, body, salt)
        SELECT CAST(:key AS varchar) || ':' || {number}, CAST(:kind AS varchar), 1, {at}, s.pseudonym, l.unit_id, l.post,
               {body}, {salt}
        FROM ({days}) AS d CROSS JOIN person AS p
        JOIN pseudonym AS s ON s.person_id = p.id JOIN placement AS l ON l.person_id = p.id
        WHERE p.id <= :count AND {dice} >= :low AND {dice} < :high"""


def _leave(person: int) -> dict[str, object]:
    begins = datetime(2026, 1 + person % 9, 1 + person % 25, 6, tzinfo=UTC)
    return {"person_id": person, "starts_at": begins, "ends_at": begins + timedelta(days=21)}


def _without_indexes(session: Session) -> list[str]:
    """Takes the indexes of facts away while they are written; answers how to make them again."""
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'fact' AND indexname NOT LIKE 'pk%'"
    found = [
        (row.indexname, row.indexdef) for row in session.execute(text(query)) if not row.indexname.startswith("uq")
    ]
    for name, _ in found:
        session.execute(text(f"DROP INDEX {name}"))
    key = session.scalar(text("SELECT conname FROM pg_constraint WHERE conrelid = 'fact'::regclass AND contype = 'u'"))
    session.execute(text(f"ALTER TABLE fact DROP CONSTRAINT {key}"))
    return [*(made for _, made in found), f"ALTER TABLE fact ADD CONSTRAINT {key} UNIQUE (key)"]


def _months(first: date, last: date) -> Iterator[date]:
    at = closing.first_of(first)
    while at <= last:
        yield at
        at = closing.next_month(at)


# --- what is measured -----------------------------------------------------------------------------------------------------


def _close(engine: Engine, first: date) -> None:
    with Session(engine) as session, session.begin():
        closing.close_whole(session, counted.COUNTED, first, NOW)


def _scorecard(engine: Engine, units: int) -> int:
    """The lines of the people of some teams for the year."""
    some = list(range(1, units * company.TEAM + 1))
    with reading(engine) as session:
        return len(counted.lines(session, Period(FIRST, LAST), some))


def _slices(engine: Engine, now: datetime) -> float:
    """The longest of some steps in which a running house closes a month beside what else it does, in ms."""
    month, longest = closing.first_of(LAST), 0.0
    with Session(engine) as session, session.begin():
        closing.reopen(session, datetime.combine(month, datetime.min.time(), UTC) + timedelta(days=15))
    for _ in range(20):
        began = time.perf_counter()
        with Session(engine) as session, session.begin():
            more = counted.close_month(session, now)
        longest = max(longest, time.perf_counter() - began)
        if not more:
            break
    with Session(engine) as session, session.begin():
        closing.close_whole(session, counted.COUNTED, month, now)
    return 1000 * longest


EXPORT = """
import resource, sys, time
from datetime import date
from bot.assessment import counted, flat, rules, store, workbook
from bot.assessment.model import Period, Sheet
from bot.db.engine import connect
from bot.db.reading import reading
url, form, first, last = sys.argv[1:]
began = time.perf_counter()
period = Period(date.fromisoformat(first), date.fromisoformat(last))
with reading(connect(url)) as session:
    company, lang = store.company(session)
    made = Sheet(company, lang, period, counted.lines(session, period))
data = {"csv": flat.csv_bytes, "xlsx": workbook.xlsx_bytes}[form](made)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(made.lines))
"""


def _export(url: str, form: str, first: date, last: date) -> tuple[float, float]:
    """Seconds and the most memory in MB of a process that makes the whole company's file."""
    command = [sys.executable, "-c", EXPORT, url, form, first.isoformat(), last.isoformat()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # what goes wrong is seen
    seconds, memory, _ = done.stdout.split()
    return float(seconds), float(memory)


def _of_months(engine: Engine) -> float:
    if engine.dialect.name != "postgresql":
        return float("nan")
    query = "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(ARRAY['person_month', 'person_carried']) AS t"
    with engine.connect() as connection:
        return float(connection.scalar(text(query)) or 0) / 2**20


def _analyse(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _timed(name: str, do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    made = do()
    took = time.perf_counter() - began
    if name:
        print(f"    {name}: {took:.1f} s", file=sys.stderr, flush=True)
    return took, made
