"""Did it do anything? In the chat: no verdict from too little, one with an interval from enough, the weeks as a picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.people.tables import UnitRow
from tests.flows.campaign_facts import facts, past
from tests.flows.house import Story
from tests.flows.risk_company import forge, site
from tests.flows.test_campaigns import plan

FIRST = datetime(2026, 11, 26, 15, tzinfo=UTC)
"""The first day of the campaigns here."""
VERDICT = datetime(2027, 2, 4, 18, tzinfo=UTC)
"""Eight weeks later and the two in which the last reports can be confirmed."""


async def happened(s: Story, reports_before: int, reports_after: int, found_before: int, found_after: int) -> None:
    """So many a week of each, at the presses, from eight weeks before the start until now."""

    def write(session: Session) -> None:
        unit = session.scalar(select(UnitRow.id).where(UnitRow.name == "Press Team")) or 0
        past(
            session, unit, lambda day: FIRST + timedelta(days=day), range(-56, 56),
            lambda day: int(day % 7 < (reports_before if day < 0 else reports_after)),
            lambda day: int(day % 7 < (found_before if day < 0 else found_after)),
        )  # fmt: skip

    await s.ask(write)


async def told(s: Story, *, picture: bool = False) -> str:
    """Yusuf asks whether it did anything."""
    await s.says("Yusuf", "/campaigns")
    await s.presses("Yusuf", "Hands out")
    assert "Counting" in await s.presses("Yusuf", "Did it do anything?")
    await s.settle()
    if picture:
        await s.presses("Yusuf", "As a picture")
        await s.settle()
    return await s.sees("Yusuf")


async def test_a_verdict_is_refused_while_it_is_early_and_from_too_few_with_the_number_that_is_needed(
    database_url: str, tmp_path: Path
) -> None:
    """Not from a good week in between; and in the end not from 24 reports, which could not even show a rate halved."""
    async with site(database_url, tmp_path) as s:
        await plan(s)
        await s.presses("Yusuf", "Plan it")
        await s.until(FIRST + timedelta(days=20))
        said = await told(s)
        assert "It is too early to say. The verdict comes on Feb 4, 2027" in said
        assert "No verdict yet." in said
        await s.until(VERDICT - timedelta(days=20))
        await happened(s, 1, 2, 0, 0)
        await s.until(VERDICT)
        said = await told(s)
        assert "There is too little to say anything, either way." in said
        assert "No verdict: 24 are too few. To see the rate halved it takes 77." in said
        assert "Only whoever looks after safety" in await forge(s, "Sam", "ac:result:1")
        assert not await s.violations()


async def test_a_rise_in_reports_alone_is_said_to_be_no_sign_of_more_danger_with_its_interval(
    database_url: str, tmp_path: Path
) -> None:
    """Twice as many reports and more, and inspections that find what they found: people speak up. The weeks come as a picture."""
    async with site(database_url, tmp_path) as s:
        await plan(s)
        await s.presses("Yusuf", "Plan it")
        await s.until(VERDICT - timedelta(days=20))
        await happened(s, 3, 7, 5, 5)
        await s.until(VERDICT)
        said = await told(s)
        assert "More is reported: people speak up. A rise in reports alone is no sign of more danger." in said
        assert "Inspections do not find more than before." in said
        assert "Confirmed reports: before 24 in 280 person-days, after 56 in 280" in said, (
            "of the site's seven, five days a week"
        )
        assert "Ratio: 2.33 (95 % interval: 1.4" in said
        assert "Found by inspections: before 40 in 56 inspections, after 40 in 56" in said
        assert "No difference can be told." in said
        shown = await told(s, picture=True)
        assert "Weeks: 16." in shown
        assert "photo" in (await s.screen("Yusuf"))[-1]
        await s.until(datetime(2027, 2, 24, 18, tzinfo=UTC))
        [(_, measured)] = await facts(s, "CampaignMeasured")
        assert (measured["reading"], measured["reports_after"], measured["found"]) == ("more_reporting", 56, "open")
        assert not await s.violations()


async def test_less_found_by_inspections_is_said_to_point_to_less_danger(database_url: str, tmp_path: Path) -> None:
    """Six a week before, two after: with its interval."""
    async with site(database_url, tmp_path) as s:
        await plan(s)
        await s.presses("Yusuf", "Plan it")
        await s.until(VERDICT - timedelta(days=20))
        await happened(s, 1, 1, 7, 3)
        await s.until(VERDICT)
        said = await told(s)
        assert "This does point to less danger." in said
        assert "before 56 in 56 inspections, after 24 in 56" in said
        assert "Ratio: 0.43 (95 % interval: 0.25 to 0.7" in said
        assert not await s.violations()
