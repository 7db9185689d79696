"""Guards, eyewash, fire doors: looked at in time, or whoever leads there hears of it; what is wrong is a danger."""

from __future__ import annotations

from pathlib import Path

from tests.flows.house import Story
from tests.flows.resources_company import facts, forge, ready


async def _enter(s: Story, owner: str = "E-1") -> None:
    await s.says("Sam", "/facilities")
    await s.presses("Sam", "New facility")
    await s.presses("Sam", "Press Team")
    await s.presses("Sam", "Eyewash")
    await s.says("Sam", "Eyewash beside the degreasing bath")
    await s.presses("Sam", "Every 30 days")
    await s.says("Sam", "2026-12-01")
    await s.says("Sam", owner)


async def test_a_facility_that_nobody_looked_at_goes_up_to_the_leader_once(database_url: str, tmp_path: Path) -> None:
    """Pedro is reminded a week ahead; the day passes; Sam hears once; then Pedro looks, and the next day is due later."""
    async with ready(database_url, tmp_path) as s:
        await _enter(s)
        assert "Pedro Quispe" in await s.sees("Sam")
        await s.forward(days=7)
        assert len([each for each in await s.news("Pedro") if "Eyewash beside" in each]) == 1
        assert await facts(s, "FacilityOverdue") == []
        await s.forward(days=7)
        await s.forward(days=1)
        assert len([each for each in await s.news("Sam") if "Nobody has looked at it" in each]) == 1
        assert [body["days"] for _, body in await facts(s, "FacilityOverdue")] == [1]
        await s.says("Pedro", "/today")
        await s.presses("Pedro", "Look at it")
        assert "not" not in await s.presses("Pedro", "Looked at, in order")
        assert "in order" in await s.sees("Pedro")
        [(_, body)] = await facts(s, "FacilityChecked")
        assert body["in_order"] is True
        assert body["late"] > 0
        assert "changed meanwhile" in await forge(s, "Pedro", "fa:ok:1:1")
        await s.forward(days=2)
        assert [each for each in await s.news("Sam") if "Nobody has looked" in each] == []


async def test_what_is_wrong_with_a_facility_is_a_danger_of_its_own(database_url: str, tmp_path: Path) -> None:
    """Pedro says what is wrong in one sentence; those who lead there get it as a danger."""
    async with ready(database_url, tmp_path) as s:
        await _enter(s)
        await s.forward(days=7)
        await s.presses("Pedro", "Something is wrong")
        await s.says("Pedro", "No water comes out")
        assert "reported as a danger" in await s.sees("Pedro")
        await s.forward(minutes=1)
        assert any("No water comes out" in str(each) for each in await s.screen("Sam"))
        assert len(await facts(s, "DangerFound")) == 1


async def test_only_who_sees_to_it_or_leads_there_may_look_and_only_leaders_enter(
    database_url: str, tmp_path: Path
) -> None:
    """Nora leads the dock and not the press team; Ana sees to nothing."""
    async with ready(database_url, tmp_path) as s:
        await _enter(s)
        for who in ("Nora",):
            assert "Only whoever answers" in await forge(s, who, "fa:open:1")
        await s.says("Nora", "/facilities")
        assert "Eyewash" not in await s.sees("Nora")
        assert "answers" in await forge(s, "Pedro", "fa:gone:1")
        await s.says("Sam", "/facilities")
        await s.presses("Sam", "№ 1")
        await s.presses("Sam", "It is there no more")
        await s.says("Sam", "/facilities")
        assert "None is entered yet" in await s.sees("Sam")
        assert not await s.violations()
