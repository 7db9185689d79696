"""Reading what the control side is sent: bodies, numbers, texts, files. What is wrong is said by its name (Misuse)."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.simulator.errors import Misuse
from bot.simulator.fields import Upload
from bot.simulator.jsontext import read_json
from bot.simulator.state import Json

MOST_BODY = 52 * 1024 * 1024
ANY_TEXT = {"text", "caption", "data"}  # never read as JSON, whatever they look like


async def body_of(request: Request) -> Any:
    """The request's JSON; or a form, whose file parts become Uploads."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        out: dict[str, Any] = {}
        async with request.form(max_part_size=MOST_BODY) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    out[name] = Upload(value.filename or name, await value.read(), value.content_type or "")
                else:
                    out[name] = value if name in ANY_TEXT else _maybe_json(value)
        return out
    raw = await request.body()
    try:
        return read_json(raw or b"{}")
    except ValueError as problem:
        raise Misuse(f"the body is not JSON: {problem}") from None


def _maybe_json(text: str) -> Any:
    try:
        return read_json(text) if text[:1] in "{[0123456789-tf" else text
    except ValueError:
        return text


async def object_of(request: Request, *needed: str) -> Json:
    """The body as a JSON object that has these fields."""
    body = await body_of(request)
    if not isinstance(body, dict):
        raise Misuse("send a JSON object")
    absent = [name for name in needed if body.get(name) is None]
    if absent:
        raise Misuse(f"missing: {', '.join(absent)}")
    return body


def whole(value: Any, name: str) -> int:
    """A whole number, or the text of one, that fits an id (52 bits and a sign)."""
    try:
        number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None or abs(number) >= 2**52:
        raise Misuse(f"{name} must be a whole number")
    return number


def real(value: Any, name: str, least: float = -math.inf) -> float:
    """A finite number that is not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < least:
        raise Misuse(f"{name} must be a number" + (f" of at least {least:g}" if math.isfinite(least) else ""))
    return float(value)


def words(value: Any, name: str) -> str | None:
    """A text, or nothing."""
    if value is not None and not isinstance(value, str):
        raise Misuse(f"{name} must be a text")
    return value


def objects(value: Any, name: str) -> list[Json]:
    """A list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Misuse(f"{name} must be a list of objects")
    return value


def numbers(value: Any, name: str) -> list[int]:
    """A list of whole numbers."""
    if not isinstance(value, list):
        raise Misuse(f"{name} must be a list of whole numbers")
    return [whole(item, name) for item in value]


def file_of(kind: str, item: Any) -> Any:
    """A file in a body: `{name, data}` gets its `upload`; a multipart part and a file_id stay what they are."""
    if isinstance(item, str | Upload):
        return item
    if not isinstance(item, dict) or not isinstance(item.get("data"), str):
        raise Misuse(f"{kind}: send {{name, data}} with base64 data, or a multipart part")
    try:
        data = base64.b64decode(item["data"], validate=True)
    except (binascii.Error, ValueError):
        raise Misuse(f"{kind}: data is not base64") from None
    upload = Upload(str(item.get("name") or kind), data, str(item.get("mime_type") or "application/octet-stream"))
    return {**{k: v for k, v in item.items() if k not in {"data", "name"}}, "upload": upload}
