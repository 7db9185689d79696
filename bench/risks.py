"""The board of dangers, the early-warning index and the map of risks over three years of a large company: a million hazards with

their facts, one in a hundred of them open, and 10,000 risks.

`python -m bench risks [--engine postgresql] [--hazards 100000,1000000]`. Facts are written straight into the ledger by one
statement, because the point is to have them; what is measured goes through the rooms.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.orm import Session

from bench import company
from bot.db.engine import connect
from bot.db.once import table_of
from bot.features import rooms
from bot.hazards.boards import board as board_of
from bot.people import store as people
from bot.people.actions import grant
from bot.people.model import Role
from bot.people.tables import UnitRow
from bot.risks import bands, mapping, rules, store
from bot.risks import company as register
from bot.risks.model import Method, Rating
from bot.risks.tables import RiskRow
from bot.risks.warning import actions as warning
from bot.risks.warning import company as weights
from tests.postgres import running_postgres

PEOPLE = 20_000
RISKS = 10_000
YEARS = 3
NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
ROUNDS = 9
CHIEF = 1
"""Somebody who answers for the whole company."""
AIM_MS = 300
KINDS = (("HazardReported", 1.0), ("HazardOverdue", 0.15), ("HazardReopened", 0.05), ("ControlUnchecked", 0.1))
"""Which facts the weights count, and how many of each for every hazard."""
OTHERS = 3.0
"""Facts of a hazard that no weight counts: acknowledged, assigned, verified."""


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--hazards", default="100000,1000000")


def measure(given: argparse.Namespace) -> list[str]:
    """The table: medians of some rounds, and the aim."""
    lines = [
        "| hazards | facts | database | board ms | its queries | index, all areas ms | map ms "
        "| register, a page ms | slowest / aim |",
        "|---" * 9 + "|",
    ]
    for engine in ("sqlite", "postgresql") if given.engine == "both" else (given.engine,):
        for hazards in (int(each) for each in given.hazards.split(",")):
            with database(engine) as url:
                lines.append(one(url, engine, hazards))
                print(f"  {lines[-1]}", file=sys.stderr, flush=True)
    return lines


@contextmanager
def database(engine: str) -> Iterator[str]:
    """An empty one."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        return
    with running_postgres() as server:
        yield server.create_database("bench")


def one(url: str, engine: str, hazards: int) -> str:
    """A row."""
    company.fill(url, PEOPLE, questions=False, now=NOW)
    register.configure(None)
    weights.configure(None, {kind.name for room in rooms() for kind in room.facts})
    made = connect(url)
    facts = fill(made, hazards)
    with Session(made) as session:
        queries = counted(made, lambda: seen(session))
        board = median(lambda: seen(session))
        index = median(lambda: warning.read(session, NOW))
        shown = median(
            lambda: (
                store.counts(session, ("/",)),
                [mapping.grid(session, ("/",), each) for each in Method],
                mapping.spots(session, ("/",), 40),
            )
        )
        page = median(lambda: store.risks(session, ("/",), 51))
    made.dispose()
    ratio = max(board, index, shown, page) / AIM_MS
    measured = f"{index:,.0f} | {shown:,.0f} | {page:,.0f} | {ratio:.2f}"
    return f"| {hazards:,} | {facts:,} | {engine} | {board:,.0f} | {queries} | {measured} |"


def seen(session: Session) -> None:
    """The dashboard's board of dangers, as somebody who answers for the whole company gets it."""
    session.expire_all()
    viewer = people.viewer(session, CHIEF, NOW)
    assert viewer is not None
    found = board_of(session, viewer, {}, NOW)
    assert found["more"], "so many are open that not all are shown"


def counted(engine: Engine, work: Callable[[], Any]) -> int:
    """How many statements a piece of work sends."""
    sent = 0

    def note(*_: Any) -> None:
        nonlocal sent
        sent += 1

    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return sent


def median(work: Callable[[], Any]) -> float:
    """Milliseconds, of rounds after one that warms up."""
    work()
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.median(took)


