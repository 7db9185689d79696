"""Checklists in a terminal: in as drafts of a leader, out the same; a pack that was changed is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.db.writer import Writer
from bot.inspections import command, store
from bot.inspections.visits import pack
from bot.library.shipped import content_path
from bot.settings import Settings
from tests.store.conftest import Crew

LADDER = content_path() / "checklists" / "ladder.yaml"
run = CliRunner().invoke


@pytest.fixture(autouse=True)
def _settings(database_url: str, tmp_path: Path) -> Iterator[None]:
    """The database of the test, as the composition root would give it."""
    before = command.begin
    command.begin = lambda: Settings(
        _env_file=None, bot_token="1:a-token-of-a-test", database_url=database_url, data_dir=tmp_path
    )  # type: ignore[call-arg,arg-type]
    yield
    command.begin = before


def test_a_checklist_goes_in_as_a_draft_and_comes_out_the_same(crew: Crew, writer: Writer, tmp_path: Path) -> None:
    """By whoever leads; twice it is no new version; a wrong badge and a mistake are told, and nothing is done."""
    done = run(app, ["import", "checklists", str(LADDER), "--as", "T-1"])
    assert done.exit_code == 1
    assert "only_leaders" in done.output
    assert run(app, ["import", "checklists", str(LADDER), "--as", "X-9"]).exit_code == 1
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(LADDER.read_text(encoding="utf-8").replace("severity: 3", "severity: 7", 1), encoding="utf-8")
    done = run(app, ["import", "checklists", str(wrong), "--as", "T-3"])
    assert done.exit_code == 1
    assert "“7” is none of: 1, 2, 3, 4" in done.output
    assert "1 new checklists, 0 new versions" in run(app, ["import", "checklists", str(LADDER), "--as", "T-3"]).output
    assert "0 new checklists, 0 new versions" in run(app, ["import", "checklists", str(LADDER), "--as", "T-3"]).output

    def used(session: Session) -> int | None:
        kept = store.by_code(session, "ladder")
        return kept.used if kept else 0

    assert writer.run(used) is None, "a draft"
    for name in ("out.yaml", "out.xlsx"):
        out = tmp_path / name
        assert run(app, ["export", "checklist", "ladder", "--out", str(out)]).exit_code == 0
        assert "0 new checklists, 0 new versions" in run(app, ["import", "checklists", str(out), "--as", "T-3"]).output
    assert run(app, ["export", "checklist", "nothing", "--out", str(tmp_path / "x")]).exit_code == 1


def test_a_pack_is_checked_by_a_command(tmp_path: Path) -> None:
    """Exit 1, and the file that was changed."""
    made = tmp_path / "evidence.zip"
    made.write_bytes(pack.zipped({"manifest.json": b'{"files": []}', "extra.txt": b"x"}))
    done = run(app, ["verify-pack", str(made)])
    assert done.exit_code == 1
    assert "extra.txt: is not in the manifest" in done.output
    made.write_bytes(pack.zipped({"manifest.json": b'{"files": []}'}))
    assert run(app, ["verify-pack", str(made)]).exit_code == 0
