"""The sender's manners: the pace of a token and of a chat, a pause that binds every process, files sent once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import Lane, to_chat
from bot.delivery.sender import Sender
from bot.delivery.tables import OutboxRow
from bot.kit.events import Pressed
from bot.kit.replies import Media, Message, Reply, button, rows, toast
from bot.kit.room import Room, Route
from bot.kit.texts import text
from tests.flows.house import Story, story
from tests.flows.test_delivery_sending import EMPTY, _pictures, queue, say, told, until

FAST = 1e5


async def crowd(s: Story, count: int) -> list[int]:
    """So many strangers who have opened the chat, by chat."""
    chats = []
    for number in range(count):
        chats.append(await s.stranger(f"P{number}"))
        await s.post("/sim/messages", {"from": chats[-1], "text": "/start"})
    await s.settle()
    return chats


def another(s: Story) -> Sender:
    """What another process would send with."""
    house = s.house
    return Sender(house.writer, house.caller, Limiter(1000, 30), house.clock)


async def test_a_picture_for_many_is_uploaded_once(database_url: str, tmp_path: Path) -> None:
    """Who comes after the first waits for its id, also when all of them start at once."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        chats = await crowd(s, 8)
        picture = Message(
            text("delivery.just", text="look"), media=(Media("photo", f"content:pictures/{_pictures()[0]}"),)
        )

        def broadcast(session: Session) -> None:
            for chat in chats:
                outbox.send(session, to_chat(chat), picture, Lane.BULK, s.now)

        await s.db(broadcast)
        await s.settle()
        photos = [c["params"]["photo"] for c in await s.calls("sendPhoto") if c["ok"]]
        assert len(photos) == 8
        assert len([p for p in photos if str(p).startswith("attach://")]) == 1


async def test_nobody_calls_while_telegram_wants_quiet(database_url: str, tmp_path: Path) -> None:
    """Two seconds: not the process that was told, nor the one that sends after it; then everything arrives."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        chats = await crowd(s, 6)
        fault = {"method": "sendMessage", "share": 1.0, "kind": "429", "retry_after": 2, "effect": False, "times": 1}
        await s.post("/sim/faults", [fault])
        await queue(s, chats[0], "first")

        async def refused() -> bool:
            return any(c.get("error_code") == 429 for c in await s.calls("sendMessage"))

        await until(refused)
        for chat in chats:
            await queue(s, chat, "later")
        await asyncio.sleep(0.3)
        await s.house.sender.stop()
        nobody = time.time()
        next_one = another(s)
        s.house.writer.bells["outbox"] = next_one.bell
        running = asyncio.create_task(next_one.run())

        async def all_told() -> bool:
            return all(["word later" in await told(s, chat) for chat in chats])

        await until(all_told)
        await next_one.stop()
        await running
        calls = await s.calls("sendMessage")
        quiet = next(c["real_at"] for c in calls if c.get("error_code") == 429)
        after = [c["real_at"] for c in calls if c["real_at"] > quiet]
        assert nobody < quiet + 1.9, "the machine was too slow for this to show anything"
        assert min(after) >= quiet + 1.95


async def test_never_more_in_a_second_than_the_token_may_and_all_of_it_is_used(
    make_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    """Ninety messages at thirty a second, an alert in between; by the clock of whoever receives them."""
    async with story(make_database_url("sqlite"), tmp_path, rooms=EMPTY) as s:
        chats = await crowd(s, 30)
        s.house.limiter.pace.rate, s.house.limiter.chats.rate = 30.0, FAST
        before = len(await s.calls("sendMessage"))

        def broadcast(session: Session) -> None:
            for round in range(3):
                for chat in chats:
                    outbox.send(session, to_chat(chat), say(f"{round}"), Lane.BULK, s.now)

        await s.db(broadcast)
        await asyncio.sleep(1.0)
        await queue(s, chats[0], "alert", lane=Lane.ALERT)
        asked = time.time()
        await s.settle()
        calls = (await s.calls("sendMessage"))[before:]
        times = [c["real_at"] for c in calls]
        assert len(times) == 91
        assert max(sum(1 for at in times if start <= at < start + 0.98) for start in times) <= 30
        assert times[-1] - times[0] < 3.6
        alert = next(c["real_at"] for c in calls if "word alert" in str(c["params"]["text"]))
        assert alert - asked < 0.25


async def test_a_chat_gets_one_a_second_and_nobody_waits_for_it(
    make_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    """What waits behind a chat that rests is started when its turn comes, and not before."""
    async with story(make_database_url("sqlite"), tmp_path, rooms=EMPTY) as s:
        chats = await crowd(s, 2)
        s.house.limiter.chats.rate = 2.0
        await asyncio.sleep(0.6)
        await queue(s, chats[0], *range(4))
        await queue(s, chats[1], "other")
        await asyncio.sleep(0.3)
        states = await s.ask(lambda x: x.scalars(select(OutboxRow.state)).all())
        assert states.count("waiting") == 3
        assert "started" not in states
        await s.settle()
        times = [
            c["real_at"] for c in await s.calls("sendMessage") if c["params"]["chat_id"] in (chats[0], str(chats[0]))
        ]
        times = times[-4:]
        assert [w for w in await told(s, chats[0]) if w.startswith("word")] == [f"word {n}" for n in range(4)]  # type: ignore[arg-type]
        gaps = [later - sooner for sooner, later in pairwise(times)]
        assert min(gaps) > 0.48
        assert max(gaps) < 0.8


async def test_a_group_that_becomes_a_supergroup_is_followed(database_url: str, tmp_path: Path) -> None:
    """The answer says where it is now; what waits goes there, the refused one too."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        ana = await s.stranger("Ana")
        made: Any = await s.post("/sim/groups", {"title": "Crew", "members": [ana]})
        group = int(made["id"])
        moved: Any = await s.post("/sim/migrations", {"chat": group})
        await queue(s, group, 1, 2)
        await s.settle()
        rows = await s.ask(lambda x: x.execute(select(OutboxRow.state, OutboxRow.chat_id)).all())
        assert {tuple(row) for row in rows} == {("sent", int(moved["id"]))}


async def test_while_all_must_wait_a_press_is_answered_afterwards(database_url: str, tmp_path: Path) -> None:
    """`retry_after` holds for the answers to presses too; one that nobody waits for any more is left out."""

    def on_pressed(session: Session, event: Pressed, now: datetime) -> Reply:
        return toast("delivery.just", text="done")

    room = Room("pressing", routes=(Route(on_pressed, verb="x", stranger=True),))
    async with story(database_url, tmp_path, rooms=(room,)) as s:
        await s.stranger("Ana")
        await s.says("Ana", "/start")
        asked = Message(text("delivery.just", text="well?"), rows(button("delivery.just", "x:1", text="press")))
        await s.db(outbox.send, to_chat(s.chat("Ana")), asked, Lane.REPLY, s.now)
        await s.settle()
        message, key = await s.button("Ana", "press")
        pressed = {"from": s.chat("Ana"), "chat": s.chat("Ana"), "message_id": message["message_id"]}
        pressed["data"] = key["callback_data"]
        begun = time.monotonic()
        s.house.limiter.pause(1.0)
        await s.post("/sim/presses", pressed)
        await until(lambda: s.calls("answerCallbackQuery"))
        assert time.monotonic() - begun >= 1.0
        s.house.limiter.pause(60.0)
        await s.post("/sim/presses", pressed)
        while s.house.receiver.handled < 3:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(await s.calls("answerCallbackQuery")) == 1
        s.house.limiter.pace.paused_until = 0.0
