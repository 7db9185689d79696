"""docs/reference/trust.md: the one table of what was tried and what held, written by `make prove` alone."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "trust.md"
BEGIN, END = "<!-- proofs -->", "<!-- end -->"
FAILED = "- failed: "
HEAD = f"""# What was tried, and what held

Each row is a fault that was brought about on purpose. *Tried*: how often, or how many things were at stake; *held*: how many of
them came out as they should. *Sabotage*: the same once more with a mechanism of ours broken on purpose, so that the proof has to
fail; a proof that does not notice its sabotage proves nothing. A proof that did not run has a row that says why.

The proofs are tests under `tests/`; look for the words of the row. `make prove` takes an hour or more, `make prove ARGS=--short`
the size of `make test`; `make prove ARGS=--again` asks again only what failed or does not stand in the table.

{BEGIN}
{END}
"""


@dataclass(frozen=True)
class Row:
    """A fault, what came of it, what came of its sabotage, and why it was not tried if it was not."""

    fault: str
    tried: int
    held: int
    broken_tried: int
    broken_held: int
    why_not: str = ""

    @property
    def good(self) -> bool:
        """It was tried, all held, and its sabotage is noticed."""
        return not self.why_not and self.held == self.tried > 0 and self.broken_held < self.broken_tried


def table(rows: Sequence[Row]) -> str:
    """The rows as a table of Markdown."""
    lines = ["| fault | tried | held | sabotage |", "|---|---|---|---|"]
    for row in rows:
        tried = f"not run: {row.why_not}" if row.why_not else f"{row.tried:,}"
        held = "" if row.why_not else f"{row.held:,}" if row.held == row.tried else f"**{row.held:,}**"
        lines.append(f"| {row.fault} | {tried} | {held} | {_sabotage(row)} |")
    return "\n".join(lines)


def _sabotage(row: Row) -> str:
    if not row.broken_tried:
        return "not run"
    if row.broken_held < row.broken_tried:
        return f"fails: {row.broken_held:,} of {row.broken_tried:,} held"
    return f"**not noticed**: {row.broken_held:,} of {row.broken_tried:,} held"


def summary(rows: Sequence[Row]) -> str:
    """How many of each."""
    ran = [row for row in rows if not row.why_not]
    held = sum(1 for row in ran if row.held == row.tried)
    noticed = sum(1 for row in rows if row.broken_held < row.broken_tried)
    return (
        f"{len(rows)} faults: {len(ran)} tried, {held} held, {len(rows) - len(ran)} not run; "
        f"{noticed} of {len(rows)} sabotages ran and were noticed."
    )


def write(rows: Sequence[Row], failed: Sequence[str], command: str, page: Path = PAGE) -> None:
    """Puts the table between its markers, with the tests that failed, the command and the kind of machine."""
    text = page.read_text(encoding="utf-8") if page.exists() else HEAD
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    said = "".join(f"{FAILED}`{each}`\n" for each in failed)
    body = f"{BEGIN}\n{summary(rows)}\n\n{table(rows)}\n\n{said}{command}; {machine}.\n{END}"
    page.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: body, text, flags=re.S), encoding="utf-8")


def read(page: Path = PAGE) -> tuple[list[Row], list[str], str]:
    """The rows, the tests that failed, and the command, as `write` wrote them. Raises ValueError where they cannot be read."""
    found = re.search(f"{BEGIN}\n(.*?)\n{END}", page.read_text(encoding="utf-8"), re.S)
    lines = found[1].splitlines() if found else []
    rows = [_row(line) for line in [each for each in lines if each.startswith("| ")][1:]]
    if not rows:
        raise ValueError(f"{page} holds no table: run `make prove` first")
    failed = [line.removeprefix(FAILED).strip("`") for line in lines if line.startswith(FAILED)]
    return rows, failed, lines[-1].rpartition("; ")[0]


def _row(line: str) -> Row:
    fault, tried, held, sabotage = (cell.strip() for cell in line.strip("|").split(" | "))
    broken = re.search(r"([\d,]+) of ([\d,]+) held", sabotage)
    after, before = (_number(broken[1]), _number(broken[2])) if broken else (0, 0)
    if tried.startswith("not run: "):
        return Row(fault, 0, 0, before, after, tried.removeprefix("not run: "))
    return Row(fault, _number(tried), _number(held), before, after)


def _number(cell: str) -> int:
    return int(cell.strip("* ").replace(",", ""))
