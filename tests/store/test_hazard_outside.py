"""The end of a ladder outside the chat: a real mail server, a real web server, and what happens when they do not answer."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Kept
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery.tables import OutboxRow
from bot.hazards import actions, company, outside, ticks
from bot.hazards.rules import Company
from bot.hazards.tables import HazardOutsideRow
from bot.people.tables import UnitRow
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]
ROOT = Path(__file__).parents[2]
WATCH = "watch@harbour.example"
SECRET = "a-secret-of-more-than-sixteen"


class _Inbox(Kept):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)


@pytest.fixture
def inbox() -> Iterator[_Inbox]:
    """A mail server on a free port, and Davy told of it."""
    inbox = _Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    outside.configure(outside.Ways(f"smtp://127.0.0.1:{port}", "davy@lamplight.example"))
    yield inbox
    outside.configure(outside.Ways())
    server.stop()


@pytest.fixture
def calls() -> Iterator[list[tuple[dict[str, str], bytes]]]:
    """A web server on a free port that keeps what is posted to it, and Davy told of it."""
    found: list[tuple[dict[str, str], bytes]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    outside.configure(outside.Ways(webhook=f"http://127.0.0.1:{server.server_port}/davy", secret=SECRET))
    yield found
    outside.configure(outside.Ways())
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _company() -> Iterator[None]:
    yield
    company.configure(Company())


def ladder(dock: Dock, *rungs: str) -> None:
    """The dock's own ladder, a minute a rung."""

    def put(session: Session) -> None:
        session.get_one(UnitRow, dock.unit).alerts = {"ladder": {"all": [[who, 1] for who in rungs]}}

    dock.run(put)


def work(dock: Dock, now: datetime) -> int:
    """Does the calls that are due, as the worker does: looks, calls outside any transaction, keeps what became of it."""
    do, done = outside.CallOutside(), 0
    while found := dock.run(jobs.due, now, only={outside.JOB}):
        for job in found:
            payload = do.prepare(dock.run(do.look, job.payload, now))

            def keep(session: Session, job: Any = job, payload: Any = payload) -> None:
                assert jobs.finish(session, job, now)
                do(session, payload, now)

            dock.run(keep)
            done += 1
    return done


def climb(dock: Dock, minutes: int) -> datetime:
    """Time passes; the ladder climbs."""
    now = later(minutes=minutes, seconds=minutes)
    dock.run(ticks.escalate_unacknowledged, now)
    return now


def test_the_last_rung_is_an_email_to_whoever_is_named(dock: Dock, inbox: _Inbox) -> None:
    """It says where, and to telephone; neither the words of the report nor a name leave the house."""
    ladder(dock, "supervisor", f"email:{WATCH}")
    dock.report(words="Boiler valve leaks")
    now = climb(dock, 1)
    assert (work(dock, now), work(dock, now)) == (1, 0)
    (mail,) = inbox.mails
    assert mail["To"] == WATCH
    assert "Dock Team" in str(mail["Subject"])
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert b"telephone" in body
    assert b"Boiler" not in mail.as_bytes()
    assert b"Morales" not in mail.as_bytes()
    assert [fact.body["way"] for fact in dock.facts("CalledOutside")] == ["email"]


def test_nobody_is_called_outside_after_an_acknowledgement(dock: Dock, inbox: _Inbox) -> None:
    """Also where the call was asked for before and had not been made."""
    ladder(dock, "supervisor", f"email:{WATCH}")
    hazard = dock.report()
    now = climb(dock, 1)
    dock.run(actions.acknowledge, hazard.id, dock.sam, now)
    work(dock, now)
    assert inbox.mails == []
    assert dock.run(lambda session: session.scalar(select(HazardOutsideRow.state))) == "not wanted"


def test_a_webhook_is_signed_over_time_and_body(dock: Dock, calls: list[tuple[dict[str, str], bytes]]) -> None:
    """Whoever holds the secret can tell that it came from here, and that nothing was changed."""
    ladder(dock, "supervisor", "webhook")
    dock.report()
    work(dock, climb(dock, 1))
    ((headers, body),) = calls
    said = json.loads(body)
    assert (said["event"], said["hazard"], said["kind"]) == ("alert", 1, "dangerous")
    assert "Dock Team" in said["place"]
    assert headers["Davy-Signature"] == outside.signature(SECRET, int(headers["Davy-Time"]), body)
    assert headers["Davy-Signature"] != outside.signature(SECRET, int(headers["Davy-Time"]), body + b" ")
    assert headers["Idempotency-Key"]


