"""Telling many people something: what it means is shown first, in words and numbers; then it goes out, once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.people import actions as people
from bot.people.model import Role
from bot.people.tables import PersonRow, UnitRow
from tests.flows.harbour import (
    facts,
    finished,
    forged,
    harbour,
    press_twice,
    states,
)
from tests.flows.hazards_company import photo
from tests.flows.house import keys, words


async def test_a_leader_sees_what_it_means_and_then_how_it_went(database_url: str, tmp_path: Path) -> None:
    """The words exactly as people see them, how many get it, one message that shows how it goes; the ledger keeps counts."""
    async with harbour(database_url, tmp_path) as s:
        await s.says("Sam", "/announce")
        assert "What do you want to tell your people?" in await s.sees("Sam")
        await s.says("Sam", "Gate 3 is closed <b>today</b> & tomorrow.")
        assert "Gate 3 is closed <b>today</b> & tomorrow." in await s.sees("Sam")
        assert await s.buttons("Sam") == ["👥 Dock Team", "✖ Cancel"]
        await s.news("Sam")
        await s.presses("Sam", "Dock Team")
        preview = words((await s.screen("Sam"))[-2])
        means = await s.sees("Sam")
        assert preview == "📣 Sam Okafor, team-leader\n\nGate 3 is closed <b>today</b> & tomorrow."
        assert "Dock Team: 2 people" in means
        assert "less than a minute" in means
        assert "not reached" not in means
        assert "on its way" in await s.presses("Sam", "Send to 2 people")
        await finished(s)
        assert words((await s.screen("Rosa"))[-1]) == preview
        assert "All of it has gone out\n\nSent: 2" in words((await s.screen("Sam"))[-2])
        assert keys((await s.screen("Sam"))[-2]) == []
        (fact,) = await facts(s)
        del fact["announcement"]
        assert fact == {"people": 2, "sent": 2, "failed": 0, "held": 0, "stopped": False}
        assert await s.violations() == []


async def test_a_photo_goes_along_and_its_words_are_the_caption(database_url: str, tmp_path: Path) -> None:
    """A photo without words is asked for them; the preview shows it."""
    async with harbour(database_url, tmp_path) as s:
        await s.says("Sam", "/announce")
        await s.sends_photo("Sam", photo())
        assert "I have the photo" in await s.sees("Sam")
        await s.says("Sam", "This valve stays shut.")
        await s.presses("Sam", "Dock Team")
        await s.presses("Sam", "Send to")
        await finished(s)
        shown = (await s.screen("Rosa"))[-1]
        assert "photo" in shown
        assert shown["caption"].endswith("This valve stays shut.")
        assert "photo" in (await s.screen("Sam"))[-3]
        assert await s.violations() == []


async def test_whoever_leads_nothing_announces_nothing(database_url: str, tmp_path: Path) -> None:
    """Neither by the command, nor by a forged button, nor to a unit of somebody else's."""
    async with harbour(database_url, tmp_path) as s:
        await s.says("Rosa", "/announce")
        assert "quienes dirigen" in await s.sees("Rosa")
        await s.says("Sam", "/announce")
        await s.says("Sam", "For all")
        storage = await s.ask(lambda session: session.scalar(select(UnitRow.id).where(UnitRow.name == "Storage Team")))
        _, key = await s.button("Sam", "Dock Team")
        draft = key["callback_data"].split(":")[1]
        assert await forged(s, "S-1", f"cp.to:{draft}:{storage}") == "compliance.not_yours"
        assert await forged(s, "S-2", key["callback_data"]) == "compliance.other_by_now"
        await s.presses("Sam", "Dock Team")
        sam = await s.ask(lambda session: session.scalar(select(PersonRow.id).where(PersonRow.badge == "S-1")))
        dock = await s.ask(lambda session: session.scalar(select(UnitRow.id).where(UnitRow.name == "Dock Team")))
        await s.db(people.revoke, sam, Role.SUPERVISOR, dock, s.now)
        assert "may not write" in await s.presses("Sam", "Send to")
        assert await states(s) == {}


async def test_a_safety_officer_chooses_the_site_or_a_part_of_it(database_url: str, tmp_path: Path) -> None:
    """The widest unit they look after, or one team of it; a second thought is free until it is sent."""
    async with harbour(database_url, tmp_path) as s:
        await s.says("Yusuf", "/announce")
        await s.says("Yusuf", "Drill on Friday")
        assert await s.buttons("Yusuf") == ["👥 Harbour Works", "🔎 Only a part of it…", "✖ Cancel"]
        await s.presses("Yusuf", "a part")
        assert await s.buttons("Yusuf") == ["👥 Dock Team", "👥 Storage Team", "◀️ Back", "✖ Cancel"]
        await s.presses("Yusuf", "Dock Team")
        assert "Dock Team: 2 people" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Others")
        await s.presses("Yusuf", "Harbour Works")
        assert "Harbour Works: 4 people" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Send to 4 people")
        await finished(s)
        assert "Drill on Friday" in await s.sees("Lena")
        assert await s.violations() == []


async def test_two_presses_of_send_send_once_and_new_words_make_the_old_button_dead(
    database_url: str, tmp_path: Path
) -> None:
    """On two phones at once one wins; what was changed meanwhile is not what was looked at."""
    async with harbour(database_url, tmp_path) as s:
        await s.says("Sam", "/announce")
        await s.says("Sam", "First words")
        await s.presses("Sam", "Dock Team")
        await s.says("Sam", "Second words")
        assert "changed meanwhile" in await s.presses("Sam", "Send to")
        await s.presses("Sam", "Dock Team")
        await press_twice(s, "Sam", "Send to")
        await finished(s)
        assert await states(s) == {"sent": 2}
        assert sum("words" in words(m) for m in await s.screen("Rosa")) == 1


async def test_a_photo_of_a_danger_in_between_is_a_report(database_url: str, tmp_path: Path) -> None:
    """Once the words are written, a photo is what it always is."""
    async with harbour(database_url, tmp_path) as s:
        await s.says("Sam", "/announce")
        await s.says("Sam", "Words")
        await s.sends_photo("Sam", photo())
        assert "Words" not in await s.sees("Sam")
        assert any("Send now" in label for label in await s.buttons("Sam"))
