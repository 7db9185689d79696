"""The bad files in `quizzes/bad/`: each has its problems at their places, and following the advice makes it pass."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bot.i18n.say import say
from bot.library.checks import checked_bank
from bot.library.command import check_files
from bot.library.formats.workbook import column_index
from bot.library.formats.xlsx_bank import read_values
from bot.library.lesson_checks import check_lesson
from bot.library.model import Problem, Severity
from bot.library.problems import PROBLEMS
from bot.library.shipped import known_content, quizzes_path
from tests.rules.library_samples import csv_text, row, workbook

BAD = quizzes_path() / "bad"
EXPECTED: dict[str, dict[str, Any]] = json.loads((BAD / "expected.json").read_text(encoding="utf-8"))
BANKS = sorted(name for name in EXPECTED if not name.startswith("lessons/"))
LESSONS = sorted({name.split("/")[1] for name in EXPECTED if name.startswith("lessons/")})
MADE_HERE = {"too_big", "too_many_questions", "workbook_bomb", "picture_too_big", "unreadable"}
"""Codes without a file, because it would have to be large or unreadable; each has a test of its own."""


@cache
def known() -> Any:
    """The shipped facts and lessons."""
    return known_content()


def as_expected(problem: Problem) -> dict[str, Any]:
    """A problem as `expected.json` has it."""
    found = {"line": problem.line, "column": problem.column, "cell": problem.cell, "code": problem.code}
    return {name: value for name, value in found.items() if value is not None} | {"severity": problem.severity.value}


def test_every_bad_file_is_expected_and_every_problem_has_one() -> None:
    """No file without its answer, no code without its file."""
    files = {str(path.relative_to(BAD)) for path in BAD.rglob("*") if path.is_file()}
    expected = {name for name in EXPECTED if (BAD / name).exists()}
    assert files - expected == {"README.md", "expected.json", "pictures/not-a-picture.png"}
    shown = {each["code"] for entry in EXPECTED.values() for each in entry["problems"]}
    assert set(PROBLEMS) - shown == MADE_HERE


def test_every_problem_says_what_is_wrong_and_what_to_do() -> None:
    """A sentence for each code in the room's texts, with the parameters the problems really carry."""
    source = (Path(quizzes_path()).parent / "bot/library/texts.txt.j2").read_text(encoding="utf-8")
    written = set(re.findall(r"macro problem_(\w+)\(", source))
    assert written == set(PROBLEMS)
    for problem in every_problem():
        text = str(say(problem.text_key, "en", **dict(problem.params)))  # type: ignore[arg-type]
        assert len(text) > 25
        assert "\n" not in text
        assert text[0].isupper() or text[0] in '"0123456789' or re.match(r"[\w.-]+ ", text)


def every_problem() -> Iterator[Problem]:
    """All problems of all bad files."""
    for name in BANKS:
        yield from checked_bank(name, (BAD / name).read_bytes(), "en", known())[1]
    for lesson in LESSONS:
        yield from check_lesson(BAD / "lessons" / lesson, BAD / "pictures", known())


@pytest.mark.parametrize("name", BANKS)
def test_a_bad_bank_has_its_problems_at_their_places(name: str) -> None:
    """Exactly the expected problems, each with its line and column or its cell, in the order of the file."""
    _, problems = checked_bank(name, (BAD / name).read_bytes(), "en", known())
    found = [as_expected(problem) for problem in problems]
    expected = EXPECTED[name]
    if "count" in expected:
        assert len(found) == expected["count"]
        found = [*found[:2], found[-1]]
    assert found == expected["problems"]


@pytest.mark.parametrize("name", [name for name in BANKS if isinstance(EXPECTED[name].get("mend"), list)])
def test_following_the_advice_makes_a_text_file_pass(name: str) -> None:
    """Each wrong text replaced as its message says: no problem is left."""
    text = (BAD / name).read_bytes().decode()
    for wrong, mended in EXPECTED[name]["mend"]:
        assert wrong in text
        text = text.replace(wrong, mended, 1)
    assert checked_bank(name, text.encode(), "en", known())[1] == []


