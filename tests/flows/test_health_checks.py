"""Health checks: when they are due and whether they were done. What was found has no place here."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select

from bot.resources.health.tables import CheckupRow
from tests.flows.resources_company import facts, forge, leave, ready


async def test_a_health_check_falls_due_is_reminded_and_overdue_its_leader_gives_the_time(
    database_url: str, tmp_path: Path
) -> None:
    """Grace enters a line a person; Lucia is told, then Sam; she says that she was there; the next one is in a year."""
    async with ready(database_url, tmp_path) as s:
        await s.says("Grace", "/checkups")
        await s.presses("Grace", "Enter due dates")
        await s.says("Grace", "W-2 2026-12-10 12\nX-9 2026-12-10")
        assert "Line 2 cannot be read" in await s.sees("Grace")
        assert await s.ask(lambda session: session.scalars(select(CheckupRow.id)).all()) == []
        await s.says("Grace", "W-2 2026-12-10 12\nE-1 2027-06-01")
        assert "2 due dates are entered" in await s.sees("Grace")
        await s.forward(hours=2)
        assert len([each for each in await s.news("Lucia") if "health check is due by" in each]) == 1
        assert [each for each in await s.news("Pedro") if "health check" in each] == []
        await s.forward(days=24)
        told = [each for each in await s.news("Sam") if "health check of Lucia Herrera is overdue" in each]
        assert len(told) == 1
        assert "not your business" in told[0]
        assert "answers for that unit" in await forge(s, "Sam", "hc:done:1:739595")
        await s.says("Lucia", "/today")
        await s.presses("Lucia", "Look at it")
        await s.presses("Lucia", "I was there")
        assert "The next one is due by Dec" in await s.sees("Lucia")
        [(_, body)] = await facts(s, "HealthCheckDone")
        assert sorted(body) == ["checkup", "late"]
        assert not await s.violations()


async def test_there_is_no_place_for_a_finding_and_nothing_is_kept_of_whoever_has_left(
    database_url: str, tmp_path: Path
) -> None:
    """The table holds dates and marks; every column is named here, so that another one has to be argued for."""
    columns = {column.key for column in inspect(CheckupRow).columns}
    assert columns == {
        "id", "person_id", "every_months", "due_on", "done_on", "reminded_for", "escalated_for", "ended_at",
    }  # fmt: skip
    async with ready(database_url, tmp_path) as s:
        await s.says("Grace", "/checkups")
        await s.presses("Grace", "Enter due dates")
        await s.says("Grace", "W-2 2027-12-10 12")
        await s.db(leave, "W-2", s.now)
        await s.forward(minutes=6)
        assert await s.ask(lambda session: session.scalars(select(CheckupRow.id)).all()) == []


async def test_a_leader_sees_who_is_overdue_in_their_units_and_enters_nothing(
    database_url: str, tmp_path: Path
) -> None:
    """Sam sees the share with its number; entering is for HR and managers."""
    async with ready(database_url, tmp_path) as s:
        await s.says("Grace", "/checkups")
        await s.presses("Grace", "Enter due dates")
        await s.says("Grace", "W-2 2026-11-01 12\nS-2 2026-11-01 12\nE-1 2027-11-01")
        await s.says("Sam", "/checkups")
        said = await s.sees("Sam")
        assert "Overdue: 50 % (1/2)" in said
        assert "Lucia Herrera" in said
        assert "Nora" not in said
        assert "Only whoever answers" in await forge(s, "Sam", "hc:enter")