def test_a_call_that_fails_is_tried_again_and_then_the_admins_are_told(dock: Dock) -> None:
    """A mail server that is not there: eight tries with longer and longer waits; the admin reads why."""
    outside.configure(outside.Ways("smtp://127.0.0.1:1", "davy@lamplight.example"))
    try:
        ladder(dock, "supervisor", f"email:{WATCH}")
        dock.report()
        now = climb(dock, 1)
        tries = 0
        for _ in range(12):
            tries += work(dock, now)
            now += timedelta(hours=2)
        assert tries == outside.TRIES
        assert dock.told(dock.ada, "outside_failed") == ["hazards.outside_failed"]
        assert len(dock.facts("OutsideCallFailed")) == 1
    finally:
        outside.configure(outside.Ways())


def test_a_password_is_not_sent_without_tls(dock: Dock, inbox: _Inbox) -> None:
    """The mail server of the tests offers none."""
    plain = outside._ways[0].smtp or ""
    outside.configure(outside.Ways(plain.replace("smtp://", "smtp://davy:secret@"), "davy@lamplight.example"))
    assert "TLS" in (outside.probe(f"email:{WATCH}") or "")
    outside.configure(outside.Ways(plain, "davy@lamplight.example"))
    assert outside.probe(f"email:{WATCH}") is None
    assert inbox.mails == []


def test_the_ladder_of_a_company_ends_outside_where_it_is_set_up(dock: Dock, inbox: _Inbox) -> None:
    """Supervisor, manager, site, admin, and then the addresses of the settings."""
    company.configure(Company(outside=(f"email:{WATCH}",)))
    dock.report()
    for rung in range(1, 5):
        work(dock, climb(dock, 10 * rung + 1))
    assert len(inbox.mails) == 1
    rows: list[OutboxRow] = dock.rows(dock.ada, "nobody_answers")
    assert len(rows) == 1
    assert dock.run(ticks.escalate_unacknowledged, NOON + timedelta(days=1)) is False
    assert len(inbox.mails) == 1


# --- the recipe ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def recipe(tmp_path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The program of docs/howto/alert-outside-telegram.md, running, and what a provider of telephone calls was asked."""
    asked: list[dict[str, Any]] = []

    class Provider(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    provider = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = (ROOT / "docs" / "howto" / "alert-outside-telegram.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert program is not None
    script = tmp_path / "davy_rings.py"
    script.write_text(program[1].replace("9000", str(port)), encoding="utf-8")
    env = {"DAVY_ALERT_WEBHOOK_SECRET": SECRET, "WATCH_NUMBERS": "+15550100,+15550101"}
    env["PROVIDER_URL"] = f"http://127.0.0.1:{provider.server_port}/"
    running = subprocess.Popen([sys.executable, str(script)], env=os.environ | env)
    outside.configure(outside.Ways(webhook=f"http://127.0.0.1:{port}/", secret=SECRET))
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/", asked
    finally:
        outside.configure(outside.Ways())
        running.terminate()
        running.wait()
        provider.shutdown()
        provider.server_close()


def test_the_recipe_of_the_howto_rings_once_and_only_for_what_is_signed(
    recipe: tuple[str, list[dict[str, Any]]],
) -> None:
    """Each number once, though the same call comes twice; a test rings nobody; another secret is refused."""
    url, asked = recipe
    for _ in range(2):
        outside.post({"event": "alert", "text": "Nobody answers about No. 7"}, "hazard:7")
    assert [(each["to"], each["text"]) for each in asked] == [
        ("+15550100", "Nobody answers about No. 7"),
        ("+15550101", "Nobody answers about No. 7"),
    ]
    assert outside.probe("webhook") is None
    outside.configure(outside.Ways(webhook=url, secret="another-secret-of-sixteen"))
    assert "401" in (outside.probe("webhook") or "")
    assert len(asked) == 2
