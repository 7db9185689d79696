"""Delimited text: what stands in each cell and where it begins, in every shape that spreadsheets write."""

from __future__ import annotations

import csv
import random
from io import StringIO

import pytest

from bot.kit.delimited import MOST_CELLS, Cell, OpenQuote, TooWide, cells, plain_breaks


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [[("", 1, 1)]]),
        ("a,b\n", [[("a", 1, 1), ("b", 1, 3)], [("", 2, 1)]]),
        ('"a,b", c ', [[("a,b", 1, 1), ("c", 1, 7)]]),
        ('"say ""no""",x', [[('say "no"', 1, 1), ("x", 1, 14)]]),
        ('"one\ntwo",x\ny', [[("one\ntwo", 1, 1), ("x", 2, 6)], [("y", 3, 1)]]),
        ('"a"b,c', [[("ab", 1, 1), ("c", 1, 6)]]),
        ("a,,", [[("a", 1, 1), ("", 1, 3), ("", 1, 4)]]),
    ],
)
def test_each_cell_knows_where_it_begins(text: str, rows: list[list[tuple[str, int, int]]]) -> None:
    """Separators, quotes and breaks inside quotes; an empty last line is an empty row."""
    assert list(cells(text, ",")) == [[Cell(*cell) for cell in row] for row in rows]


def test_a_quote_that_is_never_closed_is_told_after_the_rows_before_it() -> None:
    """With its place; what came before has been read."""
    read: list[list[Cell]] = []
    with pytest.raises(OpenQuote) as caught:
        read.extend(cells('a;b\nc;"d\ne', ";"))
    assert (caught.value.line, caught.value.column) == (2, 3)
    walked = cells('a;b\nc;"d\ne', ";")
    assert [cell.text for cell in next(walked)] == ["a", "b"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_it_reads_what_the_csv_module_writes(separator: str) -> None:
    """Two hundred tables of awkward texts, with either line end."""
    random.seed(7)
    parts = ["", "a", '"', ",", ";", "|", "x y", "\n", "漆", "=1", "''"]
    for number in range(50):
        table = [["".join(random.choices(parts, k=3)).strip() for _ in range(3)] for _ in range(4)]
        out = StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator=("\n", "\r\n")[number % 2]).writerows(table)
        found = list(cells(plain_breaks("\ufeff" + out.getvalue()), separator))
        assert [[cell.text for cell in row] for row in found[:-1]] == table


def test_a_row_that_no_spreadsheet_writes_is_not_read_to_its_end() -> None:
    """A million commas; as many as a spreadsheet has columns are a row."""
    assert len(next(cells("," * (MOST_CELLS - 1), ","))) == MOST_CELLS
    with pytest.raises(TooWide) as wide:
        list(cells("a\n" + "," * 1_000_000, ","))
    assert wide.value.line == 2
