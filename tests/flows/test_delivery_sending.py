"""The sender through real HTTP: order, pace, faults and a stop in the middle of it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import leases, outbox, sender
from bot.delivery.marks import backoff
from bot.delivery.outbox import Lane, to_chat, to_person
from bot.delivery.tables import LeaseRow, OutboxRow
from bot.kit.replies import Media, Message
from bot.kit.room import Room
from bot.kit.texts import Text, text
from bot.people import actions as people
from tests.flows.house import Story, story, words
from tests.flows.learning_company import company

EMPTY = (Room("empty"),)


def say(number: object) -> Message:
    """A message that can be told from others."""
    return Message(text("delivery.just", text=f"word {number}"), ref=f"word:{number}")


async def queue(s: Story, chat: int, *numbers: object, lane: Lane = Lane.BULK) -> None:
    """Queues messages in one transaction."""

    def fill(session: Session) -> None:
        for number in numbers:
            outbox.send(session, to_chat(chat), say(number), lane, s.now)

    await s.db(fill)


async def until(check: Any, seconds: float = 10) -> None:
    """Waits for something to become true."""
    ends = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < ends, "it did not happen"
        await asyncio.sleep(0.02)


async def told(s: Story, who: str) -> list[str]:
    """All that the bot wrote to somebody, oldest first."""
    return [words(m) for m in await s.screen(who) if m["from"]["is_bot"]]


async def two(s: Story) -> None:
    """Ana and Sam have opened the chat."""
    for name in ("Ana", "Sam"):
        await s.stranger(name)
        await s.says(name, "/start")


@pytest.mark.parametrize("kind", ["500", "429", "reset"])
async def test_what_was_said_first_is_read_first(make_database_url: Any, tmp_path: Path, kind: str) -> None:
    """Also where a call fails and is made again: what comes after it in the same chat waits for it."""
    async with story(make_database_url("sqlite"), tmp_path, rooms=EMPTY) as s:
        await two(s)
        fault = {"method": "sendMessage", "share": 0.3, "kind": kind, "effect": False, "retry_after": 1, "seed": 3}
        await s.post("/sim/faults", [fault])
        await queue(s, s.chat("Ana"), *range(12))
        await s.settle()
        assert [w for w in await told(s, "Ana") if w.startswith("word")] == [f"word {n}" for n in range(12)]


async def test_a_chat_with_many_messages_holds_up_nobody_else(make_database_url: Any, tmp_path: Path) -> None:
    """One a second to Ana; Sam's message does not stand behind hers."""
    async with story(make_database_url("sqlite"), tmp_path, rooms=EMPTY) as s:
        await two(s)
        s.house.limiter.chats.rate = 1.0
        s.house.limiter.pace.rate = 30.0
        await queue(s, s.chat("Ana"), *range(40))
        await asyncio.sleep(0.3)
        await queue(s, s.chat("Sam"), "for Sam")

        async def sam() -> bool:
            return "word for Sam" in await told(s, "Sam")

        await until(sam, 2.0)


async def test_an_edit_of_what_was_fetched_but_not_sent_is_not_lost(database_url: str, tmp_path: Path) -> None:
    """Nobody may send for a moment; meanwhile the message changes."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        await two(s)
        s.house.limiter.pause(1.0)
        await queue(s, s.chat("Ana"), 1)
        await asyncio.sleep(0.4)
        await s.db(outbox.edit_ref, "word:1", say("changed"), s.now)
        await s.settle()
        assert await s.sees("Ana") == "word changed"


async def test_who_left_between_fetch_and_start_gets_nothing(database_url: str, tmp_path: Path) -> None:
    """A message to a person goes where the person is reached when it starts, or nowhere."""
    async with story(database_url, tmp_path, rooms=EMPTY, prepare=company) as s:
        who = await s.employee("D-1")
        before = await told(s, who.name.split()[0])
        s.house.limiter.pause(1.0)
        await s.db(outbox.send, to_person(who.id), say(1), Lane.REPLY, s.now)
        await asyncio.sleep(0.4)
        await s.db(people.leave_company, [who.id], s.now.date(), s.now)
        await s.settle()
        assert await told(s, who.name.split()[0]) == before


async def test_what_cannot_be_made_fails_and_the_rest_goes_on(database_url: str, tmp_path: Path) -> None:
    """A text that does not exist is a fault of ours: one row, recorded, and its chat is not held up."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        await two(s)
        broken = Message(Text("delivery.no_such_text"))
        await s.db(outbox.send, to_chat(s.chat("Ana")), broken, Lane.REPLY, s.now)
        lost = Message(text("delivery.just", text="see"), media=(Media("photo", "media:" + "0" * 64 + ".jpg"),))
        await s.db(outbox.send, to_chat(s.chat("Ana")), lost, Lane.REPLY, s.now)
        await queue(s, s.chat("Ana"), 1)
        await s.settle()
        assert (await told(s, "Ana"))[-2:] == ["see", "word 1"]
        states = await s.ask(lambda x: x.scalars(select(OutboxRow.state).order_by(OutboxRow.id)).all())
        assert states[-3:] == ["failed", "sent", "sent"]


