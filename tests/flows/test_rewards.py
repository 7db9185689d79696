"""Rewards in the chat: points are held, then spent or given back; a catalogue from a file; nothing is sold twice."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.rewards.shop.tables import RewardRow
from tests.flows.house import Story
from tests.flows.rewards_company import balance, give, ready, rows
from tests.flows.risk_company import facts, forge

CATALOGUE = """code,unit,name,cost,stock,name_es
torch,Harbour Works,Head torch,30,1,Linterna frontal
mug,Harbour Works/Fabrication/Press Team,Mug of the team,10,5,Taza del equipo
"""


async def stocked(s: Story) -> None:
    """Hana sends a catalogue; Lucia has forty points."""
    await s.says("Hana", "/rewards")
    await s.presses("Hana", "Keep the catalogue")
    await s.presses("Hana", "From a file")
    await s.sends_file("Hana", "rewards.csv", CATALOGUE.encode())
    await s.settle()
    await give(s, "W-2", 40)


async def wants(s: Story, who: str, what: str) -> None:
    """Somebody asks for a reward."""
    await s.says(who, "/rewards")
    await s.presses(who, what)
    await s.presses(who, "Yes, I want it")


async def left(s: Story, code: str) -> int:
    """What is left of a reward."""
    found = await s.ask(lambda session: session.scalar(select(RewardRow.stock).where(RewardRow.code == code)))
    return int(found)


async def test_points_are_held_then_spent_when_somebody_says_yes(database_url: str, tmp_path: Path) -> None:
    """Lucia wants the torch; Hana says yes; it was the last one, and the catalogue says so."""
    async with ready(database_url, tmp_path) as s:
        await stocked(s)
        assert "2 rewards are in the catalogue, 2 of them new" in " ".join(await s.news("Hana"))
        await wants(s, "Lucia", "Head torch")
        assert "your points are held" in await s.sees("Lucia")
        assert (await balance(s, "W-2"), await left(s, "torch")) == (10, 0)
        await s.says("Lucia", "/rewards")
        assert "none left" in await s.sees("Lucia")
        assert "none left" in await forge(s, "Lucia", "rwd:take:1") or "enough points" in await forge(
            s, "Lucia", "rwd:take:1"
        )
        assert "looks after points" in await forge(s, "Lucia", "rwd:yes:1"), "nobody for themselves"
        assert "looks after points" in await forge(s, "Sam", "rwd:yes:1")
        await s.says("Hana", "/today")
        await s.presses("Hana", "Answer No. 1")
        await s.presses("Hana", "Yes")
        assert "the points are spent" in await s.sees("Lucia")
        assert await rows(s, "W-2") == [("hand", 40), ("held", -30)]
        assert "meanwhile" in await forge(s, "Grace", "rwd:yes:1")
        kinds = [kind for kind, _ in await facts(s, "RewardAsked", "RewardApproved")]
        assert kinds == ["RewardAsked", "RewardApproved"]
        assert not await s.violations()


async def test_after_a_no_points_and_stock_are_as_before(database_url: str, tmp_path: Path) -> None:
    """With a reason that Lucia reads."""
    async with ready(database_url, tmp_path) as s:
        await stocked(s)
        await wants(s, "Lucia", "Head torch")
        await s.says("Hana", "/today")
        await s.presses("Hana", "Answer No. 1")
        await s.presses("Hana", "No")
        await s.says("Hana", "The torches came back faulty")
        assert "came back faulty" in await s.sees("Lucia")
        assert (await balance(s, "W-2"), await left(s, "torch")) == (40, 1)
        assert (await rows(s, "W-2"))[1:] == [("held", -30), ("back", 30)]


async def test_a_wish_can_be_withdrawn_and_one_that_nobody_answers_goes_before_others(
    database_url: str, tmp_path: Path
) -> None:
    """After five days Grace and Omar hear of it too; Lucia then no longer wants it."""
    async with ready(database_url, tmp_path) as s:
        await stocked(s)
        await wants(s, "Lucia", "Mug of the team")
        assert not any("asks for a reward" in each for each in await s.news("Grace"))
        await s.forward(days=5, hours=1)
        await s.forward(hours=20)
        assert any("Nobody has answered yet" in each for each in await s.news("Grace"))
        await s.says("Lucia", "/rewards")
        await s.presses("Lucia", "Withdraw No. 1")
        assert (await balance(s, "W-2"), await left(s, "mug")) == (40, 5)
        assert "meanwhile" in await forge(s, "Hana", "rwd:yes:1")


async def test_who_has_too_few_points_or_works_elsewhere_gets_nothing(database_url: str, tmp_path: Path) -> None:
    """Pedro has none; Nora's team has another catalogue."""
    async with ready(database_url, tmp_path, phones=("W-2", "E-1", "S-2", "H-1", "M-1")) as s:
        await stocked(s)
        await s.says("Pedro", "/rewards")
        assert not any("🎁" in each for each in await s.buttons("Pedro"))
        assert "enough points" in await forge(s, "Pedro", "rwd:take:1")
        await give(s, "S-2", 50)
        await s.says("Nora", "/rewards")
        assert "Mug of the team" not in await s.sees("Nora")
        assert "no such reward" in await forge(s, "Nora", "rwd:take:2")
        assert await balance(s, "S-2") == 50


async def test_a_catalogue_with_mistakes_is_told_line_by_line_and_nothing_is_taken(
    database_url: str, tmp_path: Path
) -> None:
    """A unit that is not hers, no price, and a reward for silence."""
    async with ready(database_url, tmp_path) as s:
        await s.says("Hana", "/rewards")
        await s.presses("Hana", "Keep the catalogue")
        await s.presses("Hana", "From a file")
        lines = (
            "code,unit,name,cost,stock",
            "a,Lamplight Works,Cap,5,1",
            "b,Harbour Works,Cap,0,1",
            "c,Harbour Works,Bonus for zero accidents,9,1",
        )
        await s.sends_file("Hana", "rewards.csv", "\n".join(lines).encode())
        await s.settle()
        said = await s.sees("Hana")
        assert "Nothing of rewards.csv was taken" in said
        assert "rewards.csv:2:3: you look after no unit" in said
        assert "rewards.csv:3:21: 'cost' must be" in said
        assert "absence of injuries" in said
        assert await s.ask(lambda session: session.scalars(select(RewardRow)).all()) == []


async def test_the_catalogue_is_kept_in_the_chat_and_comes_as_a_file(database_url: str, tmp_path: Path) -> None:
    """Two more torches; never fewer than none; the mug is taken off; the file read again says the same."""
    async with ready(database_url, tmp_path) as s:
        await stocked(s)
        for said in ("2", "-9"):
            await s.says("Hana", "/rewards")
            await s.presses("Hana", "Keep the catalogue")
            await s.presses("Hana", "Stock of No. 1")
            await s.says("Hana", said)
        assert "from 0 to" in await s.sees("Hana")
        assert await left(s, "torch") == 3
        await s.presses("Hana", "Take No. 2 off")
        await s.says("Lucia", "/rewards")
        assert "Mug" not in await s.sees("Lucia")
        await s.says("Hana", "/rewards")
        await s.presses("Hana", "Keep the catalogue")
        await s.presses("Hana", "As a file")
        await s.settle()
        assert any("document" in each for each in await s.screen("Hana"))
