"""Taking somebody's name and badge out of what others wrote: words stay, whom they name does not."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, Text, cast, or_, select, update
from sqlalchemy.orm import Session

from bot.db.files import FILE
from bot.db.once import table_of
from bot.people.tables import PersonRow
from bot.privacy.declared import columns, tables

NOBODY = "—"
"""What stands where a name was, in any language."""


class Names:
    """A name and a badge, as they are looked for: the name anywhere, the badge as a word of its own."""

    def __init__(self, name: str, badge: str) -> None:
        self._name = re.compile(re.escape(name)) if len(name) > 2 else None
        self._badge = re.compile(rf"(?<![\w:/.-]){re.escape(badge)}(?![\w:/.-])") if len(badge) > 2 else None
        self.looked_for = [each for each in (name, badge) if len(each) > 2]

    def out_of(self, value: Any) -> Any:
        """A text or a JSON value without them."""
        if isinstance(value, dict):
            return {key: self.out_of(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.out_of(each) for each in value]
        if not isinstance(value, str):
            return value
        for found in (self._name, self._badge):
            value = found.sub(NOBODY, value) if found else value
        return value


def scrub(session: Session, names: Names) -> int:
    """Looks through every column that may hold words; answers how many rows were changed."""
    changed = 0
    for table, said in tables():
        looked = [
            column
            for column in columns(table, said.texts)
            if not isinstance(column.type, LargeBinary) and column.info != FILE and _worded(column)
        ]
        if looked and table is not table_of(PersonRow):
            changed += _rows(session, table, looked, names)
    return changed


def _rows(session: Session, table: Table, looked: list[Column[Any]], names: Names) -> int:
    key = list(table.primary_key)
    # SQLite keeps JSON as it was written, with what is not ASCII as \\u....
    wanted = {form for each in names.looked_for for form in (each, json.dumps(each)[1:-1])}
    which = or_(*(cast(column, Text).contains(each, autoescape=True) for column in looked for each in wanted))
    changed = 0
    for row in session.execute(select(*key, *looked).where(which)).all():
        before = dict(zip(looked, row[len(key) :], strict=True))
        after = {column: names.out_of(value) for column, value in before.items()}
        if after != before:
            mine = [column == value for column, value in zip(key, row[: len(key)], strict=True)]
            session.execute(update(table).where(*mine).values({c.name: v for c, v in after.items()}))
            changed += 1
    return changed


def _worded(column: Column[Any]) -> bool:
    return (
        "CHAR" in str(column.type).upper() or "TEXT" in str(column.type).upper() or "JSON" in str(column.type).upper()
    )
