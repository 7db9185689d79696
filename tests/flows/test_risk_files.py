"""The register as files and as a picture: spreadsheets with their wrong cells marked, and the map with its text twin."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import python_calamine
import xlsxwriter
from sqlalchemy import select

from bot.risks.tables import RiskControlRow, RiskRow
from tests.flows.risk_company import enter_press_risk, forge, site


async def test_a_spreadsheet_comes_back_with_its_wrong_cells_marked_and_mended_fills_the_register(
    database_url: str, tmp_path: Path
) -> None:
    """Two mistakes, then none; exported, it is read again without a difference."""
    head = ("unit", "place", "task", "hazard", "hazard_es", "method", "likelihood", "exposure", "consequence", "control", "rank",
            "owner", "held")  # fmt: skip
    good = ("Harbour Works/Fabrication/Press Team", "HW-PRESS-3", "Setting the press", "crushed hand", "mano aplastada", "lec",
            "3", "6", "15", "Two-hand control", "engineer", "E-1", "in_place")  # fmt: skip
    more = ("", "", "", "", "", "", "", "", "", "Only trained setters", "organise", "S-1", "planned")
    bad = ("Harbour Works/Fabrication/Pres Team", *good[1:6], "4", *good[7:])
    async with site(database_url, tmp_path) as s:
        await s.says("Sam", "/risks")
        await s.presses("Sam", "From a file")
        await s.sends_file("Sam", "risks.xlsx", _book(head, bad))
        await s.forward(seconds=5)
        said = "\n".join([str(m.get("text") or m.get("caption")) for m in await s.screen("Sam")][-3:])
        assert "These are to be mended first" in said
        assert "Pres Team" in said
        assert "“4” is none of your company's steps" in said
        assert (await s.ask(lambda session: session.scalars(select(RiskRow.id)).all())) == []

        await s.says("Sam", "/risks")
        await s.presses("Sam", "From a file")
        await s.sends_file("Sam", "risks.xlsx", _book(head, good, more))
        await s.forward(seconds=5)
        await s.presses("Sam", "Put them in")
        await s.forward(seconds=5)
        assert "risks 1, what keeps them small 2" in await s.sees("Sam")
        risk, controls = await s.ask(
            lambda session: (
                session.scalars(select(RiskRow)).one().hazard,
                [(c.held, c.words) for c in session.scalars(select(RiskControlRow).order_by(RiskControlRow.id))],
            )
        )
        assert risk == {"en": "crushed hand", "es": "mano aplastada"}
        assert controls == [("in_place", {"en": "Two-hand control"}), ("planned", {"en": "Only trained setters"})]
        await s.says("Ana", "/risks")
        assert "mano aplastada" in await s.sees("Ana")

        await s.says("Sam", "/risks")
        await s.presses("Sam", "As a spreadsheet")
        await s.forward(seconds=5)
        assert "1 risk" in await s.sees("Sam")
        assert not await s.violations()


async def test_the_map_comes_as_a_picture_with_the_same_in_words(database_url: str, tmp_path: Path) -> None:
    """Colours have their words, places their counts; a worker gets no map of others' work."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        await s.says("Sam", "/risks")
        await s.presses("Sam", "Map")
        await s.forward(seconds=5)
        shown = [m for m in await s.screen("Sam") if "photo" in m]
        assert len(shown) == 1
        said = await s.sees("Sam")
        assert "Major (red): 1" in said
        assert "Press 3" in said
        assert "only people who lead" in (await forge(s, "Lucia", "rk:map")).lower()


def _book(*rows: tuple[str, ...]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Risks")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(at, column, value)
    book.close()
    assert python_calamine.CalamineWorkbook.from_filelike(BytesIO(out.getvalue())).sheet_names == ["Risks"]
    return out.getvalue()
