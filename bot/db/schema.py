"""Making and checking the schema."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bot.db.base import Base
from bot.db.engine import connect

ROOT = Path(__file__).parent.parent


def load_tables() -> None:
    """Imports every `tables.py` (and the tables below the rooms), so that Base.metadata knows them all."""
    for found in iter_modules([str(ROOT)]):
        if found.ispkg:
            for name in ("tables", "jobs"):
                if (ROOT / found.name / f"{name}.py").exists():
                    import_module(f"bot.{found.name}.{name}")


def create_all(url: str) -> None:
    """The whole schema at once, for tests; a real database is made by `migrate`."""
    load_tables()
    engine = connect(url)
    Base.metadata.create_all(engine)
    engine.dispose()
