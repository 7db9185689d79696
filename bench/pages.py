"""The first byte of every page of the dashboard in a large company, and its weight.

`python -m bench pages [--people 100000] [--engine both] [--hazards 20000] [--rounds 5]`

An admin of the whole company asks for each page that stands in the head, and for one of each kind that does not; the company has
people, dangers and their facts, today's lesson offered to everybody, a drill of everybody that goes on, a notice and duties
that nobody has acknowledged. Aims: 100 ms to the first byte, 150 KB. What is over an aim is marked.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert, text
from sqlalchemy.orm import Session

from bench import company, risks
from bot.app import GARBAGE, House
from bot.assessment.ticks import count_today
from bot.compliance.reading import actions as reading
from bot.compliance.reading.model import Written
from bot.db.engine import connect
from bot.db.once import table_of
from bot.duties import actions as duties
from bot.duties import shipped
from bot.emergencies.muster import actions as muster
from bot.people import store as people
from bot.settings import Settings
from bot.web import app as web
from bot.web.store import digest
from bot.web.tables import WebSessionRow

AIM_MS, AIM_KB = 100, 150
PATIENCE_S = 300
"""A page that is not there by then has this as its time: it still takes the processor from those after it."""
WHO, COOKIE = 1, "a cookie of the benchmark"
ONE = {
    "/desk/hazards/{id:int}": "/desk/hazards/1",
    "/desk/units/{id:int}": "/desk/units/1",
    "/desk/musters/{id:int}": "/desk/musters/1",
    "/desk/risks/{id:int}": "/desk/risks/1",
    "/desk/warning/{id:int}": "/desk/warning/2",
    "/desk/files": "/desk/files",
    "/desk/musters/new": "/desk/musters/new",
    "/desk/campaigns/plan": "/desk/campaigns/plan",
}
"""Pages that stand not in the head, with the address of one."""


@dataclass
class Page:
    """One page as it came: milliseconds of each round, and its size."""

    path: str
    status: int
    took: list[float]
    kilobytes: float


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--hazards", type=int, default=20_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--slow", action="store_true", help="print the slowest statements of each page that is over the aim"
    )


def measure(given: argparse.Namespace) -> list[str]:
    """The table: a row for each page."""
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    found: dict[str, dict[str, Page]] = {}
    for engine in engines:
        with risks.database(engine) as url:
            began = time.monotonic()
            furnish(url, given.people, given.hazards)
            print(f"  {engine}: furnished in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            for page in ask_all(url, given):
                found.setdefault(page.path, {})[engine] = page
    head = " | ".join(f"{engine}, p50 / max ms" for engine in engines)
    lines = [f"| page | {head} | KB |", "|---" * (len(engines) + 2) + "|"]
    for path, pages in sorted(
        found.items(), key=lambda item: -max(statistics.median(each.took) for each in item[1].values())
    ):
        lines.append(row(path, [pages[engine] for engine in engines if engine in pages]))
    over = sum("**" in line for line in lines)
    # absolute times are this machine's at this hour: by the yardstick those of two days can be held against each other
    said = f"Over an aim: {over} of {len(found)} pages. A million additions in a loop took {yardstick():,.0f} ms here then."
    print(f"  {said}", file=sys.stderr, flush=True)
    return [*lines, "", said]


def yardstick() -> float:
    """Milliseconds of processor that Python needs for a million additions; the best of five."""
    took = []
    for _ in range(5):
        began, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number
        took.append(1000 * (time.process_time() - began))
    return min(took)


def row(path: str, pages: Sequence[Page]) -> str:
    """A line of the table; what is over an aim stands out."""
    cells = []
    for page in pages:
        middle = statistics.median(page.took)
        said = f"{middle:,.0f} / {max(page.took):,.0f}"
        cells.append(f"**{said}**" if middle > AIM_MS else said)
    weight = max(page.kilobytes for page in pages)
    shown = f"**{weight:,.0f}**" if weight > AIM_KB else f"{weight:,.0f}"
    return f"| `{path}` | {' | '.join(cells)} | {shown} |"


def furnish(url: str, count: int, hazards: int) -> None:
    """A large company on a busy day."""
    now = datetime.now(UTC)
    company.fill(url, count, questions=False, now=now)
    engine = connect(url)
    risks.fill(engine, hazards)
    with Session(engine) as session, session.begin():
        top = session.query(company.UnitRow).filter_by(kind="company").one()
        session.execute(
            insert(table_of(WebSessionRow)),
            [
                {
                    "token_hash": digest(COOKIE),
                    "person_id": WHO,
                    "created_at": now,
                    "expires_at": now + timedelta(hours=8),
                }
            ],
        )
        _participation(session, now)
        viewer = people.viewer(session, WHO, now)
        draft = shipped.draft("machine-operator")
        assert viewer is not None
        assert draft is not None
        muster.start(session, viewer, top.id, False, True, now)
        said = {"en": Written("Open the gate with your own key.", "Whose key?", "My own", ("Any",))}
        reading.begin(session, WHO, reading.Draft("n", top.id, said), now)
        signed = duties.sign(session, WHO, "worker", top.id, draft, now, giving=False)
        _roster_and_duties(session, signed.id, now)
    counting = True
    while counting:  # as in a house that runs
        with Session(engine) as session, session.begin():
            counting = count_today(session, now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    engine.dispose()


def _participation(session: Session, now: datetime) -> None:
    """Today everybody was offered a lesson, most have read it, half have answered."""
    salt = "CAST('\\x00' AS bytea)" if session.get_bind().dialect.name == "postgresql" else "x'00'"
    for kind, key, share in (
        ("LessonAssigned", "assigned", 10),
        ("LessonRead", "read", 7),
        ("QuestionAnswered", "answered", 5),
    ):
        body = '{"mode": "practice"}' if kind == "QuestionAnswered" else '{"lesson": "dry-floor"}'
        session.execute(
            text(
                f"""INSERT INTO fact (key, kind, version, at, pseudonym, unit_id, post, body, salt)
                SELECT :key || ':' || p.person_id, :kind, 1, :at, s.pseudonym, p.unit_id, p.post, {_json(session)}, {salt}
                FROM placement p JOIN pseudonym s ON s.person_id = p.person_id WHERE p.person_id % 10 < :share"""
            ).bindparams(key=f"{key}-today", kind=kind, at=_at(session, now), body=body, share=share)
        )  # fmt: skip


def _roster_and_duties(session: Session, list_: int, now: datetime) -> None:
    """Everybody is on the roster of the drill, two of three have answered; everybody was given duties, half have acknowledged."""
    at = _at(session, now)
    session.execute(
        text(
            """INSERT INTO muster_roster (muster_id, person_id, unit_id, path, rank, phone, state, first_at, answered_at)
            SELECT 1, p.person_id, p.unit_id, u.path, 1, true, CASE WHEN p.person_id % 3 = 0 THEN 'silent' ELSE 'safe' END,
                   CASE WHEN p.person_id % 3 = 0 THEN NULL ELSE :at END, CASE WHEN p.person_id % 3 = 0 THEN NULL ELSE :at END
            FROM placement p JOIN unit u ON u.id = p.unit_id"""
        ).bindparams(at=at)
    )
    session.execute(
        text(
            """INSERT INTO duty_given (key, list_id, person_id, given_at, told_at, acknowledged_at)
            SELECT 'bench:' || p.person_id, :list, p.person_id, :at, :at,
                   CASE WHEN p.person_id % 2 = 0 THEN NULL ELSE :at END FROM placement p"""
        ).bindparams(list=list_, at=at)
    )


def _at(session: Session, now: datetime) -> object:
    return now if session.get_bind().dialect.name == "postgresql" else now.replace(tzinfo=None).isoformat(" ")


def _json(session: Session) -> str:
    return "CAST(:body AS jsonb)" if session.get_bind().dialect.name == "postgresql" else "json(:body)"


def ask_all(url: str, given: argparse.Namespace) -> list[Page]:
    """Every page, from a house that serves as `davy run` does."""
    from tests.web.desk import served

    with tempfile.TemporaryDirectory(prefix="davy-bench-") as folder:
        settings = Settings(
            _env_file=None, bot_token="1:bench", database_url=url, data_dir=Path(folder), public_url="http://127.0.0.1",
            secret_key="a bench's secret that is long enough",
        )  # type: ignore[call-arg]  # fmt: skip
        house = House(settings)
        try:
            with served(web.build(house)) as base:
                gc.collect()  # as `House.start` does, which this one has not been through
                gc.freeze()
                gc.set_threshold(*GARBAGE)
                return [
                    _asked(base, path, given.rounds, house.engine if given.slow else None) for path in _paths(house)
                ]
        finally:
            house.writer.stop()
            house.engine.dispose()
            if house._lock is not None:
                house._lock.close()


def _paths(house: House) -> list[str]:
    pages = [page for room in house.rooms for page in room.pages if not page.public]
    shown = {page.path for page in pages if page.nav and "{" not in page.path}
    return sorted(shown | {ONE[page.path] for page in pages if page.path in ONE})


def _asked(base: str, path: str, rounds: int, watched: Engine | None) -> Page:
    """One page some times, after once that is not counted."""
    host = base.removeprefix("http://")
    took, size, status = [], 0, 0
    for number in range(rounds + 1):
        connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
        connection.connect()
        spent = Statements(watched) if watched is not None and number == rounds else None
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"davy_session={COOKIE}", "Accept": "text/html"})
        try:
            answer = connection.getresponse()
        except TimeoutError:
            print(f"  {path} was not answered within {PATIENCE_S} s", file=sys.stderr, flush=True)
            return Page(path, 0, [1000.0 * PATIENCE_S], 0)
        first = answer.read(1)
        if number:
            took.append(1000 * (time.perf_counter() - began))
        size, status = len(first + answer.read()), answer.status
        connection.close()
        if spent is not None:
            spent.tell(path, statistics.median(took))
    if status != 200:
        print(f"  {path} was answered with {status}", file=sys.stderr, flush=True)
    return Page(path, status, took, size / 1024)


class Statements:
    """The statements of one page and how long each took, for whoever looks for the cause."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._seen = engine, list[tuple[float, str]]()
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        connection.info["began"] = time.perf_counter()

    def _after(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        self._seen.append((time.perf_counter() - connection.info["began"], " ".join(statement.split())))

    def tell(self, path: str, took: float) -> None:
        """Prints the slowest where the page is over the aim."""
        event.remove(self._engine, "before_cursor_execute", self._before)
        event.remove(self._engine, "after_cursor_execute", self._after)
        if took > AIM_MS:
            whole = sum(each for each, _ in self._seen)
            print(f"  {path}: {took:.0f} ms, {len(self._seen)} statements in {1000 * whole:.0f} ms", file=sys.stderr)
            for each, words in sorted(self._seen, reverse=True)[:3]:
                print(f"    {1000 * each:.0f} ms: {words[:400]}", file=sys.stderr, flush=True)
