"""Whatever a bot calls, the simulator answers: success or refusal, never a crash."""

from __future__ import annotations

import asyncio
import copy
import itertools
from typing import Any

import pytest

from bot.simulator.answering import answer
from bot.simulator.app import Simulator, build
from bot.simulator.fields import Upload
from bot.simulator.flood import Rates
from bot.simulator.groups import new_group, stand
from bot.simulator.methods.registry import PLAYED
from bot.simulator.schema import API
from tests.conftest import PROVING
from tests.proofs.counted import counted
from tests.simulator.conftest import TOKEN
from tests.simulator.test_files import picture
from tests.simulator.violations import base_params, samples

BOT = 4242
SKIPPED = {"setWebhook", "getUpdates"}  # they start work of their own and have tests of their own


def lively() -> tuple[Simulator, list[int]]:
    """A world where every id that a call may name exists: a person, a group and a supergroup that the bot runs."""
    simulator = build(rates=Rates.unlimited())
    simulator.add_bot(TOKEN)
    person = simulator.add_user("Ada")
    chat = simulator.people.chat(None, person)
    simulator.people.say(person, chat, {"text": "/start"})
    places = [person.id]
    for supergroup in (False, True):
        group = new_group(simulator, {"title": "Crew", "members": [person.id], "supergroup": supergroup})
        stand(simulator, {"chat": group.id, "bot": BOT, "status": "administrator", "by": person.id})
        simulator.people.say(person, group, {"text": "hello"})
        places.append(group.id)
    return simulator, places


def aimed(params: dict[str, Any], chat: int, person: int, message_id: int, file_id: str) -> dict[str, Any]:
    """The same call, about things that exist."""
    out = copy.copy(params)
    for name in ("chat_id", "from_chat_id"):
        if name in out:
            out[name] = chat
    if "user_id" in out:
        out["user_id"] = person
    if "message_id" in out:
        out["message_id"] = message_id
    for name, value in out.items():
        if isinstance(value, Upload):
            out[name] = Upload("a.jpg", picture(64, 48)) if name == "photo" else Upload("a.bin", b"bytes")
    if "file_id" in out:
        out["file_id"] = file_id
    return out


@pytest.mark.parametrize("method", sorted(set(PLAYED) - SKIPPED))
def test_no_call_that_the_schema_allows_crashes_the_simulator(method: str) -> None:
    """Every field and object the method takes, in a private chat, a group and a supergroup, on several messages."""
    simulator, places = lively()
    world = simulator.world
    bot = world.by_token[TOKEN]
    person = places[0]

    async def try_all() -> None:
        for chat in places:
            for kind, extra in (("sendMessage", {"text": "x"}), ("sendPoll", {"question": "q", "options": ["a", "b"]})):
                await answer(world, bot, kind, {"chat_id": chat, **extra}, {})
            photo = await answer(
                world, bot, "sendPhoto", {"chat_id": chat}, {"photo": Upload("a.jpg", picture(64, 48))}
            )
            assert photo is not None
            file_id = world.seen_by(bot, chat).messages[world.seen_by(bot, chat).last_id].api["photo"][0]["file_id"]
            for message_id in (1, 2, 3, 4):
                for _, params in samples(method):
                    given = aimed(params, chat, person, message_id, file_id)
                    result = await answer(world, bot, method, given, {})
                    assert result is not None
                    assert result.status in {200, 400, 403, 404, 413, 501}

    asyncio.run(try_all())


ODD: list[Any] = [
    *(
        "",
        "²",
        "--5",
        "9" * 5000,
        "http://[",
        "[x",
        "{",
        "[[",
        "null",
        "true",
        "😀" * 50,
        "\x00\r\n \u200f",
        "@",
        "@davy",
    ),
    *("<b>x", "*x", "&#xd800;", "<a href='http://['>x</a>", "[a](http://[)", "![x](tg://emoji?id=²)", "tg://user?id=²"),
    *("![x](tg://time?unix=²&format=r)", "https://x.example:99999/", -1, 0, 2**62, 1.5, True, None),
    *([], {}, [[]], [{}], [None], [1], {"type": "x"}, {"inline_keyboard": [[{}]]}, {"keyboard": [["x"]]}),
    *({"inline_keyboard": [[{"text": "a", "url": "http://["}]]}, {"message_id": 0}, {"message_id": 1, "quote": "zz"}),
    *(
        {"url": "http://["},
        {"type": "web_app", "text": "", "web_app": {"url": "http://["}},
        {"type": "chat", "chat_id": "@"},
    ),
]
EACH_FIELD = len(ODD) if PROVING else 4


def test_no_odd_value_in_any_field_crashes_the_simulator() -> None:
    """In every field of every method: four values in turn, all of them with `make prove`."""
    simulator, places = lively()
    world = simulator.world
    bot = world.by_token[TOKEN]
    turn = itertools.cycle(ODD)
    crashed = []

    async def try_all() -> None:
        for method in sorted(set(PLAYED) - SKIPPED):
            for field, *_ in API["methods"][method]:
                for odd in itertools.islice(turn, EACH_FIELD):
                    given = aimed(base_params(method), places[0], places[0], 1, "x") | {field: odd}
                    result = await answer(world, bot, method, given, {})
                    if result is None or result.status == 500:
                        crashed.append((method, field, odd))

    asyncio.run(try_all())
    tried = len(world.log.items)
    counted("an odd value in a field of a call, to the simulator", tried, tried - len(crashed))
    assert crashed == []
    assert tried > 1_500


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_method_that_trusts_what_it_is_given_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: a method that counts on text being text."""

    def careless(*_: object) -> None:
        raise TypeError("it was no text")

    monkeypatch.setitem(PLAYED, "sendMessage", careless)
    simulator, _ = lively()
    bot = simulator.world.by_token[TOKEN]
    result = asyncio.run(answer(simulator.world, bot, "sendMessage", base_params("sendMessage"), {}))
    held = result is not None and result.status != 500
    counted("an odd value in a field of a call, to the simulator", 1, int(held), sabotaged=True)
    assert not held
