"""A poster hangs, and is taken down: afterwards it opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.kit.errors import Refused
from bot.onboarding import posters
from bot.people import store as people
from tests.flows.test_joining import DOCK_LEADER, MANAGER, works


def token(said: str) -> str:
    """The token in the link of a poster."""
    return said.split("?start=")[1].split()[0]


async def test_a_poster_that_was_taken_down_opens_nothing(database_url: str, tmp_path: Path) -> None:
    """Sam takes his down: Eva who scans it is sent away, and so is Ida who scanned it before and had not said who she is."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.says("Sam", "/poster")
        link = token(await s.sees("Sam"))
        assert "davy-poster-1.png" in str((await s.screen("Sam"))[-1]["document"])
        await s.stranger("Ida")
        await s.says("Ida", f"/start {link}")
        assert "on your badge" in await s.sees("Ida")
        await s.says("Sam", "/posters")
        assert "Poster 1, for Dock Team" in await s.sees("Sam")
        assert await s.presses("Sam", "Take down poster 1") == "Poster 1 opens nothing any more."
        assert "No poster of yours opens anything" in await s.sees("Sam")
        await s.news("Sam")
        await s.stranger("Eva")
        await s.says("Eva", f"/start {link}")
        assert "I do not know this link" in await s.sees("Eva")
        await s.says("Ida", "L-1042")
        assert "invitation" in await s.sees("Ida")
        assert await s.news("Sam") == []
        assert await s.violations() == []


async def test_a_poster_is_taken_down_by_whoever_answers_for_its_unit(database_url: str, tmp_path: Path) -> None:
    """Grace's hangs for the whole warehouse: Sam of one team neither sees it nor can take it down."""
    async with works(database_url, tmp_path) as s:
        await s.employee(MANAGER)
        await s.employee(DOCK_LEADER)
        await s.says("Grace", "/poster")
        sam = (await s.db(people.person_by_badge, DOCK_LEADER, s.now)).id
        assert await s.db(posters.hanging, sam, s.now) == []
        await s.says("Sam", "/posters")
        assert "No poster of yours" in await s.sees("Sam")
        with pytest.raises(Refused, match="no_such_poster"):
            await s.db(posters.take_down, sam, 1, s.now)
        assert len(await s.db(posters.hanging, (await s.db(people.person_by_badge, MANAGER, s.now)).id, s.now)) == 1
