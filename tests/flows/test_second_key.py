"""The second key to who reported without a name: nobody chooses alone whose it is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.hazards.tables import HazardRow
from bot.people.model import Role
from tests.flows.hazards_company import company
from tests.flows.house import story
from tests.flows.test_two_persons import ROOMS, also, facts, holds, meet, sealed_report


async def test_the_only_administrator_puts_nobody_into_the_works_council_and_takes_nobody_out(
    database_url: str, tmp_path: Path
) -> None:
    """The council's word is the second key to a reporter: not given alone, not to oneself, not taken with a manager's help."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-2", "A-1", "M-2")
        await s.says("Ada", "/grant W-2 works_council")
        assert "second person" in await s.sees("Ada")
        assert not await holds(s, "W-2", Role.WORKS_COUNCIL)
        assert await facts(s, "DoneAlone") == []
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await also(s, "M-2", Role.MANAGER)
        await s.says("Ada", "/revoke W-2 works_council")
        assert await facts(s, "SecondWordAsked") == []
        assert await holds(s, "W-2", Role.WORKS_COUNCIL)
        await also(s, "M-2", Role.ADMIN)
        await s.says("Ada", "/grant A-1 works_council")
        assert "Nobody gives themselves" in await s.sees("Ada")
        assert await facts(s, "SecondWordAsked") == []


async def test_whom_an_administrator_made_a_manager_alone_opens_nobody_with_them(
    database_url: str, tmp_path: Path
) -> None:
    """Where there is no works council: Ada's own choice is no second person for her, nor she for him."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await s.says("Ada", "/grant W-2 manager")
        assert await holds(s, "W-2", Role.MANAGER)
        await sealed_report(s)
        number = await s.ask(lambda session: session.scalar(select(HazardRow.id)))
        for somebody, other in (("Ada", "Bao"), ("Bao", "Ada")):
            await s.says(somebody, f"/reveal {number} The police ask for a witness")
            assert "I agree" not in await s.buttons(other)
