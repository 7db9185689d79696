"""One call from its name to its answer: checked, struck by faults, carried out, logged. HTTP is elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import inspect
import json
import logging
from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import Refusal, not_played
from bot.simulator.faults import ANSWERS, Fault
from bot.simulator.fields import INTEGER, Upload
from bot.simulator.jsontext import read_json
from bot.simulator.methods import chats, editing, inline, media, members, moving, profile, queries, sending, things  # noqa: F401
from bot.simulator.methods.registry import PLAYED, Call, RawResult
from bot.simulator.schema import METHODS, check_call, method_fields
from bot.simulator.state import Bot
from bot.simulator.text import Text
from bot.simulator.world import World

# Names of older versions that Telegram still answers to.
OLD_NAMES = {"getchatmemberscount": "getChatMemberCount", "kickchatmember": "banChatMember"}


@dataclass(slots=True)
class Answer:
    """Status and body of an answer; `fault` (timeout, reset, truncate) says how it fails to arrive."""

    status: int
    body: bytes
    fault: str | None = None
    seconds: float = 0.0

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> Answer:
        """An error in the Bot API's form."""
        out: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
        if refusal.parameters:
            out["parameters"] = refusal.parameters
        return cls(refusal.code, json.dumps(out, ensure_ascii=False).encode())

    @classmethod
    def of_result(cls, result: Any) -> Answer:
        """A success in the Bot API's form."""
        text = result.text if isinstance(result, RawResult) else json.dumps(result, ensure_ascii=False)
        return cls(200, f'{{"ok":true,"result":{text}}}'.encode("utf-8", "surrogatepass"))


async def answer(
    world: World,
    bot: Bot,
    name: str,
    params: dict[str, Any],
    files: dict[str, Upload],
    *,
    gone: asyncio.Event | None = None,
    via: str | None = None,
) -> Answer | None:
    """Carry out a call and log it. None when the caller hung up while waiting for updates."""
    method = METHODS.get(name.lower()) or OLD_NAMES.get(name.lower())
    shown = _shown(params, files)
    extra: dict[str, Any] = {"via": via} if via else {}
    fault = world.strike(method or name, params.get("chat_id"))
    if fault is not None:
        extra["fault"] = fault.kind
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault.kind in ANSWERS and not fault.effect:
            return refused(world, bot, method or name, shown, fault.refusal(), **extra)
        elif not fault.effect:
            world.log.add(bot.id, method or name, shown, ok=False, took_effect=False, **extra)
            return Answer(200, b'{"ok":true,"result":true}', fault.kind, fault.seconds)
    try:
        if method is None:
            raise Refusal(404, "Not Found")
        play = PLAYED.get(method)
        if play is None:
            raise not_played(method)
        args = check_call(method, _with_parts(method, params, files), files)
        _name_people(world, args)
        call = Call(world, bot, method, args, files)
        result = play(call)
        if inspect.isawaitable(result):
            result = await _unless_gone(result, gone)
    except Refusal as refusal:
        return refused(world, bot, method or name, shown, refusal, **extra)
    except _HungUp:  # the offset was taken all the same: what it confirmed is gone
        world.log.add(bot.id, method or name, shown, ok=True, took_effect=True, updates=0, hung_up=True, **extra)
        return None
    except Exception:
        logging.getLogger(__name__).exception("the simulator failed on %s", method)
        return refused(world, bot, method or name, shown, Refusal(500, "Internal Server Error"), **extra)
    done: dict[str, Any] = {"message_ids": call.message_ids} if call.message_ids else {}
    if isinstance(result, RawResult) and method == "getUpdates":
        done["updates"] = result.text.count('"update_id"')
    return _done(world, bot, method, shown, result, fault, {**done, **extra})


def _done(
    world: World, bot: Bot, method: str, shown: dict[str, Any], result: Any, fault: Fault | None, extra: dict[str, Any]
) -> Answer:
    """The call took effect; whether the bot learns of it is the fault's business."""
    if fault is None or fault.kind == "slow":
        world.log.add(bot.id, method, shown, ok=True, took_effect=True, **extra)
        return Answer.of_result(result)
    if fault.kind in ANSWERS:
        return refused(world, bot, method, shown, fault.refusal(), took_effect=True, **extra)
    world.log.add(bot.id, method, shown, ok=False, took_effect=True, **extra)
    return Answer(200, Answer.of_result(result).body, fault.kind, fault.seconds)


def refused(
    world: World,
    bot: Bot,
    method: str,
    shown: dict[str, Any],
    refusal: Refusal,
    *,
    took_effect: bool = False,
    **extra: Any,
) -> Answer:
    """Log a call that is answered with an error; the answer."""
    why = {"error_code": refusal.code, "description": refusal.description}
    world.log.add(bot.id, method, shown, ok=False, **why, took_effect=took_effect, **extra)
    return Answer.of_refusal(refusal)


def _with_parts(method: str, params: dict[str, Any], files: dict[str, Upload]) -> dict[str, Any]:
    """A file part that bears the name of a file parameter is that parameter; other parts wait for attach://."""
    if not files:
        return params
    fields = method_fields(method)
    return params | {name: file for name, file in files.items() if name in fields and fields[name].takes_file}


def _name_people(world: World, value: Any) -> None:
    """Give text mentions the whole person; drop those of people that do not exist, as Telegram does."""
    if isinstance(value, Text):
        if any(entity["type"] == "text_mention" for entity in value.entities):
            for entity in list(value.entities):
                if entity["type"] != "text_mention":
                    continue
                someone = world.users.get(entity["user"]["id"]) or world.bots.get(entity["user"]["id"])
                if someone is None:
                    value.entities.remove(entity)
                else:
                    entity["user"] = someone.api()
    elif isinstance(value, dict):
        for item in value.values():
            if isinstance(item, Text | dict | list):
                _name_people(world, item)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, Text | dict | list):
                _name_people(world, item)


def _shown(params: dict[str, Any], files: dict[str, Upload]) -> dict[str, Any]:
    """The parameters as the log shows them: nested JSON opened, files by name, size and hash."""
    out: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, str) and value[:1] in {"{", "["} and name not in {"text", "caption"}:
            with contextlib.suppress(ValueError):
                out[name] = read_json(value)
                continue
        numeric = name in {"chat_id", "message_id"} and isinstance(value, str) and INTEGER.match(value)
        out[name] = int(value) if numeric else value
    for name, file in files.items():
        out[name] = {"file": file.name, "size": len(file.data), "sha256": hashlib.sha256(file.data).hexdigest()}
    return out


class _HungUp(Exception):
    """The poller is no longer there."""


async def _unless_gone(work: Any, gone: asyncio.Event | None) -> Any:
    """Wait for a result, but no longer than somebody waits for it."""
    if gone is None:
        return await work
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(gone.wait())
    await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        leaving.cancel()
        return task.result()
    task.cancel()
    raise _HungUp
