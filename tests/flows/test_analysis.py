"""What a trainer sees of the answers: the three that everybody misses first, a plot, a workbook, and what teams believe."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.analysis import actions
from bot.features import _room
from bot.hazards.tables import HazardRow
from bot.kit.errors import Refused
from bot.learning.tables import AnswerRow, WeakTopicRow, WishRow
from bot.library.tables import BankRow, QuestionRow
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role, Unit
from bot.people.tables import UnitRow
from tests.flows.house import MORNING, Story, story
from tests.flows.learning_company import SINCE, company
from tests.store.answers import Sheet, hazard_at

ROOMS = (_room("library"), _room("learning"), _room("hazards"), _room("assessment"), _room("analysis"))
BEFORE = MORNING - timedelta(days=3)


def with_answers(session: Session, now: datetime) -> Unit:
    """Forty on the dock answer six questions about ladders: most miss the first, all know the second."""
    dock = company(session, now)
    sheet = Sheet(session, BEFORE)
    crew = sheet.crew(dock, 40)
    for number, who in enumerate(crew):
        knows = number % 2 == 0
        sheet.answers(who, "lad-001", right=number < 8, wrong=1)
        sheet.answers(who, "lad-002", right=True)
        for id in ("lad-003", "lad-004", "lad-005", "lad-006"):
            sheet.answers(who, id, right=knows or number % 8 == 1)
    hazard_at(session, dock, "LAD", BEFORE, due_at=BEFORE + timedelta(days=1))
    site = people.add_person(session, "T-3", "Nora Blake", "en", _site(session), "trainer", SINCE)
    people.grant(session, site, Role.TRAINER, _site(session).id, now)
    return dock


def _site(session: Session) -> Unit:
    return next(unit for unit in store.units(session) if unit.name == "Lingang Works")


async def test_a_trainer_sees_first_what_everybody_misses_then_figures_and_a_plot(
    database_url: str, tmp_path: Path
) -> None:
    """The worst question stands in the first line with its belief; who knows all teaches nothing; a picture and a file."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=with_answers) as s:
        await s.employee("T-1")
        await s.says("Tess", "/analysis")
        await s.presses("Tess", await ladders(s))
        first, *rest = next(said for said in await s.news("Tess") if "Right:" in said).splitlines()
        assert first.startswith("Missed by most: 1. “")
        assert "8 of 40 right; most believe: “" in first
        words = "\n".join(rest)
        assert "Right: 20 % of 40." in words
        assert "These teach nothing as they are:" in words
        assert "Nearly everybody gets it right (40 of 40)" in words
        photo = [m for m in await s.screen("Tess") if "photo" in m][-1]
        assert "The numbers are those of the list above." in photo["caption"]
        await s.presses("Tess", "All figures as a spreadsheet")
        assert [m for m in await s.screen("Tess") if "document" in m][-1]["document"]["file_name"].endswith(".xlsx")
        assert await s.violations() == []


async def ladders(s: Story) -> str:
    """The label of the bank that the ladder questions are in."""
    query = (
        select(BankRow.title).join(QuestionRow, QuestionRow.bank_id == BankRow.id).where(QuestionRow.id == "lad-001")
    )
    title = await s.ask(lambda session: session.scalar(query))
    return str(title["en"])


async def test_a_team_that_believes_wrongly_gets_the_lesson_first(database_url: str, tmp_path: Path) -> None:
    """Wrong answers, a danger found and a fix overdue meet in one row; a press puts the lesson before the others."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=with_answers) as s:
        await s.employee("T-1")
        await s.says("Tess", "/analysis")
        await s.presses("Tess", "What teams believe")
        words = await s.sees("Tess")
        assert "Dock Team · Ladders" in words
        assert "Wrong answers: 92 of 240, by 40 people. Dangers found: 1. Fixes overdue: 1." in words
        assert "Most wrong answers say: “" in words
        await s.presses("Tess", "Lesson first: Ladders → Dock Team")
        assert "Dock Team: the lesson about Ladders comes first for 42 people" in await s.sees("Tess")
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(WishRow))) == 42
        await s.presses("Tess", "Lesson first: Ladders → Dock Team")
        assert "or gets it next already" in await s.sees("Tess")
        assert await s.violations() == []


async def test_the_map_feeds_the_push_by_itself_and_tells_nothing_of_few_people(
    database_url: str, tmp_path: Path
) -> None:
    """The dock is weak in ladders, the next morning at the latest; a team of four is left out; what is mended goes again."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=with_answers) as s:
        await s.db(four_who_are_wrong)
        await s.forward(minutes=15)
        fed = await s.ask(lambda session: session.execute(select(UnitRow.name, WeakTopicRow.topic, WeakTopicRow.weight)
                          .join(UnitRow, UnitRow.id == WeakTopicRow.unit_id)).all())  # fmt: skip
        assert [tuple(row) for row in fed] == [("Dock Team", "LAD", 338)]
        await s.db(lambda session: session.execute(update(AnswerRow).values(right=True)) and None)
        await s.db(lambda session: session.execute(delete(HazardRow)) and None)
        await s.forward(days=1)
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(WeakTopicRow))) == 0


def four_who_are_wrong(session: Session) -> None:
    """A team in Lingang too small to be told of."""
    line = next(unit for unit in store.units(session) if unit.name == "Line One Team")
    sheet = Sheet(session, BEFORE)
    for who in sheet.crew(line, 4, "Q"):
        sheet.answers(who, "lad-001", right=False, wrong=1)


async def test_a_trainer_of_another_site_sees_nothing_of_it(database_url: str, tmp_path: Path) -> None:
    """Their people have answered nothing; a worker is sent away; a pressed button of another's does not help."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=with_answers) as s:
        for badge in ("T-3", "D-1"):
            await s.employee(badge)
        await s.says("Nora", "/analysis")
        await s.presses("Nora", await ladders(s))
        words = await s.sees("Nora")
        assert "First answers of people at: Lingang Works" in words
        assert "Nobody there has answered a question of it yet." in words
        await s.presses("Nora", "What teams believe")
        assert "No team stands out" in await s.sees("Nora")
        await s.says("Ana", "/analysis")
        assert "This is for trainers." in await s.sees("Ana")
        for badge in ("T-3", "D-1"):
            with pytest.raises(Refused, match="not_yours"):
                await s.db(press_first, badge, s.now)
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(WishRow))) == 0


def press_first(session: Session, badge: str, now: datetime) -> None:
    """Somebody presses the button that a trainer of the dock was shown."""
    who = store.person_by_badge(session, badge, now)
    dock = next(unit for unit in store.units(session) if unit.name == "Dock Team")
    assert who is not None
    actions.put_first(session, who.id, dock.id, "LAD", now)
