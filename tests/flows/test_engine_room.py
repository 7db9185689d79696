"""The engine room with a room of two routes: what is said is answered, once, through real HTTP."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply, button
from bot.kit.room import Room, Route
from bot.kit.texts import text
from tests.flows.house import story


def on_echo(session: Session, event: Said, now: datetime) -> Reply:
    """Says back what was said, with a button."""
    return Reply(
        (Message(text("delivery.just", text=event.text), ((button("delivery.just", "ec:1", text="Again"),),)),)
    )


def on_again(session: Session, event: Pressed, now: datetime) -> Reply:
    """Edits and toasts."""
    return Reply(edit=Message(text("delivery.just", text="again <b>")), toast=text("delivery.just", text="done"))


ECHO = Room("echo", routes=(Route(on_echo, event="Said", stranger=True), Route(on_again, verb="ec", stranger=True)))


@pytest.mark.parametrize("updates", ["polling", "webhook"])
async def test_what_is_said_is_answered_and_a_press_edits(database_url: str, tmp_path: Path, updates: str) -> None:
    """A message is answered, its button edits it, and every call passes the schema."""
    async with story(database_url, tmp_path, rooms=(ECHO,), updates=updates) as s:
        await s.stranger("Ana")
        await s.says("Ana", "/start")
        await s.says("Ana", "hello & <i>you</i>")
        assert await s.sees("Ana") == "hello & <i>you</i>"
        assert await s.presses("Ana", "Again") == "done"
        assert await s.sees("Ana") == "again <b>"
        assert await s.violations() == []


async def test_a_stranger_gets_a_polite_refusal_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    """Without a route for strangers, whoever is unknown is told where to ask."""
    room = Room("echo", routes=(Route(on_echo, event="Said"), Route(on_again, verb="ec")))
    async with story(database_url, tmp_path, rooms=(room,)) as s:
        await s.stranger("Ana")
        await s.says("Ana", "/start")
        assert "invitation" in await s.sees("Ana")
        await s.says("Ana", "hello")
        assert len(await s.screen("Ana")) == 4


async def test_one_update_that_cannot_be_handled_holds_up_nobody_else(database_url: str, tmp_path: Path) -> None:
    """It is parked and its sender told; a retry after the repair answers it, and what came later waits its turn."""
    broken = [True]

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        if event.text == "poison" and broken:
            raise RuntimeError("a fault of ours")
        return on_echo(session, event, now)

    room = Room("echo", routes=(Route(on_said, event="Said", stranger=True), Route(on_again, verb="ec", stranger=True)))
    async with story(database_url, tmp_path, rooms=(room,)) as s:
        for name in ("Ana", "Sam"):
            await s.stranger(name)
            await s.says(name, "/start")
        await s.says("Ana", "poison")
        await s.says("Ana", "after")
        await s.says("Sam", "hello")
        assert await s.sees("Sam") == "hello"
        assert "after" not in await s.sees("Ana")
        broken.clear()
        await s.forward(minutes=5)
        told = [m.get("text") for m in await s.screen("Ana") if m["from"]["is_bot"]]
        assert told[-2:] == ["poison", "after"]


@pytest.mark.parametrize("kind", ["429", "500", "timeout", "reset", "truncate"])
async def test_a_faulty_network_loses_no_reply(make_database_url: object, tmp_path: Path, kind: str) -> None:
    """A fifth of the calls fails, before or after taking effect; every reply arrives."""
    database = make_database_url("sqlite")  # type: ignore[operator]
    async with story(database, tmp_path, rooms=(ECHO,)) as s:
        await s.stranger("Ana")
        await s.says("Ana", "/start")
        faults = [
            {
                "method": "sendMessage",
                "share": 0.2,
                "kind": kind,
                "effect": effect,
                "retry_after": 1,
                "seconds": 0.2,
                "seed": 5,
            }
            for effect in ((False, True) if kind in ("timeout", "reset", "truncate") else (False,))
        ]
        await s.post("/sim/faults", faults)
        for number in range(20):
            await s.post("/sim/messages", {"from": s.chat("Ana"), "text": f"word {number}"})
        await s.settle()
        shown = {m.get("text") for m in await s.screen("Ana") if m["from"]["is_bot"]}
        assert {f"word {number}" for number in range(20)} <= shown
