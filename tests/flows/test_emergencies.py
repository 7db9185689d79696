"""Emergency plans: at hand at once, also while the database is busy; kept by those who look after safety."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.tables import HandledRow
from bot.emergencies.tables import EmergencyPlanRow
from bot.people.tables import UnitRow
from tests.flows.hazards_company import photo
from tests.flows.house import Story, story
from tests.flows.risk_company import company, facts, site


async def a_fire_plan(s: Story) -> None:
    """Yusuf takes over the fire plan for the site."""
    await s.says("Yusuf", "/emergencyplans")
    await s.presses("Yusuf", "New plan")
    await s.presses("Yusuf", "Harbour Works")
    await s.presses("Yusuf", "Fire")


async def test_a_safety_officer_makes_a_plan_and_everybody_of_the_site_has_it(
    database_url: str, tmp_path: Path
) -> None:
    """General steps to begin with, then the site's own people, numbers, materials and the way out."""
    async with site(database_url, tmp_path) as s:
        await s.says("Lucia", "/emergency")
        assert "Your site has entered no plans here yet" in await s.sees("Lucia")
        assert "has not entered its emergency number" in await s.sees("Lucia")
        await a_fire_plan(s)
        await s.presses("Yusuf", "Who does what")
        await s.says("Yusuf", "Warden: Sam\nFirst-aider: Pedro")
        await s.presses("Yusuf", "Whom to call")
        await s.says("Yusuf", "Gate 5-5555")
        await s.presses("Yusuf", "What is needed")
        await s.says("Yusuf", "Foam, gate 2, 2026-12-10\nBlankets, office")
        assert "⌛ Foam, gate 2" in await s.sees("Yusuf")
        await s.presses("Yusuf", "The way out")
        await s.sends_photo("Yusuf", photo())
        assert "1 picture of the way out" in await s.sees("Yusuf")
        await s.settle()
        await s.db(lambda session: session.execute(update(UnitRow).values(emergency_number="911")))
        await s.says("Lucia", "/emergency")
        assert "Call 911" in await s.sees("Lucia")
        await s.presses("Lucia", "Fire")
        told = "\n".join(await s.news("Lucia"))
        for words in ("The way out: Fire", "set off the alarm", "Warden: Sam", "Gate 5-5555", "Foam, gate 2"):
            assert words in told
        kinds = [kind for kind, _ in await facts(s, "EmergencyPlanMade", "EmergencyPlanChanged")]
        assert kinds == ["EmergencyPlanMade"] + 4 * ["EmergencyPlanChanged"]
        assert not await s.violations()


async def test_emergency_says_what_the_site_has_entered_and_what_it_has_not(database_url: str, tmp_path: Path) -> None:
    """No number is made up."""
    async with site(database_url, tmp_path) as s:
        where = {"en": "North car park"}
        known = update(UnitRow).where(UnitRow.kind == "site").values(emergency_number="911", assembly=where)
        await s.db(lambda session: session.execute(known))
        await s.says("Lucia", "/menu")
        await s.presses("Lucia", "Emergency")
        for words in ("Call 911", "North car park"):
            assert words in await s.sees("Lucia")
        await s.presses("Lucia", "Back")
        await s.db(lambda session: session.execute(update(UnitRow).values(emergency_number=None, assembly=None)))
        await s.presses("Lucia", "Emergency")
        for words in ("has not entered its emergency number", "Go to your assembly point"):
            assert words in await s.sees("Lucia")
        await s.presses("Lucia", "Back")
        assert "What do you need" in await s.sees("Lucia")


async def test_only_who_looks_after_safety_there_may_make_a_plan(database_url: str, tmp_path: Path) -> None:
    """A supervisor is told whom to ask; the button of another is no right."""
    async with site(database_url, tmp_path) as s:
        await s.says("Sam", "/emergencyplans")
        assert "Only a safety officer or manager" in await s.sees("Sam")
        assert await s.ask(lambda session: session.scalars(select(EmergencyPlanRow)).all()) == []


async def test_what_runs_out_and_what_nobody_has_gone_through_for_a_year_is_told_once_and_stays_under_today(
    database_url: str, tmp_path: Path
) -> None:
    """The owner hears of it; the plan is red until somebody has gone through it."""
    async with site(database_url, tmp_path) as s:
        await a_fire_plan(s)
        await s.presses("Yusuf", "What is needed")
        await s.says("Yusuf", "Foam, gate 2, 2027-02-10")
        await s.forward(days=30)
        await s.news("Yusuf")
        await s.forward(days=30)
        await s.forward(days=1)
        assert "\n".join(await s.news("Yusuf")).count("This runs out on") == 1
        await s.forward(days=330)
        await s.forward(days=1)
        assert "\n".join(await s.news("Yusuf")).count("Nobody has gone through this emergency plan for a year") == 1
        await s.says("Yusuf", "/today")
        assert "Emergency plan to go through" in await s.sees("Yusuf")
        await s.says("Yusuf", "/emergencyplans")
        await s.presses("Yusuf", "🔴 Fire")
        await s.presses("Yusuf", "I have gone through it")
        await s.says("Yusuf", "/emergencyplans")
        assert "🔴" not in await s.sees("Yusuf")


