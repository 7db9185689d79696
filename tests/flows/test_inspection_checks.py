"""Checks that other rooms ask for, and checklists that come and go as files."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.inspections.tables import InspectionAnswerRow, InspectionPhotoRow, WantedCheckRow
from bot.kit.replies import Message
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.people import store as people
from bot.people.tables import UnitRow
from tests.flows.inspection_company import picture, shelf
from tests.flows.risk_company import facts, forge


async def test_what_was_learned_elsewhere_is_asked_once_and_a_yes_becomes_a_danger(
    database_url: str, tmp_path: Path
) -> None:
    """A finding elsewhere: Sam is asked, says it is the same, adds a photo; the second who presses is told who was first."""
    async with shelf(database_url, tmp_path) as s:

        def ask(session: Any) -> None:
            unit = session.scalar(select(UnitRow).where(UnitRow.name == "Press Team"))
            said = Message(
                text(
                    "inspections.found",
                    item={"en": "A hose had no clamp"},
                    checklist={"en": "Elsewhere"},
                    note="",
                    value="",
                    unit="",
                )
            )
            what = Finding("incident:7:1", "incidents", unit.id, unit.path, said, Severity.HIGH, "HAZ")
            assert findings.ask_to_check(session, what, s.now)

        await s.db(ask)
        await s.settle()
        told = " ".join(await s.news("Sam"))
        assert "Is it the same with you?" in told
        assert "A hose had no clamp" in told
        assert "leads there" in await forge(s, "Nora", "inw:y:1")
        await s.presses("Sam", "Yes, the same here")
        await s.sends_photo("Sam", picture(3), "Two hoses without a clamp")
        news = " ".join(await s.news("Sam"))
        assert "Noted" in news
        assert "Two hoses without a clamp" in news, "the danger comes back as one of this unit"
        assert "Sam Okafor has looked" in await forge(s, "Yusuf", "inw:n:1")
        [(_, answered)] = await facts(s, "CheckAnswered")
        assert answered == {"finding": "incident:7:1", "room": "incidents", "in_order": False}
        [(_, found)] = await facts(s, "DangerFound")
        assert found["finding"] == "check-asked:1"
        row = await s.ask(lambda session: session.get(WantedCheckRow, 1).handed_at)
        assert row is not None
        yusuf = await s.db(people.person_by_badge, "O-1", s.now)
        assert yusuf is not None


async def test_a_question_that_nobody_answers_goes_one_step_up(database_url: str, tmp_path: Path) -> None:
    """A day later those above Sam hear that nobody has looked."""
    async with shelf(database_url, tmp_path) as s:

        def ask(session: Any) -> None:
            unit = session.scalar(select(UnitRow).where(UnitRow.name == "Press Team"))
            said = Message(text("inspections.asked_handed"))
            findings.ask_to_check(session, Finding("incident:8:1", "incidents", unit.id, unit.path, said), s.now)

        await s.db(ask)
        await s.settle()
        await s.news("Yusuf")
        await s.until(s.now + timedelta(hours=25))
        assert "Nobody has looked yet at Press Team" in " ".join(await s.news("Yusuf"))


LIST = b"""checklist: dock-walk
title: {en: Dock walk}
sections:
  - title: {en: Ramp}
    items:
      - {id: gap, text: {en: The gap is bridged}, photo: "yes", severity: 3}
      - {id: press, text: {en: Tyre pressure}, kind: number, unit: bar, min: 7, max: 9}
      - {id: light, text: {en: The light is}, kind: choice, choices: [{text: {en: green}}, {text: {en: dark}, fails: yes}]}
"""


async def test_a_file_is_checked_to_the_spot_taken_as_a_draft_and_comes_back_the_same(
    database_url: str, tmp_path: Path
) -> None:
    """Numbers, choices and photos too: Sam sends a list with a mistake, then without, Yusuf adopts, Sam goes through."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Yusuf", "/checklists")
        await s.presses("Yusuf", "From a file")
        await s.sends_file("Yusuf", "dock.yaml", LIST.replace(b"kind: number", b"kind: nummer"))
        wrong = await s.sees("Yusuf")
        assert "7:54: “nummer” is none of" in wrong
        assert "nummer" in wrong
        await s.says("Yusuf", "/checklists")
        await s.presses("Yusuf", "From a file")
        await s.sends_file("Yusuf", "dock.yaml", LIST)
        await s.presses("Yusuf", "Put them in")
        await s.says("Yusuf", "/checklists")
        await s.presses("Yusuf", "Dock walk")
        await s.presses("Yusuf", "stand for it")
        await s.presses("Yusuf", "As files")
        assert "as files" in " ".join(await s.news("Yusuf"))

        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Dock walk")
        await s.presses("Lucia", "✅ In order")
        assert "Now send the photo" in await s.sees("Lucia")
        assert "photo belongs" in await forge(s, "Lucia", "in:n:1:0")
        await s.sends_photo("Lucia", picture(5))
        assert "7 to 9 bar" in await s.sees("Lucia")
        await s.says("Lucia", "much")
        assert "only the number" in await s.sees("Lucia")
        await s.says("Lucia", "6,5")
        assert "Say what is wrong" in await s.sees("Lucia")
        await s.presses("Lucia", "Go on")
        await s.presses("Lucia", "green")
        await s.presses("Lucia", "Yes, done")
        assert "6,5 bar" in await s.sees("Lucia")
        assert not await s.violations()


async def test_words_and_photos_that_come_before_or_together_stay_with_their_item(
    database_url: str, tmp_path: Path
) -> None:
    """Words first and the tap after; an album of two for one thing; what is sent hours later is a new matter."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Housekeeping walk")
        await s.says("Lucia", "Nails by the stairs")
        await s.presses("Lucia", "Not in order")
        assert "Nails by the stairs" in await s.sees("Lucia")
        await s.sends_photo("Lucia", picture(1), "left side")
        await s.presses("Lucia", "Go on")
        told = " ".join(await s.news("Sam"))
        assert "Nails by the stairs" in told
        assert "left side" in told
        await s.forward(hours=5)
        await s.says("Lucia", "Somebody left the gate open at the dock")
        notes = await s.ask(lambda session: session.scalars(select(InspectionAnswerRow.note)).all())
        assert not any("gate" in (note or "") for note in notes)


async def test_an_album_belongs_to_the_thing_for_which_it_was_sent(database_url: str, tmp_path: Path) -> None:
    """The first photo is what was wanted and goes on to the next thing; the second stays with the first."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Yusuf", "/checklists")
        await s.presses("Yusuf", "Scaffold")
        await s.presses("Yusuf", "stand for it")
        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Scaffold")
        await s.presses("Lucia", "✅ In order")
        group = [{"type": "photo", "name": "p.jpg", "data": base64.b64encode(picture(at)).decode()} for at in (1, 2)]
        await s.post("/sim/messages", {"from": s.chat("Lucia"), "media_group": group})
        await s.settle()
        kept = await s.ask(lambda session: session.scalars(select(InspectionPhotoRow.item)).all())
        assert kept == ["checked", "checked"]
        assert "2/7" in await s.sees("Lucia")
