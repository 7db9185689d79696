"""Once a day the ledger's digest is said outside; whoever makes the chain anew afterwards is contradicted by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.assessment.issuing import auditing
from bot.assessment.issuing.auditing import Audit
from bot.db.engine import connect
from bot.db.jobs import JobRow
from bot.delivery import seals
from bot.kit.seal import Seal
from bot.ledger import actions as ledger
from bot.ledger import anchoring
from bot.ledger.anchoring import Outside, SayOutside
from bot.ledger.model import Fact
from bot.ledger.sealing import broken_blocks, seal_block
from bot.ledger.tables import AnchorRow, BlockMemberRow, BlockRow, FactRow
from bot.onboarding.model import PERSON_ADDED
from tests.proofs.counted import counted

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
SECRET = "a secret of some length"


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A ledger with two sealed blocks."""
    ledger.subscribe(())
    engine: Engine = connect(database_url)
    with Session(engine) as made:
        for number in (1, 2):
            ledger.record(made, Fact(PERSON_ADDED, f"added:{number}", NOW, unit=1), NOW)
            seal_block(made, NOW)
        yield made
    engine.dispose()
    anchoring.configure(Outside())


def said(session: Session, outside: Outside, now: datetime) -> None:
    """One day's anchor, as tick and job make it."""
    anchoring.configure(outside)
    anchoring.anchor_day(session, now)
    anchoring.anchor_day(session, now)
    job = SayOutside()
    for payload in session.scalars(select(JobRow.payload).where(JobRow.kind == anchoring.JOB)).all():
        job(session, job.prepare(job.look(session, dict(payload), now)), now)


def audited(session: Session, file: Path | None) -> Audit:
    """As `davy audit verify` does."""
    seals.use(Seal(SECRET))
    return auditing.audit(session, [file] if file is not None else [])


def test_a_day_has_one_line_and_the_chain_fits_it(session: Session, tmp_path: Path) -> None:
    """However often tick and job run."""
    file = tmp_path / "anchors.jsonl"
    said(session, Outside(file=file), NOW)
    said(session, Outside(file=file), NOW + timedelta(hours=2))
    said(session, Outside(file=file), NOW + timedelta(days=1))
    anchors = anchoring.read(file.read_text().splitlines())
    assert [anchor.on_date.day for anchor in anchors] == [18, 19]
    assert anchors[0].facts == 2
    assert audited(session, file).problems == ()
    assert anchoring.unsaid(session, NOW + timedelta(days=2)) == 0


def test_a_chain_that_was_made_anew_is_whole_and_contradicted(session: Session, tmp_path: Path) -> None:
    """A fact is changed and everything sealed once more: the chain alone does not show it, the anchor does."""
    file = tmp_path / "anchors.jsonl"
    said(session, Outside(file=file), NOW)
    session.execute(update(FactRow).where(FactRow.key == "added:1").values(kind="PersonLeft"))
    session.execute(delete(BlockMemberRow))
    session.execute(delete(BlockRow))
    while seal_block(session, NOW):
        pass
    assert broken_blocks(session) == []
    alone, anchored = audited(session, None).problems, audited(session, file).problems
    counted("the ledger is made anew from a changed fact", 1, len(anchored))
    counted("the ledger is made anew from a changed fact", 1, len(alone), sabotaged=True)
    assert alone == (), "which is why it is said outside"
    (problem,) = anchored
    assert "block" in problem


def test_what_reached_nobody_is_known(session: Session, tmp_path: Path) -> None:
    """The job raises, so that it is tried again; the anchor stays unsaid and doctor and metrics tell."""
    anchoring.configure(Outside(webhook="http://127.0.0.1:9/", secret=SECRET))
    anchoring.anchor_day(session, NOW)
    job = SayOutside()
    with pytest.raises(OSError):
        job.prepare(job.look(session, {"on_date": "2026-11-18"}, NOW))
    assert anchoring.unsaid(session, NOW + timedelta(hours=2)) == 1


def test_a_webhook_gets_the_line_signed(session: Session) -> None:
    """With the same words as the file's line."""
    heard: list[tuple[bytes, str]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keeps what came."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((body, self.headers["Davy-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        said(session, Outside(webhook=f"http://127.0.0.1:{server.server_port}/", secret=SECRET), NOW)
    finally:
        server.shutdown()
        server.server_close()
    ((body, signature),) = heard
    assert signature == anchoring.signature(SECRET, body)
    assert json.loads(body)["on"] == "2026-11-18"
    assert session.scalar(select(AnchorRow.ways)) == "webhook"
