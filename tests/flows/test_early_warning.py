"""Early warning: what builds up in an area is told once a crossing, with what is behind it, and never of fewer than five."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hazards.model import OVERDUE, REOPENED
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.tables import UnitRow
from bot.risks.warning.tables import RiskIndexRow, RiskWarningRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, site


def overdue(session: Session, now: datetime, *, first: int, count: int, unit: str = "Press Team") -> None:
    """So many dangers of a unit were not put right in time."""
    id = session.scalar(select(UnitRow.id).where(UnitRow.name == unit))
    for number in range(first, first + count):
        body: dict[str, Any] = {"hazard": number, "unit": id, "severity": 3}
        record(session, Fact(OVERDUE, f"test-overdue:{number}", now, unit=id, body=body), now)


async def hour(s: Story) -> None:
    """The next hour, in which the index is worked out."""
    await s.forward(hours=1)


async def test_a_crossing_is_told_once_with_what_is_behind_it_and_again_only_after_it_was_over(
    database_url: str, tmp_path: Path
) -> None:
    """Three overdue for seven people: 12.9 points for ten. It trembles, nothing is said; it ends when they are a month old."""
    async with site(database_url, tmp_path) as s:
        await s.news("Grace"), await s.news("Sam"), await s.news("Yusuf")
        await s.db(overdue, s.now, first=41, count=2)
        await hour(s)
        assert await s.news("Grace") == []
        await s.db(overdue, s.now, first=43, count=1)
        await hour(s)
        [told] = [each for each in await s.news("Grace") if "Early warning" in each]
        assert "Harbour Works" in told
        assert "12.9" in told
        assert "Dangers not put right in time: 3 → 9 points" in told
        assert "reports No. 43, 42, 41" in told or "reports No. 41, 42, 43" in told.replace("43, 42, 41", "41, 42, 43")
        assert "for every 10 of 7 people" in told
        assert any("Early warning" in each for each in await s.news("Yusuf"))
        assert not [each for each in await s.news("Sam") if "Early warning" in each], (
            "his team has four people: no index"
        )

        await s.db(overdue, s.now, first=44, count=1)
        await hour(s)
        assert not [each for each in await s.news("Grace") if "Early warning" in each], "it only rose within its level"
        await s.forward(days=26)
        assert not [each for each in await s.news("Grace") if "Early warning" in each]
        await s.forward(days=3)
        assert any("Early warning is over" in each for each in await s.news("Grace"))
        raised = await facts(s, "EarlyWarningRaised", "EarlyWarningCleared")
        assert [(kind, body["level"]) for kind, body in raised] == [
            *(
                ("EarlyWarningRaised", 1),
                ("EarlyWarningRaised", 1),
                ("EarlyWarningCleared", 0),
                ("EarlyWarningCleared", 0),
            ),
        ], "the company above the site has an index of its own, of the same seven people"

        await s.says("Grace", "/warning")
        assert "Harbour Works" in await s.sees("Grace")
        await s.presses("Grace", "Harbour Works")
        await s.forward(seconds=5)
        assert [m for m in await s.screen("Grace") if "photo" in m]
        assert "Week by week" in await s.sees("Grace")
        assert not await s.violations()


async def test_an_area_of_four_people_has_no_index_and_its_leader_is_told_why(
    database_url: str, tmp_path: Path
) -> None:
    """What happens there counts in the area above; nothing is kept of the area itself."""
    async with site(database_url, tmp_path) as s:
        await s.db(overdue, s.now, first=1, count=9)
        await hour(s)
        kept = await s.ask(
            lambda session: session.scalars(
                select(UnitRow.name).join(RiskIndexRow, RiskIndexRow.unit_id == UnitRow.id).distinct()
            ).all()
        )
        assert set(kept) == {"Lamplight Works", "Harbour Works"}
        await s.says("Sam", "/warning")
        assert "fewer than five people" in await s.sees("Sam")
        warned = await s.ask(lambda session: session.scalars(select(RiskWarningRow.lines)).all())
        assert "person" not in str([{k for line in lines for k in line} for lines in warned]).replace("by_person", "")


async def test_two_levels_at_once_are_one_message_and_the_hours_are_worked_out_once(
    database_url: str, tmp_path: Path
) -> None:
    """Ten overdue and two that came back: straight to high; two ticks in an hour count once."""
    async with site(database_url, tmp_path) as s:
        await s.news("Grace")
        await s.db(overdue, s.now, first=1, count=10)

        def again(session: Session) -> None:
            id = session.scalar(select(UnitRow.id).where(UnitRow.name == "Press Team"))
            for number in (1, 2):
                body = {"hazard": number, "unit": id, "round": 1, "was": "fixed"}
                record(session, Fact(REOPENED, f"test-again:{number}", s.now, unit=id, body=body), s.now)

        await s.db(again)
        await hour(s)
        told = [each for each in await s.news("Grace") if "Early warning" in each]
        assert len([each for each in told if "Harbour Works" in each]) == 1
        assert "high" in told[0]
        await s.forward(minutes=10)
        rows = await s.ask(lambda session: len(session.scalars(select(RiskWarningRow)).all()))
        assert rows == 2
