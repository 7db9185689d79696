"""The engine room with a room of two routes: what is said is answered, once, through real HTTP."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

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


async def test_what_is_said_is_answered_and_a_press_edits(database_url: str, tmp_path: Path) -> None:
    """A message is answered, its button edits it, and every call passes the schema."""
    async with story(database_url, tmp_path, rooms=(ECHO,)) as s:
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
