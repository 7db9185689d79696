"""The bulletin: what was done in a month, honours, and names only where two people and the person themselves allow them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.flows.house import Story
from tests.flows.rewards_company import did, ready
from tests.flows.risk_company import facts, forge

DECEMBER = datetime(2026, 12, 2, 16, tzinfo=UTC)


async def honour(s: Story, words: str = "Taught the newcomers to lock the press") -> None:
    """Sam puts Lucia on the honours list."""
    await s.says("Sam", "/bulletin")
    await s.presses("Sam", "Honour somebody")
    await s.says("Sam", "W-2")
    await s.says("Sam", words)


async def publish(s: Story) -> None:
    """Hana publishes the month before of the site."""
    await s.says("Hana", "/bulletin")
    await s.presses("Hana", "Make last month")
    await s.presses("Hana", "Harbour Works")
    await s.presses("Hana", "Publish it")


async def read(s: Story, who: str) -> str:
    """What the newest bulletin says to somebody."""
    await s.says(who, "/bulletin")
    await s.presses(who, "Harbour Works")
    return await s.sees(who)


async def test_a_month_is_published_and_a_name_stands_only_where_all_allow_it(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia says yes: still no name, until Hana and Grace have switched names on; and none again after Lucia's no."""
    async with ready(database_url, tmp_path) as s:
        for badge in ("W-1", "W-2", "E-1", "S-1", "O-1"):
            await did(s, badge, "LessonRead", f"read:{badge}", lesson="a", version=1)
        await did(s, "W-2", "HazardConfirmed", "confirmed:1", hazard=1, unit=4)
        await honour(s)
        assert "May your name stand in the bulletin?" in await s.sees("Lucia")
        await s.presses("Lucia", "Show my name")
        await s.until(DECEMBER)
        await publish(s)
        await s.forward(hours=20)
        assert any("is out" in each for each in await s.news("Pedro"))
        said = await read(s, "Pedro")
        assert "You read a lesson. 5" in said
        assert "by fewer than five people" in said, "one danger would tell whose it was"
        assert "A colleague: Taught the newcomers" in said
        await s.says("Hana", "/points")
        await s.presses("Hana", "What holds in a unit")
        await s.presses("Hana", "Harbour Works")
        await s.presses("Hana", "Allow names")
        assert "A colleague" in await read(s, "Pedro"), "one person is not enough"
        await s.says("Grace", "/today")
        await s.presses("Grace", "Look at it")
        await s.presses("Grace", "Yes")
        await s.forward(minutes=1)
        assert "Lucia Herrera: Taught the newcomers" in await read(s, "Pedro")
        await s.says("Lucia", "/bulletin")
        await s.presses("Lucia", "My honour")
        await s.presses("Lucia", "Without my name")
        assert "A colleague" in await read(s, "Pedro")
        assert "published already" in await forge(s, "Hana", "hon:out:2:2026-11")
        assert [kind for kind, _ in await facts(s, "BulletinPublished")] == ["BulletinPublished"]
        assert not await s.violations()


async def test_silence_is_not_honoured_and_others_publish_nothing(database_url: str, tmp_path: Path) -> None:
    """Not for a quiet year; not oneself; and Sam does not publish."""
    async with ready(database_url, tmp_path) as s:
        await honour(s, "365 days without an accident")
        assert "keeps it quiet" in await s.sees("Sam")
        await s.says("Sam", "/bulletin")
        await s.presses("Sam", "Honour somebody")
        await s.says("Sam", "S-1")
        await s.says("Sam", "For myself")
        assert "people of that unit" in await s.sees("Sam")
        assert "people of that unit" in await forge(s, "Sam", "hon:look:2")
        assert "people of that unit" in await forge(s, "Pedro", "hon:name:1")
        assert await facts(s, "Honoured") == []
