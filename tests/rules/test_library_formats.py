"""Banks in and out of files: every encoding and dialect that reaches a trainer's hands (long because there are many)."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from bot.i18n.languages import LANGUAGES
from bot.library.checks import checked_bank
from bot.library.formats.marked import marked_workbook
from bot.library.formats.read import read_bank
from bot.library.formats.sheets import Lists
from bot.library.formats.template import bank_workbook, template
from bot.library.formats.workbook import MAX_UNPACKED, cell_name, column_index
from bot.library.kinds.registry import KINDS
from bot.library.model import MAX_BYTES, Problem
from tests.rules.library_samples import HEADER, bank, csv_text, question, row, workbook

CHINESE = row(
    stem="吊物开始摆动，怎么办？", a="用手扶住", b="离开它的路线", explanation="摆动的吊物用手扶不住。", a_="我力气够大"
)
YAML = """
bank: swinging-loads
language: en
title: {en: Swinging loads, zh: 摆动的吊物}
questions:
  - id: swing-001
    kind: one
    topic: LIF
    jurisdictions: [any]
    sources: lifting plan
    stem: {en: 'The load begins to swing: what now?', zh: 吊物开始摆动，怎么办？}
    options:
      - No
      - text: {en: "Yes", zh: 是}
        right: true
      - text: 1.10
    explanation: on
"""


def codes(problems: list[Problem]) -> list[str]:
    """The codes of problems."""
    return [problem.code for problem in problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_in_every_encoding_and_dialect(encoding: str, delimiter: str, end: str) -> None:
    """What Excel and WPS write in our languages, with Windows line ends or not, gives the same question."""
    text = csv_text([CHINESE], delimiter, end)
    found, problems = read_bank("摆动.csv", text.encode(encoding), "zh")
    assert problems == []
    assert found is not None
    assert found.questions[0].stem == {"zh": "吊物开始摆动，怎么办？"}
    assert found.language == "zh"


def test_a_western_file_in_one_byte_letters_is_refused_rather_than_guessed() -> None:
    """ "más" read as Chinese would be nonsense in a safety text."""
    text = csv_text([row(stem="La carga oscila. ¿Qué harás después?", b="Apartarse más allá")])
    assert codes(read_bank("carga.csv", text.encode("cp1252"), "es")[1]) == ["encoding_unknown"]


def test_yaml_words_stay_the_words_that_were_written() -> None:
    """`No` is a text and not false, 1.10 keeps its zero, `on` is a word."""
    found, problems = read_bank("swing.yaml", YAML.encode())
    assert found is not None
    assert problems == []
    options = found.questions[0].payload.options  # type: ignore[attr-defined]
    assert [each.text["en"] for each in options] == ["No", "Yes", "1.10"]
    assert [each.right for each in options] == [False, True, False]
    assert found.questions[0].explanation == {"en": "on"}
    assert found.title == {"en": "Swinging loads", "zh": "摆动的吊物"}


def test_settings_before_the_header_of_a_csv_name_the_bank() -> None:
    """`# language: zh` and its like, even when a spreadsheet has padded the line with commas."""
    text = "# bank: our-loads,,,\n# language: zh,,,\n# title: 吊装, 摆动,,\n\n" + csv_text([CHINESE])
    found, problems = read_bank("x.csv", text.encode())
    assert problems == []
    assert found is not None
    assert (found.id, found.language, found.title) == ("our-loads", "zh", {"zh": "吊装, 摆动"})


def test_a_bank_without_settings_takes_its_name_from_the_file() -> None:
    """The id is made of the file's name, the language is that of the reader."""
    found, _ = read_bank("Our Loads 2026.csv", csv_text([row()]).encode())
    assert found is not None
    assert (found.id, found.language, found.title) == ("our-loads-2026", "en", {"en": "Our Loads 2026"})


def test_columns_typed_with_a_chinese_keyboard_are_understood() -> None:
    """Full-width colons and exclamation marks, capitals and blanks in the header."""
    header = [*HEADER[:7], "Stem", "ＳＴＥＭ：zh", "A", "b", "Right", "explanation", "a！"]
    cells = {
        "Stem": row()["stem"],
        "ＳＴＥＭ：zh": CHINESE["stem"],
        "A": "Hold it",
        "Right": "Ｂ",
        "a！": "It is light",
    }
    found, problems = read_bank("x.csv", csv_text([row() | cells], header=header).encode())
    assert problems == []
    assert found is not None
    assert found.questions[0].stem["zh"] == CHINESE["stem"]


