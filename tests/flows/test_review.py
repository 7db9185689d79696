"""The monthly review: what people add has an owner and a day, goes through plan, do, check, act, and goes on while it is open."""

from __future__ import annotations

from pathlib import Path

from tests.flows.duties_company import facts, forge, site
from tests.flows.house import Story


async def _add(s: Story, who: str, kind: str, unit: str, words: str, owner: str) -> None:
    await s.says(who, "/review")
    await s.presses(who, "New entry")
    await s.presses(who, kind)
    await s.presses(who, unit)
    await s.says(who, words)
    await s.presses(who, owner)
    await s.presses(who, "In 60 days")


async def test_an_entry_goes_through_the_cycle_and_into_the_next_month_with_its_history(
    database_url: str, tmp_path: Path
) -> None:
    """Sam gives Lucia a trial; she does it; the month ends, she hears that it goes on; what came of it closes it."""
    async with site(database_url, tmp_path) as s:
        await _add(s, "Sam", "A new technique", "Press Team", "Magnets that hold the guard", "Lucia")
        assert "trial of a technique: Magnets that hold the guard" in await s.sees("Sam")
        assert "You look after this until" in "".join(await s.news("Lucia"))
        assert "Only whoever looks after it" in await forge(s, "Nora", "rv:open:1")
        await s.says("Lucia", "/review")
        await s.presses("Lucia", "№ 1")
        await s.presses("Lucia", "→ Do")
        assert "has changed meanwhile" in await forge(s, "Lucia", "rv:go:1:do")
        await s.presses("Lucia", "Note")
        await s.says("Lucia", "Two magnets are on press 3")
        assert "Two magnets are on press 3" in await s.sees("Lucia")
        await s.forward(days=14)
        assert "A new month: this is open and goes on." in "".join(await s.news("Lucia"))
        assert [body for _, body in await facts(s, "ReviewItemCarried")] == [{"item": 1, "months": 1}]
        await s.says("Sam", "/review")
        assert "goes on for 1 month" in await s.sees("Sam")
        await s.presses("Sam", "№ 1")
        await s.presses("Sam", "Another day")
        assert "a day to come" in await _said(s, "Sam", "2026-01-01")
        await s.presses("Sam", "In 30 days")
        for step in ("Check", "Act"):
            await s.presses("Sam", f"→ {step}")
        await s.presses("Sam", "Done")
        await s.says("Sam", "Magnets stay; they are on the list of spare parts")
        card = await s.sees("Sam")
        assert "✅ Magnets stay" in card
        assert "goes on in December 2026" in card
        assert "It is ended" in await forge(s, "Lucia", "rv:go:1:act")
        await s.says("Sam", "/review")
        assert "Nothing is open." in await s.sees("Sam")
        assert not await s.violations()


async def _said(s: Story, who: str, words: str) -> str:
    await s.says(who, words)
    return await s.sees(who)


async def test_who_leads_nothing_adds_nothing_and_an_owner_is_of_the_unit(database_url: str, tmp_path: Path) -> None:
    """Lucia has no button for it, and a forged press is refused; Nora of another team cannot be made the owner."""
    async with site(database_url, tmp_path) as s:
        await s.says("Lucia", "/review")
        assert not any("New entry" in each for each in await s.buttons("Lucia"))
        assert "or leads there" in await forge(s, "Lucia", "rv:new")
        await s.says("Sam", "/review")
        await s.presses("Sam", "New entry")
        await s.presses("Sam", "Something new in the industry")
        await s.presses("Sam", "Press Team")
        await s.says("Sam", "Cobots get a new standard")
        await s.says("Sam", "no badge at all")
        assert "nobody with this badge" in await s.sees("Sam")
