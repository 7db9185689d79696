"""`plainly(column)`: the order of texts by their letters' numbers, as Python sorts them and SQLite too, on both engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class plainly(FunctionElement[str]):
    """A text to sort by. PostgreSQL sorts as its database was made to: where only the first are read, others would be first."""

    inherit_cache = True
    name = "plainly"
    type = String()

    def __init__(self, column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> None:
        super().__init__(column)


@compiles(plainly, "postgresql")
def _on_postgresql(element: plainly, compiler: SQLCompiler, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'


@compiles(plainly)
def _on_sqlite(element: plainly, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)
