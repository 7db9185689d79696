"""Stopped work, major dangers, reports that go round somebody, and messages that come late or change: on the phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.features import _room
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story, words

ROOMS = (_room("hazards"),)
EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2", "A-1")


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """A Wednesday, five past nine, everybody with a phone; at the end no call was refused by the schema."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as told:
        for badge in EVERYBODY:
            await told.employee(badge)
        yield told
        refused = [c for c in await told.violations() if "blocked" not in str(c)]
        assert [(c["method"], c.get("description"), c.get("error"), c["params"]) for c in refused] == []


async def test_anybody_stops_a_job_in_two_taps_and_two_levels_release_it(s: Story) -> None:
    """Ana stops; Bao reads it without her name; Sam's yes is not enough; Yusuf's is, and everybody may go on."""
    await s.says("Ana", "/stop the sling is torn")
    assert "the sling is torn" in await s.sees("Ana")
    assert "Stopped" in await s.presses("Ana", "Dock Team")
    told = (await s.news("Bao"))[-1]
    assert "Stop work: Dock Team" in told
    assert "Ana" not in told
    assert "Work is stopped there until it is released" in words((await s.button("Sam", "Work may go on"))[0])
    await s.presses("Sam", "Acknowledge")
    await s.news("Yusuf")
    assert "1 more person" in await s.presses("Sam", "Work may go on")
    assert await s.news("Bao") == []
    assert "It needs your word as well" in (await s.news("Yusuf"))[-1], "acknowledged, it would climb to him no more"
    assert "Released" in await s.presses("Yusuf", "Work may go on")
    assert "Released: Dock Team" in (await s.news("Bao"))[-1]
    assert any("Released: Dock Team" in said for said in await s.news("Ana"))


async def test_a_major_danger_goes_its_whole_way_by_buttons(s: Story) -> None:
    """Rated, judged, planned, two measures, fixed with a photo, two levels, a signature; what is tried too early is refused."""
    await s.sends_photo("Ana", photo(), caption="The wall leans")
    await s.presses("Ana", "Send now")
    for tap in ("Acknowledge", "Rate", "critical", "General or major", "Major"):
        await s.presses("Sam", tap)
    assert "Major hidden danger" in words((await s.button("Sam", "Assign"))[0])
    assert any("major danger" in said for said in await s.news("Ana"))
    for tap in ("Assign", "Bao"):
        await s.presses("Sam", tap)
    assert "Missing: a contingency plan" in await s.presses("Bao", "Fixed")
    for tap in ("More", "If it happens"):
        await s.presses("Sam", tap)
    await s.says("Sam", "Clear the hall, call the site manager")
    for tap in ("More", "Measures", "Only for now", "Guard"):
        await s.presses("Sam", tap)
    await s.says("Sam", "Props and a fence")
    for tap in ("More", "Measures", "Remove the danger"):
        await s.presses("Sam", tap)
    await s.says("Sam", "The wall is taken down")
    card = words((await s.button("Sam", "Assign"))[0])
    for said in ("Clear the hall", "for now: Props and a fence", "Remove the danger: The wall is taken down"):
        assert said in card
    await s.presses("Bao", "Fixed")
    await s.sends_photo("Bao", photo(9), caption="down")
    assert "1 more person" in await s.presses("Marta", "I checked")
    assert "asked to sign" in await s.presses("Yusuf", "I checked")
    assert await s.presses("Grace", "I sign") == "Checked and closed. The reporter is told."
    assert "It is gone." in await s.sees("Ana")


async def test_not_to_my_supervisor_goes_round_them(s: Story) -> None:
    """Ana names Sam and Marta; neither phone gets anything; the manager is called at once."""
    await s.news("Sam")
    await s.news("Marta")
    await s.sends_photo("Ana", photo(), caption="Sam tells us to skip the check")
    for tap in ("Not to my supervisor", "Sam", "Marta", "Back"):
        await s.presses("Ana", tap)
    assert "Goes round: Sam Okafor, Marta Kowalczyk" in await s.sees("Ana")
    await s.presses("Ana", "Send now")
    assert "skip the check" in (await s.news("Tomasz"))[-1]
    await s.forward(hours=1)
    assert (await s.news("Sam"), await s.news("Marta")) == ([], [])
    await s.says("Sam", "/hazards")
    assert "no open danger" in await s.sees("Sam")


async def test_two_reports_of_one_danger_become_one(s: Story) -> None:
    """Bao says nearly the same; Sam joins them; Bao hears how the first goes on."""
    for who, said in (("Ana", "Oil on the floor near the dock gate"), ("Bao", "oil on the floor by the dock gate")):
        await s.says(who, said)
        await s.presses(who, "Send now")
    assert "Are No. 2 and No. 1 the same danger?" in await s.sees("Sam")
    await s.presses("Sam", "Yes, join them")
    assert "No. 2 was joined to No. 1." in await s.sees("Sam")
    assert any("The two are one now" in said for said in await s.news("Bao"))
    await s.says("Sam", "/hazards")
    await s.presses("Sam", "Open No. 1")
    await s.presses("Sam", "Acknowledge")
    assert any("has taken on your report No. 1" in said for said in await s.news("Bao"))


async def test_what_is_edited_and_a_spot_on_the_map_reach_those_who_act(s: Story) -> None:
    """In the draft the new words take the place of the old; in a sent report both stand, and Sam reads the new ones."""
    await s.says("Ana", "Oil on the flor near dock")
    first = [m for m in await s.screen("Ana") if m.get("text") == "Oil on the flor near dock"][-1]["message_id"]
    await _edits(s, "Ana", first, "Oil on the floor near dock 2")
    assert "Oil on the floor near dock 2" in await s.sees("Ana")
    await s.post("/sim/messages", {"from": s.chat("Ana"), "location": {"latitude": 41.88, "longitude": -87.63}})
    await s.settle()
    await s.presses("Ana", "Send now")
    card = words((await s.button("Sam", "Acknowledge"))[0])
    assert "Oil on the floor near dock 2" in card
    assert "41.88000, -87.63000" in card
    await s.presses("Sam", "Acknowledge")
    await _edits(s, "Ana", first, "Oil on the floor near dock 3")
    assert any("Oil on the floor near dock 3" in said for said in await s.news("Sam"))
    card = words((await s.button("Sam", "Assign"))[0])
    assert "dock 2" in card, "what was sent first stays"
    assert "dock 3" in card


async def _edits(s: Story, who: str, message: int, text: str) -> None:
    await s.post("/sim/edits", {"from": s.chat(who), "message_id": message, "text": text})
    await s.settle()
