"""The figures of docs/adr/0016 are those that bench/capacity.py computes, and its bytes are what a row takes."""

from __future__ import annotations

from typing import Any

from bench import capacity
from tests.house.source import ROOT

RECORD = ROOT / "docs" / "adr" / "0016-a-group-splits-by-company.md"


def test_the_record_shows_what_is_computed() -> None:
    """Both tables line by line, and the reach of a token; after a change: python -m bench.capacity."""
    words = RECORD.read_text()
    for line in (*capacity.one_company(), *capacity.group()):
        assert line in words
    for people in capacity.reach().values():
        assert f"{people:,}" in words


def test_a_row_takes_about_as_many_bytes_as_is_reckoned(make_database_url: Any) -> None:
    """Measured on PostgreSQL with all indexes: within a fifth of it."""
    for name, measured in capacity.measured(make_database_url("postgresql"), rows=1000).items():
        assert 0.8 < measured / capacity.BYTES[name] < 1.2, f"{name}: {measured:.0f}"


def test_ten_times_the_people_are_ten_times_the_load() -> None:
    """The arithmetic is plain multiplication: nothing in it saturates or is cut off."""
    small, large = capacity.Load(10_000), capacity.Load(100_000)
    for figure in ("round_free_s", "busiest", "live_gb", "history_gb", "facts_gb"):
        assert abs(getattr(large, figure) / getattr(small, figure) - 10) < 1e-9
    assert capacity.Load(10_000_000).tokens == 2
    assert [capacity.spell(s) for s in (60, 3600, 36_000, 360_000)] == ["60 s", "60 min", "10.0 h", "4.2 days"]
