"""`among(column, "ids")`: membership in a list given as one parameter, on both engines.

`IN` with a parameter for each value is another statement for every length: it is compiled, parsed and planned anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, String, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class _List(TypeDecorator[Collection[Any]]):
    """Whole numbers or texts: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[TypeEngine[Any]]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.of()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class among(FunctionElement[Any]):
    """Whether a column's number or text is in the list given under a parameter's name. Nothing is in an empty list."""

    inherit_cache = True
    name = "among"
    type: Any = NullType()  # as a Boolean it would be compared with 1 on SQLite, and no index would be used

    def __init__(self, column: ColumnElement[Any] | InstrumentedAttribute[Any], parameter: str) -> None:
        super().__init__(
            column, bindparam(parameter, type_=_List(Text if isinstance(column.type, String) else BigInteger))
        )


@compiles(among, "postgresql")
def _on_postgresql(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = element.clauses
    return f"{compiler.process(column, **options)} = ANY({compiler.process(numbers, **options)})"


@compiles(among)
def _on_sqlite(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = element.clauses
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({compiler.process(numbers, **options)}))"
