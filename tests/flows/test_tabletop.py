"""A tabletop exercise: decisions in the chat with their times, and a look back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.emergencies.tabletop import actions
from bot.emergencies.tabletop.content import scenarios
from bot.emergencies.tabletop.tables import TabletopDecisionRow
from bot.kit.errors import Refused
from bot.people import store as people
from tests.flows.house import Story
from tests.flows.risk_company import facts, site


async def choose(s: Story, who: str, words: str) -> None:
    """Presses the letter that stands before some words."""
    line = next(line for line in (await s.sees(who)).splitlines() if words in line)
    await s.presses(who, line.split()[0])


async def test_decisions_are_timed_and_looked_back_on(database_url: str, tmp_path: Path) -> None:
    """A wrong one leads elsewhere; the better one is named at the end."""
    async with site(database_url, tmp_path) as s:
        await s.says("Sam", "/tabletop")
        await s.presses("Sam", "Fire")
        assert "exercise, decision 1" in await s.sees("Sam")
        await s.forward(seconds=20)
        await choose(s, "Sam", "Fetch the extinguisher at once")
        assert "The smoke is thick now" in await s.sees("Sam")
        await s.forward(seconds=9)
        await choose(s, "Sam", "Alarm, and everybody out")
        await choose(s, "Sam", "Hold them back")
        seen = await s.sees("Sam")
        assert "Good decisions: 2 of 3" in seen
        assert "(20 seconds)" in seen
        assert "→ Shout and set off the alarm" in seen
        made = await s.ask(lambda session: session.scalars(select(TabletopDecisionRow.seconds)).all())
        assert list(made) == [20, 9, 0]
        ((_, ended),) = await facts(s, "TabletopEnded")
        assert (ended["decisions"], ended["good"], ended["seconds"]) == (3, 2, 29)
        assert not await s.violations()


async def test_what_is_decided_is_decided(database_url: str, tmp_path: Path) -> None:
    """Two hands at one phone: the first one counts, and nobody decides in another's exercise."""
    async with site(database_url, tmp_path) as s:
        sam = await s.ask(lambda session: people.person_by_badge(session, "S-1", s.now).id)
        run = await s.db(actions.begin, sam, "storm", "tabletop:1:1:storm", s.now)
        await s.db(actions.decide, sam, run.id, 0, 0, s.now)
        with pytest.raises(Refused):
            await s.db(actions.decide, sam, run.id, 0, 1, s.now)
        with pytest.raises(Refused):
            await s.db(actions.decide, sam + 1, run.id, 1, 0, s.now)
        again = await s.db(actions.begin, sam, "storm", "tabletop:1:1:storm", s.now)
        assert again.id == run.id
        made = await s.ask(lambda session: session.scalars(select(TabletopDecisionRow.place)).all())
        assert list(made) == [0]


def test_every_shipped_exercise_is_there() -> None:
    """Eight of them."""
    assert len(scenarios()) == 8
