"""The catalogue from the command line and of the sample company."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.onboarding.sample import load_sample as load_company
from bot.people import store as people
from bot.rewards.sample import load_sample
from bot.rewards.shop import command
from bot.rewards.shop.tables import RewardRow
from bot.settings import Settings
from tests.store.conftest import Crew

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def davy(*words: str) -> tuple[int, str]:
    """Runs the command line; its exit code and what it says."""
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output


def test_a_catalogue_is_imported_once_changed_the_second_time_and_never_by_halves(
    database_url: str, crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Grace, who looks after points there; not by Sam, who does not; a line with a mistake keeps all of it out."""
    chosen = Settings(_env_file=None, bot_token="1:test", database_url=database_url)  # type: ignore[call-arg]
    monkeypatch.setattr(command, "begin", lambda: chosen)
    file = tmp_path / "rewards.csv"
    file.write_text("code,unit,name,cost,stock\ncap,Harbour Works,Cap,20,3\n", encoding="utf-8")
    assert davy("import", "rewards", str(file), "--by", "T-2")[0] == 1
    assert davy("import", "rewards", str(file), "--by", "T-3") == (0, "1 rewards imported, 1 of them new\n")
    assert davy("import", "rewards", str(file), "--by", "T-3") == (0, "1 rewards imported, 0 of them new\n")
    file.write_text(
        "code,unit,name,cost,stock\ncap,Harbour Works,Cap,99,3\nmug,Harbor Works,Mug,5,1\n", encoding="utf-8"
    )
    code, said = davy("import", "rewards", str(file), "--by", "T-3")
    assert (code, 'did you mean "Harbour Works"' in said, "nothing was imported" in said) == (1, True, True)


def test_the_sample_company_has_a_catalogue_in_every_language(session: Session) -> None:
    """Put in once."""
    load_company(session, NOW)
    manager = people.person_by_badge(session, "L-1001", NOW)
    assert manager is not None
    assert load_sample(session, manager.id, NOW) == 4
    assert load_sample(session, manager.id, NOW) == 0
    for row in session.scalars(select(RewardRow)):
        assert set(cast(dict[str, str], row.names)) == {"en", "zh", "es", "ar", "ru"}


@pytest.fixture
def session(engine):  # type: ignore[no-untyped-def]
    """A session of a fresh database."""
    with Session(engine) as made:
        yield made
