"""Checks every call against botapi.min.json: fields, types, lengths, bytes, items, unions. Compiled once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bot.simulator.complaints import PARSE_PREFIX, Wrong, missing, out_of_limits
from bot.simulator.errors import bad
from bot.simulator.fields import Field, Upload, field_check, text_sources
from bot.simulator.text import read_text

API: dict[str, Any] = json.loads((Path(__file__).parent / "botapi.min.json").read_text("utf-8"))
METHODS: dict[str, str] = {name.lower(): name for name in API["methods"]}

# Fields that Telegram still honours though its reference no longer lists them; foreign clients send them.
LEGACY: dict[str, list[Any]] = {
    "disable_web_page_preview": ["disable_web_page_preview", ["Boolean"], 0, {}],
    "reply_to_message_id": ["reply_to_message_id", ["Integer"], 0, {}],
    "allow_sending_without_reply": ["allow_sending_without_reply", ["Boolean"], 0, {}],
}
LEGACY_OF: dict[str, dict[str, list[Any]]] = {
    "sendPoll": {"correct_option_id": ["correct_option_id", ["Integer"], 0, {}]},
}

Check = Callable[[Any], Any]


def compile_fields(owner: str, rows: list[list[Any]], nested: bool) -> dict[str, Field]:
    """Field name -> what is checked about it, for a method or a type."""
    return {
        name: Field(name, types, bool(required), limits, field_check(owner, name, types, limits, nested, object_check))
        for name, types, required, limits in rows
    }


@cache
def method_fields(method: str) -> dict[str, Field]:
    """The compiled fields of one method, with what Telegram still accepts from older clients."""
    rows = API["methods"][method]
    names = {row[0] for row in rows}
    old = LEGACY_OF.get(method, {})
    if "reply_parameters" in names:
        old = {**old, **LEGACY}
    elif "link_preview_options" in names:
        old = {**old, "disable_web_page_preview": LEGACY["disable_web_page_preview"]}
    return compile_fields(method, [*rows, *(row for name, row in old.items() if name not in names)], nested=False)


def check_call(method: str, params: dict[str, Any], files: dict[str, Upload]) -> dict[str, Any]:
    """The arguments of a call, converted to their types; a Refusal in Telegram's words if anything is wrong.

    Formatted texts come back as `Text`; absent and empty optional fields are left out.
    """
    fields = method_fields(method)
    args: dict[str, Any] = {}
    try:
        for name, value in params.items():
            field = fields.get(name)
            if field is None:
                raise Wrong(f'unknown field "{name}" in {method}')
            if value is None or (value == "" and not field.wants_text):
                continue
            if isinstance(value, str) and value.startswith("attach://") and field.takes_file:
                if value[9:] not in files:
                    raise Wrong(f'the attached file "{value[9:]}" is not in the request')
                value = files[value[9:]]
            args[name] = field.check(value)
        absent = [f for f in fields.values() if f.required and f.name not in args]
        if absent:
            absent.sort(key=lambda f: f.name == "chat_id")  # Telegram looks at the chat last
            raise Wrong(missing(method, absent[0].name, absent[0].takes_file))
        format_texts(method, fields, args)
    except Wrong as wrong:
        raise bad(str(wrong)) from None
    return args


def format_texts(owner: str, fields: dict[str, Field], args: dict[str, Any]) -> None:
    """Replace each formattable text by its parsed form, and hold it to its limit after parsing."""
    for name, mode_field, entities_field in text_sources(owner, fields):
        value = args.get(name)
        if value is None:
            continue
        text = read_text(value, args.get(mode_field), args.get(entities_field))
        limits = fields[name].limits
        if value and not text.text and limits.get("min_len", 0) > 0:
            raise Wrong("text must be non-empty")
        problem = out_of_limits(owner, name, text.text, limits)
        if problem:
            raise Wrong(problem)
        args[name] = text


@cache
def object_check(type_name: str) -> Check:
    """The check of one object type, made when it is first needed (types refer to one another in circles)."""
    spec = API["types"][type_name]
    if "subtypes" in spec:
        return union_check(type_name, tuple(spec["subtypes"]))
    rows = spec.get("fields", [])
    if not rows:
        return _any_object(type_name)
    fields: dict[str, Field] = {}
    required: list[str] = []

    def check(value: Any) -> dict[str, Any]:
        if not fields:
            fields.update(compile_fields(type_name, rows, nested=True))
            required.extend(f.name for f in fields.values() if f.required)
        try:
            return _check_object(type_name, fields, required, value)
        except Wrong as wrong:
            raise wrong.within(PARSE_PREFIX.get(type_name)) from None

    return check


def _check_object(type_name: str, fields: dict[str, Field], required: list[str], value: Any) -> dict[str, Any]:
    if isinstance(value, str) and type_name in {"InputPollOption", "KeyboardButton"}:
        value = {"text": value}  # a plain string will do, and older clients send it
    if not isinstance(value, dict):
        raise Wrong(f"Expected an Object as {type_name}")
    out: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        field = fields.get(name)
        if field is None:
            raise Wrong(f'Unknown field "{name}" in {type_name}')
        out[name] = field.check(item)
    for name in required:
        if name not in out:
            raise Wrong(f'Can\'t find field "{name}"')
    format_texts(type_name, fields, out)
    return out


def _any_object(type_name: str) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, dict | str | list):
            raise Wrong(f"Expected an Object as {type_name}")
        return value

    return check


@cache
def union_check(name: str, members: tuple[str, ...]) -> Check:
    """One of several types, told apart by their fixed `type`, else by which required fields are there."""
    by_tag: dict[tuple[str, str], list[str]] = {}
    for member in members:
        for row in API["types"][member].get("fields", []):
            tag = row[3].get("const") or (type_tag(name, member) if row[0] in {"type", "source"} and row[2] else None)
            if tag is not None and row[0] in {"type", "source", "status"}:
                by_tag.setdefault((row[0], str(tag)), []).append(member)
    tag_fields = {field for field, _ in by_tag}

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Wrong(f"Expected an Object as {name}")
        candidates = list(members)
        for field in tag_fields:
            if field in value:
                candidates = by_tag.get((field, str(value[field])), [])
                if not candidates:
                    raise Wrong(f'Field "{field}" of {name} has an unknown value').within(PARSE_PREFIX.get(name))
            elif all(field in {f for f, _ in by_tag} for field in tag_fields):
                raise Wrong(f'Can\'t find field "{field}"')
        return object_check(_best(candidates, value))(value)

    return check


def _best(candidates: list[str], value: dict[str, Any]) -> str:
    """The candidate whose required fields are all there and which knows most of the given fields."""

    def fit(name: str) -> tuple[bool, int]:
        rows = API["types"][name].get("fields", [])
        known = {row[0] for row in rows}
        return all(row[0] in value for row in rows if row[2]), sum(key in known for key in value)

    return max(candidates, key=fit)


def type_tag(parent: str, member: str) -> str:
    """`InputMediaLivePhoto` -> `live_photo`: the fixed `type` where the data does not give it."""
    stem = member
    for prefix in (
        "InlineQueryResultCached",
        "InlineQueryResult",
        "InputPaidMedia",
        "InputMedia",
        "InputProfilePhoto",
        "InputStoryContent",
        "PassportElementError",
        parent,
    ):
        if member.startswith(prefix):
            stem = member[len(prefix) :]
            break
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(stem))