async def test_where_a_place_is_scanned_its_card_is_offered(database_url: str, tmp_path: Path) -> None:
    """The plans of that place, not of one's own."""
    async with site(database_url, tmp_path) as s:
        await s.says("Yusuf", "/emergencyplans")
        await s.presses("Yusuf", "New plan")
        await s.presses("Yusuf", "Dock Team")
        await s.presses("Yusuf", "Storm")
        await s.says("Lucia", "/start pHW-DOCK-1")
        await s.presses("Lucia", "Emergency here")
        assert "Emergency · Loading dock 1" in await s.sees("Lucia")
        assert any("Storm" in each for each in await s.buttons("Lucia"))
        await s.says("Lucia", "/emergency")
        assert not any("Storm" in each for each in await s.buttons("Lucia"))


class Blocked:
    """A piece of work that holds the writer, as a long import or a slow disk would."""

    def __init__(self, s: Story) -> None:
        self._go = threading.Event()
        self._done = s.house.writer.submit(self._hold)

    def _hold(self, session: Session) -> None:
        session.execute(select(HandledRow).limit(1))
        self._go.wait(30)

    async def end(self) -> None:
        """Lets the writer go on."""
        self._go.set()
        await asyncio.wrap_future(self._done)


async def seen_within(s: Story, who: str, words: str, seconds: float) -> bool:
    """Whether words come to stand on a phone soon, by the real clock."""
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        if words in await s.sees(who):
            return True
        await asyncio.sleep(0.05)
    return False


async def type_only(s: Story, who: str, text: str) -> None:
    """Types something and waits for nothing."""
    await s.post("/sim/messages", {"from": s.chat(who), "text": text})


async def test_while_the_writer_stands_still_the_card_is_answered_and_later_not_again(
    database_url: str, tmp_path: Path
) -> None:
    """It is read past the writer, and marked as handled when that goes on."""
    async with site(database_url, tmp_path) as s:
        await a_fire_plan(s)
        await s.news("Lucia")
        held = Blocked(s)
        try:
            await type_only(s, "Lucia", "/emergency")
            assert await seen_within(s, "Lucia", "Get yourself out of danger", 5)
            await type_only(s, "Pedro", "/today")
            await type_only(s, "Ana", "/emergency")  # comes behind what waits for the writer
            assert await seen_within(s, "Ana", "Aléjese del peligro", 5)
            assert not await seen_within(s, "Pedro", "Today", 0.3)
        finally:
            await held.end()
        await s.settle()
        assert len([each for each in await s.news("Lucia") if "Get yourself out" in each]) == 1
        assert s.house.urgent.said >= 2


async def test_a_press_of_a_plan_is_answered_while_the_writer_stands_still(database_url: str, tmp_path: Path) -> None:
    """The steps themselves, too."""
    async with site(database_url, tmp_path) as s:
        await a_fire_plan(s)
        await s.says("Lucia", "/emergency")
        message, key = await s.button("Lucia", "Fire")
        held = Blocked(s)
        try:
            press: dict[str, Any] = {
                "from": s.chat("Lucia"),
                "chat": s.chat("Lucia"),
                "message_id": message["message_id"],
            }
            await s.post("/sim/presses", press | {"data": key["callback_data"]})
            assert await seen_within(s, "Lucia", "set off the alarm", 5)
        finally:
            await held.end()
        await s.settle()
        assert (await s.sees("Lucia")).count("set off the alarm") == 1


async def test_a_plan_a_day_short_of_a_year_is_not_red(database_url: str, tmp_path: Path) -> None:
    """The limit itself."""
    async with site(database_url, tmp_path) as s:
        await a_fire_plan(s)
        await s.until(s.now + timedelta(days=364))
        await s.says("Yusuf", "/emergencyplans")
        assert "🔴" not in await s.sees("Yusuf")


async def test_by_webhook_it_is_answered_past_the_writer_too(database_url: str, tmp_path: Path) -> None:
    """However many others wait; behind an update of the same chat it would not even be given."""
    async with story(database_url, tmp_path, prepare=company, updates="webhook") as s:
        await s.employee("W-2")
        await s.employee("E-1")
        held = Blocked(s)
        try:
            await type_only(s, "Pedro", "/today")
            await type_only(s, "Lucia", "/emergency")
            assert await seen_within(s, "Lucia", "Get yourself out of danger", 5)
        finally:
            await held.end()
        await s.settle()
        told = [each for each in await s.news("Lucia") if "Get yourself out" in each]
        assert len(told) == 1
