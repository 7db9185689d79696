"""A drill and a muster: everybody is called, the counts follow, wardens call the roll, and there is a report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.emergencies.muster.tables import MusterGuestRow, MusterRow
from bot.people import actions as people_actions
from bot.people.model import Role
from bot.people.tables import UnitRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, site

PHONES = ("W-1", "W-2", "S-1", "O-1", "M-1")
"""Pedro and Nora have no phone."""


@asynccontextmanager
async def drill(database_url: str, tmp_path: Path, *, real: bool = False) -> AsyncIterator[Story]:
    """Grace starts one for the whole site, for whoever is at work."""
    async with site(database_url, tmp_path, PHONES) as s:
        for who in ("Ana", "Lucia", "Sam", "Yusuf", "Grace"):
            await s.news(who)
        await s.says("Grace", "/muster")
        await s.presses("Grace", "This is real" if real else "Start a drill")
        await s.presses("Grace", "Harbour Works")
        await s.presses("Grace", "Whoever is at work now")
        yield s


async def board(s: Story, who: str) -> str:
    """The newest board on a phone."""
    boards = [m["text"] for m in await s.screen(who) if "not accounted for: " in str(m.get("text", ""))]
    return str(boards[-1]) if boards else ""


def figures(text: str) -> tuple[int, ...]:
    """safe, help, absent, silent, roster of a board."""
    lines = {line.split(":")[0].lstrip("✅🆘🚫❓ "): line.split(":")[1] for line in text.splitlines() if ": " in line}
    whole = next(line for line in text.splitlines() if line.startswith("= "))
    names = ("safe", "need help", "not on site", "not accounted for")
    return (*(int(lines[name]) for name in names), int(whole.split()[1]))


async def test_everybody_at_work_is_asked_and_the_board_counts_them(database_url: str, tmp_path: Path) -> None:
    """Each message says that it is a drill; the sum is the roster at each look."""
    async with drill(database_url, tmp_path) as s:
        call = await s.sees("Lucia")
        assert "DRILL: this is an exercise" in call
        assert "Leave your work" in call
        assert "Board" in "".join(await s.buttons("Sam")), "wardens get the board"
        assert "Board" not in "".join(await s.buttons("Lucia"))
        await s.forward(seconds=2)
        assert figures(await board(s, "Grace")) == (0, 0, 0, 7, 7)
        assert "Drill: you are counted as safe." in await s.presses("Lucia", "I am safe")
        assert "counted as safe" in await s.sees("Lucia")
        await s.presses("Sam", "I am safe")
        await s.presses("Ana", "🚫")
        await s.forward(seconds=2)
        assert figures(await board(s, "Grace")) == (2, 0, 1, 4, 7)
        assert not await s.violations()


async def test_who_needs_help_is_told_to_their_wardens_at_once_and_may_be_safe_later(
    database_url: str, tmp_path: Path
) -> None:
    """The number comes first in what they read."""
    async with drill(database_url, tmp_path, real=True) as s:
        await s.news("Sam")
        await s.presses("Lucia", "I need help")
        assert any("Lucia Herrera needs help" in each and "THIS IS REAL" in each for each in await s.news("Sam"))
        assert any("Lucia Herrera needs help" in each for each in await s.news("Grace"))
        assert "call the number on the notice board first" in await s.sees("Lucia")
        await s.forward(seconds=2)
        assert figures(await board(s, "Grace"))[1] == 1
        await s.presses("Lucia", "I am safe")
        await s.forward(seconds=2)
        assert figures(await board(s, "Grace")) == (1, 0, 0, 6, 7)


async def test_a_warden_calls_the_roll_for_people_without_a_phone_and_for_guests(
    database_url: str, tmp_path: Path
) -> None:
    """Names and numbers of visitors and contractors count; the names are gone after a week."""
    async with drill(database_url, tmp_path) as s:
        await s.presses("Sam", "Board")
        await s.presses("Sam", "Visitors")
        await s.says("Sam", "Inspector of the port\nHer driver")
        await s.presses("Sam", "Contractors")
        await s.says("Sam", "0")
        assert "Write a number or names" in await s.sees("Sam")
        await s.says("Sam", "3")
        assert "3 were added" in await s.sees("Sam")
        await s.forward(seconds=2)
        assert figures(await board(s, "Sam")) == (0, 0, 0, 12, 12)
        await s.presses("Sam", "Roll-call")
        assert "Pedro Quispe · Press Team · no phone here" in await s.sees("Sam")
        assert "Nora" not in await s.sees("Sam"), "Sam does not lead her"
        await s.presses("Sam", "✅ Pedro")
        await s.presses("Sam", "✅ Inspector")
        await s.forward(seconds=2)
        assert figures(await board(s, "Sam")) == (2, 0, 0, 10, 12)
        await s.says("Grace", "/muster")
        await s.presses("Grace", "📋 Harbour Works")
        await s.presses("Grace", "End")
        await s.presses("Grace", "End it now")
        await s.forward(days=8)
        names = await s.ask(lambda session: session.scalars(select(MusterGuestRow.name)).all())
        assert set(names) == {None}


async def test_whoever_has_not_answered_is_called_again_and_nobody_else(database_url: str, tmp_path: Path) -> None:
    """Not within a minute of the first call."""
    async with drill(database_url, tmp_path) as s:
        await s.presses("Lucia", "I am safe")
        await s.news("Lucia"), await s.news("Ana")
        assert "only just been called" in await s.presses("Grace", "Call again")
        await s.forward(seconds=61)
        assert "called again" in await s.presses("Grace", "Call again")
        assert len(await s.news("Ana")) == 1
        assert await s.news("Lucia") == []
        (fact,) = await facts(s, "MusterCalledAgain")
        assert fact[1]["silent"] == 6


async def test_the_end_is_told_to_all_and_a_report_follows_with_its_lessons(database_url: str, tmp_path: Path) -> None:
    """Times, counts, a picture; what is to be done better stands on the dashboard."""
    async with drill(database_url, tmp_path) as s:
        await s.forward(seconds=90)
        await s.presses("Lucia", "I am safe")
        await s.forward(seconds=90)
        await s.presses("Sam", "I am safe")
        await s.presses("Grace", "End")
        assert "Not everybody is accounted for and safe" in await s.sees("Grace")
        await s.news("Ana")
        await s.presses("Grace", "End it now")
        await s.settle()
        assert any("simulacro" in each.lower() or "DRILL" in each for each in await s.news("Ana"))
        report = next(m for m in await s.screen("Grace") if m.get("photo") and "Report of" in str(m.get("caption")))
        assert "The last one after 3 min" in report["caption"]
        assert "= 7" in report["caption"]
        assert "it is over" in await s.presses("Lucia", "I need help")
        await s.presses("Grace", "Write lessons learned")
        await s.says("Grace", "Two doors were locked.")
        assert "Kept" in await s.sees("Grace")
        row: Any = await s.ask(lambda session: session.scalars(select(MusterRow)).one().lessons)
        assert row == "Two doors were locked."
        ((_, ended),) = await facts(s, "MusterEnded")
        assert ended["safe"] + ended["help"] + ended["absent"] + ended["silent"] == ended["roster"] == 7


async def test_rights_are_looked_at_where_they_are_used(database_url: str, tmp_path: Path) -> None:
    """Nobody starts one where they do not lead, marks people of others, or ends what is not theirs; one at a time runs."""
    async with drill(database_url, tmp_path) as s:
        await s.says("Lucia", "/muster")
        assert "Start" not in "".join(await s.buttons("Lucia"))
        await s.says("Grace", "/muster")
        await s.presses("Grace", "Start a drill")
        await s.presses("Grace", "Harbour Works")
        assert "going on there already" in await s.presses("Grace", "Everybody")
        await s.presses("Sam", "Board")
        _message, _key = await s.button("Sam", "End")
        assert await s.presses("Sam", "End") == ""
        toast = await s.presses("Sam", "End it now")
        assert "Only who leads there" in toast


async def test_whoever_is_there_unexpectedly_is_counted_and_people_on_leave_are_not_expected(
    database_url: str, tmp_path: Path
) -> None:
    """The roster grows by who answers."""
    async with site(database_url, tmp_path, PHONES) as s:
        ana = await s.ask(lambda session: people_actions_id(session, "W-1"))
        await s.db(people_actions.go_away, ana, s.now, s.now + timedelta(days=3), None)
        await s.says("Grace", "/muster")
        await s.presses("Grace", "Start a drill")
        await s.presses("Grace", "Harbour Works")
        await s.presses("Grace", "Everybody")
        await s.forward(seconds=2)
        assert figures(await board(s, "Grace")) == (0, 0, 0, 6, 6)
        await s.says("Ana", "/muster")
        await s.presses("Ana", "✅")
        await s.forward(seconds=2)
        assert figures(await board(s, "Grace")) == (1, 0, 0, 6, 7)


def people_actions_id(session: Session, badge: str) -> int:
    """Somebody's id."""
    from bot.people.tables import PersonRow

    return int(session.scalar(select(PersonRow.id).where(PersonRow.badge == badge)) or 0)