def fill(engine: Engine, hazards: int) -> int:
    """Facts evenly over the years and units, and risks; answers how many facts."""
    with Session(engine) as session, session.begin():
        units = list(session.scalars(select(UnitRow.id).order_by(UnitRow.id)))
        total = 0
        for kind, share in (*KINDS, ("HazardVerified", OTHERS)):
            count = int(hazards * share)
            _facts(session, kind, count, min(units), max(units))
            total += count
        _hazards(session, hazards, min(units), max(units))
        top = session.scalars(select(UnitRow.id).where(UnitRow.parent_id.is_(None))).one()
        grant(session, CHIEF, Role.ADMIN, top, NOW)
        rows = [_risk(session, number, units[number % len(units)]) for number in range(RISKS)]
        session.execute(insert(table_of(RiskRow)), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return total


def _hazards(session: Session, count: int, first: int, last: int) -> None:
    """Dangers evenly over the years: the newest hundredth is open, half of that given to somebody, a fifth of it late."""
    seconds = YEARS * 365 * 86_400
    values = {
        "count": count, "first": first, "spread": last - first + 1, "step": seconds / max(count, 1), "chief": CHIEF,
        "since": (NOW - timedelta(seconds=seconds)).isoformat(), "open": count // 100,
    }  # fmt: skip
    if session.get_bind().dialect.name == "postgresql":
        at = "CAST(:since AS timestamptz) + n * CAST(:step AS float) * interval '1 second'"
        series = "generate_series(1, :count) AS n"
        due, before = f"{at} + interval '1 day'", ""
    else:
        at = "strftime('%Y-%m-%d %H:%M:%S', unixepoch(:since) + n * :step, 'unixepoch') || '.000000'"
        due, series = at, "counter"
        before = "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < :count) "
    session.execute(
        text(f"""{before}
        INSERT INTO hazard (key, kind, state, urgency, severity, unit_id, path, words, round, created_at, reporter_id,
                            acknowledged_by, acknowledged_at, assigned_to, due_at)
        SELECT 'bench:' || m.n, 'dangerous',
               CASE WHEN m.n <= :count - :open THEN 'verified' WHEN m.n % 2 = 0 THEN 'assigned'
                    WHEN m.n % 4 = 1 THEN 'reported' ELSE 'acknowledged' END,
               'soon', 1 + m.n % 4, m.unit, unit.path, 'Oil on the floor beside the machine, again', 0, m.at, :chief,
               CASE WHEN m.n % 4 <> 1 THEN :chief END, CASE WHEN m.n % 4 <> 1 THEN m.at END,
               CASE WHEN m.n % 2 = 0 THEN :chief END, m.due
        FROM (SELECT n, {at} AS at, {due} AS due, :first + (CAST(n AS bigint) * 7919) % :spread AS unit FROM {series}) AS m
        JOIN unit ON unit.id = m.unit"""),
        values,
    )


def _facts(session: Session, kind: str, count: int, first: int, last: int) -> None:
    """One statement, so that six million take minutes and not hours."""
    seconds, spread = YEARS * 365 * 86_400, last - first + 1
    values = {"kind": kind, "count": count, "first": first, "spread": spread}
    since = NOW - timedelta(seconds=seconds)
    step = seconds / max(count, 1)
    if session.get_bind().dialect.name == "postgresql":
        query = """
            INSERT INTO fact (key, kind, version, at, unit_id, body, salt)
            SELECT :kind || ':' || n, :kind, 1, CAST(:since AS timestamptz) + n * CAST(:step AS float) * interval '1 second',
                   :first + n % :spread,
                   jsonb_build_object('hazard', n, 'unit', :first + (CAST(n AS bigint) * 7919) % :spread,
                                      'kind', CASE WHEN n % 5 = 0 THEN 'nearly' ELSE 'dangerous' END),
                   CAST('\\x00112233445566778899aabbccddeeff' AS bytea)
            FROM generate_series(1, :count) AS n"""
        session.execute(text(query), values | {"since": since.isoformat(), "step": step})
        return
    query = """
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < :count)
        INSERT INTO fact (key, kind, version, at, unit_id, body, salt)
        SELECT :kind || ':' || n, :kind, 1, strftime('%Y-%m-%d %H:%M:%S', :since + n * :step, 'unixepoch') || '.000000',
               :first + n % :spread,
               json_object('hazard', n, 'unit', :first + (CAST(n AS bigint) * 7919) % :spread,
                           'kind', CASE WHEN n % 5 = 0 THEN 'nearly' ELSE 'dangerous' END),
               x'00112233445566778899aabbccddeeff'
        FROM counter"""
    session.execute(text(query), values | {"since": since.timestamp(), "step": step})


def _risk(session: Session, number: int, unit: int) -> dict[str, Any]:
    """A row of the register; every hundredth one is alarmed."""
    scale = register.scale(Method.LEC)
    steps = [scale.steps[name] for name in ("likelihood", "exposure", "consequence")]
    factors = [some[(number // (1 + at * 3)) % len(some)] for at, some in enumerate(steps)]
    colour = rules.colour_of(scale, Rating(Method.LEC, tuple(factors))).value
    row = session.get(UnitRow, unit)
    assert row is not None
    return {
        "code": f"B-{number}", "unit_id": unit, "path": row.path, "place_id": None, "task": {"en": f"Task {number % 500}"},
        "number": None, "step": {}, "hazard": {"en": "A danger"}, "topic": None, "method": "lec", "inherent": factors,
        "residual": None, "colour": colour, "inherent_colour": colour, "bands": bands.fingerprint(register.company()),
        "standing": "open", "owner_id": None, "round": 1, "created_by": None, "created_at": NOW, "rated_at": NOW,
        "alarmed_at": NOW if number % 100 == 0 else None,
    }  # fmt: skip