@pytest.mark.parametrize("written", ["a,c", "A, C", "a c", "a;c", "a、c", "ａ，ｃ"])
def test_several_right_letters_may_be_separated_in_any_way(written: str) -> None:
    """Trainers type them as they like."""
    found, problems = read_bank("x.csv", csv_text([row(kind="several", c="Lower it", right=written)]).encode())
    assert problems == []
    assert found is not None
    assert [o.right for o in found.questions[0].payload.options] == [True, False, True]  # type: ignore[attr-defined]


def test_a_cell_with_line_breaks_does_not_shift_the_places_after_it() -> None:
    """The line is that of the cell's first character, also below a cell of three lines."""
    text = csv_text([row(stem="One\ntwo\nthree?"), row(id="Bad Id")], end="\r\n")
    problems = read_bank("x.csv", text.encode())[1]
    assert [(p.code, p.line, p.column) for p in problems] == [("bad_id", 5, 1)]


def test_empty_rows_and_examples_are_left_alone() -> None:
    """A row whose id begins with # is never published."""
    found, problems = read_bank("x.csv", csv_text([row(id="#example"), {}, row()]).encode())
    assert problems == []
    assert found is not None
    assert [each.id for each in found.questions] == ["swing-001"]


def test_a_workbook_is_read_with_its_settings() -> None:
    """The sheet Bank names the bank; TRUE and 1.0 in cells are the words true and 1."""

    def typed(book: Any, sheet: Any) -> None:
        sheet.write_boolean(2, HEADER.index("right"), True)
        sheet.write_number(1, HEADER.index("a"), 1)

    rows = [row(), row(id="swing-002", kind="true_false", a="", b="", stem="It swings.")]
    settings = {"bank": "our-loads", "language": "en", "title": "Loads", "title:zh": "吊物"}
    found, problems = read_bank("x.xlsx", workbook(rows, typed, settings=settings))
    assert problems == []
    assert found is not None
    assert (found.id, found.title) == ("our-loads", {"en": "Loads", "zh": "吊物"})
    assert found.questions[0].payload.options[0].text == {"en": "1"}  # type: ignore[attr-defined]
    assert found.questions[1].payload.answer is True  # type: ignore[attr-defined]


def test_a_bank_goes_out_as_a_workbook_and_comes_back_the_same() -> None:
    """All kinds, two languages, misconceptions and titles; only places differ."""
    zh = {"zh": "吊物开始摆动"}
    questions = (
        question("one", "b", stem={"en": "=1+1 swings", **zh}, lesson="stay-clear", facts=("LIF-01", "LIF-02")),
        question(
            "several", "ad", id="swing-002", sources=("29 CFR 1926.1425(a), (b)", "plan"), jurisdictions=("US", "CN")
        ),
        question("true_false", "false", id="swing-003", stem={"en": "+2 is light", **zh}),
    )
    original = bank(*questions, title={"en": "Loads", "zh": "吊物"})
    found, problems = read_bank("x.xlsx", bank_workbook(original, "es"))
    assert [p.code for p in problems] == []
    assert found == original


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_template_reads_as_a_clean_bank_once_its_examples_are_used(language: str) -> None:
    """With its examples commented out it has no question; with the # taken away it has one of each kind and no problem."""
    data = template(language, Lists(topics=("LAD", "MGD", "STF"), lessons=("dry-floor",)))
    assert codes(read_bank("t.xlsx", data)[1]) == ["no_questions"]
    used = rewritten(data, lambda text: text.removeprefix("#"))
    found, problems = checked_bank("t.xlsx", used)
    # Whether the catalogue has the examples in that language is told by the tests of the texts.
    assert set(codes(problems)) <= {"untranslated"}
    assert found is not None
    assert {each.kind for each in found.questions} == set(KINDS)
    assert found.language == language


def test_the_template_has_drop_downs_notes_and_a_frozen_header() -> None:
    """What makes it easy to fill in is really in the file, and the same call gives the same bytes."""
    data = template("en", Lists(topics=[f"T{n:03}" for n in range(90)]))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        notes = archive.read("xl/comments1.xml").decode()
    assert 'state="frozen"' in sheet
    assert sheet.count("<dataValidation ") == 5
    assert "Lists!$A$1:$A$8" in sheet
    assert "Lists!$B$1:$B$90" in sheet
    assert "small letters, digits and hyphens" in notes
    assert data == template("en", Lists(topics=[f"T{n:03}" for n in range(90)]))


