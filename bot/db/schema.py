"""Knowing every table: they stand in the rooms."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

ROOT = Path(__file__).parent.parent


def load_tables() -> None:
    """Imports every `tables.py` of a room and its parts (and the tables below the rooms), so that Base.metadata knows them all."""
    for found in iter_modules([str(ROOT)]):
        if found.ispkg:
            for name in ("tables", "jobs"):
                if (ROOT / found.name / f"{name}.py").exists():
                    import_module(f"bot.{found.name}.{name}")
            for nested in sorted((ROOT / found.name).glob("*/tables.py")):
                import_module(f"bot.{found.name}.{nested.parent.name}.tables")
