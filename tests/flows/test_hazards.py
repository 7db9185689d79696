"""From a photo to a danger that is proved gone, on the phones of those who live it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.features import _room
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, keys, story

ROOMS = (_room("hazards"),)
EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2", "A-1")


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """A Wednesday, five past nine, everybody with a phone."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as told:
        for badge in EVERYBODY:
            await told.employee(badge)
        yield told
        assert await told.violations() == []


async def test_one_tap_brings_a_photo_to_the_supervisor(s: Story) -> None:
    """Photo, Send now, and it is on the supervisors' phones: loud for who is at work, silent for who is not."""
    await s.sends_photo("Ana", photo(), caption="Oil on the floor")
    assert await s.buttons("Ana") == ["✅ Send now", "🕶 Without my name", "✏️ Details", "✖️ Not a report", "🎓 Only practise"]
    await s.presses("Ana", "Send now")
    assert "Your report No. 1" in await s.sees("Ana")
    assert "Thank you" in await s.sees("Ana")
    message, _ = await s.button("Sam", "Acknowledge")
    assert "photo" in message
    assert "Oil on the floor" in message["caption"]
    assert "Ana Morales" in message["caption"]
    assert "Dock Team" in message["caption"]
    cards = [c for c in await s.calls("sendPhoto")]
    loud = {c["params"]["chat_id"]: not c["params"].get("disable_notification") for c in cards}
    assert loud[str(s.chat("Sam"))] if str(s.chat("Sam")) in loud else loud[s.chat("Sam")]
    assert await s.news("Tomasz") == []
    assert await s.presses("Sam", "Acknowledge") == "Thank you. Nobody else is called now."
    print(await s.screen("Ana"))
    print(keys(message))
