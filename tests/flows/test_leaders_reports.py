"""Leaders' safety reports by chat, month by month; a missed one is seen a level up; visits count with photo and location."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bot.duties.reports.tables import SafetyReportRow, SiteVisitRow
from tests.flows.duties_company import facts, forge, ready
from tests.flows.hazards_company import photo
from tests.flows.house import Story

DECEMBER = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
"""09:00 in Chicago."""


async def _visit(s: Story, words: str = "") -> None:
    await s.says("Sam", "/visit")
    await s.post("/sim/messages", {"from": s.chat("Sam"), "location": {"latitude": 41.88312, "longitude": -87.62477}})
    await s.settle()
    await s.sends_photo("Sam", photo(), words)
    if not words:
        await s.presses("Sam", "Without words")
    await s.forward(minutes=2)


async def test_a_visit_counts_with_photo_and_location_and_is_kept_to_a_hundred_metres(
    database_url: str, tmp_path: Path
) -> None:
    """Text instead of a location, or instead of a photo, is no visit; a worker is not asked for any."""
    async with ready(database_url, tmp_path, phones=("W-2", "S-1", "M-1")) as s:
        await s.says("Lucia", "/visit")
        assert "lead a unit" in await s.sees("Lucia")
        await s.says("Sam", "/visit")
        await s.says("Sam", "at the press")
        assert "counts with a location" in await s.sees("Sam")
        await s.post(
            "/sim/messages", {"from": s.chat("Sam"), "location": {"latitude": 41.88312, "longitude": -87.62477}}
        )
        await s.settle()
        await s.says("Sam", "all was well")
        assert "counts with a photo" in await s.sees("Sam")
        await s.presses("Sam", "Press 3")
        await s.sends_photo("Sam", photo())
        await s.says("Sam", "guards closed, floor dry")
        assert "This month: 1" in await s.sees("Sam")
        await s.forward(minutes=2)
        [row] = await s.ask(lambda session: session.scalars(select(SiteVisitRow)).all())
        assert (row.latitude, row.longitude, row.note) == (41.883, -87.625, "guards closed, floor dry")
        assert row.media
        assert row.place_id
        [(_, body)] = await facts(s, "SiteVisited")
        assert (body["photo"], body["located"]) == (True, True)
        assert not await s.violations()
        await s.forward(days=91)
        [row] = await s.ask(lambda session: session.scalars(select(SiteVisitRow)).all())
        assert (row.latitude, row.longitude, bool(row.media)) == (None, None, True), (
            "where it was is forgotten, that it was is not"
        )


async def test_a_report_is_three_questions_what_was_written_stays_and_its_reader_is_a_level_above(
    database_url: str, tmp_path: Path
) -> None:
    """Sam stops after the first question and goes on the next day; Grace reads it, Nora does not."""
    async with ready(database_url, tmp_path) as s:
        await _visit(s, "looked at the press")
        await s.until(DECEMBER)
        await s.says("Sam", "/safetyreport")
        assert "Your own is still to come: November 2026" in await s.sees("Sam")
        await s.presses("Sam", "Write my report")
        assert "What have you done" in await s.sees("Sam")
        await s.says("Sam", "Three toolbox talks, two dangers fixed")
        await s.says("Sam", "/today")
        await s.forward(days=1)
        await s.says("Sam", "thank you all")
        assert "good and dangerous" not in await s.sees("Sam"), "what is typed a day later is no answer"
        await s.forward(minutes=1)
        await s.says("Sam", "/safetyreport")
        await s.presses("Sam", "Write my report")
        assert "What have you seen" in await s.sees("Sam"), "it goes on where it was left"
        assert "Visits that count: 1" in await s.sees("Sam")
        await s.says("Sam", "Guards are closed; the floor by press 3 is wet")
        await s.says("Sam", "A drain at press 3")
        card = await s.sees("Sam")
        assert "Three toolbox talks" in card
        assert "A drain at press 3" in card
        await s.presses("Sam", "Send it")
        assert "has arrived" in await s.sees("Sam")
        assert "sent already" in await forge(s, "Sam", "dsr:begin:1") or "not yours" in await forge(
            s, "Nora", "dsr:begin:1"
        )
        row = await s.ask(
            lambda session: session.scalars(select(SafetyReportRow).where(SafetyReportRow.state == "sent")).one()
        )
        assert (row.month, row.visits) == ("2026-11", 1)
        await s.says("Grace", "/safetyreport")
        assert "✅ Sam Okafor" in await s.sees("Grace")
        await s.presses("Grace", "Sam Okafor")
        assert "the floor by press 3 is wet" in await s.sees("Grace")
        assert "not yours" in await forge(s, "Nora", f"dsr:read:{row.id}")

        assert not await s.violations()
        await s.until(datetime(2027, 1, 1, 16, 0, tzinfo=UTC))
        await s.says("Sam", "/safetyreport")
        await s.presses("Sam", "Write my report")
        assert "You had promised: A drain at press 3" in await s.sees("Sam")


async def test_a_missed_report_is_visible_one_level_up_and_can_still_be_sent_late(
    database_url: str, tmp_path: Path
) -> None:
    """A week; then Grace reads in one message whose reports came and whose did not."""
    async with ready(database_url, tmp_path) as s:
        await s.until(DECEMBER)
        asked = len(await facts(s, "SafetyReportAsked"))
        assert asked == 4, "Sam, Nora, Yusuf and Grace lead"
        await s.says("Nora", "/safetyreport")
        await s.presses("Nora", "Write my report")
        for words in ("Talks", "Clean docks", "A new lamp"):
            await s.says("Nora", words)
        await s.presses("Nora", "Send it")
        await s.news("Grace")
        for _ in range(10):
            await s.forward(days=1)
        assert len(await facts(s, "SafetyReportMissed")) == 3
        await s.presses("Grace", "Show")
        told = [each for each in await s.news("Grace") if "Did not come" in each]
        assert len(told) == 1
        assert "Sam Okafor" in told[0]
        assert "Yusuf Demir" in told[0]
        assert "33 % (1/3)" in told[0]
        await s.says("Sam", "/safetyreport")
        await s.presses("Sam", "Write my report")
        for words in ("Talks", "Wet floor", "A drain"):
            await s.says("Sam", words)
        await s.presses("Sam", "Send it")
        assert "after its day" in await s.sees("Sam")
        [late] = [body for _, body in await facts(s, "SafetyReportSent") if body["late"]]
        assert late["month"] == 202611
