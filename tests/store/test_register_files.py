"""The register as a workbook: what goes out comes back the same through the process apart; what is no table is told."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.compliance.register import book, sheet, taking
from bot.compliance.sample import load_sample
from bot.library.tabled import read_apart
from bot.onboarding.sample import load_sample as load_company
from bot.people import store as people
from tests.store.conftest import NOON


def test_what_is_exported_is_read_again_as_the_same_and_changes_nothing(engine: Engine) -> None:
    """XLSX and CSV, forty entries, in a language of another script."""
    with Session(engine) as session:
        load_company(session, NOON)
        manager = people.person_by_badge(session, "L-1001", NOON)
        assert manager is not None
        load_sample(session, manager.id, NOON)
        viewer = people.viewer(session, manager.id, NOON)
        assert viewer is not None
        made = taking.entries(session, viewer.paths(taking.actions.KEEPER), NOON)
        known = taking.known(session, manager.id, "zh", NOON)
        for name, data in (("r.xlsx", book.exported(made, "zh")), ("r.csv", book.flat(made, "ar"))):
            table, broken = read_apart(name, data, sheet.NEEDED, sheet.MAY)
            assert broken == ""
            assert table is not None
            found = sheet.checked(table, known)
            assert (len(found.entries), found.wrong) == (40, [])
            assert found.entries == made
            assert taking.put_all(session, manager.id, found.entries, NOON) == {"new": 0, "changed": 0, "same": 40}


def test_a_file_that_is_no_table_is_told_and_harms_nobody() -> None:
    """Broken, a bomb, without its column, with nothing in it."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    for data in (b"PK\x03\x04 not a zip", bomb.getvalue(), b"a,b\n1,2\n", b"", b"\x00\x01\x02"):
        table, broken = read_apart("x.xlsx", data, sheet.NEEDED, sheet.MAY)
        assert table is None
        assert broken


def test_a_marked_copy_says_what_is_wrong_and_a_cell_like_a_formula_stays_text() -> None:
    """In the sender's language, with a list of the cells."""
    data = b"code,kind,jurisdiction,title,version,source\n=1+1,decree,CN,T,1,s\n"
    table, _ = read_apart("x.csv", data, sheet.NEEDED, sheet.MAY)
    assert table is not None
    found = sheet.checked(table, sheet.Known({"Site": 1}, {}))
    assert sorted(each.code for each in found.wrong) == ["bad_code", "bad_kind"]
    with zipfile.ZipFile(io.BytesIO(book.BOOK.marked(table, found.wrong, "zh"))) as archive:
        cells = archive.read("xl/worksheets/sheet1.xml").decode()
        words = archive.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in cells
    assert "=1+1" in words
    assert "不是 law" in words
