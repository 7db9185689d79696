"""Which rows show a file. The same bytes are kept once, so a file goes only when the last row that shows it has gone.

Which columns show files their tables say (`db.files`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, MetaData, Text, cast, or_, select
from sqlalchemy.orm import Session

from bot.db.files import FILE


def columns(tables: MetaData) -> list[Column[Any]]:
    """All columns that show files."""
    return [column for table in tables.sorted_tables for column in table.c if "file" in column.info]


def held(session: Session, tables: MetaData, refs: Collection[str]) -> set[str]:
    """Those of some refs that any row shows."""
    found: set[str] = set()
    for column in columns(tables):
        left = sorted(set(refs) - found)
        if not left:
            break
        if column.info == FILE:
            found |= set(session.scalars(select(column).where(column.in_(left)).distinct()))
            continue
        said = cast(column, Text)
        query = select(said).where(or_(*(said.contains(ref, autoescape=True) for ref in left)))
        for words in session.scalars(query):
            found |= {ref for ref in left if ref in words}
    return found
