"""A call for help by two taps, ten seconds to take it back, and the timer of somebody who works alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.emergencies.sos import actions
from bot.emergencies.sos.tables import SosRow
from bot.hazards.tables import HazardRow
from bot.people import store as people
from bot.people.tables import UnitRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, site


def numbered(session: Session) -> Any:
    """The site has a number of its own."""
    return session.execute(update(UnitRow).where(UnitRow.kind == "site").values(emergency_number="911"))


async def quiet(s: Story, *who: str) -> None:
    """Forget what they have been told so far."""
    for each in who:
        await s.news(each)


async def two_taps(s: Story, who: str) -> None:
    """`/sos`, and the key."""
    await s.says(who, "/sos")
    await s.presses(who, "SEND SOS")


async def test_two_taps_call_those_who_lead_after_ten_seconds_and_the_number_comes_first(
    database_url: str, tmp_path: Path
) -> None:
    """Nothing leaves before; then it leaves by itself, and whoever goes there is named."""
    async with site(database_url, tmp_path) as s:
        await s.db(numbered)
        await quiet(s, "Sam", "Yusuf", "Grace", "Lucia")
        await s.says("Lucia", "/sos")
        assert (await s.sees("Lucia")).startswith("☎️ Call 911 first")
        await s.presses("Lucia", "SEND SOS")
        told = "\n".join(await s.news("Lucia"))
        assert "goes out in 10 seconds" in told
        assert "Where are you?" in told
        assert await s.news("Sam") == []
        await s.forward(seconds=11)
        assert any("Lucia Herrera needs help" in each for each in await s.news("Sam"))
        assert any("Lucia Herrera needs help" in each for each in await s.news("Yusuf"))
        assert await s.news("Grace") == []
        assert "They know" in await s.presses("Sam", "I am going there")
        assert any("Sam Okafor is on the way to you" in str(m.get("text")) for m in await s.screen("Lucia"))
        await s.forward(minutes=10)
        assert await s.news("Grace") == [], "somebody has answered"
        await s.presses("Lucia", "It is over")
        assert "Over: Lucia Herrera" in await s.sees("Sam")
        assert not await s.violations()


async def test_in_the_first_seconds_it_is_taken_back_and_nobody_hears_of_it(database_url: str, tmp_path: Path) -> None:
    """A wrong press costs nothing."""
    async with site(database_url, tmp_path) as s:
        await quiet(s, "Sam", "Yusuf")
        await two_taps(s, "Lucia")
        await s.forward(seconds=5)
        assert "Taken back" in await s.presses("Lucia", "Take it back")
        await s.forward(minutes=10)
        assert await s.news("Sam") == []
        assert await s.news("Yusuf") == []
        assert [kind for kind, _ in await facts(s, "SosSent", "SosCancelled", "SosSeen")] == ["SosSent", "SosCancelled"]


async def test_it_leaves_although_the_phone_says_nothing_more(database_url: str, tmp_path: Path) -> None:
    """It is committed at the press: only a cancel holds it back, and the phone may be gone."""
    async with site(database_url, tmp_path) as s:
        await quiet(s, "Sam")
        await two_taps(s, "Lucia")
        await s.blocks("Lucia")
        await s.forward(seconds=10)
        assert any("Lucia Herrera needs help" in each for each in await s.news("Sam"))


async def test_where_they_are_and_what_they_write_follows(database_url: str, tmp_path: Path) -> None:
    """Asked for afterwards, never before; erased a week after the end."""
    async with site(database_url, tmp_path) as s:
        await quiet(s, "Sam")
        await two_taps(s, "Lucia")
        await s.forward(seconds=10)
        assert "Their place is not known" in await s.sees("Sam")
        place = {"latitude": 29.76, "longitude": -95.36}
        await s.post("/sim/messages", {"from": s.chat("Lucia"), "location": place})
        await s.settle()
        assert "29.76, -95.36" in await s.sees("Sam")
        await s.says("Lucia", "Behind press 3, my leg")
        assert "Behind press 3, my leg" in await s.sees("Sam")
        await s.presses("Sam", "I am going there")
        await s.presses("Sam", "It is over")
        await s.forward(days=8)
        row: Any = await s.ask(lambda session: session.execute(select(SosRow.latitude, SosRow.words)).one())
        assert tuple(row) == (None, "")


async def test_nobody_answers_so_those_above_are_called_and_then_the_ladder_of_dangers(
    database_url: str, tmp_path: Path
) -> None:
    """Its last rung leaves the chat: that is why it goes on there."""
    async with site(database_url, tmp_path) as s:
        await quiet(s, "Grace")
        await two_taps(s, "Lucia")
        await s.forward(seconds=11)
        await s.forward(seconds=65)
        assert any("Lucia Herrera needs help" in each for each in await s.news("Grace"))
        await s.forward(seconds=125)
        await s.settle()
        hazards: Any = await s.ask(lambda session: session.scalars(select(HazardRow)).all())
        assert len(hazards) == 1
        assert [kind for kind, _ in await facts(s, "SosHandedOver")] == ["SosHandedOver"]


async def alone(s: Story) -> None:
    """Lucia goes down to the pump room for two hours, asked every 15 minutes."""
    await s.says("Lucia", "/alone")
    await s.says("Lucia", "Pump room, reading the meters")
    await s.presses("Lucia", "15 min")
    await s.presses("Lucia", "2 h")


async def test_the_timer_asks_and_calls_others_by_itself(database_url: str, tmp_path: Path) -> None:
    """Asked before it is due; without an answer others are called, with the words that were left."""
    async with site(database_url, tmp_path) as s:
        await alone(s)
        assert "You work alone" in await s.sees("Lucia")
        await quiet(s, "Lucia", "Sam")
        await s.forward(minutes=11)
        assert await s.news("Lucia") == []
        await s.forward(minutes=2)
        assert any("Are you well?" in each for each in await s.news("Lucia"))
        await s.presses("Lucia", "I am well")
        await s.forward(minutes=11)
        assert await s.news("Sam") == []
        await s.forward(minutes=2)
        await s.forward(minutes=5)
        told = "\n".join(await s.news("Sam"))
        assert "Lucia Herrera works alone and does not answer" in told
        assert "Pump room" in told


async def test_after_a_standstill_the_timer_asks_first(database_url: str, tmp_path: Path) -> None:
    """Davy was away for an hour: that is not her silence."""
    async with site(database_url, tmp_path) as s:
        await alone(s)
        await quiet(s, "Lucia", "Sam")
        await s.forward(minutes=60)
        assert any("Are you well?" in each for each in await s.news("Lucia"))
        assert await s.news("Sam") == []
        await s.presses("Lucia", "I am well")
        await s.forward(minutes=5)
        assert await s.news("Sam") == []


async def test_whoever_is_no_longer_alone_is_left_in_peace(database_url: str, tmp_path: Path) -> None:
    """The timer is off, and an old key says so."""
    async with site(database_url, tmp_path) as s:
        await alone(s)
        await s.presses("Lucia", "I am no longer alone")
        await quiet(s, "Lucia", "Sam")
        await s.forward(hours=3)
        assert await s.news("Sam") == []


async def test_an_old_call_stands_in_no_new_ones_way(database_url: str, tmp_path: Path) -> None:
    """A second press in the same minutes is the same call; an hour later it is a new one, and it is sent."""
    async with site(database_url, tmp_path) as s:
        await quiet(s, "Sam")
        await two_taps(s, "Lucia")
        await s.forward(seconds=11)
        await s.presses("Sam", "I am going there")
        await s.forward(hours=1)
        await quiet(s, "Sam")
        await two_taps(s, "Lucia")
        await s.forward(seconds=11)
        assert any("Lucia Herrera needs help" in each for each in await s.news("Sam"))
        assert [kind for kind, _ in await facts(s, "SosSent")] == 2 * ["SosSent"]


async def test_two_presses_of_a_shaking_hand_are_one_call(database_url: str, tmp_path: Path) -> None:
    """Nobody is called twice."""
    async with site(database_url, tmp_path) as s:
        lucia = await s.ask(lambda session: people.person_by_badge(session, "W-2", s.now))
        one = await s.db(actions.send, lucia, "sos:1:1", s.now)
        two = await s.db(actions.send, lucia, "sos:1:2", s.now)
        assert one.id == two.id
        await quiet(s, "Sam")
        await s.forward(seconds=11)
        assert len(await s.news("Sam")) == 1
