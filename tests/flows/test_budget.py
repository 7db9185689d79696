"""Safety money: planned, asked for, approved by rank, paid; the leaders hear once that a share is used."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bot.resources.budget.tables import BudgetBookingRow, BudgetRequestRow
from tests.drawn_faces import hall
from tests.flows.house import Story
from tests.flows.resources_company import facts, forge, ready


async def _asks(s: Story, who: str, amount: str, words: str, photo: bytes | None = None) -> str:
    await s.says(who, "/budget")
    await s.presses(who, "Ask for money")
    await s.presses(who, "Safety facilities")
    await s.says(who, amount)
    await s.says(who, words)
    if photo is None:
        await s.presses(who, "Skip")
    else:
        await s.sends_photo(who, photo)
    return await s.sees(who)


async def test_a_request_above_a_limit_goes_to_the_rank_that_may_approve_it_and_to_nobody_below(
    database_url: str, tmp_path: Path
) -> None:
    """400: Sam may say yes to Lucia. 1,500: Yusuf may, Lucia may not. 5,000: only Grace. Nobody for themselves."""
    async with ready(database_url, tmp_path) as s:
        assert "number 1" in await _asks(s, "Lucia", "400", "A light curtain's cable, or the press runs without it")
        await s.forward(minutes=6)
        assert any("Lucia Herrera asks for $400.00" in each for each in await s.news("Sam"))
        assert await s.news("Yusuf") == []
        assert "their own request" in await forge(s, "Lucia", "bg:yes:1")
        await s.presses("Sam", "Approve")
        assert "Sam Okafor has approved $400.00" in "".join(await s.news("Lucia"))

        assert "number 2" in await _asks(s, "Sam", "1,500.00", "A guard for press 3")
        await s.forward(minutes=6)
        assert "more than you may approve" in await forge(s, "Lucia", "bg:yes:2")
        assert any("asks for $1,500.00" in each for each in await s.news("Yusuf"))
        assert await s.news("Grace") == []
        await s.says("Yusuf", "/today")
        await s.presses("Yusuf", "Look at it")
        await s.presses("Yusuf", "Refuse")
        await s.says("Yusuf", "The one of press 2 fits, it stands in the store")
        assert "fits, it stands in the store" in "".join(await s.news("Sam"))

        assert "number 3" in await _asks(s, "Sam", "5000", "Extraction at the welding bench")
        await s.forward(minutes=6)
        assert "more than you may approve" in await forge(s, "Yusuf", "bg:yes:3")
        await s.presses("Grace", "Approve")
        assert "changed meanwhile" in await forge(s, "Grace", "bg:yes:3")
        assert [body["amount"] for _, body in await facts(s, "MoneyApproved")] == [40000, 500000]
        assert not await s.violations()


async def test_what_is_approved_is_committed_what_is_paid_is_actual_and_the_rest_is_free_again(
    database_url: str, tmp_path: Path
) -> None:
    """400 approved, 250 and 100 paid, closed: 350 are paid, and nothing is committed any more."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", "400", "A cable")
        await s.forward(minutes=6)
        await s.presses("Sam", "Approve")
        await s.says("Grace", "/budget")
        assert "planned $10,000.00 · committed $400.00 · paid $0.00 · left $9,600.00" in await s.sees("Grace")
        for amount in ("250", "100.00"):
            await s.says("Lucia", "/budget")
            await s.presses("Lucia", "№ 1")
            await s.presses("Lucia", "Note what was paid")
            await s.says("Lucia", amount)
            await s.says("Lucia", "The electrician's shop")
        assert "Paid so far: $350.00" in await s.sees("Lucia")
        await s.says("Grace", "/budget")
        assert "committed $50.00 · paid $350.00 · left $9,600.00" in await s.sees("Grace")
        await s.presses("Lucia", "All is paid")
        assert "Free again: $50.00" in await s.sees("Lucia")
        await s.says("Grace", "/budget")
        assert "committed $0.00 · paid $350.00 · left $9,650.00" in await s.sees("Grace")
        assert "changed meanwhile" in await forge(s, "Lucia", "bg:pay:1")
        amounts = await s.ask(lambda session: list(session.scalars(select(BudgetBookingRow.amount))))
        assert amounts == [25000, 10000]
        assert all(type(each) is int for each in amounts)


