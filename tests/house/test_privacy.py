"""Every column that may say something of a person is declared: for what, who sees it, how long, and what erasing does."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Column, MetaData

from bot.db.base import Base
from bot.db.schema import load_tables
from bot.kit.privacy import CODES, DAYS, Erase, Held, Kind
from bot.privacy.declared import held

PERSON = re.compile(
    r"(^|_)(person|by|owner|giver|taker|receiver|issuer|checker|deputy|successor|reporter|user|chat)(_id)?$"
    r"|^(from|to)_id$|_to$|_by_id$"
)
WHERE = {"latitude", "longitude"}
TO_A_ROW = {"joined_to"}
"""Ends like a person and is a row of the same table."""


def personal(column: Column) -> bool:  # type: ignore[type-arg]
    """Whether a column points to a person or their account, says where somebody was, or may hold words."""
    if column.name in WHERE or any(key.column.table.name == "person" for key in column.foreign_keys):
        return True
    if isinstance(column.type, sa.Integer):
        return bool(PERSON.search(column.name)) and column.name not in TO_A_ROW
    kind = str(column.type).upper()
    worded = isinstance(column.type, (sa.String, sa.LargeBinary)) or "JSON" in kind
    return worded and column.name not in CODES


def undeclared(tables: MetaData, said: Mapping[str, Held]) -> list[str]:
    """Columns that nobody declared, and declarations of what is not there."""
    found = [f"{table.name} is not declared" for table in tables.sorted_tables if table.name not in said]
    found += [f"{name} is declared and not there" for name in said if name not in tables.tables]
    for table in tables.sorted_tables:
        if table.name not in said:
            continue
        each = said[table.name]
        named = {*each.columns, *each.plain.split()}
        found += [f"{table.name}.{c.name} is not declared" for c in table.c if personal(c) and c.name not in named]
        found += [f"{table.name}.{name} is not there" for name in named | {*each.since.split()} if name not in table.c]
    return found


def test_every_column_with_personal_data_is_declared() -> None:
    """A new one fails here until its room says in `personal.py` what it is for (bot/kit/privacy.py says how)."""
    load_tables()
    found = undeclared(Base.metadata, held())
    assert not found, "\n".join(found)


def test_what_is_declared_can_be_carried_out() -> None:
    """Rows that go are found by somebody's number or chat; what is kept for a time says since when."""
    found = []
    for each in held().values():
        if each.erase is Erase.DELETE and not (each.of or each.chat):
            found.append(f"{each.table}: whose rows go?")
        if each.since and each.kind in (Kind.LEDGER,):
            found.append(f"{each.table}: the ledger is only added to")
        if each.erase is Erase.BLANK and not each.texts:
            found.append(f"{each.table}: nothing to empty")
        if not each.why or (not each.why[0].islower() and each.why[0].isalpha()):
            found.append(f"{each.table}: say in a few words what it is for")
    assert not found, "\n".join(found)
    assert set(DAYS) == set(Kind)


def test_an_undeclared_column_is_caught() -> None:
    """A person, words, and a place; a code, a number and a moment say nothing of anybody."""
    tables = MetaData()
    sa.Table("person", tables, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table(
        "gloves",
        tables,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(10)),
        sa.Column("count", sa.Integer),
        sa.Column("at", sa.DateTime),
        sa.Column("wearer", sa.ForeignKey("person.id")),
        sa.Column("given_by", sa.Integer),
        sa.Column("remark", sa.Text),
        sa.Column("latitude", sa.Float),
    )
    said = {"person": Held("person", "who", of="id"), "gloves": Held("gloves", "gloves", of="wearer", texts="colour")}
    assert undeclared(tables, said) == [
        "gloves.given_by is not declared",
        "gloves.remark is not declared",
        "gloves.latitude is not declared",
        "gloves.colour is not there",
    ]
