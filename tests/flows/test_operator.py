"""What an operator gets wrong is one clear line and a non-zero exit: no traceback, and nothing is lost."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.db.migrate import upgrade
from bot.db.writer import Writer
from bot.people import actions as people
from bot.people.model import Role, UnitKind
from bot.web.store import digest
from bot.web.tables import WebSessionRow

ROOT = Path(__file__).parents[2]
TOKEN = "4444:operator-token-operator-token-operator"


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    """A simulator in a process of its own that makes a bot of each token."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bot", "simulator", "--port", str(port), "--any-token"], cwd=ROOT)
    _wait_for(port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def davy(tmp_path: Path, *words: str, limit: int | None = None, **settings: str) -> subprocess.Popen[str]:
    """Starts `davy` with settings; `limit` caps the size of any file it writes, in bytes, as a full disk does."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("DAVY_")}
    chosen = {"BOT_TOKEN": TOKEN, "DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port())} | settings
    chosen.setdefault("DATABASE_URL", f"sqlite:///{tmp_path}/davy.sqlite3")
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=tmp_path,
        env=env | {f"DAVY_{k}": v for k, v in chosen.items()} | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


def complaint(process: subprocess.Popen[str]) -> list[str]:
    """The lines it ends with on standard error; it must end by itself, badly, and without a traceback."""
    out, err = process.communicate(timeout=240)
    assert process.returncode not in (0, None)
    assert "Traceback" not in out + err
    return [line for line in err.splitlines() if line.startswith("davy: ")]


def test_a_wrong_token_is_named(tmp_path: Path) -> None:
    """With where to get the right one."""
    port = free_port()
    strict = subprocess.Popen([sys.executable, "-m", "bot", "simulator", "--port", str(port)], cwd=ROOT)
    try:
        _wait_for(port)
        (line,) = complaint(davy(tmp_path, "run", BOT_API_URL=f"http://127.0.0.1:{port}"))
    finally:
        strict.terminate()
        strict.wait(10)
    assert "BotFather" in line
    assert TOKEN not in line


def test_an_api_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    """Nobody listens there."""
    (line,) = complaint(davy(tmp_path, "run", BOT_API_URL=f"http://127.0.0.1:{free_port()}"))
    assert "DAVY_BOT_API_URL" in line


def test_every_bad_setting_is_reported_at_once(tmp_path: Path) -> None:
    """Two mistakes, two lines."""
    lines = complaint(davy(tmp_path, "run", ZONE="Mars/Olympus", PORT="99999"))
    assert len(lines) == 2
    assert any("DAVY_ZONE" in line for line in lines)
    assert any("DAVY_PORT" in line for line in lines)


@pytest.mark.parametrize(
    "url", ["nonsense", "oracle://x/y", "sqlite:////proc/none/davy.sqlite3", "postgresql://nobody@127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_used_is_named(tmp_path: Path, url: str) -> None:
    """A meaningless address, an engine we do not run on, a folder that takes no files, a server that is not there."""
    (line,) = complaint(davy(tmp_path, "run", DATABASE_URL=url))
    assert "database" in line.lower()


def test_a_port_in_use_is_named(tmp_path: Path, simulator: str) -> None:
    """And how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (line,) = complaint(davy(tmp_path, "run", BOT_API_URL=simulator, PORT=str(taken.getsockname()[1])))
    assert "DAVY_PORT" in line


def test_a_second_process_on_one_sqlite_file_is_refused(tmp_path: Path, simulator: str) -> None:
    """The first goes on undisturbed, and ends cleanly when asked."""
    port = free_port()
    first = davy(tmp_path, "run", BOT_API_URL=simulator, PORT=str(port))
    _wait_for(port)
    _wait_until_started(first)
    (line,) = complaint(davy(tmp_path, "run", BOT_API_URL=simulator, BOT_TOKEN=TOKEN.replace("4444", "4445")))
    assert "already serves" in line
    assert first.poll() is None
    first.send_signal(signal.SIGTERM)
    assert first.wait(15) == 0


def test_the_end_waits_for_no_open_board(tmp_path: Path, simulator: str) -> None:
    """With streams open that would stay for days it ends within 8 seconds, and each of them is told."""
    port = free_port()
    running = davy(tmp_path, "run", BOT_API_URL=simulator, PORT=str(port), BOT_TOKEN=TOKEN.replace("4444", "4447"))
    _wait_for(port)
    _wait_until_started(running)
    engine = connect(f"sqlite:///{tmp_path}/davy.sqlite3")
    with Session(engine) as session, session.begin():
        sign_somebody_in(session, "a cookie")
    engine.dispose()
    boards = []
    for _ in range(4):
        board = socket.create_connection(("127.0.0.1", port), 20)
        head = "GET /desk/live?page=/desk HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: davy_session=a cookie\r\n\r\n"
        board.sendall(head.encode())
        board.settimeout(20)
        assert b" 200 " in board.recv(4096)
        boards.append(board)
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert time.monotonic() - began < 8
    for board in boards:
        rest = b""
        while data := board.recv(4096):
            rest += data
        assert b"event: over" in rest
        board.close()


def sign_somebody_in(session: Session, cookie: str) -> None:
    """A supervisor of a company of one, with a session in a browser."""
    now, since = datetime.now(UTC), date(2026, 1, 5)
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, since)
    sam = people.add_person(session, "S-1", "Sam Okafor", "en", top, "supervisor", since)
    people.grant(session, sam, Role.SUPERVISOR, top.id, now - timedelta(days=1))
    row = WebSessionRow(token_hash=digest(cookie), person_id=sam, created_at=now, expires_at=now + timedelta(hours=8))
    session.add(row)


def test_a_full_disk_is_named_and_what_was_sent_is_still_there(tmp_path: Path, simulator: str) -> None:
    """The file may not grow: one line, an end, and the update stays with Telegram for the next start."""
    import json
    import urllib.request

    database = tmp_path / "davy.sqlite3"
    upgrade(f"sqlite:///{database}")
    engine = connect(f"sqlite:///{database}")
    Writer(engine).stop()
    engine.dispose()

    def post(path: str, body: object) -> dict[str, object]:
        request = urllib.request.Request(
            simulator + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)  # type: ignore[no-any-return]

    token = TOKEN.replace("4444", "4446")
    bot = post("/sim/bots", {"token": token})
    user = post("/sim/users", {"first_name": "Ana"})["id"]
    post("/sim/messages", {"from": user, "text": "/start", "bot": bot["id"]})
    lines = complaint(davy(tmp_path, "run", BOT_API_URL=simulator, BOT_TOKEN=token, limit=40_000))
    assert any("disk" in line for line in lines)
    with urllib.request.urlopen(f"{simulator}/sim/queue") as answer:
        waiting = {item["bot"]: item["waiting"] for item in json.load(answer)["items"]}
    assert waiting[bot["id"]] == 1


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


def _wait_until_started(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if "started" in line:
            return
    raise AssertionError("it ended before it started")
