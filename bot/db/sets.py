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


@compiles(random_salt, "sqlite")
def _salt_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return "randomblob(16)"


@compiles(random_salt, "postgresql")
def _salt_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return "uuid_send(gen_random_uuid())"


@compiles(random_name, "sqlite")
def _name_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return "lower(hex(randomblob(8)))"


@compiles(random_name, "postgresql")
def _name_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    # hashed, because six bits of a UUID are always the same
    return "encode(substring(sha256(uuid_send(gen_random_uuid())) from 1 for 8), 'hex')"


@compiles(json_of, "sqlite")
def _json_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_object{compiler.process(element.clause_expr, **kw)}"


@compiles(json_of, "postgresql")
def _json_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"jsonb_build_object{compiler.process(element.clause_expr, **kw)}"


@compiles(parsed, "sqlite")
def _parsed_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(parsed, "postgresql")
def _parsed_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS JSONB)"


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
