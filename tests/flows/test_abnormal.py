"""Abnormal states: an area goes into one through different people of different levels and trades, and out of it by itself."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.risks.abnormal.tables import AbnormalRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site

KINDS = tuple(
    f"AbnormalState{what}" for what in ("Asked", "Answered", "Attempted", "Began", "Refused", "Lapsed", "Ended", "Seen")
)


async def ask(s: Story, kind: str = "Start-up", unit: str = "Press Team", who: str = "Sam") -> None:
    """Somebody asks for a state of an area."""
    await s.says(who, "/abnormal")
    await s.presses(who, kind)
    await s.presses(who, unit)
    await s.says(who, "Press 3 runs for the first time after the overhaul")


async def state(s: Story) -> str:
    """Where the only state stands."""
    found: str = await s.ask(lambda session: session.scalar(select(AbnormalRow.state)))
    return found


async def test_a_start_up_takes_a_supervisor_a_safety_officer_and_an_electrician_and_ends_by_itself(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf asks; Sam and Grace alone do not open it, because nobody has spoken for the trade; everybody there hears both ends."""
    async with site(database_url, tmp_path) as s:
        for who in ("Ana", "Lucia", "Nora", "Pedro", "Sam", "Grace"):
            await s.news(who)
        await ask(s, who="Yusuf")
        assert "not in force yet" in await s.sees("Yusuf")
        assert "3 different people" in await s.sees("Pedro")
        assert await s.news("Lucia") == [], "a worker is not asked"
        assert "yes is noted" in await s.presses("Sam", "Yes")
        assert "yes is noted" in await s.presses("Grace", "Yes")
        assert "1 yes is missing" in await s.sees("Grace")
        assert "Maintenance electrician" in await s.sees("Grace") or "maintenance-electrician" in await s.sees("Grace")
        assert await state(s) == "asked"
        await s.presses("Pedro", "Yes")
        assert await state(s) == "running"

        assert "not as usual until" in (await s.news("Lucia"))[-1]
        assert any("Donde trabajas" in each or "Start" in each or "overhaul" in each for each in await s.news("Ana"))
        assert await s.news("Nora") == [], "another team's area is as usual"
        await s.presses("Lucia", "I have seen it")
        await s.says("Lucia", "/today")
        assert "Not as usual until" in await s.sees("Lucia")
        await s.news("Lucia")
        await s.forward(hours=11)
        assert await state(s) == "running"
        await s.forward(hours=1)
        assert await state(s) == "ended"
        assert any("its time has run out" in each for each in await s.news("Lucia"))
        told = [kind for kind, _ in await facts(s, *KINDS)]
        assert told == [
            *("AbnormalStateAsked", "AbnormalStateAnswered", "AbnormalStateAnswered", "AbnormalStateAnswered"),
            *("AbnormalStateBegan", "AbnormalStateSeen", "AbnormalStateEnded"),
        ]
        [(_, ended)] = await facts(s, "AbnormalStateEnded")
        assert (ended["by_hand"], ended["seen"], ended["minutes"]) == (False, 1, 720)
        assert not await s.violations()


async def test_who_asks_who_has_no_voice_and_who_comes_late_count_for_nothing_and_are_on_record(
    database_url: str, tmp_path: Path
) -> None:
    """Four tries that do not count, each with its reason in the ledger; one no is enough to stop it."""
    async with site(database_url, tmp_path) as s:
        await ask(s)
        assert "asked for it yourself" in await forge(s, "Sam", "ab:yes:1")
        assert "other people's yes" in await forge(s, "Lucia", "ab:yes:1")
        assert "other people's yes" in await forge(s, "Nora", "ab:yes:1")
        await ask(s)
        assert "asked for or in force already" in await s.sees("Sam")
        await s.presses("Yusuf", "Yes")
        assert "said so before" in await forge(s, "Yusuf", "ab:yes:1")
        assert "does not begin" in await s.presses("Grace", "No")
        assert await state(s) == "refused"
        assert "Grace Lindqvist said no" in await s.sees("Sam")
        assert "decided already" in await forge(s, "Pedro", "ab:yes:1")
        tries = [body["why"] for _, body in await facts(s, "AbnormalStateAttempted")]
        assert tries == ["asker", "no_voice", "no_voice", "asked_already", "too_late"]
        assert "lead this area" in await forge(s, "Nora", "ab:end:1")


async def test_what_nobody_decides_lapses_and_what_runs_can_be_ended_by_whoever_leads(
    database_url: str, tmp_path: Path
) -> None:
    """A storm takes a supervisor and a manager; Sam ends it by hand, and is named to everybody there."""
    async with site(database_url, tmp_path) as s:
        await ask(s, "Storm")
        await s.forward(hours=8, minutes=1)
        assert await state(s) == "lapsed"
        assert "too few said yes in time" in await s.sees("Sam")

        await ask(s, "Storm", "Press Team", who="Yusuf")
        await s.presses("Sam", "Yes")
        await s.presses("Grace", "Yes")
        assert [kind for kind, _ in await facts(s, "AbnormalStateBegan")] == ["AbnormalStateBegan"]
        await s.news("Lucia")
        await s.forward(hours=1)
        await s.presses("Sam", "End it now")
        assert any("Sam Okafor ended it" in each for each in await s.news("Lucia"))
        [_, (_, ended)] = await facts(s, "AbnormalStateLapsed", "AbnormalStateEnded")
        assert (ended["by_hand"], ended["minutes"]) == (True, 60)


async def test_one_who_is_both_manager_and_supervisor_stands_for_one_of_them(database_url: str, tmp_path: Path) -> None:
    """Grace can stand for a supervisor, and for a manager, but not for both at once."""
    async with site(database_url, tmp_path) as s:
        await ask(s, "Storm", who="Yusuf")
        await s.presses("Grace", "Yes")
        assert await state(s) == "asked"
        assert "1 yes is missing" in await s.sees("Grace")
        await s.presses("Sam", "Yes")
        assert await state(s) == "running"
