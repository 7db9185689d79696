"""No file makes reading raise: good and bad files with bytes changed, cut, doubled and mixed."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.library.checks import checked_bank
from bot.library.formats.marked import marked_workbook
from bot.library.formats.read import read_bank
from bot.library.formats.template import template
from bot.library.lessons import read_page
from bot.library.problems import PROBLEMS
from bot.library.shipped import quizzes_path
from tests.rules.library_samples import csv_text, row, workbook

BAD = quizzes_path() / "bad"
TEXTS = [path.read_bytes() for path in sorted(BAD.glob("*.[yc]*")) if path.suffix in (".yaml", ".csv")]
LESSONS = [path.read_bytes() for path in sorted(BAD.glob("lessons/*/*.md"))]
WORKBOOKS = [workbook([row(), row(id="swing-002")]), template("en"), (BAD / "many.xlsx").read_bytes()]
NAMES = st.sampled_from(["x.yaml", "x.csv", "x.xlsx", "x.xlsm", "x.xls", "x", "x.txt", "x.pdf", "..", "题库.csv", ""])
NASTY = [
    b"\x00",
    b"\xff\xfe",
    b"&a",
    b"*a",
    b'"',
    b"'",
    b"{",
    b"[",
    b"- ",
    b": ",
    b"!!",
    b"\t",
    b"\r",
    b"=",
    b"#",
    b"\n---\n",
]
NASTY += [
    "\u202e".encode(),
    "，".encode(),
    "\U0001f9ba".encode(),
    b"\xed\xa0\x80",
    b"<<: ",
    b"? ",
    b"%YAML 9\n",
    b"|2\n",
]
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A file with a few pieces cut out, doubled, or replaced by something nasty."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from([*NASTY, b"", data[start:end] * 2]), st.binary(max_size=8)))
        data = data[:start] + piece + data[end:]
    return data


def assert_answered(name: str, data: bytes) -> None:
    """Reading and checking give known problems, whose places are real, and never raise."""
    bank, problems = checked_bank(name, data)
    assert bank is not None or problems
    for problem in problems:
        assert problem.code in PROBLEMS
        assert problem.line is None or problem.line >= 1
        assert problem.column is None or problem.column >= 1


@RELAXED
@given(mutated(TEXTS), NAMES)
def test_no_mutated_text_file_raises(data: bytes, name: str) -> None:
    """YAML and CSV under any name."""
    assert_answered(name, data)


@RELAXED
@given(mutated(WORKBOOKS))
def test_no_mutated_workbook_raises(data: bytes) -> None:
    """The bytes of the zip changed: neither reading nor marking raises."""
    assert_answered("x.xlsx", data)
    marked_workbook(data, read_bank("x.xlsx", data)[1], "en")


@RELAXED
@given(st.data())
def test_no_mutated_sheet_raises(data: st.DataObject) -> None:
    """A sound zip whose XML is changed: the reader of values is fed what no program writes."""
    seed = data.draw(st.sampled_from(WORKBOOKS))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(seed)) as before, zipfile.ZipFile(out, "w") as after:
        names = [n for n in before.namelist() if n.endswith((".xml", ".rels"))]
        chosen = data.draw(st.sampled_from(names))
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, data.draw(mutated([content])) if name == chosen else content)
    assert_answered("x.xlsx", out.getvalue())
    marked_workbook(out.getvalue(), [], "en")


@RELAXED
@given(mutated(LESSONS))
def test_no_mutated_lesson_raises(data: bytes) -> None:
    """Front matter and cards."""
    page, problems = read_page("en.md", data)
    assert page is not None or problems


@RELAXED
@given(st.binary(max_size=400), NAMES)
def test_no_bytes_raise(data: bytes, name: str) -> None:
    """Anything at all."""
    assert_answered(name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.yaml", b"\x00# " + "bank: b".encode("utf-16-be")),
        ("x.yaml", b"# nothing but a remark"),
        ("x.csv", b"\x00# nothing"),
        ("x.csv", b"id,kind,topic\x00\n"),
    ],
)
def test_files_that_once_had_no_answer_have_one(name: str, data: bytes) -> None:
    """Found by mutation: a text that decodes into a remark."""
    assert_answered(name, data)


def test_a_part_in_an_encoding_nobody_knows_is_a_broken_workbook() -> None:
    """Found by mutation: the parser raises another error for it."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(WORKBOOKS[0])) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b'encoding="UTF-8"', b'encoding="TF-8"'))
    assert [problem.code for problem in read_bank("x.xlsx", out.getvalue())[1]] == ["broken_workbook"]


@pytest.mark.parametrize(
    ("head", "unit", "times"),
    [
        (b"", b"[", 100_000),
        (b"", b"{a: ", 50_000),
        (b"", b"- ", 100_000),
        (b"", b"? ", 50_000),
        (b"", b"a: ", 50_000),
        (b"", b"&a [", 25_000),
        (b"", b'"', 150_000),
        (b"", b'"a",', 150_000),
        (b"id,kind,topic\n", b"\n", 500_000),
        (b"id,kind,topic\n", b",", 500_000),
        (b"id,kind,topic\n", b'"\n', 150_001),
        (b"", b"=", 500_000),
        (b"questions:\n", b"- id: a\n", 100_000),
        (b"questions: [", b"{},", 150_000),
        (b"id,kind,topic\n", b"#", 1_000_000),
    ],
    ids=lambda given: repr(given) if isinstance(given, bytes) else "",
)
@pytest.mark.parametrize("name", ["x.yaml", "x.csv"])
def test_a_hostile_text_ends_nothing_and_twice_of_it_takes_twice_as_long(
    head: bytes, unit: bytes, times: int, name: str
) -> None:
    """Nesting, repetition and unclosed quotes neither end the stack nor take time by the square of their length."""

    def took(number: int) -> float:
        started = time.process_time()
        assert_answered(name, head + unit * number)
        return time.process_time() - started

    took(times // 100)  # what is imported at first use
    assert took(times) < 3.5 * took(times // 2) + 0.5


def test_files_with_the_same_mistakes_everywhere_stop_at_a_thousand_problems() -> None:
    """The list stays readable and the memory small."""
    rows = [row(id="Bad Id", kind="?", topic="?") for _ in range(9_000)]
    problems = read_bank("x.csv", csv_text(rows).encode())[1]
    assert len(problems) == 1_001
    assert problems[-1].code == "too_many_problems"


def test_every_bad_file_under_every_name_is_answered() -> None:
    """A CSV called .yaml, a workbook called .csv: told by content, or said not to be understood."""
    for path in sorted(p for p in BAD.rglob("*") if p.is_file()):
        for ending in (".yaml", ".csv", ".xlsx", ".xls", ""):
            assert_answered(str(Path("x").with_suffix(ending)) if ending else "x", path.read_bytes())
