"""What follows the rules of another country is not sent to a site until somebody who answers for the site adopts it."""

from __future__ import annotations

import re
from pathlib import Path

from bot.features import _room
from tests.flows.house import Story, story
from tests.flows.learning_company import company

ROOMS = (_room("library"), _room("learning"))


async def lessons_there(s: Story, who: str) -> int:
    """Of how many lessons `/mystatus` speaks."""
    await s.says(who, "/mystatus")
    return int(re.findall(r"\d+", await s.sees(who))[1])


async def test_a_trainer_adopts_a_lesson_of_another_country_for_one_site(database_url: str, tmp_path: Path) -> None:
    """It says whose rules it follows; adopted it counts among the lessons of that site alone, and given up no more."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        for badge in ("T-1", "L-1", "D-1"):
            await s.employee(badge)
        before, elsewhere = await lessons_there(s, "Chen"), await lessons_there(s, "Ana")
        await s.says("Tess", "/adopt")
        await s.presses("Tess", "Lingang Works")
        assert "Lingang Works (CN)" in await s.sees("Tess")
        title = (await s.buttons("Tess"))[0]
        await s.presses("Tess", title)
        assert "Follows the rules of: US" in await s.sees("Tess")
        assert "Not sent to Lingang Works" in await s.sees("Tess")
        assert await s.presses("Tess", "Adopt it here") == "Adopted."
        assert "Adopted for Lingang Works" in await s.sees("Tess")
        assert await lessons_there(s, "Chen") == before + 1
        assert await lessons_there(s, "Ana") == elsewhere
        await s.presses("Tess", "No longer here")
        assert await lessons_there(s, "Chen") == before
        assert await s.violations() == []


async def test_a_worker_is_told_who_decides_what_a_site_adopts(database_url: str, tmp_path: Path) -> None:
    """And gets no buttons."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.house.settle()  # the morning's lesson comes
        await s.says("Ana", "/adopt")
        assert "decided by its managers" in await s.sees("Ana")
        assert await s.buttons("Ana") == ["Start", "Later"], "those of today's lesson"
