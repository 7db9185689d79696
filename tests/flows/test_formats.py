"""A trainer brings a bank from Moodle, mends it, publishes it, and takes it away again in another format."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import yaml
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.library import store as library
from bot.library.formats.read import read_bank
from bot.library.tables import QuestionRow
from bot.media import store as media
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role
from tests.flows.house import Story, story
from tests.flows.learning_company import company
from tests.flows.test_upload import FIRST, bank

ROOMS = (_room("library"), _room("learning"))
FROM_MOODLE = """// question: 0  name: Switch category to $course$/top/LOTO Locking out
$CATEGORY: $course$/top/LOTO Locking out

// question: 41  name: Whose lock
::Whose lock::[html]<p>Your shift ends and the press is <b>still</b> open. Whose lock stays on it?</p>{
\t~<p>Mine, until tomorrow</p>#<p>The lock of one shift protects the next one too</p>
\t=<p>That of whoever takes over</p>#<p>They put theirs on before you take yours off.</p>
\t~<p>None, it is only a night</p>#<p>Nobody works at night</p>
}

// question: 42  name: Describe
::Describe::Describe your lockout procedure. {}
"""


async def received(s: Story, who: str, ending: str) -> tuple[str, bytes]:
    """The caption and the bytes of the newest file of that ending on somebody's phone."""
    for message in reversed(await s.screen(who)):
        file = message.get("document")
        if file and str(file["file_name"]).endswith(ending) and message["from"]["is_bot"]:
            return str(message.get("caption", "")), s.simulator.world.files.get(file["file_id"]).data
    raise AssertionError(f"{who} was sent no {ending}")


def count(bank_id: str) -> object:
    """How many questions of a bank are live, as a question to the database."""
    wanted = select(func.count()).select_from(QuestionRow).where(QuestionRow.bank_id == bank_id)
    return lambda session: session.scalar(wanted)


