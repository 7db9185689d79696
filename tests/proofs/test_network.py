"""What Telegram refuses, delays, breaks off or answers twice: nothing is lost, and nobody calls while told to wait.

The simulator's log is the oracle: what it did not see did not happen. Each proof has a sabotage that must make it fail.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.app import House
from bot.delivery import outbox, sending_store
from bot.delivery.limiter import FLIGHTS
from bot.delivery.outbox import Lane, to_chat
from bot.kit.replies import Message
from bot.kit.room import Room
from bot.kit.texts import text as say
from tests.conftest import PROVING
from tests.flows.house import Story, story
from tests.proofs.counted import SABOTAGE, SABOTAGED, counted

EMPTY = (Room("empty"),)
MESSAGES = 5000 if PROVING else 120
BROKEN = (("timeout", False), ("timeout", True), ("reset", False), ("reset", True), ("truncate", True))
FAULTS = [
    {"method": "sendMessage", "share": 0.2 / 7, "kind": kind, "effect": effect, "seconds": 0.1, "retry_after": 1}
    for kind, effect in (("429", False), ("500", False), *BROKEN)
]
"""A fifth of the calls, in seven ways, before and after the call took effect."""


def queue(session: Session, chats: list[int], count: int, lane: Lane, now: Any, words: str = "word") -> None:
    """`count` messages, in turn to each chat."""
    for number in range(count):
        outbox.send(session, to_chat(chats[number % len(chats)]), _words(f"{words} {number}"), lane, now)


def _words(words: str) -> Message:
    return Message(say("delivery.just", text=words))


async def phones(s: Story, count: int) -> list[int]:
    """Chats that the bot may write to."""
    bot, people = s.simulator.people.bot(), [s.simulator.add_user(f"P{n}") for n in range(count)]
    for user in people:
        s.simulator.people.say(user, s.simulator.world.private_chat(bot, user), {"text": "hello"})
    await s.settle()
    return [user.id for user in people]


async def all_done(s: Story, seconds: float) -> bool:
    """Whether the outbox was empty within so many seconds."""
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        if await s.ask(outbox.waiting) == 0:
            return True
        await asyncio.sleep(0.05)
    return False


def take_uncertain_for_sent(s: Story) -> None:
    """The sabotage: what may have arrived is never tried again."""
    body = "UPDATE outbox SET state = 'sent' WHERE id = NEW.id;"
    when = "AFTER UPDATE ON outbox WHEN NEW.uncertain AND NEW.state = 'waiting'"
    with s.house.engine.begin() as connection:
        connection.execute(text(f"CREATE TRIGGER forget {when} BEGIN {body} END"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_a_fifth_of_the_calls_fails_and_nothing_is_lost(
    make_database_url: Any, tmp_path: Path, sabotaged: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """429, 5xx, timeouts, resets, half answers: every message arrives; none more often than its end was unclear."""
    engine = "postgresql" if PROVING and not sabotaged else "sqlite"
    async with story(make_database_url(engine), tmp_path, rooms=EMPTY) as s:
        chats = await phones(s, 100 if PROVING else 60)
        if sabotaged:
            take_uncertain_for_sent(s)
        await s.post("/sim/faults", [{**fault, "seed": at} for at, fault in enumerate(FAULTS)])
        await s.db(queue, chats, 300 if sabotaged else MESSAGES, Lane.BULK, s.now)
        assert await all_done(s, 300)
        calls = [c for c in await s.calls("sendMessage") if str(c["params"]["text"]).startswith("word")]
    shown = Counter(c["params"]["text"] for c in calls if c["took_effect"])
    unclear = Counter(c["params"]["text"] for c in calls if c["took_effect"] and c.get("fault"))
    lost = (300 if sabotaged else MESSAGES) - len(shown)
    with capsys.disabled():
        print(f"\n{len(calls)} calls, {sum(1 for c in calls if c.get('fault'))} of them struck: {lost} lost, "
              f"{shown.total() - len(shown)} duplicates of {unclear.total()} unclear ends")  # fmt: skip
    queued = 300 if sabotaged else MESSAGES
    counted("a fifth of the calls to Telegram fails", queued, queued - lost, sabotaged=sabotaged)
    assert any(c.get("fault") for c in calls)
    assert (lost > 0) is sabotaged
    assert all(count <= 1 + unclear[words] for words, count in shown.items())


@contextlib.asynccontextmanager
async def replica(s: Story) -> AsyncIterator[House]:
    """A second Davy beside the story's, on the same database."""
    house = House(s.house.settings.model_copy(update={"data_dir": s.house.settings.data_dir}), s.house.clock, EMPTY)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_while_told_to_wait_no_replica_calls(
    make_database_url: Any, tmp_path: Path, sabotaged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One refusal stops everybody, also whoever takes the sending over meanwhile; afterwards everything arrives."""
    wait = 30 if PROVING and not sabotaged else 3
    if sabotaged:
        monkeypatch.setattr(sending_store, "paused", lambda session: 0.0)
    async with story(make_database_url("postgresql"), tmp_path, rooms=EMPTY) as s:
        chats = await phones(s, 40)
        await s.db(queue, chats, 600, Lane.BULK, s.now)
        while not [c for c in s.simulator.log.items if c["method"] == "sendMessage"]:
            await asyncio.sleep(0.01)
        async with replica(s):
            await s.post("/sim/faults", [{"method": "sendMessage", "kind": "429", "retry_after": wait, "times": 1}])
            while not (refused := [c for c in s.simulator.log.items if c.get("error_code") == 429]):
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.3)
            await s.house.sender.stop()
            assert await all_done(s, wait + 30)
    begun = refused[0]["real_at"]
    sent = [c for c in s.simulator.log.items if c["method"] == "sendMessage" and c["ok"]]
    calls = [c["real_at"] - begun for c in sent if str(c["params"]["text"]).startswith("word")]
    inside = [at for at in calls if 0 < at < wait - 0.1]
    late = [at for at in inside if at > 0.3]  # what was on its way when the refusal came is not called back
    counted("Telegram says: wait", len(calls), len(calls) - len(late), sabotaged=sabotaged)
    assert len(inside) - len(late) <= max(FLIGHTS)
    assert bool(late) is sabotaged, late[:5]
    assert len(calls) == 600


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["clear", "faults", pytest.param("sabotaged", marks=SABOTAGE)])
async def test_an_alert_overtakes_a_broadcast(make_database_url: Any, tmp_path: Path, how: str) -> None:
    """Between the commit of an alert and its call leave only those calls that were already begun.

    In milliseconds: `make bench ARGS=broadcast`. Sabotaged, the alert waits in the broadcast's own lane.
    """
    bulk, alerts = (5000, 50) if PROVING else (800, 8)
    lane = Lane.BULK if how == "sabotaged" else Lane.ALERT
    async with story(make_database_url("sqlite"), tmp_path, rooms=EMPTY) as s:
        chats = await phones(s, 100)
        s.house.limiter.pace.rate = 100
        await s.db(queue, chats[10:], bulk, Lane.BULK, s.now)
        if how == "faults":
            faults = [{"method": "sendMessage", "share": 0.03, "kind": kind, "seed": 3} for kind in ("500", "reset")]
            await s.post("/sim/faults", faults)
        await asyncio.sleep(0.5)
        overtaken = []
        for number in range(alerts):
            words = f"alert {number}"
            await s.db(outbox.send, to_chat(chats[number % 10]), _words(words), lane, s.now)
            before = len(s.simulator.log.items)
            while not (after := _called(s, before, words)) and len(s.simulator.log.items) - before < 250:
                await asyncio.sleep(0.005)
            until = after["n"] if after else len(s.simulator.log.items)
            overtaken.append(sum(1 for c in s.simulator.log.after(before) if c["n"] < until and "word" in str(c)))
            await asyncio.sleep(0.15)
        await s.db(lambda session: session.execute(text("DELETE FROM outbox WHERE state = 'waiting'")))
    swift = sum(1 for each in overtaken if each <= 60)
    counted("an alert in the middle of a broadcast", alerts, swift, sabotaged=how == "sabotaged")
    assert (max(overtaken) > 60) is (how == "sabotaged"), overtaken


def _called(s: Story, before: int, words: str) -> dict[str, Any] | None:
    """The first call for it; one that a fault has struck is tried again by its own rules."""
    found = [c for c in s.simulator.log.after(before) if c["params"].get("text") == words]
    return found[0] if found else None
