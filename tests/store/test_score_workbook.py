"""The workbook of scores opens in LibreOffice: its tables are read there as they were written."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest

from bot.assessment.issuing import figures, workbook
from bot.assessment.issuing.records import record_of
from bot.assessment.model import Period
from bot.assessment.scores.model import Evidence, Scored, Subject
from bot.assessment.scores.policy import policy
from bot.assessment.scores.rules import score
from bot.i18n.languages import LANGUAGES

PERIOD = Period(date(2026, 7, 1), date(2026, 9, 30))
OFFICE = shutil.which("soffice")


def people(count: int) -> list[dict[str, object]]:
    """So many people, each with one lesson read fewer than the one before; the second has a name like a formula."""
    made = []
    for number in range(count):
        name = "=1+1" if number == 1 else f"Person {number}"
        who = Subject(number, f"p{number}", f"W-{number}", name, ("Site", "Team"), 3, "/1/3/", "worker", "UTC", 92)
        facts = [Evidence(f"assigned:{n}", "LessonAssigned", PERIOD.starts + timedelta(n)) for n in range(20)]
        facts += [Evidence(f"read:{n}", "LessonRead", PERIOD.starts + timedelta(n)) for n in range(20 - number)]
        made.append(record_of(Scored(who, score(PERIOD, facts, frozenset(), policy(), "worker"))))
    return made


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_is_written_in_every_language_with_the_same_bytes_each_time(lang: str) -> None:
    """Also with nobody in it."""
    for records in (people(7), []):
        made = workbook.xlsx_bytes(records, PERIOD, policy(), "Site & Söhne", {}, lang)
        assert made == workbook.xlsx_bytes(records, PERIOD, policy(), "Site & Söhne", {}, lang)


def test_figures_of_fewer_than_five_people_are_in_no_chart() -> None:
    """Four people: no mean, no spread, no shares."""
    assert figures.by_unit(people(4)) == figures.spread(people(4)) == figures.shares(people(4)) == []
    assert [count for _, count, _ in figures.by_unit(people(5))] == [5]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (libreoffice-calc) is not installed here")
def test_the_workbook_opens_in_libreoffice_and_says_the_same_there(tmp_path: Path) -> None:
    """Converted to CSV: scores as numbers, and a name that looks like a formula is a name."""
    file = tmp_path / "scores.xlsx"
    file.write_bytes(workbook.xlsx_bytes(people(7), PERIOD, policy(), "Site", {}, "en"))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    subprocess.run(
        [str(OFFICE), home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    rows = list(csv.DictReader(StringIO((tmp_path / "scores.csv").read_text(encoding="utf-8"))))
    assert [row["Name"] for row in rows[:3]] == ["Person 0", "=1+1", "Person 2"]
    assert [float(row["Score of 100"]) for row in rows] == [100, 100, 100, 94.4, 88.9, 83.3, 77.8]
