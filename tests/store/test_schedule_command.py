"""`davy schedule` as an operator types it, on a database of each engine."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.db.engine import connect
from bot.delivery import schedules
from bot.delivery.schedules import Schedule
from bot.delivery.tables import ScheduleRow, ScheduleRunRow


@pytest.fixture
def davy(database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """`davy schedule ...` with words as on a command line: (exit code, all it says)."""
    monkeypatch.setenv("DAVY_DATABASE_URL", database_url)
    monkeypatch.setenv("DAVY_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["schedule", *words])
        return done.exit_code, done.output

    return run


def _put(url: str, schedule: Schedule) -> None:
    engine = connect(url)
    with Session(engine) as session, session.begin():
        schedules.put(session, schedule)
    engine.dispose()


def test_the_list_names_every_schedule_and_its_next_time(davy, database_url: str) -> None:  # type: ignore[no-untyped-def]
    """The daily push is one of them, though nobody has put it there."""
    _put(database_url, Schedule("digest", "digest", "0 8 * * 1-5", "Europe/Madrid"))
    code, said = davy("list")
    lines = {line.split("  ")[0]: line for line in said.splitlines()}
    assert code == 0
    assert "own hours" in lines["learning.push"]
    assert " 08:00" in lines["digest"]
    assert "everyone" in lines["digest"]
    assert "never" in lines["digest"]


def test_the_next_times_are_shown_in_both_clocks(davy, database_url: str) -> None:  # type: ignore[no-untyped-def]
    """Two hours apart at midday in Madrid in summer, one in winter."""
    _put(database_url, Schedule("noon", "noon", "0 12 21 6 *", "Europe/Madrid"))
    code, said = davy("next", "noon", "--count", "2")
    assert code == 0
    assert said.count("06-21 12:00 Europe/Madrid") == 2
    assert said.count("06-21 10:00Z") == 2
    assert davy("next")[1].count("noon ") == 5


def test_a_run_by_hand_is_todays_run_and_comes_once(davy, database_url: str) -> None:  # type: ignore[no-untyped-def]
    """Unless it is asked for again."""
    _put(database_url, Schedule("digest", "digest", "0 8 * * *"))
    assert davy("run", "digest")[0] == 0
    code, said = davy("run", "digest")
    assert code == 1
    assert "--again" in said
    assert davy("run", "digest", "--again")[0] == 0
    engine = connect(database_url)
    with Session(engine) as session:
        assert list(session.scalars(select(ScheduleRunRow.state))) == ["running", "running"]
    engine.dispose()
    assert "0 groups" in davy("run", "learning.push")[1]


def test_a_schedule_is_paused_and_resumed(davy, database_url: str) -> None:  # type: ignore[no-untyped-def]
    """And the list says so."""
    assert davy("pause", "learning.push") == (0, "learning.push is paused\n")
    assert "paused" in davy("list")[1]
    assert davy("resume", "learning.push")[0] == 0
    engine = connect(database_url)
    with Session(engine) as session:
        assert session.scalar(select(ScheduleRow.paused_at)) is None
    engine.dispose()


def test_a_schedule_that_is_not_there_is_said_to_be_missing(davy) -> None:  # type: ignore[no-untyped-def]
    """With the names of those that are."""
    code, said = davy("run", "lunch")
    assert code == 1
    assert "learning.push" in said
