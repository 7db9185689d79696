"""Points are taken only after the person was heard, by a second person; never for reporting; and an appeal restores them."""

from __future__ import annotations

from pathlib import Path

from tests.flows.house import Story
from tests.flows.rewards_company import balance, did, ready, rows
from tests.flows.risk_company import facts, forge


async def earned(s: Story) -> None:
    """Lucia has twenty points, for two dangers."""
    for number in (1, 2):
        await did(s, "W-2", "HazardConfirmed", f"confirmed:{number}", hazard=number, unit=4)


async def propose(s: Story, words: str = "Drove the forklift without the belt, past two signs") -> None:
    """Sam wants eight points to be taken from Lucia."""
    await s.says("Sam", "/penalty")
    await s.presses("Sam", "Propose to take points")
    await s.says("Sam", "W-2")
    await s.says("Sam", "8")
    await s.says("Sam", words)


async def test_nothing_is_taken_before_the_answer_and_the_proposer_does_not_decide(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia hears of it, tells her side; Hana decides; Lucia appeals; Grace, who had no part in it, restores it exactly."""
    async with ready(database_url, tmp_path) as s:
        await earned(s)
        await propose(s)
        assert "Somebody else decides then" in await s.sees("Sam")
        assert "Nothing is decided. Tell your side until" in await s.sees("Lucia")
        assert await balance(s, "W-2") == 20
        assert "before there was time to answer" in await forge(s, "Hana", "pnl:impose:1")
        assert "for whom it concerns" in await forge(s, "Pedro", "pnl:open:1")
        await s.presses("Lucia", "Tell my side")
        await s.says("Lucia", "The belt is torn, as everybody knows")
        assert "There is an answer" in await s.sees("Hana")
        assert "does not decide it" in await forge(s, "Sam", "pnl:impose:1")
        await s.says("Hana", "/today")
        await s.presses("Hana", "Hearing No. 1")
        await s.presses("Hana", "Take 8 points")
        await s.says("Hana", "The other forklift stood ready")
        assert await rows(s, "W-2") == [("earned", 10), ("earned", 10), ("penalty", -8)]
        assert "the points are taken" in await s.sees("Lucia")
        await s.presses("Lucia", "Why?")
        await s.presses("Lucia", "Appeal")
        await s.says("Lucia", "Nobody told me of the other one")
        assert "Grace Lindqvist decides" in await s.sees("Lucia"), "neither Sam nor Hana"
        await s.says("Grace", "/today")
        await s.presses("Grace", "Decide about No. 3")
        await s.presses("Grace", "Take the row back")
        await s.says("Grace", "She could not know")
        assert await balance(s, "W-2") == 20
        assert [kind for kind, _ in await facts(s, "PenaltyProposed", "PenaltyAnswered", "PenaltyImposed")] == [
            "PenaltyProposed", "PenaltyAnswered", "PenaltyImposed",
        ]  # fmt: skip
        assert not await s.violations()


async def test_a_penalty_for_reporting_is_refused_in_code(database_url: str, tmp_path: Path) -> None:
    """Neither proposed nor imposed with such words."""
    async with ready(database_url, tmp_path) as s:
        await propose(s, "She reported the press although it was nothing")
        assert "never taken for anything that has to do with reporting" in await s.sees("Sam")
        assert await facts(s, "PenaltyProposed") == []
        await s.says("Sam", "Drove without the belt")
        await s.presses("Lucia", "nothing to add")
        await forge(s, "Hana", "pnl:impose:1")
        await s.says("Hana", "Because she keeps reporting")
        assert "never taken for anything that has to do with reporting" in await s.sees("Hana")
        assert await rows(s, "W-2") == []


async def test_without_an_answer_it_is_decided_after_five_days_and_without_a_decision_nothing_follows(
    database_url: str, tmp_path: Path
) -> None:
    """Those who decide are told on the fifth day; ten days later it lapses in favour of Lucia."""
    async with ready(database_url, tmp_path) as s:
        await earned(s)
        await propose(s)
        await s.forward(days=4, hours=23)
        assert "before there was time" in await forge(s, "Hana", "pnl:impose:1")
        await s.news("Hana")
        await s.forward(hours=2)
        await s.forward(hours=22)
        assert any("no answer came" in each for each in await s.news("Hana"))
        await s.forward(days=10)
        assert [kind for kind, _ in await facts(s, "PenaltyLapsed")] == ["PenaltyLapsed"]
        assert "meanwhile" in await forge(s, "Hana", "pnl:drop:1") or "time to answer" in await forge(
            s, "Hana", "pnl:drop:1"
        )
        await s.says("Lucia", "/penalty")
        await s.presses("Lucia", "Hearing No. 1")
        assert "Nobody decided in time" in await s.sees("Lucia")
        assert await rows(s, "W-2") == [("earned", 10), ("earned", 10)]


async def test_a_hearing_can_end_with_nothing_taken(database_url: str, tmp_path: Path) -> None:
    """Hana drops it; Sam and Lucia read why."""
    async with ready(database_url, tmp_path) as s:
        await propose(s)
        await s.presses("Lucia", "Tell my side")
        await s.says("Lucia", "The belt is torn")
        await s.says("Hana", "/today")
        await s.presses("Hana", "Hearing No. 1")
        await s.presses("Hana", "Take nothing")
        await s.says("Hana", "The belt comes first")
        assert "nothing is taken" in await s.sees("Lucia")
        assert "The belt comes first" in await s.sees("Sam")
        assert await rows(s, "W-2") == []
