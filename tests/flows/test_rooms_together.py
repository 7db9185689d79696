"""Rooms that never import one another, meeting through facts: what one finds, another puts right, and the first hears of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents.tables import IncidentCheckRow
from bot.inspections.tables import InspectionAnswerRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Role
from bot.people.tables import UnitRow
from tests.flows.house import Story, words
from tests.flows.incident_company import dock, opened
from tests.flows.inspection_company import picture, shelf
from tests.flows.risk_company import facts


async def gone(s: Story) -> bool | None:
    """What the inspection knows of the danger that it found."""
    row = select(InspectionAnswerRow.gone).where(InspectionAnswerRow.item == "dry")
    return await s.ask(lambda session: session.scalar(row))  # type: ignore[no-any-return]


async def test_what_a_check_found_is_put_right_as_a_danger_and_the_inspection_shows_it(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia's check fails; Sam fixes the danger, Grace looks: only then is it gone, for her and for the inspection."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Housekeeping walk")
        await s.presses("Lucia", "✅ In order")
        await s.presses("Lucia", "Not in order")
        await s.sends_photo("Lucia", picture(1), "Oil under press 3")
        await s.presses("Lucia", "Go on")
        for _ in range(5):
            await s.presses("Lucia", "✅ In order")
        await s.presses("Lucia", "Yes, done")
        [(_, reported)] = await facts(s, "HazardReported")
        assert reported["finding"] == "check:1:dry"
        assert await gone(s) is None
        await s.says("Sam", "/hazards")
        assert "Not in order: The floor is dry and whole. · Oil under press 3 · " in await s.sees("Sam"), (
            "one line a danger"
        )

        await s.presses("Sam", "Acknowledge")
        assert "taken on your report No. 1" in " ".join(await s.news("Lucia"))
        await s.presses("Sam", "Fixed")
        await s.sends_photo("Sam", picture(2), "Sealed and wiped")
        assert await gone(s) is None, "that somebody says so is not enough"
        assert await facts(s, "DangerCleared") == []
        await s.presses("Grace", "I checked: it is gone")
        [(_, told)] = await facts(s, "DangerCleared")
        assert (told["finding"], told["room"], told["gone"]) == ("check:1:dry", "inspections", True)
        assert await gone(s) is True
        assert "gone" in " ".join(await s.news("Lucia"))
        await s.says("Sam", "/inspect")
        await s.presses("Sam", "№ 1")
        assert "The danger is gone" in await s.sees("Sam")
        assert not await s.violations()


async def test_what_an_investigation_learned_is_looked_for_elsewhere_and_the_answer_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf asks like places; who leads the storage says that it is the same there: a danger there, and a line in the file."""
    async with dock(database_url, tmp_path) as s:
        await s.db(_a_like_place_that_marek_leads, s.now)
        await opened(s)
        await s.presses("Yusuf", "What is learned")
        await s.says("Yusuf", "A bent latch means: take the hook away")
        assert "1 like place is asked to look." in await s.presses("Yusuf", "Ask like places")
        asked = [words(m) for m in await s.screen("Marek")]
        assert any("A bent latch means" in said and "Is it the same with you?" in said for said in asked)

        await s.presses("Marek", "Yes, the same here")
        await s.says("Marek", "The hook at the high racks has one too")
        [(_, answered)] = await facts(s, "CheckAnswered")
        key = await s.ask(lambda session: session.scalar(select(IncidentCheckRow.finding)))
        assert answered == {"finding": key, "room": "incidents", "in_order": False}
        dangers = [body["finding"] for _, body in await facts(s, "DangerFound")]
        assert dangers[-1] == "check-asked:1"
        assert any("The hook at the high racks has one too" in words(m) for m in await s.screen("Marek"))

        await s.says("Yusuf", "/incidents")
        await s.presses("Yusuf", "Incident No. 1")
        assert "Like places that have looked: 1 of 1. Not in order there: 1." in await s.sees("Yusuf")


def _a_like_place_that_marek_leads(session: Session, now: datetime) -> None:
    storage = session.scalar(select(UnitRow).where(UnitRow.name == "Storage Team"))
    assert storage is not None
    people.add_place(session, storage.id, "Loading dock 1", "HW-DOCK-9")
    marek = people_store.person_by_badge(session, "W-3", now)
    assert marek is not None
    people.grant(session, marek.id, Role.SUPERVISOR, storage.id, now)