def test_the_marked_workbook_keeps_every_value_and_marks_the_cells() -> None:
    """Values stay, the wrong cell gets a colour, a note and a link; sent back it gives the same answer."""
    rows = [row(right="d"), row(id="Bad Id", stem="=SUM of loads", explanation="")]

    def more(book: Any, sheet: Any) -> None:
        sheet.write_number(1, HEADER.index("c"), 4.5)
        notes = book.add_worksheet("My notes")
        notes.write_row(0, 0, ["keep", 12, True])
        notes.write_datetime(1, 0, dt.date(2026, 2, 3), book.add_format({"num_format": "d/m/yyyy"}))

    data = workbook(rows, more)
    _, problems = checked_bank("x.xlsx", data)
    assert "right_is_empty" in codes(problems)
    marked = marked_workbook(data, problems, "en")
    assert marked is not None
    before, after = values(data), values(marked)
    assert after["Questions"] == before["Questions"]
    assert after["My notes"] == before["My notes"]
    listed = {line[0]: line[2] for line in after["Problems"][1:]}
    right = f"Questions!{cell_name(1, HEADER.index('right'))}"
    assert "Option d is named as right, but it is empty" in listed[right]
    with zipfile.ZipFile(BytesIO(marked)) as archive:
        notes = archive.read("xl/comments1.xml").decode()
        links = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name)
    assert f'ref="{right.partition("!")[2]}"' in notes
    assert f"location=\"'Questions'!{right.partition('!')[2]}\"" in links
    assert codes(checked_bank("x.xlsx", marked)[1]) == codes(problems)
    again = marked_workbook(marked, problems, "en")
    assert again is not None
    assert values(again)["Questions"] == before["Questions"]


def test_what_cannot_be_read_cannot_be_marked() -> None:
    """A damaged workbook gives no copy and no error."""
    assert marked_workbook(b"PK\x03\x04 nothing", [], "en") is None


def test_a_file_over_the_size_limit_is_not_even_looked_at() -> None:
    """Five megabytes are enough for ten thousand questions."""
    assert codes(read_bank("x.csv", b"x," * (MAX_BYTES // 2 + 1))[1]) == ["too_big"]
    assert codes(read_bank("x.csv", b"x\n" * 1000)[1]) == ["no_header"]


def test_a_small_file_cannot_become_a_large_memory() -> None:
    """A workbook that would unpack to more than its limit is refused by its directory, and by what really comes out."""
    bomb = BytesIO(workbook([row()]))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/huge.bin", b"\0" * (MAX_UNPACKED + 1))
    assert len(bomb.getvalue()) < 200_000
    assert codes(read_bank("x.xlsx", bomb.getvalue())[1]) == ["workbook_bomb"]


def test_a_lost_word_far_away_does_not_make_room_for_all_cells_between() -> None:
    """A cell at the end of the sheet is seen before the reader of values would fill in billions of cells."""
    data = workbook([row()], lambda _, sheet: sheet.write_string(1_048_575, 16_383, "lost"))
    problems = read_bank("x.xlsx", data)[1]
    assert codes(problems) == ["sheet_too_large"]


def test_a_workbook_with_a_document_type_is_refused() -> None:
    """Entities that multiply never get to a parser."""
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        assert codes(read_bank("x.xlsx", with_part(workbook([row()]), part, evil))[1]) == ["broken_workbook"]


@pytest.mark.parametrize("name", ["A1", "Z9", "AA10", "AZ1", "BA1", "XFD1048576"])
def test_a_cell_has_one_name(name: str) -> None:
    """Letters and index convert both ways."""
    letters = name.rstrip("0123456789")
    assert cell_name(int(name[len(letters) :]) - 1, column_index(letters)) == name


def values(data: bytes) -> dict[str, list[list[Any]]]:
    """All values of a workbook by sheet."""
    with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
        names = [name for name in book.sheet_names if name != "Lists"]
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}


def rewritten(data: bytes, change: Any) -> bytes:
    """The same values in a new workbook, each text changed."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    for name, rows in values(data).items():
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            for at, value in enumerate(cells):
                if value != "":
                    sheet.write(number, at, change(value) if isinstance(value, str) else value)
    book.close()
    return buffer.getvalue()


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    """The workbook with one of its files replaced."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.infolist():
            after.writestr(entry.filename, content if entry.filename == part else before.read(entry))
    return out.getvalue()
