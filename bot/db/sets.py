"""SQL for planning by sets, meaning the same on SQLite and PostgreSQL: working tables, random bytes, JSON, templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Executable, LargeBinary, Select, String, Table, cast, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.functions import GenericFunction

from bot.db.base import Base, Json
from bot.db.once import table_of


class random_salt(GenericFunction[bytes]):
    """Sixteen random bytes, others in each row. PostgreSQL has no generator of bytes of its own: a random UUID."""

    type = LargeBinary(16)
    inherit_cache = True


class random_name(GenericFunction[str]):
    """Sixteen random hexadecimal digits, others in each row."""

    type = String(16)
    inherit_cache = True


class json_of(GenericFunction[Any]):
    """A JSON object of names and values: `json_of("lesson", column, "version", column)`."""

    type = Json
    inherit_cache = True


class parsed(GenericFunction[Any]):
    """Text that is JSON, as the type of a JSON column."""

    type = Json
    inherit_cache = True


def _spelled(element: type[GenericFunction[Any]], **engines: str) -> None:
    """How a function is written on each engine; `{0}` stands for its arguments."""
    for engine, words in engines.items():

        @compiles(element, engine)
        def _write(found: Any, compiler: Any, words: str = words, **kw: Any) -> str:
            return words.format(compiler.process(found.clauses, **kw))


# the UUID is hashed for a name, because six bits of it are always the same
_spelled(random_salt, sqlite="randomblob(16)", postgresql="uuid_send(gen_random_uuid())")
_spelled(
    random_name,
    sqlite="lower(hex(randomblob(8)))",
    postgresql="encode(substring(sha256(uuid_send(gen_random_uuid())) from 1 for 8), 'hex')",
)
_spelled(json_of, sqlite="json_object({0})", postgresql="jsonb_build_object({0})")
_spelled(parsed, sqlite="{0}", postgresql="CAST({0} AS JSONB)")


def filled(template: ColumnElement[str], blanks: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """A JSON template with its blanks filled in, row by row. Values must need no escaping: numbers, codes."""
    for blank, value in blanks.items():
        template = func.replace(template, blank, cast(value, String))
    return parsed(template)


def joined(*parts: Any) -> ColumnElement[str]:
    """Texts and columns put together into one text."""
    texts = [literal(part, String) if isinstance(part, str) else cast(part, String) for part in parts]
    return reduce(lambda one, other: one.concat(other), texts)


def insert_from(engine: str, row: type[Base] | Table, columns: Mapping[str, Any], source: Select[Any]) -> Executable:
    """INSERT ... SELECT, to be built once: the columns of new rows by name, from a source; rows whose key exists are left out.

    `source` needs a WHERE: without one SQLite takes the ON of ON CONFLICT for that of a join.
    """
    table = row if isinstance(row, Table) else table_of(row)
    insert = sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)
    chosen = source.with_only_columns(*columns.values(), maintain_column_froms=True)
    return insert.from_select(list(columns), chosen, include_defaults=False).on_conflict_do_nothing()


def working_tables(session: Session, *tables: Table) -> None:
    """Makes tables that only this connection sees, for the rows of one slice, and empties them."""
    engine = session.get_bind().dialect
    connection = session.connection()
    if engine.name == "postgresql":
        # one round trip; and a plan that was kept from when the tables were small would read all of them for every slice
        connection.exec_driver_sql(
            ";".join(["SET LOCAL plan_cache_mode = force_custom_plan", *_creation(tables, engine.name)])
        )
        return
    for statement in _creation(tables, engine.name):
        connection.exec_driver_sql(statement)


@cache
def _creation(tables: tuple[Table, ...], engine: str) -> list[str]:
    dialect: Dialect = postgresql.dialect() if engine == "postgresql" else sqlite.dialect()  # type: ignore[no-untyped-call]
    made = [str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)) for table in tables]
    return made + [f'DELETE FROM "{table.name}"' for table in tables]
