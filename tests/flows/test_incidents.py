"""Someone is hurt: one tap calls for help and shows what to do; what it opens is restricted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.delivery.tables import FindingRow
from bot.incidents.tables import IncidentRow
from bot.people import store
from bot.people.tables import UnitRow
from tests.flows.hazards_company import photo
from tests.flows.house import Story, words
from tests.flows.incident_company import WATCH, dock, standing, traces


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The dock, and a phone for each."""
    async with dock(database_url, tmp_path) as one:
        yield one


async def test_one_command_calls_for_help_and_shows_what_to_do(s: Story) -> None:
    """The number first, the alarm is out before anything is asked; a tap shows the card, and the place reaches who was called."""
    await s.says("Ana", "/hurt")
    told = await s.sees("Ana")
    assert told.startswith("🚑 Call 911 now.")
    assert "Only go near if it is safe" in told
    assert "Help is called to Dock Team" in told
    for name in WATCH:
        assert "Someone is hurt" in await standing(s, name), name
    await s.presses("Ana", "Bleeding")
    assert "Press hard on the wound" in await s.sees("Ana")
    assert "AID-07" in await s.sees("Ana")
    assert "🩹 Bleeding" in await standing(s, "Sam")
    await s.forward(seconds=20)
    await s.presses("Ana", "Where is it")
    await s.presses("Ana", "Loading dock 1")
    assert "Loading dock 1" in await standing(s, "Sam")
    await s.forward(seconds=20)
    await s.presses("Ana", "Say what happened")
    await s.says("Ana", "A pallet fell on a foot")
    assert "A pallet fell on a foot" in await standing(s, "Grace")


async def test_calling_twice_is_one_alarm_and_a_mistake_is_said(s: Story) -> None:
    """Gloves tap twice; nobody is rung twice. A mistake stands on the cards, and somebody still looks."""
    await s.says("Ana", "/hurt")
    await s.forward(seconds=2)
    await s.says("Ana", "/hurt")
    assert await s.ask(lambda session: session.query(FindingRow).count()) == 1
    await s.presses("Ana", "It was a mistake")
    assert "Nobody is blamed" in await s.sees("Ana")
    assert "it was a mistake" in await standing(s, "Sam")
    await s.forward(minutes=10, seconds=1)
    assert "Ada" in s._users
    assert "Someone is hurt" in await standing(s, "Ada"), "nobody has looked yet, so the ladder climbs"


async def test_where_no_number_is_known_none_is_guessed(s: Story) -> None:
    """It says so, and how it is set."""
    await s.db(lambda session: session.execute(update(UnitRow).values(emergency_number=None)))
    await s.says("Ana", "/hurt")
    told = await s.sees("Ana")
    assert "does not know the number of your site" in told
    assert "“emergency”" in told
    assert not re.search(r"\b(911|112|120)\b", told)


async def test_a_photo_becomes_an_alarm_with_one_tap(s: Story) -> None:
    """From the report's first menu: one tap, the report is out with its photo, and what to do stands there."""
    await s.sends_photo("Ana", photo())
    await s.presses("Ana", "Someone is hurt")
    assert (await s.sees("Ana")).startswith("🚑 Call 911 now.")
    for name in WATCH:
        assert "Someone is hurt" in await standing(s, name), name
    assert "what became of it?" in await standing(s, "Yusuf")
    assert "what became of it?" not in await standing(s, "Sam"), "the register is restricted"


async def test_a_scanned_place_calls_for_help_to_it(s: Story) -> None:
    """The sticker is the quickest way to say where."""
    await s.says("Bao", "/start pHW-DOCK-1")
    await s.presses("Bao", "Someone is hurt here")
    assert "Loading dock 1" in await s.sees("Bao")
    assert "Loading dock 1" in await standing(s, "Sam")


async def test_nobody_answers_what_became_of_it_and_is_asked_again(s: Story) -> None:
    """Half an hour later it rings; a mild outcome stays on the register without an investigation."""
    await s.says("Ana", "/hurt")
    for name in ("Yusuf", "Grace"):
        await s.news(name)
    await s.forward(minutes=31)
    assert any("Nobody has answered yet" in said and "what became of it" in said for said in await s.news("Grace"))
    await s.presses("Grace", "First aid only")
    assert "on the register" in await s.sees("Grace")
    assert "by law" not in await s.sees("Grace")


async def test_a_report_without_a_name_opens_an_incident_that_leads_back_to_nobody(s: Story) -> None:
    """Without the name the number and first aid are there at each step too; the incident has a coarse time and no reporter."""
    await s.sends_photo("Ana", photo())
    await s.presses("Ana", "Details")
    await s.presses("Ana", "Someone is hurt")
    await s.presses("Ana", "Without my name")
    assert "Call 911 now." in await s.sees("Ana"), "the limits are said, and the number still stands there"
    assert any("Bleeding" in label for label in await s.buttons("Ana"))
    await s.presses("Ana", "Back")
    assert "Call 911 now." in await s.sees("Ana"), "one step back is where somebody is hurt, and not the whole report"
    await s.presses("Ana", "Without my name")
    await s.presses("Ana", "Send without my name")
    sent, aid = [words(m) for m in await s.screen("Ana")][-2:]
    assert "without your name" in sent
    assert "Call 911 now." in aid
    row = await s.ask(lambda session: session.scalars(select(IncidentRow)).one())
    assert row.reporter_id is None
    assert row.created_at.minute == row.created_at.second == 0
    ana = await s.db(store.person_by_badge, "W-1", s.now)
    await s.presses("Ana", "Bleeding")
    assert "Press hard on the wound" in await s.sees("Ana")
    assert [
        t for t in await s.ask(lambda session: traces(session, "AID-07", "incidents.help")) if str(ana.id) in t
    ] == []
    assert await s.ask(lambda session: traces(session, "incidents.help")) == [], "once told, it lies on one phone alone"


async def test_a_report_that_goes_around_somebody_makes_no_incident_for_them(s: Story) -> None:
    """Not to Yusuf: neither the question what became of it nor the register shows it to him."""
    await s.sends_photo("Ana", photo(), caption="He was told and did nothing")
    await s.presses("Ana", "Not to")
    yusuf = [each for each in await s.buttons("Ana") if "Sam" in each]
    assert yusuf, "Sam leads there, so he stands first"
    await s.presses("Ana", "Sam Okafor")
    await s.presses("Ana", "Back")
    await s.presses("Ana", "Someone is hurt")
    await s.presses("Yusuf", "Medical treatment")
    await s.presses("Yusuf", "Who helps?")
    assert not [each for each in await s.buttons("Yusuf") if "Sam" in each], "he cannot be chosen either"