@pytest.mark.parametrize("name", [name for name in BANKS if isinstance(EXPECTED[name].get("mend"), dict)])
def test_following_the_advice_makes_a_workbook_pass(name: str) -> None:
    """The cells typed again as the message says, and saved as a plain workbook."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    for sheet, found in read_values((BAD / name).read_bytes(), ["Questions", "Bank"]).items():
        written = book.add_worksheet(sheet)
        for number, cells in enumerate(found.rows[:100]):
            for at, value in enumerate(cells):
                written.write(number, at, value)
        for cell, value in EXPECTED[name]["mend"].items():
            where, _, at = cell.partition("!")
            letters = at.rstrip("0123456789")
            if where == sheet:
                written.write(int(at[len(letters) :]) - 1, column_index(letters), value)
    book.close()
    assert checked_bank("mended.xlsx", buffer.getvalue(), "en", known())[1] == []


GOOD_CSV = csv_text([row()])
OTHER_ADVICE = {
    "empty-file.yaml": ("x.csv", GOOD_CSV.encode()),
    "encoding-unknown.csv": ("x.csv", (BAD / "encoding-unknown.csv").read_bytes().decode("latin-1").encode()),
    "unknown-format.pdf": ("x.csv", GOOD_CSV.encode()),
    "old-excel.xls": ("x.xlsx", workbook([row()])),
    "broken-workbook.xlsx": ("x.xlsx", workbook([row()])),
    "too-many-problems.yaml": (
        "x.yaml",
        (BAD / "too-many-problems.yaml").read_bytes().partition(b"  - 0\n")[0],
    ),
    "longest-is-right.yaml": (
        "x.yaml",
        re.sub(
            rb"text: (Go on past|Wait near)",
            rb"text: Do not think of it any further at all and \1",
            (BAD / "longest-is-right.yaml").read_bytes(),
        ),
    ),
    "right-positions-uneven.yaml": (
        "x.yaml",
        re.sub(
            rb"(      - text: [^\n]+\n        misconception: It is not my business here [0-3]\n)"
            rb"(      - text: Stop and warn\n        right: true\n)",
            rb"\2\1",
            re.sub(
                rb"(      - text: Stop and warn\n        right: true\n)"
                rb"(      - text: [^\n]+\n        misconception: It is not my business here [4-7]\n)",
                rb"\2\1",
                (BAD / "right-positions-uneven.yaml").read_bytes(),
            ),
        ),
    ),
}  # fmt: skip
MANY = {"many.csv", "many.xlsx", "many.yaml"}


def test_every_bad_bank_has_advice_that_is_followed_here() -> None:
    """Only the files with many mistakes are not mended as a whole: each of their mistakes has a file of its own."""
    assert {name for name in BANKS if "mend" not in EXPECTED[name]} == set(OTHER_ADVICE) | MANY


@pytest.mark.parametrize("name", sorted(OTHER_ADVICE))
def test_following_other_advice_makes_a_file_pass(name: str) -> None:
    """Saved in another format or encoding, or the options changed throughout."""
    bad = checked_bank(name, (BAD / name).read_bytes(), "en", known())[1]
    mended_name, data = OTHER_ADVICE[name]
    mended = checked_bank(mended_name, data, "en", known())[1]
    assert {problem.code for problem in bad} & {problem.code for problem in mended} == set()
    assert not [problem for problem in mended if problem.severity is Severity.ERROR]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_bad_lesson_has_its_problems_at_their_places_and_can_be_mended(lesson: str, tmp_path: Path) -> None:
    """In each of its languages; mended as its messages say, the whole lesson is clean."""
    folder = BAD / "lessons" / lesson
    problems = check_lesson(folder, BAD / "pictures", known())
    names = [name for name in EXPECTED if name.startswith(f"lessons/{lesson}/")]
    for name in names:
        found = [as_expected(problem) for problem in problems if Path(problem.file) == BAD / name]
        assert found == EXPECTED[name]["problems"]
    assert {Path(problem.file) for problem in problems} <= {BAD / name for name in names}
    copy = tmp_path / lesson
    shutil.copytree(folder, copy)
    for name in names:
        path = copy / Path(name).name
        if "mend" not in EXPECTED[name]:
            path.unlink()
            continue
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for wrong, mended in EXPECTED[name]["mend"]:
            assert wrong in text
            text = text.replace(wrong, mended, 1)
        path.write_text(text, encoding="utf-8")
    assert check_lesson(copy, BAD / "pictures", known()) == []


def test_the_command_prints_a_line_for_each_problem_and_fails() -> None:
    """`file:line:column: message [code]`, `file:Sheet!H7: message [code]`, and what it comes to."""
    out = StringIO()
    assert check_files([BAD / "unknown-kind.yaml", BAD / "right-is-empty.csv", BAD / "many.xlsx"], False, out) == 1
    lines = out.getvalue().splitlines()
    kind = next(line for line in lines if line.endswith("[unknown_kind]") and "yaml" in line)
    assert kind.startswith(f"{BAD / 'unknown-kind.yaml'}:6:11: ")
    assert 'Did you mean "one"?' in kind
    assert any(line.startswith(f"{BAD / 'many.xlsx'}:Questions!K6: ") for line in lines)
    assert lines[-1].startswith("3 checked: ")


def test_the_command_answers_in_json_too() -> None:
    """The same problems as data, with the sentence."""
    out = StringIO()
    assert check_files([BAD / "unknown-kind.yaml"], True, out) == 1
    answer = json.loads(out.getvalue())
    assert (answer["checked"], answer["errors"]) == (1, 1)
    assert answer["problems"][0]["code"] == "unknown_kind"
    assert answer["problems"][0]["line"] == 6
    assert "one, order, several, short, spot, true_false" in answer["problems"][0]["message"]


def test_a_bank_with_warnings_alone_passes() -> None:
    """Advice does not fail a build."""
    out = StringIO()
    assert check_files([BAD / "missing-misconception.yaml"], False, out) == 0
    assert "warning: No misconception for c." in out.getvalue()


def test_a_path_that_is_not_there_is_said_and_fails(tmp_path: Path) -> None:
    """A typing mistake is not a clean bank."""
    out = StringIO()
    assert check_files([tmp_path / "nothing.yaml"], False, out) == 2
    assert "there is no such file" in out.getvalue()


def test_a_file_that_cannot_be_opened_is_a_problem() -> None:
    """The memory of a process is a file that refuses to be read from its start."""
    path = Path("/proc/self/mem")
    if not path.exists():
        pytest.skip("no such file on this system")
    out = StringIO()
    assert check_files([path], False, out) == 1
    assert "[unreadable]" in out.getvalue()


def test_the_same_id_in_two_banks_is_a_problem(tmp_path: Path) -> None:
    """Ids are for good and for all banks."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(GOOD_CSV, encoding="utf-8")
    out = StringIO()
    assert check_files([tmp_path], False, out) == 1
    assert out.getvalue().count("[duplicate_id]") == 1


