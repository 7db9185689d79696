"""`davy export bank`: a live bank, or one in a file, for another program; what is not in there is told."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from typer import BadParameter

from bot.db.writer import Writer
from bot.library.command import export_bank
from bot.library.formats.read import read_bank
from bot.library.formats.write import ENDINGS
from bot.library.loading import load_shipped
from bot.settings import Settings
from tests.store.conftest import NOON


@pytest.fixture
def settings(database_url: str, tmp_path: Path, writer: Writer) -> Settings:
    """The settings of a company that has the shipped banks."""
    writer.submit(load_shipped, NOON).result()
    return Settings(_env_file=None, database_url=database_url, data_dir=tmp_path / "data")  # type: ignore[call-arg]


@pytest.mark.parametrize("format", ["moodle", "gift", "zip", "xlsx"])
def test_a_live_bank_is_written_and_read_again_as_it_is(settings: Settings, tmp_path: Path, format: str) -> None:
    """Each question with all that it has."""
    told = StringIO()
    out = tmp_path / f"heights{ENDINGS[format]}"
    written = export_bank(settings, "heights", format, out, told)
    bank, problems = read_bank(out.name, out.read_bytes())
    assert bank is not None
    assert (len(bank.questions), told.getvalue()) == (written, "")
    assert not [each for each in problems if each.code == "carried_stale"]


def test_what_is_not_in_the_file_is_told_line_by_line(settings: Settings, tmp_path: Path) -> None:
    """Aiken takes only what has one right option, and that not whole."""
    told = StringIO()
    written = export_bank(settings, "heights", "aiken", tmp_path / "heights.txt", told)
    lines = told.getvalue().splitlines()
    assert "lad-004: not in the file, Aiken cannot say it" in lines
    assert sum(line.endswith("in the file, but not all of it") for line in lines) == written


def test_a_file_is_turned_into_another_format(settings: Settings, tmp_path: Path) -> None:
    """Without a database: only the file is looked at."""
    (tmp_path / "yard.gift").write_text("::One::Is it off? {TRUE}")
    out = tmp_path / "yard.csv"
    assert export_bank(settings, str(tmp_path / "yard.gift"), "csv", out, StringIO()) == 1
    assert b"yard-one,true_false,OWN" in out.read_bytes()


def test_what_there_is_not_is_said(settings: Settings, tmp_path: Path) -> None:
    """A format, a bank, a folder; and an older file is left as it was."""
    out = tmp_path / "x.xml"
    out.write_text("older")
    with pytest.raises(BadParameter, match="there is no format 'qti'; choose xlsx, csv"):
        export_bank(settings, "heights", "qti", out, StringIO())
    with pytest.raises(BadParameter, match="no live bank and no readable file 'hights'"):
        export_bank(settings, "hights", "moodle", out, StringIO())
    with pytest.raises(OSError):
        export_bank(settings, "heights", "moodle", tmp_path / "nowhere" / "x.xml", StringIO())
    assert out.read_text() == "older"
