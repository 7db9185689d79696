"""What tests stand on: a migrated database of each engine, fresh for every test, and a browser.

A test that takes `database_url` runs twice, on SQLite and on PostgreSQL; a story of `tests/flows` on one of them, which its
name decides for good. `DAVY_TEST_DATABASE=sqlite|postgresql|both` picks otherwise: both plays every story twice.
A schema is made once a worker and engine; a test gets a copy of it (a file, or a database made from a template).
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import kept
from tests.postgres import Server, running_postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROVING = bool(os.environ.get("DAVY_TEST_PROVE"))
"""`make prove`: the proofs at full size, and those that are left out of `make test` for their time."""
ENGINES = ("sqlite", "postgresql")
SHARED = "shared"
TEMPLATE = "davy_template"
ROOT = Path(__file__).parent.parent
STORIES = ROOT / "tests" / "flows"


def _chosen_engines() -> tuple[str, ...]:
    chosen = os.environ.get("DAVY_TEST_DATABASE", SHARED)
    if chosen not in {*ENGINES, "both", SHARED}:
        raise pytest.UsageError(f"DAVY_TEST_DATABASE is {chosen!r}; it may be sqlite, postgresql, both or shared")
    return (chosen,) if chosen in ENGINES else ENGINES


def _played_elsewhere(item: pytest.Item) -> bool:
    """Whether the other engine plays this story. Every query has tests of its own, on both, in `tests/store`."""
    if not hasattr(item, "callspec") or item.path.parent != STORIES:
        return False
    engine = next((value for value in item.callspec.params.values() if value in ENGINES), None)
    story = item.nodeid.replace(str(engine), "")
    return engine is not None and engine != ENGINES[zlib.crc32(story.encode()) % len(ENGINES)]


def _chromium() -> str | None:
    """The path of a Chromium that starts, or None."""
    found = subprocess.run([ROOT / "scripts" / "find-chromium"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def pytest_configure(config: pytest.Config) -> None:
    """Tests read no settings of the person who runs them: neither their environment nor the checkout's .env."""
    for name in list(os.environ):
        if name.startswith("DAVY_") and not name.startswith(
            ("DAVY_TEST_", "DAVY_LIVE_", "DAVY_CHROMIUM", "DAVY_PROOFS")
        ):
            del os.environ[name]
    sabotage = "a proof with a mechanism broken, which it has to notice; run by `make prove`, also in short"
    config.addinivalue_line("markers", f"sabotage: {sabotage}")
    chosen = config.option.markexpr
    left_out = [mark for mark in ("live", "prove") if mark not in chosen and not (mark == "prove" and PROVING)]
    if left_out:
        without = " and ".join(f"not {mark}" for mark in left_out)
        config.option.markexpr = f"({chosen}) and {without}" if chosen else without


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests share one worker (one Chromium), and are left out, with a word, where there is none."""
    if os.environ.get("DAVY_TEST_DATABASE", SHARED) == SHARED:
        elsewhere = [item for item in items if _played_elsewhere(item)]
        config.hook.pytest_deselected(items=elsewhere)
        left = {id(item) for item in elsewhere}
        items[:] = [item for item in items if id(item) not in left]
    browser = [item for item in items if item.get_closest_marker("browser")]
    for item in browser:
        if not any(mark.name == "xdist_group" for mark in item.iter_markers()):
            item.add_marker(pytest.mark.xdist_group("browser"))
    if browser and _chromium() is None:
        config.hook.pytest_deselected(items=browser)
        items[:] = [item for item in items if item not in browser]
    # the longest first, or at the end one worker plays pages while the others have nothing left
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("slow")))


def pytest_collection_finish() -> None:
    """What was collected stays until the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_report_header() -> list[str]:
    """Says which engines the run covers and whether the browser tests are in."""
    browser = _chromium() or "none found, so the browser tests are left out (see scripts/system-packages)"
    return [f"engines: {', '.join(_chosen_engines())}", f"chromium: {browser}"]


@pytest.fixture(scope="session", autouse=True)
def _kept_for_this_worker(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Copies of furnished databases, and statements that are compiled once."""
    kept.folder = tmp_path_factory.mktemp("kept")
    kept.compile_once()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """This worker's PostgreSQL server, started by the first test that asks."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """The name of a database with the whole schema and no rows, to be copied."""
    from bot.db.migrate import upgrade

    url = postgres.create_database(TEMPLATE)
    upgrade(url)
    kept.first_of_its_kind(url)
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the whole schema and no rows, to be copied."""
    from bot.db.migrate import upgrade

    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    upgrade(f"sqlite:///{path}")
    kept.first_of_its_kind(f"sqlite:///{path}")
    return path


_numbers = itertools.count(1)


@pytest.fixture
def make_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """`make_database_url("sqlite" | "postgresql")`: for a test that needs one engine only, or two databases."""
    dropped: list[str] = []

    def make(engine: str) -> str:
        if engine == "sqlite":
            path = tmp_path / f"davy-{next(_numbers)}.sqlite3"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server: Server = request.getfixturevalue("postgres")
        template: str = request.getfixturevalue("postgres_template")
        dropped.append(f"davy_{next(_numbers)}")
        return server.create_database(dropped[-1], template)

    yield make
    for name in dropped:
        request.getfixturevalue("postgres").drop_database(name)


@pytest.fixture(params=_chosen_engines())
def database_url(request: pytest.FixtureRequest, make_database_url: Callable[[str], str]) -> str:
    """The address of a migrated, empty database of this test's own."""
    return make_database_url(request.param)


@pytest.fixture(params=_chosen_engines())
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, for the tests of migrations."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: Server = request.getfixturevalue("postgres")
    name = f"davy_empty_{next(_numbers)}"
    yield server.create_database(name)
    server.drop_database(name)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; a test opens its own context in it: `chromium.new_context()`.

    One a module and not one a worker: while it is open a loop runs in the main thread, and no `async def` test could.
    So browser tests are plain functions, in files of their own.
    """
    from playwright.sync_api import sync_playwright

    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--no-sandbox", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=quiet)
        yield browser
        browser.close()
