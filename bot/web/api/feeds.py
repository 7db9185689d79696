"""Lists as CSV, as long as they are: read slice by slice, each a statement of its own, and sent while the next is read."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from bot.db.reading import reading
from bot.kit.delimited import harmless
from bot.kit.endpoints import MOST_LIMIT, Call, Endpoint, Rows
from bot.people.model import Caller
from bot.web.api import actions

TYPE = "text/csv"
CURSOR = "cursor"
"""The last column: what goes on behind a line, for a program that fetches only what is new."""


async def answer(
    house: Any, turns: asyncio.Semaphore, endpoint: Endpoint, caller: Caller, call: Call, now: datetime
) -> Response:
    """The feed of an endpoint. The first slice is read before anything is sent: what is wrong is still a Problem."""
    args = call.args.model_copy(update={"limit": MOST_LIMIT})

    def look(at: Any) -> Rows:
        with reading(house.engine) as session:
            found: Rows = endpoint.do(session, caller, Call(at), now)
            return found

    async def slice_of(at: Any) -> Rows:
        async with turns:
            return await asyncio.to_thread(look, at)

    first = await slice_of(args)
    await house.writer.in_transaction(actions.note_read, caller, f"{endpoint.name}.csv", None, now)

    async def lines() -> AsyncIterator[str]:
        names = list(columns(endpoint.gives)) if endpoint.gives is not None else []
        yield written([[*names, CURSOR]])
        found = first
        while True:
            yield written([*flat(item.model_dump(mode="json"), names), cursor] for cursor, item in found.items)
            if len(found.items) < MOST_LIMIT:
                return
            found = await slice_of(args.model_copy(update={"cursor": found.items[-1][0]}))

    headers = {"Content-Disposition": f'attachment; filename="{endpoint.feed}.csv"'}
    return StreamingResponse(lines(), headers=headers, media_type=TYPE)


def columns(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """The fields of a model and of those in it: `person_badge`, `person_name`."""
    for name, field in model.model_fields.items():
        inner = [each for each in (field.annotation, *get_args(field.annotation)) if _is_model(each)]
        if inner and not str(field.annotation).startswith("list"):
            yield from columns(inner[0], f"{before}{name}_")
        else:
            yield f"{before}{name}"


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def flat(said: Mapping[str, Any], names: list[str], before: str = "") -> list[str]:
    """The values of the columns, as texts."""
    found: dict[str, str] = {}

    def take(values: Mapping[str, Any], front: str) -> None:
        for name, value in values.items():
            if isinstance(value, dict) and f"{front}{name}" not in names:
                take(value, f"{front}{name}_")
            else:
                found[f"{front}{name}"] = _text(value)

    take(said, before)
    return [found.get(name, "") for name in names]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return harmless("; ".join(_text(each) for each in value))
    if isinstance(value, dict):
        return harmless("; ".join(f"{name}={_text(each)}" for name, each in value.items() if each is not None))
    return harmless(value) if isinstance(value, str) else str(value)


def written(rows: Any) -> str:
    """Lines of CSV, as RFC 4180 has them."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
