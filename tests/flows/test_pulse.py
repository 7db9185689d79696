"""Anonymous pulse surveys: nothing while they run, nothing of four, the figures of five, and no part that can be worked out."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.voice.pulse.tables import PulsePersonRow
from tests.flows.house import Story
from tests.flows.voice_company import facts, forge, site

FIRST = {"W-2": "Lucia", "E-1": "Pedro", "S-1": "Sam", "W-3": "Mia", "W-4": "Tom"}


async def _start(s: Story, unit: str) -> None:
    await s.says("Yusuf", "/pulse")
    await s.presses("Yusuf", "New survey")
    await s.presses("Yusuf", unit)
    await s.says("Yusuf", "I can stop dangerous work.\nI am told about changes.")
    await s.presses("Yusuf", "In 3 days")
    await s.forward(minutes=2)


async def _answers(s: Story, who: str, *labels: str) -> None:
    await s.says(who, "/pulse")
    await s.presses(who, "Answer")
    for label in labels:
        await s.presses(who, label)


@pytest.mark.parametrize(("many", "shown"), [(4, False), (5, True)])
async def test_of_four_nothing_is_shown_and_of_five_the_figures(
    database_url: str, tmp_path: Path, many: int, shown: bool
) -> None:
    """Fabrication is asked; before the end nobody sees anything, afterwards only what five people have said."""
    async with site(database_url, tmp_path, phones=(*FIRST, "O-1", "M-1")) as s:
        await _start(s, "Fabrication")
        assert "A short anonymous survey" in "".join(await s.news("Lucia"))
        for at, who in enumerate(list(FIRST.values())[:many]):
            await _answers(s, who, "Fully agree" if at else "Fully disagree", "Rather agree")
            assert "Thank you" in await s.sees(who)
        assert "over, or you have answered it all" in await forge(s, "Lucia", "pu:go:1")
        assert "answered this statement already" in await forge(s, "Lucia", "pu:a:1:0:5")
        await s.news("Yusuf")
        await s.says("Yusuf", "/pulse")
        assert "%" not in await s.sees("Yusuf")
        assert not [label for label in await s.buttons("Yusuf") if "What came of it" in label]
        await s.forward(days=3)
        told = "".join(await s.news("Yusuf"))
        if shown:
            assert "5 of 5 took part" in told
            assert "I can stop dangerous work. 80 % (n=5)" in told
            assert "I am told about changes. 100 % (n=5)" in told
        else:
            assert "Fewer than 5 people took part" in told
            assert "%" not in told
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(PulsePersonRow))) == 0
        ((_, body),) = await facts(s, "PulseClosed")
        assert body["answered"] == (5 if shown else None)
        await s.says("Lucia", "/pulse")
        await s.presses("Lucia", "What came of it")
        assert ("80 %" in await s.sees("Lucia")) is shown, "whoever was asked sees what came of it"
        assert not await s.violations()


async def test_a_part_of_fewer_than_five_takes_the_part_with_it_from_which_it_could_be_worked_out(
    database_url: str, tmp_path: Path
) -> None:
    """Five at the presses, four at the dock: the whole of nine is shown, and neither part; with a fifth both would be."""
    async with site(database_url, tmp_path) as s:
        await _start(s, "Harbour Works")
        for who in FIRST.values():
            await _answers(s, who, "Fully agree", "Fully agree")
        for who in ("Omar", "Ivy", "Raj", "Eva"):
            await _answers(s, who, "Fully disagree", "Rather agree")
        await _answers(s, "Nora", "Fully disagree")
        await s.news("Grace")
        await s.forward(days=3)
        await s.says("Grace", "/pulse")
        await s.presses("Grace", "What came of it")
        first, second = (await s.sees("Grace")).split("I am told about changes.")
        assert "50 % (n=10)" in first
        assert "Fabrication: 100 % (n=5)" in first
        assert "Dock Team: 0 % (n=5)" in first
        assert "100 % (n=9)" in second
        assert "Fabrication: fewer than 5" in second, "nine less five would be the four of the dock"
        assert "Dock Team: fewer than 5" in second
        await s.says("Sam", "/pulse")
        await s.presses("Sam", "What came of it")
        assert "Fabrication" in await s.sees("Sam")
        assert "Dock Team" not in await s.sees("Sam"), "Sam leads in Fabrication alone"


async def test_a_unit_of_four_cannot_be_asked_nor_the_same_people_twice_at_once(
    database_url: str, tmp_path: Path
) -> None:
    """They could not stay anonymous; and two surveys that overlap could be taken from one another."""
    async with site(database_url, tmp_path, phones=("S-1", "O-1", "W-2")) as s:
        await _start(s, "Fabrication")
        await s.says("Yusuf", "/pulse")
        await s.presses("Yusuf", "New survey")
        await s.presses("Yusuf", "Press Team")
        await s.presses("Yusuf", "Take these")
        toast = await s.presses("Yusuf", "In 7 days")
        assert "asks some of the same people" in toast
        assert "answers for safety" in await forge(s, "Sam", "pu:new"), "a supervisor of a team starts none"


async def test_whoever_has_not_begun_is_asked_once_more_at_half_time(database_url: str, tmp_path: Path) -> None:
    """Lucia has answered and is left alone; Pedro is asked again, once."""
    async with site(database_url, tmp_path, phones=("W-2", "E-1", "O-1")) as s:
        await _start(s, "Fabrication")
        await _answers(s, "Lucia", "In between", "In between")
        await s.news("Lucia"), await s.news("Pedro")
        await s.forward(days=1, hours=22)
        again = "".join(await s.news("Pedro"))
        assert again.count("A short anonymous survey") == 1
        assert "anonymous survey" not in "".join(await s.news("Lucia"))
