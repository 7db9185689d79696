"""What measures is code that nobody runs every day: it has to start, and to know where its table goes."""

from __future__ import annotations

from importlib import import_module

import pytest

from bench.__main__ import EVERYTHING, PARTS
from bench.report import SECTIONS, section_of


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_started(part: str) -> None:
    """What it imports is there: rooms move what they have."""
    module = import_module(f"bench.{part}")
    assert callable(module.measure)
    assert callable(module.options)


@pytest.mark.parametrize("line", EVERYTHING)
def test_every_table_has_its_section(line: str) -> None:
    """`make bench ARGS=--write` knows where to put it."""
    part, *options = line.split()
    assert section_of(part, options) in SECTIONS