async def test_an_album_is_not_repeated_when_its_text_is_refused_for_now(database_url: str, tmp_path: Path) -> None:
    """Two calls of one row; the second meets a 429 and a reset, the first is made once."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        await two(s)
        faults = [{"method": "sendMessage", "share": 1.0, "kind": "429", "retry_after": 1, "effect": False, "times": 1}]
        await s.post("/sim/faults", faults)
        pictures = tuple(Media("photo", f"content:pictures/{name}") for name in _pictures())
        album = Message(text("delivery.just", text="two pictures"), media=pictures)
        await s.db(outbox.send, to_chat(s.chat("Ana")), album, Lane.REPLY, s.now)
        await s.settle()
        assert len([c for c in await s.calls("sendMediaGroup") if c["ok"]]) == 1
        assert (await told(s, "Ana"))[-1] == "two pictures"


def _pictures() -> list[str]:
    from bot.library import shipped

    folder = Path(str(shipped.content_path())) / "pictures"
    return sorted(p.name for p in folder.iterdir() if p.suffix in (".png", ".jpg"))[:2]


@pytest.mark.parametrize("busy", [0.5, 0.65, 0.8, 1.5])
async def test_a_writer_that_was_busy_for_a_while_does_not_end_the_sending(
    make_database_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, busy: float
) -> None:
    """The lease is renewed late, perhaps after its deadline; afterwards messages go out as before."""
    monkeypatch.setattr(leases, "SECONDS", 0.9)
    monkeypatch.setattr(sender, "IDLE_S", 0.05)
    async with story(make_database_url("sqlite"), tmp_path, rooms=EMPTY) as s:
        await two(s)
        for round in range(3):
            await s.db(lambda session: time.sleep(busy))
            await asyncio.sleep(0.1 * round)
        await queue(s, s.chat("Ana"), "after")

        async def arrived() -> bool:
            return "word after" in await told(s, "Ana")

        await until(arrived, 6.0)


async def test_a_stop_under_load_is_quick_and_gives_the_lease_back(database_url: str, tmp_path: Path) -> None:
    """Calls in flight are finished, what waits for its slot is not begun, and nothing is left as started."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        await two(s)
        await s.post("/sim/faults", [{"method": "sendMessage", "share": 1.0, "kind": "slow", "seconds": 0.5}])
        await queue(s, s.chat("Ana"), *range(30))
        await queue(s, s.chat("Sam"), *range(30, 60))
        await asyncio.sleep(0.3)
        s.house.limiter.pause(60)
        begun = time.monotonic()
        await s.house.sender.stop()
        assert time.monotonic() - begun < 3

        def left(session: Session) -> tuple[list[str], float]:
            states = session.scalars(select(OutboxRow.state).where(OutboxRow.state == "started")).all()
            return list(states), session.scalars(select(LeaseRow.until).where(LeaseRow.name == "sender")).one()

        assert await s.ask(left) == ([], 0)


async def test_a_house_under_load_stops_within_eight_seconds(database_url: str, tmp_path: Path) -> None:
    """With slow calls in flight, a full queue and a pause of a minute; what waits is there for the next start."""
    async with story(database_url, tmp_path, rooms=EMPTY) as s:
        await two(s)
        await s.post("/sim/faults", [{"share": 1.0, "kind": "slow", "seconds": 20}])
        await queue(s, s.chat("Ana"), *range(300))
        await queue(s, s.chat("Sam"), *range(300, 600))
        for number in range(5):
            await s.post("/sim/messages", {"from": s.chat("Ana"), "text": f"hello {number}"})
        await asyncio.sleep(0.5)
        s.house.limiter.pause(60)
        engine, stop = s.house.engine, s.house.stop
        begun = time.monotonic()
        await stop()
        assert time.monotonic() - begun < 8
        with Session(engine) as session:
            states = session.scalars(select(OutboxRow.state)).all()
            assert set(session.scalars(select(LeaseRow.until))) == {0}
        engine.dispose()
        assert states.count("waiting") > 500

        async def nothing() -> None:
            """It has been stopped already."""

        s.house.stop = nothing  # type: ignore[method-assign]


def test_the_wait_after_very_many_failures_is_a_minute() -> None:
    """A weekend without network must not overflow."""
    assert backoff(5000) == 60.0
