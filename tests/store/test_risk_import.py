"""Risks from the command line: the same checks as in the chat, by somebody who leads there; nothing is half-taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.db.writer import Writer
from bot.ledger.tables import FactRow
from bot.library.shipped import content_path
from bot.onboarding.sample import load_sample
from bot.risks import command
from bot.risks.sheet import Known, read
from bot.risks.tables import RiskControlRow, RiskRow
from bot.settings import Settings
from tests.store.conftest import NOON

HEAD = "risk,unit,place,task,hazard,topic,method,likelihood,exposure,consequence,control,rank,owner,held\n"
ROW = "X-1,Harbour Works/Warehouse/{},HW-DOCK-1,Loading,Falls off,WAH,lec,{},6,15,Chain is closed,{},in_place\n"
GOOD = HEAD + ROW.format("Dock Team", 3, "engineer,L-1011")
BAD = HEAD + ROW.format("Dok Team", 4, "magic,L-9")


@pytest.fixture
def begun(writer: Writer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """The sample company, and a command that finds it."""
    writer.run(lambda session: load_sample(session, NOON))
    settings = Settings(bot_token="4242:a-token-for-a-test-a-token-for-a-test", database_url=database_url)  # type: ignore[arg-type, call-arg]
    monkeypatch.setattr(command, "begin", lambda: settings)
    return writer


def leader(session: Session) -> str:
    """The badge of the first manager of the dock's site."""
    from bot.people.tables import PersonRow, RoleGrantRow

    query = select(PersonRow.badge).join(RoleGrantRow, RoleGrantRow.person_id == PersonRow.id)
    return str(session.scalars(query.where(RoleGrantRow.role == "manager").order_by(PersonRow.id)).first())


def imports(file: Path, *more: str) -> Any:
    """`davy import risks`."""
    return CliRunner().invoke(app, ["import", "risks", str(file), *more])


def test_a_file_fills_the_register_and_a_second_time_changes_nothing(begun: Writer, tmp_path: Path) -> None:
    """One risk with its control and its rating; the same file again makes no second one."""
    file, badge = tmp_path / "risks.csv", begun.run(leader)
    file.write_text(GOOD, encoding="utf-8")
    for _ in range(2):
        done = imports(file, "--by", badge)
        assert (done.exit_code, done.output.startswith("1 risks imported")) == (0, True), done.output
    found = begun.run(lambda session: session.execute(select(RiskRow.code, RiskRow.inherent_colour)).all())
    assert [tuple(row) for row in found] == [("X-1", "orange")]
    assert len(begun.run(lambda session: session.scalars(select(RiskControlRow.id)).all())) == 1
    assert begun.run(lambda session: session.scalar(select(FactRow.body).where(FactRow.kind == "RisksImported"))) == {
        "risks": 1, "controls": 1
    }  # fmt: skip


def test_with_a_mistake_nothing_is_taken_and_each_has_its_place(begun: Writer, tmp_path: Path) -> None:
    """Row and column, what is wrong; and the same file as a workbook with these cells marked."""
    file, marked = tmp_path / "risks.csv", tmp_path / "marked.xlsx"
    file.write_text(BAD, encoding="utf-8")
    done = imports(file, "--by", begun.run(leader), "--marked", str(marked))
    assert done.exit_code == 1
    for said in ("row 2, unit", "row 2, likelihood", "row 2, rank", "row 2, owner", "nothing was imported"):
        assert said in done.output, done.output
    assert len(CalamineWorkbook.from_path(str(marked)).sheet_names) >= 2
    assert begun.run(lambda session: session.scalars(select(RiskRow.id)).all()) == []


@pytest.mark.parametrize(("badge", "says"), [("L-1042", "leads anybody"), ("Z-0", "leads anybody")])
def test_only_for_somebody_who_leads(begun: Writer, tmp_path: Path, badge: str, says: str) -> None:
    """A worker's badge, and one that nobody has."""
    file = tmp_path / "risks.csv"
    file.write_text(GOOD, encoding="utf-8")
    done = imports(file, "--by", badge)
    assert (done.exit_code, says in done.output) == (1, True)


def test_the_sample_risks_are_said_in_all_languages() -> None:
    """Task, danger and control of each, in five."""
    path = content_path() / "sample" / "risks.csv"
    text = path.read_text(encoding="utf-8")
    units = {line.split(",")[1] for line in text.splitlines()[2:] if line.split(",")[0]}
    places = {line.split(",")[2]: line.split(",")[1] for line in text.splitlines()[2:] if line.split(",")[0]}
    badges = {word for line in text.splitlines() for word in line.split(",") if word.startswith("L-")}
    found = read(path.name, path.read_bytes(), Known(dict.fromkeys(units, "en"), places, frozenset(badges)))
    assert (found.broken, found.wrong) == ("", [])
    every = {"en", "zh", "es", "ar", "ru"}
    for risk in found.entries:
        assert (set(risk.task), set(risk.hazard)) == (every, every), risk.code
        assert all(set(each.words) == every for each in risk.controls), risk.code
        assert set(risk.step) in (set(), every), risk.code
