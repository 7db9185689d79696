"""While a long push runs, whoever started it sees how it goes, and can pause and stop it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery import progress
from bot.delivery.tables import BroadcastRow
from bot.people.tables import AccountRow
from tests.flows.harbour import (
    NIGHT,
    facts,
    finished,
    forged,
    got,
    harbour,
    meet,
    press,
    states,
    until,
)
from tests.flows.house import Story, words


async def test_two_hundred_are_paused_in_the_middle_and_go_on(database_url: str, tmp_path: Path) -> None:
    """While it is paused nothing goes out; then everybody gets it, once. One who blocked Davy meanwhile is not reached."""
    async with harbour(database_url, tmp_path) as s:
        chats = await meet(s, 198)
        blocked = chats[-1]
        await s.says("Sam", "/announce")
        await s.says("Sam", "Meeting at noon.")
        await s.presses("Sam", "Dock Team")
        assert "200 people" in await s.sees("Sam")
        await s.post("/sim/blocks", {"user": blocked, "blocked": True})
        await _unheard(s)
        s.house.limiter.pace.rate = 15
        await press(s, "Sam", "Send to 200 people")

        async def begun() -> bool:
            return (await states(s)).get("sent", 0) > 10

        await until(begun)

        async def seen() -> bool:
            return any("Waiting:" in words(m) and "Done about" in words(m) for m in await s.screen("Sam"))

        await until(seen)
        await press(s, "Sam", "Pause")

        async def paused() -> bool:
            found = await states(s)
            return found.get("paused", 0) > 20 and not found.get("waiting") and not found.get("started")

        await until(paused)
        before = await states(s)
        await asyncio.sleep(2.5)
        assert await states(s) == before
        s.house.limiter.pace.rate = 1000
        assert "goes on" in await s.presses("Sam", "Go on")
        await finished(s)
        assert await states(s) == {"sent": 199, "failed": 1}
        assert await got(s, chats, "Meeting at noon.") == [1] * 197 + [0]
        last = next(words(m) for m in reversed(await s.screen("Sam")) if "gone out" in words(m))
        assert "Sent: 199\nNot reached: 1" in last


async def _unheard(s: Story) -> None:
    """Davy has not heard of the block: Telegram says so at the call."""
    await s.settle()
    await s.db(lambda session: session.execute(update(AccountRow).values(blocked_at=None)))


async def test_a_stopped_one_reaches_nobody_more(database_url: str, tmp_path: Path) -> None:
    """What has not gone out is taken back; it cannot go on again; the ledger says that it was stopped."""
    async with harbour(database_url, tmp_path) as s:
        chats = await meet(s, 120)
        await s.says("Sam", "/announce")
        await s.says("Sam", "Wrong words")
        await s.presses("Sam", "Dock Team")
        s.house.limiter.pace.rate = 20
        await press(s, "Sam", "Send to")

        async def begun() -> bool:
            return (await states(s)).get("sent", 0) > 4

        await until(begun)
        await press(s, "Sam", "Stop")

        async def stopped() -> bool:
            return not (await states(s)).get("waiting")

        await until(stopped)
        s.house.limiter.pace.rate = 1000
        await finished(s)
        found = await states(s)
        assert set(found) == {"sent", "cancelled"}
        assert found["cancelled"] > 60
        assert sum(await got(s, chats, "Wrong words")) <= found["sent"] <= 40
        number = await s.ask(lambda session: session.scalar(select(BroadcastRow.id)))
        assert await forged(s, "S-1", f"dl.goon:{number}") == "delivery.broadcast_changed"
        assert await states(s) == found
        last = next(words(m) for m in reversed(await s.screen("Sam")) if "Stopped" in words(m))
        assert f"Sent: {found['sent']}" in last
        assert f"Taken back: {found['cancelled']}" in last
        (fact,) = await facts(s)
        assert fact["stopped"] is True
        assert fact["sent"] == found["sent"]


async def test_nobody_is_woken_and_the_end_is_in_the_morning(database_url: str, tmp_path: Path) -> None:
    """At half past ten in the evening the late shift gets it at once, the others at seven; it can be paused till then."""
    async with harbour(database_url, tmp_path, at=NIGHT) as s:
        awake = await meet(s, 3, shift="late")
        await s.says("Sam", "/announce")
        await s.says("Sam", "Tomorrow at seven: dock 2.")
        await s.presses("Sam", "Dock Team")
        assert "Nobody is woken: 2 follow at 07:00." in await s.sees("Sam")
        await s.presses("Sam", "Send to 5 people")
        assert await got(s, awake, "dock 2") == [1, 1, 1]
        assert "dock 2" not in await s.sees("Rosa")

        async def said() -> bool:
            return any("going out" in words(m) and "2 follow at 07:00." in words(m) for m in await s.screen("Sam"))

        await until(said)
        await s.until(NIGHT.replace(hour=13, minute=1))
        await finished(s)
        assert "dock 2" in await s.sees("Rosa")
        assert len(await facts(s)) == 1


async def test_only_whoever_started_it_stops_it(database_url: str, tmp_path: Path) -> None:
    """Another leader's press changes nothing."""
    async with harbour(database_url, tmp_path, at=NIGHT) as s:
        await s.says("Sam", "/announce")
        await s.says("Sam", "Tomorrow: dock 2.")
        await s.presses("Sam", "Dock Team")
        await s.presses("Sam", "Send to")
        number = await s.ask(lambda session: session.scalar(select(BroadcastRow.id)))
        for verb in ("dl.pause", "dl.goon", "dl.stop"):
            assert await forged(s, "O-1", f"{verb}:{number}") == "delivery.not_your_broadcast"
        assert (await states(s)) == {"waiting": 2}
        await s.presses("Sam", "Stop")
        assert (await states(s)) == {"cancelled": 2}


async def test_a_message_that_says_nothing_new_is_not_edited(database_url: str, tmp_path: Path) -> None:
    """While all wait for the morning, the starter's phone is left alone."""
    async with harbour(database_url, tmp_path, at=NIGHT) as s:
        await s.says("Sam", "/announce")
        await s.says("Sam", "Tomorrow")
        await s.presses("Sam", "Dock Team")
        await s.presses("Sam", "Send to")
        await s.ask(_due_again)
        await s.settle()
        edits = len(await s.calls("editMessageText"))
        for _ in range(3):
            await s.ask(_due_again)
            await s.settle()
        assert len(await s.calls("editMessageText")) == edits
        assert progress.EVERY_S >= 1


def _due_again(session: Session) -> None:
    session.execute(update(BroadcastRow).values(look_at=0))
