"""Safety people against how many are required: a gap is seen until somebody is named."""

from __future__ import annotations

from pathlib import Path

from tests.flows.house import Story
from tests.flows.resources_company import facts, forge, ready


async def _require(s: Story, who: str, kind: str, at_least: str, per: str | None) -> None:
    await s.says(who, "/staffing")
    await s.presses(who, "New requirement")
    await s.presses(who, "Harbour Works")
    await s.presses(who, kind)
    await s.says(who, at_least)
    if per is None:
        await s.presses(who, "Only that number")
    else:
        await s.says(who, per)
    await s.says(who, "Company rule 12")


async def test_a_gap_stands_under_today_until_enough_people_are_named(database_url: str, tmp_path: Path) -> None:
    """Seven people, one first aider for each three: three are needed. Yusuf names them; one leaves the list again."""
    async with ready(database_url, tmp_path) as s:
        await _require(s, "Yusuf", "First aiders", "1", "3")
        assert "0 of 3 · 3 are missing" in await s.sees("Yusuf")
        assert "Required by: Company rule 12" in await s.sees("Yusuf")
        await s.says("Yusuf", "/today")
        assert "3 safety people are missing" in await s.sees("Yusuf")
        for badge in ("W-1", "W-2", "E-1"):
            await s.presses("Yusuf", "Name somebody")
            await s.says("Yusuf", badge)
        assert "3 of 3" in await s.sees("Yusuf")
        await s.says("Yusuf", "/today")
        assert "missing" not in await s.sees("Yusuf")
        await s.says("Yusuf", "/staffing")
        await s.presses("Yusuf", "№ 1")
        await s.presses("Yusuf", "No longer: Ana")
        await s.says("Yusuf", "/staffing")
        assert "2 of 3 · one is missing" in await s.sees("Yusuf")
        assert len(await facts(s, "SafetyPersonNamed")) == 3
        assert not await s.violations()


async def test_safety_officers_count_by_their_role_and_a_leader_below_enters_nothing(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf is one of two. Sam sees nothing of the whole site and may not enter."""
    async with ready(database_url, tmp_path) as s:
        await _require(s, "Grace", "Safety officers", "2", None)
        assert "1 of 2 · one is missing" in await s.sees("Grace")
        assert "count by their role" in await s.sees("Grace")
        assert "Only whoever answers" in await forge(s, "Sam", "sf:new")
        assert "Only whoever answers" in await forge(s, "Sam", "sf:open:1")
