"""The databases that tests get: both engines, fresh, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import inspect, text

from bot.db.engine import connect

ROOT = Path(__file__).parents[2]

STARTS_A_SERVER = """
import sys, time
from tests.postgres import running_postgres
with running_postgres() as server:
    print(server.pid, server.folder, flush=True)
    if "wait" in sys.argv:
        time.sleep(60)
"""


def test_a_database_has_the_whole_schema_and_no_rows(database_url: str) -> None:
    """The template is copied, not shared, and copied with its tables."""
    engine = connect(database_url)
    assert "job" in inspect(engine).get_table_names()
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM job")) == 0
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))
    engine.dispose()


def test_what_one_test_made_the_next_one_does_not_see(database_url: str) -> None:
    """The neighbour above made a table called mine."""
    engine = connect(database_url)
    assert "mine" not in inspect(engine).get_table_names()
    engine.dispose()


def _gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def _start(*arguments: str) -> tuple[subprocess.Popen[str], int, Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS_A_SERVER, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    pid, folder = process.stdout.readline().split()
    return process, int(pid), Path(folder)


def test_a_server_ends_with_the_run_and_takes_its_folder_along() -> None:
    """The orderly end leaves neither process nor file."""
    process, pid, folder = _start()
    assert process.wait(timeout=30) == 0
    assert _gone(pid, 5)
    assert not folder.exists()


def test_a_server_dies_with_a_run_that_is_killed() -> None:
    """kill -9 on the tests leaves no server; the next run removes the folder."""
    process, pid, folder = _start("wait")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    assert _gone(pid, 10)
    assert folder.exists()
    _start()[0].wait(timeout=30)
    assert not folder.exists()