async def test_when_the_whole_company_is_called_each_reads_the_number_of_their_own_site(
    database_url: str, tmp_path: Path
) -> None:
    """Who calls above a site must not cost its people their number; a team's leader finds the board from /muster."""
    async with site(database_url, tmp_path, PHONES) as s:
        await s.db(numbered_site)
        await s.says("Grace", "/muster")
        await s.presses("Grace", "Start a drill")
        await s.presses("Grace", "Lamplight Works")
        await s.presses("Grace", "Everybody")
        await s.settle()
        assert "call <b>911</b> first" in await s.sees("Lucia") or "call 911 first" in await s.sees("Lucia")
        await s.presses("Lucia", "I need help")
        assert "911" in await s.sees("Lucia")
        await s.says("Sam", "/muster")
        await s.presses("Sam", "📋 Lamplight Works")
        await s.presses("Sam", "Roll-call")
        assert "Lucia Herrera" in await s.sees("Sam")


def numbered_site(session: Session) -> None:
    """The site has a number, the company above it none; Grace leads all of it."""
    session.execute(update(UnitRow).where(UnitRow.kind == "site").values(emergency_number="911"))
    grace, top = (
        people_actions_id(session, "M-1"),
        session.scalars(select(UnitRow).where(UnitRow.kind == "company")).one(),
    )
    people_actions.grant(session, grace, Role.MANAGER, top.id, datetime(2026, 1, 5, tzinfo=UTC))