async def test_a_bank_from_moodle_goes_live_with_what_it_cannot_bring_named(database_url: str, tmp_path: Path) -> None:
    """The essay is named with its line and left out; feedback is quoted as it will be said; *Publish* makes it live."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "questions-Locks-20261118-0905.gift", FROM_MOODLE.encode())
        preview = await s.sees("Tess")
        assert "New: 1" in preview
        assert "Whose lock stays on it?" in preview
        assert "Line 12 (hint): I have no such kind of question (essay)" in preview
        assert "2 texts beside wrong answers are left out" in preview, "what is true there would be told as a mistake"
        await s.presses("Tess", "Publish")
        assert "Version 1 is live. New: 1" in await s.sees("Tess")
        live = await s.ask(lambda session: library.bank(session, "questions-locks"))
        assert live.questions[0].topic == "LOTO"
        assert live.questions[0].explanation == {"en": "They put theirs on before you take yours off."}
        assert await s.violations() == []


async def test_a_file_with_mistakes_comes_back_as_a_workbook_to_go_on_with(database_url: str, tmp_path: Path) -> None:
    """Nothing of it goes live; what could be read, and the list of what is wrong, stands in a workbook."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "locks.gift", (FROM_MOODLE + "\n::Two::Is it off? {=yes =").encode())
        told = await s.sees("Tess")
        assert "Line 14: The braces of this question do not fit" in told
        assert "live questions are untouched" in told
        assert await s.ask(count("locks")) == 0
        await s.presses("Tess", "As an Excel workbook")
        caption, data = await received(s, "Tess", ".xlsx")
        assert "send it back to me" in caption
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        listed = book.get_sheet_by_name("Problems").to_python()
        assert any(row[0] == "14:19" and "braces" in row[2] for row in listed)
        again = read_bank("locks.xlsx", data)[0]
        assert again is not None
        assert [question.id for question in again.questions] == ["locks-whose-lock"]
        assert await s.violations() == []


async def test_a_live_bank_is_taken_away_in_every_format_and_says_what_is_missing(
    database_url: str, tmp_path: Path
) -> None:
    """The workbook comes first, the other formats are buttons below it; Aiken says that it has little room."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish")
        await s.says("Tess", "/banks")
        await s.presses("Tess", "Our rules")
        assert await s.buttons("Tess") == ["CSV", "YAML", "GIFT", "Aiken", "Moodle XML", "Zip"]
        live = await s.ask(lambda session: library.bank(session, "our-rules"))
        for label, ending in (("GIFT", ".gift"), ("Moodle XML", ".xml"), ("CSV", ".csv"), ("YAML", ".yaml")):
            await s.presses("Tess", label)
            caption, data = await received(s, "Tess", ending)
            assert "Our rules for other programs." in caption
            assert "Not" not in caption
            assert read_bank(f"x{ending}", data)[0] == live
        await s.presses("Tess", "Aiken")
        assert "Aiken can say none of the questions of this bank" in await s.sees("Tess")
        await s.says("Tess", "/banks")
        await s.presses("Tess", "Ladders and edges")
        await s.presses("Tess", "Aiken")
        caption, data = await received(s, "Tess", ".aiken.txt")
        assert "Aiken has room for the question, its options and which is right" in caption
        assert "Not in this file, because the format cannot say them: lad-004" in caption
        assert b"ANSWER: " in data
        assert await s.violations() == []


async def test_nobody_takes_away_the_bank_of_another_site(database_url: str, tmp_path: Path) -> None:
    """A button stays when a right goes: the bank of a site that somebody is no longer a trainer of is not sent."""

    def moved(session: Session, now: datetime, grant: bool) -> None:
        tess, units = people.person_by_badge(session, "T-1", now), named_units(session)
        assert tess is not None
        company_unit, line = units["Lamplight Works"].id, units["Lingang Works/Line One Team"].id
        if grant:
            people_actions.revoke(session, tess.id, Role.TRAINER, company_unit, now)
            people_actions.grant(session, tess.id, Role.TRAINER, line, now)
        else:
            people_actions.revoke(session, tess.id, Role.TRAINER, line, now)
            people_actions.grant(session, tess.id, Role.TRAINER, units["Harbour Works/Dock Team"].id, now)

    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.db(moved, s.now, True)
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish")
        await s.says("Tess", "/banks")
        await s.db(moved, s.now, False)
        told = await s.presses("Tess", "Our rules")
        assert "Other trainers look after this bank" in told
        assert not [each for each in await s.screen("Tess") if each["from"]["is_bot"] and each.get("document")]
        assert await s.violations() == []


def picture() -> bytes:
    """A picture with something in its EXIF."""
    out = BytesIO()
    image = Image.new("RGB", (640, 400), "white")
    exif = Image.Exif()
    exif[0x010E] = "taken at the gate of line one"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_zip_brings_a_bank_with_its_pictures_and_takes_them_away_again(
    database_url: str, tmp_path: Path
) -> None:
    """The picture is kept without what the phone wrote into it; the zip that comes back is the same bank."""
    mark = {"at": [30, 40], "text": "A rail is missing", "right": True}
    other = {"at": [70, 40], "text": "A full bin", "misconception": "Untidy is the same as dangerous"}
    question = {
        "id": "gate-001", "kind": "spot", "topic": "STF", "jurisdictions": ["any"], "sources": ["our round"],
        "stem": "What is dangerous here?", "picture": "gate.jpg", "marks": [mark, other], "explanation": "It was open.",
    }  # fmt: skip
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        content = {"bank": "gate", "language": "en", "title": "The gate", "questions": [question]}
        archive.writestr("gate/bank.yaml", yaml.safe_dump(content))
        archive.writestr("gate/pictures/gate.jpg", picture())
        archive.writestr("gate/notes.docx", b"x")
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "gate.zip", out.getvalue())
        assert "gate/notes.docx in the zip belongs to no question" in await s.sees("Tess")
        await s.presses("Tess", "Publish")
        live = await s.ask(lambda session: library.bank(session, "gate"))
        ref = live.questions[0].payload.picture
        assert b"line one" in picture()
        assert b"line one" not in media.open_ref(ref)
        await s.says("Tess", "/banks")
        await s.presses("Tess", "The gate")
        assert "1 picture is not in the file; choose Zip" in await s.sees("Tess")
        await s.presses("Tess", "Zip")
        caption, data = await received(s, "Tess", ".zip")
        assert "picture" not in caption
        await s.sends_file("Tess", "gate.zip", data)
        assert "Everything in this file is live already" in await s.sees("Tess")
        assert await s.violations() == []