async def test_each_set_share_is_told_once_and_a_jump_over_two_is_told_as_one(
    database_url: str, tmp_path: Path
) -> None:
    """7,900 of 10,000 is below 80 %; 200 more reach it; another 100 say nothing; beyond 100 % they hear once more."""
    async with ready(database_url, tmp_path) as s:
        for amount, told in (("7900", None), ("200", "80 %"), ("100", None), ("5000", "overspent"), ("1", None)):
            await s.says("Yusuf", "/budget")
            await s.presses("Yusuf", "Safety facilities")
            await s.presses("Yusuf", "Note what was paid")
            await s.says("Yusuf", amount)
            await s.says("Yusuf", "Guards")
            await s.forward(hours=24)
            news = [each for each in await s.news("Grace") if "is used or committed" in each]
            if told is None:
                assert news == [], amount
            else:
                assert len(news) == 1, amount
                assert told in news[0]
        assert [body["share"] for _, body in await facts(s, "BudgetShareReached")] == [80, 100]


async def test_a_commitment_that_is_open_at_the_turn_of_the_year_is_carried_over(
    database_url: str, tmp_path: Path
) -> None:
    """400 approved in 2026; in 2027 they weigh on the new line, and what is paid of them is paid in 2027."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", "400", "A cable")
        await s.forward(minutes=6)
        await s.presses("Sam", "Approve")
        await s.until(datetime(2027, 1, 11, 16, 0, tzinfo=UTC))
        await s.says("Grace", "/budget")
        assert "Nothing is planned" in await s.sees("Grace")
        await s.presses("Grace", "Plan")
        await s.presses("Grace", "Harbour Works")
        await s.presses("Grace", "Safety facilities")
        await s.presses("Grace", "2027")
        await s.says("Grace", "8000")
        assert "with its currency" in await s.sees("Grace")
        await s.says("Grace", "8000 USD")
        assert "carried over $400.00 · paid $0.00 · left $7,600.00" in await s.sees("Grace")
        await forge(s, "Lucia", "bg:pay:1")
        await s.says("Lucia", "150")
        await s.says("Lucia", "First part")
        await s.says("Grace", "/budget")
        assert "carried over $250.00 · paid $150.00 · left $7,600.00" in await s.sees("Grace")


async def test_a_photo_goes_with_the_request_and_a_picture_shows_the_lines(database_url: str, tmp_path: Path) -> None:
    """Whoever approves sees what it is for; the picture has its words beside it."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", "400", "A cable", hall())
        await s.forward(minutes=6)
        assert any("photo" in each for each in await s.screen("Sam"))
        kept = await s.ask(lambda session: session.scalar(select(BudgetRequestRow.photo)))
        assert kept.startswith("media:")
        await s.says("Grace", "/budget")
        await s.presses("Grace", "As a picture")
        await s.forward(seconds=10)
        assert any("photo" in each for each in await s.screen("Grace"))
        assert "left $10,000.00" in await s.sees("Grace")
        assert not await s.violations()


async def test_what_nobody_answers_goes_to_everybody_who_may(database_url: str, tmp_path: Path) -> None:
    """Three days later Yusuf and Grace hear of it too, once; a worker has no budget to look at."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", "400", "A cable")
        await s.forward(days=4)
        await s.forward(days=1)
        for who in ("Yusuf", "Grace"):
            assert len([each for each in await s.news(who) if "asks for $400.00" in each]) == 1
        await s.says("Ana", "/budget")
        assert "dirigen" in await s.sees("Ana") or "lead a unit" in await s.sees("Ana")
