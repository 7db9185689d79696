"""Knowing every table: they stand in the rooms."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent


def load_tables() -> None:
    """Imports every `tables.py` of a room and its parts (and the tables below the rooms), so that Base.metadata knows them all."""
    for name in ("tables", "jobs"):
        for path in sorted((*ROOT.glob(f"*/{name}.py"), *ROOT.glob(f"*/*/{name}.py"))):
            import_module(".".join(("bot", *path.relative_to(ROOT).with_suffix("").parts)))
