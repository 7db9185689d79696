"""The document of the interface (OpenAPI 3.1), made from what the rooms offer: it cannot say anything else than is served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.kit.endpoints import SAYS, Endpoint, Event
from bot.kit.room import Room
from bot.web.api import problems
from bot.web.api.feeds import TYPE as CSV
from bot.web.api.feeds import columns
from bot.web.api.model import ROOT

REF = "#/components/schemas/{model}"
Json = dict[str, Any]
Refs = Mapping[type[BaseModel], Json]
ABOUT = """The rooms of Davy for other programs. A token (`davy token add`) opens scopes over units; what lies outside
is not there for it. Lists go on with `next`. Errors are problem+json with a `code` that stays the same. Every look at what
is kept of somebody goes on their record."""


def written(rooms: Iterable[Room]) -> str:
    """The document as text; the same rooms give the same text."""
    return json.dumps(document(list(rooms)), ensure_ascii=False, indent=1) + "\n"


def document(rooms: list[Room]) -> Json:
    """The document as a value."""
    endpoints = sorted((e for room in rooms for e in room.endpoints), key=lambda e: (e.path, e.method))
    events = sorted((e for room in rooms for e in room.events), key=lambda e: e.name)
    refs, schemas = _schemas(endpoints, events)
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, refs)
        if endpoint.feed:
            paths[f"/feeds/{endpoint.feed}.csv"] = {"get": _feed(endpoint)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Davy", "version": "1", "description": " ".join(ABOUT.split())},
        "servers": [{"url": ROOT}],
        "paths": dict(sorted(paths.items())),
        "webhooks": {event.name: {"post": _call(event, refs)} for event in events},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _scopes()}},
            "responses": _problems(),
            "schemas": schemas | {"Problem": problems.DOCUMENT},
        },
    }


def _scopes() -> str:
    return "Scopes: " + "; ".join(f"`{scope.value}`: {says}" for scope, says in SAYS.items()) + "."


def _schemas(endpoints: Iterable[Endpoint], events: Iterable[Event]) -> tuple[Refs, Json]:
    """Where each model stands that is sent or answered, and what it says; two of one name are told apart."""
    models: dict[tuple[type[BaseModel], Any], None] = {}
    for endpoint in endpoints:
        if endpoint.body is not None:
            models[endpoint.body, "validation"] = None
        if endpoint.gives is not None:
            models[endpoint.gives, "serialization"] = None
    for event in events:
        models[event.gives, "serialization"] = None
    where, found = models_json_schema(list(models), ref_template=REF)
    defined: Json = _untitled(found.get("$defs", {}))
    return {cast(type[BaseModel], model): dict(ref) for (model, _), ref in where.items()}, dict(sorted(defined.items()))


def _untitled(value: Any) -> Any:
    """Without the titles that a name in capitals is: they say nothing and are a third of the document."""
    if isinstance(value, dict):
        return {key: _untitled(each) for key, each in value.items() if not (key == "title" and isinstance(each, str))}
    return [_untitled(each) for each in value] if isinstance(value, list) else value


def _operation(endpoint: Endpoint, refs: Refs) -> Json:
    said: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.says,
        "tags": [endpoint.path.split("/")[1]],
        "security": [{"token": [endpoint.scope.value] if endpoint.scope else []}],
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint, _content(endpoint, refs)),
    }
    if endpoint.more:
        said["description"] = endpoint.more
    if endpoint.body is not None:
        body = {"application/json": {"schema": refs[endpoint.body]}}
        said["requestBody"] = {"required": True, "content": body}
    return said


def _feed(endpoint: Endpoint) -> Json:
    names = ", ".join(columns(endpoint.gives)) if endpoint.gives else ""
    return {
        "operationId": f"{endpoint.name}_csv",
        "summary": f"{endpoint.says}, as CSV",
        "description": f"All lines, streamed. Columns: {names}, cursor. A cell that a spreadsheet would run begins with '.",
        "tags": ["feeds"],
        "security": [{"token": [endpoint.scope.value] if endpoint.scope else []}],
        "parameters": [each for each in _parameters(endpoint) if each["name"] != "limit"],
        "responses": _responses(endpoint, {CSV: {"schema": {"type": "string"}}}, marked=False),
    }


def _call(event: Event, refs: Refs) -> Json:
    """A webhook: what is sent. The envelope is the same for all."""
    envelope = {
        "type": "object",
        "properties": {
            "type": {"const": event.name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": refs[event.gives],
        },
        "required": ["type", "timestamp", "data"],
    }
    return {
        "operationId": event.name.replace(".", "_"),
        "summary": event.says,
        "description": f"For webhooks with this event. Scope for what it holds: `{event.scope.value}`.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": envelope}}},
        "responses": {"2XX": {"description": "Taken. Anything else, or nothing in ten seconds, is tried again."}},
    }


def _content(endpoint: Endpoint, refs: Refs) -> Json:
    if endpoint.gives is None:
        return {}
    if not endpoint.many:
        return {"application/json": {"schema": refs[endpoint.gives]}}
    listed = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": refs[endpoint.gives]},
            "next": {"type": ["string", "null"], "description": "The cursor of the next page; null at the end."},
        },
        "required": ["items", "next"],
    }
    return {"application/json": {"schema": listed}}


def _responses(endpoint: Endpoint, content: Json, *, marked: bool = True) -> Json:
    good: Json = {"description": "The answer"} | ({"content": content} if content else {})
    found: Json = {str(204 if endpoint.gives is None else endpoint.status): good}
    if endpoint.method == "GET" and marked:
        good["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match."}}
        found["304"] = {"description": "As it was, by its ETag"}
    wrong = {401, 403, 404, 422, 429, 503}
    wrong |= {409} if endpoint.conflicts or endpoint.keyed else set()
    wrong |= {413, 415} if endpoint.body is not None else set()
    return found | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(wrong)}


def _problems() -> Json:
    """What goes wrong with any call, once."""
    schema = {"schema": {"$ref": REF.format(model="Problem")}}
    return {
        str(status): {"description": says, "content": {problems.TYPE: schema}} for status, says in problems.SAYS.items()
    }


def _parameters(endpoint: Endpoint) -> list[Json]:
    """Path and query from the model; what may be left out is simply not sent, so there is no null."""
    schema = endpoint.asks.model_json_schema(ref_template=REF)
    in_path, found = set(re.findall(r"{(\w+)}", endpoint.path)), []
    for name, field in schema.get("properties", {}).items():
        each = {key: value for key, value in _without_null(field).items() if key not in ("title", "default")}
        words = each.pop("description", None)
        where = "path" if name in in_path else "query"
        said = {"name": name, "in": where, "required": name in schema.get("required", ())}
        found.append(said | ({"description": words} if words else {}) | {"schema": _resolved(each, schema)})
    if endpoint.keyed:
        words = "Another for each new call; the same call again with the same key is answered and does nothing."
        key = {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,100}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "description": words, "schema": key})
    return found


def _without_null(field: Json) -> Json:
    kinds = [each for each in field.get("anyOf", ()) if each != {"type": "null"}]
    if len(kinds) != 1:
        return field
    kind: Json = kinds[0]
    return {key: value for key, value in field.items() if key != "anyOf"} | kind


def _resolved(each: Json, schema: Json) -> Json:
    """An enum of a parameter, written out where it is used."""
    name = str(each.get("$ref", "")).rpartition("/")[2]
    found = schema.get("$defs", {}).get(name)
    return {"type": found["type"], "enum": found["enum"]} if found else each
