"""One field of a call: from what came over the wire to a value of its type, or a complaint."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.complaints import Wrong, out_of_limits
from bot.simulator.jsontext import NotUtf8, read_json

Check = Callable[[Any], Any]
INTEGER = re.compile(r"[+-]?\d{1,19}\Z")
TRUE = {"true", "yes", "1"}
FALSE = {"false", "no", "0"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    data: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Field:
    """A compiled field."""

    name: str
    types: list[str]
    required: bool
    limits: dict[str, Any]
    check: Check
    takes_file: bool = field(init=False)
    wants_text: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "takes_file", "InputFile" in self.types)
        object.__setattr__(self, "wants_text", self.types == ["String"])


def text_sources(owner: str, fields: dict[str, Field]) -> list[tuple[str, str, str]]:
    """Which fields are formatted texts: (field, its parse_mode field, its entities field)."""
    found = _SOURCES.get(owner)
    if found is None:
        found = []
        for name in ("text", "caption", "message_text", "explanation", "question", "quote", "description"):
            if name not in fields:
                continue
            if f"{name}_parse_mode" in fields:
                found.append((name, f"{name}_parse_mode", f"{name}_entities"))
            elif "parse_mode" in fields and name in {"text", "caption", "message_text"}:
                own = f"{name}_entities"
                found.append((name, "parse_mode", own if own in fields else "entities"))
        _SOURCES[owner] = found
    return found


_SOURCES: dict[str, list[tuple[str, str, str]]] = {}


def field_check(
    owner: str, name: str, types: list[str], limits: dict[str, Any], nested: bool, object_check: Any
) -> Check:
    """A function from wire value to checked value. `object_check(type name)` gives the check of an object type."""
    convert = _converter(name, types, nested, object_check)
    formatted = {"text", "caption", "message_text", "explanation", "question", "quote", "description"}
    if not limits or limits.get("after_entities") or (name in formatted and _has_markup(owner, name)):
        return convert  # a formatted text is measured after parsing

    def check(value: Any) -> Any:
        value = convert(value)
        problem = out_of_limits(owner, name, value, limits)
        if problem:
            raise Wrong(problem)
        return value

    return check


def _has_markup(owner: str, name: str) -> bool:
    return (owner, name) in {
        ("sendPoll", "question"),
        ("InputPollOption", "text"),
        ("InputTextMessageContent", "message_text"),
        ("sendGift", "text"),
        ("giftPremiumSubscription", "text"),
        ("InputChecklistTask", "text"),
    }


def _converter(name: str, types: list[str], nested: bool, object_check: Any) -> Check:
    if "InputFile" in types:
        return lambda value: _file(name, value, may_be_text="String" in types)
    if all(kind.startswith("Array of ") for kind in types):
        inner = _converter(name, [kind[9:] for kind in types], True, object_check)
        return lambda value: _array(name, value, inner)
    if set(types) == {"Integer", "String"}:
        return lambda value: _chat_id(name, value)
    simple = _SIMPLE.get(types[0]) if len(types) == 1 else None
    if simple is not None:
        return lambda value: simple(name, value, nested)
    if len(types) == 1:
        return lambda value: object_check(types[0])(_opened(name, value))
    from bot.simulator.schema import union_check  # the two modules describe each other

    union = union_check(name, tuple(types))
    return lambda value: union(_opened(name, value))


def _opened(name: str, value: Any) -> Any:
    """Nested fields travel as JSON text in forms; in JSON bodies as objects."""
    if not isinstance(value, str) or value[:1] not in '{["':
        return value
    try:
        return read_json(value)
    except NotUtf8 as problem:
        raise Wrong(str(problem)) from None
    except ValueError:
        raise Wrong(f"can't parse {name.replace('_', ' ')} JSON object") from None


def _array(name: str, value: Any, inner: Check) -> list[Any]:
    value = _opened(name, value)
    if not isinstance(value, list):
        raise Wrong(f'Field "{name}" must be of type Array')
    return [inner(item) for item in value]


def _integer(name: str, value: Any, nested: bool) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif (isinstance(value, str) and INTEGER.match(value)) or (isinstance(value, float) and value.is_integer()):
        number = int(value)
    else:
        raise Wrong(f'Field "{name}" must be a valid Number')
    if not -(2**63) <= number < 2**63:
        raise Wrong(f'Field "{name}" must be a valid Number')
    return number


def _float(name: str, value: Any, nested: bool) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Wrong(f'Field "{name}" must be of type Number')
    return number


def _boolean(name: str, value: Any, nested: bool) -> bool:
    if isinstance(value, bool):
        return value
    if not nested:
        word = str(value).lower()
        if word in TRUE:
            return True
        if word in FALSE:
            return False
    raise Wrong(f'Field "{name}" must be of type Boolean')


def _true(name: str, value: Any, nested: bool) -> bool:
    if not _boolean(name, value, nested):
        raise Wrong(f'Field "{name}" must be True')
    return True


def _string(name: str, value: Any, nested: bool) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and not nested:
        value = str(value)
    if not isinstance(value, str):
        raise Wrong(f'Field "{name}" must be of type String')
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Wrong("strings must be encoded in UTF-8") from None
    return value


def _chat_id(name: str, value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Wrong(f'Field "{name}" must be of type String')
    if isinstance(value, str) and INTEGER.match(value):
        return int(value)
    return value


def _file(name: str, value: Any, may_be_text: bool) -> Upload | str:
    if isinstance(value, Upload):
        return value
    if may_be_text and isinstance(value, str) and value:
        return value
    raise Wrong(f"there is no {name} in the request")


_SIMPLE: dict[str, Callable[[str, Any, bool], Any]] = {
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "True": _true,
    "String": _string,
}
