"""`davy setup`, `davy doctor` and `davy import`, as an operator runs them, against a simulator in another process."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from bot import cli
from bot.db.engine import connect
from tests.flows.test_operator import ROOT, TOKEN, free_port, simulator

__all__ = ["simulator"]
SAMPLE = ROOT / "content" / "sample"
GIVEN = (
    *("--token", TOKEN, "--company", "Test Works", "--site", "Main", "--zone", "Europe/Madrid", "--jurisdiction", "ES"),
    *("--language", "es", "--admin", "Eva Ruiz", "--badge", "A-1", "--yes"),
)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command reads `.env` and writes `data/` where it is run."""
    monkeypatch.chdir(tmp_path)


def davy(*words: str, **settings: str) -> Result:
    """Runs a command in this process: importing everything anew for each would take the most time."""
    chosen = {f"DAVY_{name}": value for name, value in settings.items()}
    return CliRunner().invoke(cli.app, words, env={k: v for k, v in os.environ.items() if "DAVY_" in k} | chosen)


def ends_well(*words: str, **settings: str) -> str:
    """What a command says that ends as it should."""
    result = davy(*words, **settings)
    assert result.exit_code == 0, result.output
    return result.output


def complaint(*words: str, **settings: str) -> list[str]:
    """The lines with which a command refuses; it must end badly, and by itself."""
    result = davy(*words, **settings)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    return [line for line in result.stderr.splitlines() if line.startswith("davy: ")]


def set_up(api: str) -> str:
    """Davy set up in this folder; what it said."""
    return ends_well("setup", *GIVEN, "--api-url", api, "--database-url", "sqlite:///davy.sqlite3")


def test_setup_writes_the_settings_and_gives_a_link_for_the_first_administrator(tmp_path: Path, simulator: str) -> None:
    """Company, site, administrator; a file that only its owner can read; what to tell BotFather; and it can be run again."""
    said = set_up(simulator)
    assert "/setprivacy" in said
    link = re.search(r"https://t\.me/\w+\?start=(i[0-9a-f]{32})", said)
    assert link
    env = tmp_path / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert f"DAVY_BOT_TOKEN={TOKEN}" in env.read_text()
    env.write_text("DAVY_PORT=8099\n" + env.read_text())
    again = set_up(simulator)
    assert link[1] not in again
    assert "DAVY_PORT=8099" in env.read_text()
    engine = connect(f"sqlite:///{tmp_path}/davy.sqlite3")
    with engine.connect() as connection:
        units = connection.execute(text("SELECT name, zone, jurisdiction FROM unit ORDER BY id")).all()
        people = connection.execute(text("SELECT name, badge FROM person")).all()
        roles = connection.execute(text("SELECT role FROM role_grant")).all()
        tokens = connection.execute(text("SELECT count(*) FROM invite")).scalar()
    engine.dispose()
    assert [tuple(unit) for unit in units] == [("Test Works", "Europe/Madrid", "any"), ("Main", "Europe/Madrid", "ES")]
    assert [tuple(who) for who in people] == [("Eva Ruiz", "A-1")]
    assert [tuple(role) for role in roles] == [("admin",)]
    assert tokens == 2


def test_whoever_runs_the_machine_lets_somebody_in_whom_nobody_else_could(simulator: str) -> None:
    """A link for the administrator of one; none for a badge that nobody has."""
    link = re.search(r"start=(i[0-9a-f]{32})", set_up(simulator))
    said = ends_well("invite", "a-1")
    found = re.search(r"Eva Ruiz's phone.*\n\s+https://t\.me/\w+\?start=(i[0-9a-f]{32})", said)
    assert found
    assert link
    assert found[1] != link[1]
    assert complaint("invite", "A-9") == ["davy: nobody who works here has the badge 'A-9'"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (("--token", "nonsense"), "that is no token"),
        (("--api-url", "http://127.0.0.1:1"), "cannot be reached"),
        (("--zone", "Europe/Madird"), "no time zone is called"),
        (("--jurisdiction", "Spain"), "two capital letters"),
        (("--database-url", "mysql://x"), "runs on sqlite or postgresql"),
    ],
)
def test_setup_says_which_answer_cannot_be_taken(
    tmp_path: Path, simulator: str, changes: tuple[str, str], says: str
) -> None:
    """And writes nothing."""
    lines = complaint("setup", *GIVEN, "--api-url", simulator, *changes)
    assert len(lines) == 1
    assert says in lines[0]
    assert not (tmp_path / ".env").exists()


def test_doctor_finds_all_well_after_setup(tmp_path: Path, simulator: str) -> None:
    """A line for each thing it looked at."""
    set_up(simulator)
    said = ends_well("doctor")
    assert "BAD" not in said
    for what in ("settings", "token", "updates", "database", "schema", "files", "disk", "faces"):
        assert f"{what}: " in said


def test_doctor_says_what_to_do_where_something_is_wrong(tmp_path: Path) -> None:
    """An API that is not there, a database without tables, a folder that is a file; all of them, and exit 1."""
    (tmp_path / "data").write_text("in the way")
    result = davy(
        "doctor", BOT_TOKEN=TOKEN, BOT_API_URL=f"http://127.0.0.1:{free_port()}", DATABASE_URL="sqlite:///new.sqlite3"
    )
    assert result.exit_code == 1
    bad = [line for line in result.output.splitlines() if line.startswith("BAD")]
    assert [line.removeprefix("BAD ").split(":")[0] for line in bad] == ["Bot API", "schema", "files", "fonts"]


def test_people_are_imported_after_a_preview_and_a_wrong_file_changes_nothing(tmp_path: Path, simulator: str) -> None:
    """The administrator of the setup stays; five in a hundred leavers ask; mistakes are all listed with their place."""
    set_up(simulator)
    people, company = str(SAMPLE / "people.csv"), str(SAMPLE / "company.yaml")
    said = ends_well("import", "people", people, "--company", company, "--yes")
    assert "24 join:" in said
    assert "1 stay though not in the file (administrators):" in said
    assert "nothing would change" in ends_well("import", "people", people, "--yes")
    assert "days of work and days off" in ends_well("import", "roster", str(SAMPLE / "roster.csv"), "--yes")
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("\n".join((SAMPLE / "people.csv").read_text("utf-8").splitlines()[:-4]), "utf-8")
    assert "would leave" in complaint("import", "people", str(fewer), "--yes")[0]
    assert "leave:" in ends_well("import", "people", str(fewer), "--yes", "--yes-leavers", "--pass-to", "L-1011")
    wrong = davy("import", "people", str(SAMPLE / "people-with-mistakes.csv"), "--yes")
    assert wrong.exit_code == 1
    lines = wrong.stderr.splitlines()
    assert lines[-1] == "davy: 13 mistakes; nothing was imported"
    assert all(re.match(r".*people-with-mistakes\.csv:\d+:\d+: ", line) for line in lines[:-1])