def test_the_bad_examples_are_not_checked_with_their_folder() -> None:
    """`davy check quizzes` is about the banks that are shipped; the bad ones are asked for by name."""
    out = StringIO()
    check_files([quizzes_path()], False, out)
    assert "/bad/" not in out.getvalue()


def test_more_questions_than_a_bank_may_have_are_said() -> None:
    """In a spreadsheet and in YAML."""
    rows = [row(id=f"q-{n}", stem=f"What about {n}?") for n in range(10_001)]
    bank, problems = checked_bank("x.csv", csv_text(rows).encode())
    assert [p.code for p in problems if p.severity is Severity.ERROR] == ["too_many_questions"]
    assert bank is not None
    assert len(bank.questions) == 10_000
    yaml = "bank: b\ntitle: B\nquestions:\n" + "  - x\n" * 10_001
    assert "too_many_questions" in {problem.code for problem in checked_bank("x.yaml", yaml.encode())[1]}


def test_a_picture_of_150_kilobytes_is_too_big(tmp_path: Path) -> None:
    """Weak signals do not load it."""
    folder = tmp_path / "lessons" / "bad-picture"
    shutil.copytree(BAD / "lessons" / "bad-picture", folder)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "not-there.png").write_bytes(b"\0" * 150_000)
    found = {problem.code for problem in check_lesson(folder, tmp_path / "pictures", known())}
    assert "picture_too_big" in found


def test_macros_are_found_whatever_the_file_is_called() -> None:
    """By what is inside and not by the name."""
    data = BytesIO(workbook([row()]))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/VBAProject.bin", b"x")
    assert [problem.code for problem in checked_bank("innocent.xlsx", data.getvalue())[1]] == ["macros"]
