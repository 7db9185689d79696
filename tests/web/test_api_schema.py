"""The interface is as its document has it: what schemathesis makes of the document is answered as the document says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import features
from bot.kit.endpoints import Scope
from bot.web.api import openapi, serving
from tests.web.api_house import Programs, opened

DOCUMENT = openapi.written(features.rooms())


@pytest.fixture(scope="module")
def programs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Programs, str]]:
    """One house on SQLite, with a token for all of one site, as often as it likes."""
    folder = tmp_path_factory.mktemp("schema")
    (folder / "api.sqlite3").write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "WRONG_EACH", 1_000_000)  # each of its wrong tokens is to be answered with 401
        with opened(f"sqlite:///{folder / 'api.sqlite3'}", folder, api_per_minute=100_000) as made:
            yield made, made.token("schemathesis", "harbour", tuple(Scope))


def complaints(programs: tuple[Programs, str], folder: Path, config: str, *options: str) -> str:
    """Runs schemathesis with all its checks against the house; empty where it finds nothing, else what it says."""
    made, token = programs
    (folder / "openapi.json").write_text(DOCUMENT, encoding="utf-8")
    (folder / "schemathesis.toml").write_text(config, encoding="utf-8")
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", "openapi.json",
        "--url", f"{made.base}/api/v1", "-H", f"Authorization: Bearer {token}", "--checks", "all", "--mode", "all",
        "--continue-on-failure", "--seed", "8", *options,
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=280)
    assert "Operations:" in ran.stdout, ran.stdout + ran.stderr
    return "" if ran.returncode == 0 else ran.stdout


@pytest.mark.slow
def test_whatever_is_sent_is_answered_as_the_document_says(programs: tuple[Programs, str], tmp_path: Path) -> None:
    """Statuses, schemas, content types; without a token and with a wrong one; what is valid is taken, what is not refused."""
    found = complaints(programs, tmp_path, "", "--phases", "coverage,fuzzing", "--max-examples", "3")
    assert not found, found


@pytest.mark.slow
def test_what_is_there_is_answered_as_the_document_says(programs: tuple[Programs, str], tmp_path: Path) -> None:
    """The same for somebody, a danger, a risk and a notice that exist: a made-up number mostly meets a 404."""
    there = '[parameters]\n"path.badge" = "W-1"\n"path.id" = 1\n'
    options = ("--phases", "fuzzing", "--max-examples", "6", "--include-path-regex", r"\{")
    found = complaints(programs, tmp_path, there, *options)
    assert not found, found


def test_the_document_is_what_is_served_and_no_secret(programs: tuple[Programs, str]) -> None:
    """Without a token, with a mark of its content."""
    made, _ = programs
    with made.client() as client:
        answer = client.get("/openapi.json")
        assert answer.json() == json.loads(DOCUMENT)
        again = client.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
