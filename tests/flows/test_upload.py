"""A trainer's day: a template, a file with mistakes, a clean one, and two trainers at one bank."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.ledger.tables import FactRow
from bot.library import store as library
from bot.library.formats.template import template
from bot.library.tables import BankRow, QuestionRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role
from tests.flows.house import story
from tests.flows.learning_company import company

ROOMS = (_room("library"), _room("learning"))


def bank(*stems: str, id: str = "our-rules") -> bytes:
    """A bank of true-or-false questions with these statements."""
    questions = [
        {
            "id": f"own-{number:03}",
            "kind": "true_false",
            "topic": "STF",
            "jurisdictions": ["any"],
            "sources": ["our own rule"],
            "stem": stem,
            "answer": number % 2 == 0,
            "misconception": "It is always so",
            "explanation": "See the sign at the gate.",
        }
        for number, stem in enumerate(stems, 1)
    ]
    return yaml.safe_dump({"bank": id, "language": "en", "title": "Our rules", "questions": questions}).encode()


FIRST = ("The gate is closed at night.", "Helmets hang by the door.", "Visitors walk with a guide.")


async def test_a_clean_file_is_previewed_and_goes_live_only_when_published(database_url: str, tmp_path: Path) -> None:
    """Counts and the first question are shown; the live bank is untouched until *Publish*."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        preview = await s.sees("Tess")
        assert "New: 3 · changed: 0 · live but not in your file: 0" in preview
        assert "The gate is closed at night." in preview
        live = select(func.count()).select_from(QuestionRow).where(QuestionRow.bank_id == "our-rules")
        assert await s.ask(lambda session: session.scalar(live)) == 0
        await s.presses("Tess", "Publish")
        assert "Version 1 is live. New: 3" in await s.sees("Tess")
        assert await s.ask(lambda session: session.scalar(live)) == 3
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert "BankPublished" in kinds
        assert await s.violations() == []


async def test_absent_rows_retire_only_when_the_whole_bank_is_replaced(database_url: str, tmp_path: Path) -> None:
    """Publish leaves what the file lacks; Replace whole bank says how many would retire and asks first."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish")
        await s.sends_file("Tess", "our-rules.yaml", bank("The gate is open at night."))
        assert "New: 0 · changed: 1 · live but not in your file: 2" in await s.sees("Tess")
        await s.presses("Tess", "Replace whole bank")
        assert "2 live questions are not in your file" in await s.sees("Tess")
        await s.presses("Tess", "Replace, 2 retire")
        assert "Version 2 is live. New: 0 · changed: 1 · retired: 2" in await s.sees("Tess")
        first = await s.ask(lambda session: library.question(session, "own-001", 1))
        assert first.question.stem["en"] == "The gate is closed at night."


async def test_a_workbook_with_mistakes_comes_back_with_its_cells_marked(database_url: str, tmp_path: Path) -> None:
    """The first problems are listed with their cells; the same workbook follows; nothing went live."""
    from io import BytesIO

    import xlsxwriter
    from python_calamine import CalamineWorkbook

    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.says("Tess", "/template")
        assert "One row is one question" in await s.sees("Tess")
        await s.says("Tess", "/banks")
        await s.presses("Tess", "Ladders and edges")
        assert "keep the ids" in await s.sees("Tess")
        book = CalamineWorkbook.from_filelike(BytesIO(template("en")))
        rows = book.get_sheet_by_name("Questions").to_python()
        rows[1][rows[0].index("right")] = "z"
        out = BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet("Questions")
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write_string(at, column, str(value))
        await s.sends_file("Tess", "mine.xlsx", out.getvalue())
        said = await s.news("Tess")
        assert any("must be mended" in each and "live questions are untouched" in each for each in said)
        assert any("cells marked" in each for each in said)
        assert any("mine-marked.xlsx" in str(message.get("document")) for message in await s.screen("Tess"))
        assert await s.violations() == []


async def test_of_two_trainers_the_second_is_told_who_changed_the_bank(database_url: str, tmp_path: Path) -> None:
    """Both preview version 1; the first publishes version 2; the second hears of it and may check again."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("T-2")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST, "Lights are off at noon."))
        await s.sends_file("Omar", "our-rules.yaml", bank(*FIRST, "Lights are on at noon."))
        await s.presses("Omar", "Publish")
        await s.presses("Tess", "Publish")
        assert "own-004 is new · Omar Diaz" in await s.sees("Tess")
        assert await s.ask(lambda session: session.get(BankRow, "our-rules").version) == 2
        await s.presses("Tess", "Check again")
        assert "New: 0 · changed: 1" in await s.sees("Tess")
        await s.presses("Tess", "Publish")
        assert "Version 3 is live" in await s.sees("Tess")


async def test_whoever_is_no_trainer_gets_a_polite_word(database_url: str, tmp_path: Path) -> None:
    """A worker's file is not taken, and /template is not for them."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.sends_file("Ana", "our-rules.yaml", bank(*FIRST))
        assert "only take files from trainers" in await s.sees("Ana")
        await s.says("Ana", "/template")
        assert "looked after by the trainers" in await s.sees("Ana")


async def test_a_trainer_of_two_teams_chooses_whose_bank_it_is(database_url: str, tmp_path: Path) -> None:
    """The preview has a button for each; what is for everybody can be read and not changed."""

    def crews(session: Session, now: datetime) -> None:
        company(session, now)
        tess, units = people.person_by_badge(session, "T-1", now), named_units(session)
        assert tess is not None
        people_actions.revoke(session, tess.id, Role.TRAINER, units["Lamplight Works"].id, now)
        for name in ("Harbour Works/Dock Team", "Lingang Works/Line One Team"):
            people_actions.grant(session, tess.id, Role.TRAINER, units[name].id, now)

    async with story(database_url, tmp_path, rooms=ROOMS, prepare=crews) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        shown = ["Publish for Dock Team", "Publish for Line One Team", "Publish later", "See it as people will"]
        assert (await s.buttons("Tess"))[:4] == shown
        await s.presses("Tess", "Publish for Dock Team")
        assert "Version 1 is live" in await s.sees("Tess")
        await s.sends_file("Tess", "our-rules.yaml", bank("The gate is open at night."))
        assert "For: Dock Team" in await s.sees("Tess")
        others = bank(*FIRST, id="heights").replace(b"own-", b"new-")
        await s.sends_file("Tess", "heights.yaml", others)
        assert "It is for Lamplight Works, and the trainers there look after it" in await s.sees("Tess")
        await s.says("Tess", "/banks")
        await s.presses("Tess", "Ladders and edges")
        assert "to read. It is for more people than yours" in await s.sees("Tess")
        assert await s.violations() == []
