"""After an upgrade with other commands, the chats that are there get their new menus."""

from __future__ import annotations

from pathlib import Path

from bot.features import _room
from bot.onboarding import actions
from tests.flows.test_joining import DOCK_LEADER, DOCK_WORKER, works


async def test_an_upgrade_brings_new_menus_to_old_chats_once(database_url: str, tmp_path: Path) -> None:
    """A minute after the new program began both have its commands; a minute later nothing more is sent."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.employee(DOCK_WORKER)
        before = len(await s.calls("setMyCommands"))
        await s.forward(minutes=2)
        assert len(await s.calls("setMyCommands")) == before
        actions.configure(routes=[route for route in _room("onboarding").routes if route.command != "poster"])
        await s.forward(minutes=2)
        fresh = (await s.calls("setMyCommands"))[before:]
        assert sorted(call["params"]["scope"]["chat_id"] for call in fresh) == sorted(map(s.chat, ("Sam", "Ana")))
        assert all("poster" not in {c["command"] for c in call["params"]["commands"]} for call in fresh)
        await s.forward(minutes=2)
        assert len(await s.calls("setMyCommands")) == before + 2
        assert await s.violations() == []
