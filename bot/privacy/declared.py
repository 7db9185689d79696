"""All declarations of the rooms, and what they mean for the tables."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, false, or_

from bot.db.base import Base
from bot.db.schema import ROOT, load_tables
from bot.kit.privacy import Held


@cache
def held() -> dict[str, Held]:
    """What each table keeps of people, by its name. Raises ValueError where a table is declared twice."""
    load_tables()
    found: dict[str, Held] = {}
    for path in sorted((*ROOT.glob("*/personal.py"), *ROOT.glob("*/*/personal.py"))):
        for each in import_module(".".join(("bot", *path.relative_to(ROOT).with_suffix("").parts))).HELD:
            if each.table in found:
                raise ValueError(f"{each.table} is declared twice")
            found[each.table] = each
    return found


def tables() -> list[tuple[Table, Held]]:
    """Every declared table with its declaration; what refers to another comes first, so that rows can go in this order."""
    return [(t, held()[t.name]) for t in reversed(Base.metadata.sorted_tables) if t.name in held()]


def columns(table: Table, names: str) -> list[Column[Any]]:
    """Columns by their names with blanks between."""
    return [table.c[name] for name in names.split()]


def about(table: Table, said: Held, person: int, chats: set[int]) -> ColumnElement[bool]:
    """Which rows are about somebody: by their number, or by their chat or account."""
    mine = [column == person for column in columns(table, said.of)]
    theirs = [column.in_(chats) for column in columns(table, said.chat)] if chats else []
    return or_(false(), *mine, *theirs)


def done_by(table: Table, said: Held, person: int) -> ColumnElement[bool]:
    """Which rows somebody had a hand in."""
    return or_(false(), *(column == person for column in columns(table, said.by)))
