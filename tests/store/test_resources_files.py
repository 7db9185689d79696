"""Equipment and the budget from files: `davy import equipment`, `davy import budget`, and the demo's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.db.writer import Writer
from bot.library.shipped import content_path
from bot.onboarding.sample import load_sample
from bot.people import store as people
from bot.resources import command
from bot.resources.budget import store as lines
from bot.resources.budget.tables import BudgetLimitRow, PostRateRow
from bot.resources.equipment.tables import EquipmentStockRow
from bot.resources.sample import load_sample as load_resources
from bot.settings import Settings
from tests.store.conftest import NOON


@pytest.fixture
def begun(writer: Writer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """The sample company, and commands that find it."""
    writer.run(lambda session: load_sample(session, NOON))
    chosen = Settings(bot_token="4242:a-token-for-a-test-a-token-for-a-test", database_url=database_url)  # type: ignore[arg-type, call-arg]
    monkeypatch.setattr(command, "begin", lambda: chosen)
    return writer


def imports(what: str, file: Path, *more: str) -> Any:
    """`davy import equipment` and `davy import budget`."""
    return CliRunner().invoke(app, ["import", what, str(file), "--by", "L-1001", *more])


def test_the_sample_files_are_taken_in_and_a_second_time_changes_nothing(begun: Writer) -> None:
    """Equipment with its stock as counted; plans, limits and rates."""
    sample = content_path() / "sample"
    for _ in range(2):
        done = imports("equipment", Path(str(sample / "equipment.csv")))
        assert (done.exit_code, done.output) == (0, "4 kinds of equipment imported, in 9 sizes\n")
        done = imports("budget", Path(str(sample / "budget.csv")))
        assert (done.exit_code, done.output) == (0, "8 rows of the budget imported\n")

    def look(session: Session) -> Any:
        stock = session.execute(select(EquipmentStockRow.size, EquipmentStockRow.count)).all()
        rates = session.execute(select(PostRateRow.post, PostRateRow.hourly).order_by(PostRateRow.post)).all()
        return (
            {tuple(row) for row in stock},
            [tuple(row) for row in rates],
            len(session.scalars(select(BudgetLimitRow.id)).all()),
        )

    stock, rates, limits = begun.run(look)
    assert {("10", 12), ("one", 24), ("45", 2)} <= stock
    assert rates == [("team-leader", 4200), ("worker", 3150)]
    assert limits == 2


def test_the_demo_has_money_of_this_year_and_a_store(begun: Writer) -> None:
    """Once, whichever year it is."""

    def play(session: Session) -> tuple[int, int, int]:
        grace = people.person_by_badge(session, "L-1001", NOON)
        assert grace is not None
        later = NOON + timedelta(days=900)
        made = load_resources(session, grace.id, later)
        return made, load_resources(session, grace.id, later), len(lines.lines(session, ("/",), later.year))

    assert begun.run(play) == (12, 0, 4)


def test_with_a_mistake_nothing_is_taken_and_each_cell_has_its_sentence(begun: Writer, tmp_path: Path) -> None:
    """A unit that is none, an amount that may be two things, a currency that is none; marked as a workbook."""
    file, marked = tmp_path / "budget.csv", tmp_path / "marked.xlsx"
    file.write_text(
        "kind,unit,year,heading,currency,amount\nplan,Harbour Works,2026,training,USD,12.345.6\n"
        "plan,Harbour Work,2026,shoes,DOLLAR,5\nwish,Harbour Works,,,USD,5\n",
        encoding="utf-8",
    )
    done = imports("budget", file, "--marked", str(marked))
    assert done.exit_code == 1
    for said in (
        "2:38, amount: “12.345.6”",
        "unit: You answer for no unit",
        "heading",
        "no currency",
        "none of plan, limit, rate",
    ):
        assert said in done.output, done.output
    assert len(CalamineWorkbook.from_path(str(marked)).sheet_names) == 2
    assert begun.run(lambda session: lines.lines(session, ("/",), 2026)) == []
    bad = tmp_path / "equipment.csv"
    bad.write_text("code,unit,name,size,stock\nx y,Harbour Works,Cap,M,-1\n", encoding="utf-8")
    done = imports("equipment", bad)
    assert done.exit_code == 1
    assert "cannot be a code" in done.output
    assert "no whole number" in done.output
