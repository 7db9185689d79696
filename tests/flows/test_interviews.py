"""Interviews: invited, held, noted under seal, and followed up; what was said is nowhere but with whoever noted it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.people import store as people
from bot.voice.interviews import pages, store
from bot.voice.interviews.tables import InterviewRoundRow
from tests.flows.house import Story
from tests.flows.voice_company import facts, forge, site

SECRET = "The night shift skips the check of the brakes"


async def _planned(s: Story) -> None:
    await s.says("Sam", "/interviews")
    await s.presses("Sam", "Plan interviews")
    await s.presses("Sam", "Press Team")
    await s.presses("Sam", "Hear opinions")
    await s.says("Sam", "What slows us down at the presses")
    await s.presses("Sam", "In 3 days")
    await s.presses("Sam", "Lucia")
    await s.says("Sam", "W-3")
    await s.presses("Sam", "Pedro")
    await s.presses("Sam", "Invite 3 people")


def _everything(session: Session) -> str:
    """All that the database holds, as text."""
    names = [row[0] for row in session.execute(_TABLES[session.get_bind().dialect.name])]
    return "\n".join(str(tuple(row)) for name in names for row in session.execute(text(f'SELECT * FROM "{name}"')))


_TABLES = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'table'"),
    "postgresql": text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"),
}


async def test_who_was_reached_and_what_changed_is_known_and_never_what_was_said(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia and Mia want to talk, Pedro does not and nobody is told; the note is under seal; what changed goes to both."""
    async with site(database_url, tmp_path, phones=("W-2", "W-3", "E-1", "S-1", "O-1", "M-1")) as s:
        await _planned(s)
        await s.presses("Lucia", "Gladly")
        await s.presses("Mia", "Gladly")
        await s.presses("Pedro", "Rather not")
        assert "that is noted" in await s.sees("Pedro")
        await s.news("Sam")
        await s.forward(days=3)
        assert "Today is the day of these talks" in "".join(await s.news("Sam"))
        assert "Tap the names" in await s.presses("Sam", "The talks are over")
        await s.presses("Sam", "Lucia")
        await s.presses("Sam", "Mia")
        await s.presses("Sam", "Note under seal")
        await s.says("Sam", SECRET)
        assert "Under seal" in await s.sees("Sam")
        assert SECRET not in await s.db(_everything)
        await s.says("Sam", "/interviews")
        await s.presses("Sam", "№ 1")
        assert "Spoken with: 2 of 3: Lucia Herrera, Mia Chen" in await s.sees("Sam")
        await s.presses("Sam", "The talks are over")

        sam, yusuf = [await s.db(people.person_by_badge, badge, s.now) for badge in ("S-1", "O-1")]
        assert await s.db(store.notes, 1, sam.id) == [SECRET]
        assert await s.db(store.notes, 1, yusuf.id) == []
        viewer = await s.db(people.viewer, yusuf.id, s.now)
        page = await s.db(pages.interviews, viewer, {}, s.now)
        assert page["rows"][0]["reached"] == ["Lucia Herrera", "Mia Chen"]
        assert SECRET not in str(page)
        assert "Only whoever holds" in await forge(s, "Yusuf", "iv:note:1")

        await s.news("Sam")
        await s.forward(days=30, hours=1)
        assert "What has changed since?" in "".join(await s.news("Sam"))
        await s.presses("Sam", "Say what changed")
        await s.says("Sam", "Two more trolleys stand at the presses.")
        assert "Two more trolleys" in await s.sees("Lucia")
        assert "Two more trolleys" in await s.sees("Mia")
        assert "Two more trolleys" not in await s.sees("Pedro")
        known = await facts(s, "InterviewsPlanned", "InterviewsHeld", "InterviewsFollowed")
        assert [body.get("reached") for _, body in known] == [None, 2, None]
        assert not await s.violations()


async def test_talks_that_are_overdue_are_brought_up_until_they_are_held(database_url: str, tmp_path: Path) -> None:
    """On the day and every third day after."""
    async with site(database_url, tmp_path, phones=("W-2", "W-3", "E-1", "S-1")) as s:
        await _planned(s)
        await s.forward(days=3)
        await s.news("Sam")
        await s.forward(days=3)
        assert "These talks are overdue" in "".join(await s.news("Sam"))
        due = await s.ask(lambda session: session.scalar(select(InterviewRoundRow.chase_at)))
        assert timedelta(0) < due - s.now <= timedelta(days=3)
