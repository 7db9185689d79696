"""`davy export scores`: a file for whoever may see scores, and everybody in it is told."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from bot import cli
from bot.assessment.agreement import actions as agreement
from bot.assessment.scores.tables import ScoreLookRow
from bot.db.writer import Writer
from bot.ledger.tables import FactRow
from bot.people import store as people
from tests.flows.assessment_company import company, quarter
from tests.store.conftest import NOON


def run(monkeypatch: pytest.MonkeyPatch, database_url: str, folder: Path, *words: str) -> Result:
    """The command as an operator types it, for last October."""
    monkeypatch.setenv("DAVY_DATABASE_URL", database_url)
    monkeypatch.setenv("DAVY_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("DAVY_SECRET_KEY", "a test's secret that is long enough")
    monkeypatch.chdir(folder)
    return CliRunner().invoke(cli.app, ["export", "scores", "--from", "2026-10-01", "--to", "2026-10-31", *words])


def furnish(session: Session) -> None:
    """The press team with a quarter of lessons; scores were agreed."""
    company(session, NOON)
    quarter(session, NOON)
    hana, kofi = (people.person_by_badge(session, badge, NOON) for badge in ("H-1", "C-1"))
    assert hana is not None
    assert kofi is not None
    asked = agreement.ask(
        session, hana.id, hana.unit, "figure.score", True, "To see who needs help with lessons.", NOON
    )
    agreement.answer(session, kofi.id, asked.id, True, NOON)


def test_the_file_holds_everybody_of_the_unit_and_each_of_them_is_told(
    database_url: str, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hana answers for it; the same data gives the same bytes; who has looked stands with each person."""
    writer.run(furnish)
    for name in ("one.csv", "two.csv"):
        done = run(monkeypatch, database_url, tmp_path, "--by", "H-1", "--out", name, "--format", "csv")
        assert done.exit_code == 0, done.output
        assert f"{name}: 12 people" in done.output
    data = (tmp_path / "one.csv").read_bytes()
    assert data == (tmp_path / "two.csv").read_bytes()
    rows = {row["badge"]: row for row in csv.DictReader(StringIO(data.decode("utf-8-sig")))}
    assert rows["W-1"]["name"] == "Ana Morales"
    assert float(rows["W-1"]["score"]) > float(rows["W-8"]["score"])
    with Session(writer.engine) as session:
        looked = session.scalars(select(ScoreLookRow.person_id)).all()
        assert len(set(looked)) == 11, "everybody but Hana herself"
        assert (
            session.scalars(select(FactRow.kind).where(FactRow.kind == "ScoresExported")).all()
            == ["ScoresExported"] * 2
        )


def test_it_is_refused_to_whoever_may_not_see_scores(
    database_url: str, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sam leads the team and may not; nothing is written and nobody is told."""
    writer.run(furnish)
    for by in ("S-1", "nobody"):
        done = run(monkeypatch, database_url, tmp_path, "--by", by, "--out", "x.xlsx")
        assert done.exit_code == 1
        assert "may see scores" in done.output
    assert not (tmp_path / "x.xlsx").exists()
    assert run(monkeypatch, database_url, tmp_path, "--by", "H-1", "--out", "x.doc", "--format", "doc").exit_code == 2
    with Session(writer.engine) as session:
        assert session.scalars(select(ScoreLookRow.person_id)).all() == []


@pytest.mark.parametrize("format", ["xlsx", "pdf", "json"])
def test_every_format_is_written(
    database_url: str, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    """As on the dashboard."""
    writer.run(furnish)
    done = run(monkeypatch, database_url, tmp_path, "--by", "M-1", "--out", f"s.{format}", "--format", format)
    assert done.exit_code == 0, done.output
    begins = {"xlsx": b"PK", "pdf": b"%PDF", "json": b"{"}[format]
    assert (tmp_path / f"s.{format}").read_bytes().startswith(begins)
