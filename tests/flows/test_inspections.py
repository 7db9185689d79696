"""Checklists in the chat: adopted by name, done one tap a thing, a fail becomes a danger; planned, drawn at random, asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.inspections import shipped
from bot.inspections.tables import InspectionAnswerRow, InspectionPhotoRow, InspectionRow, SpotDrawRow
from tests.flows.house import Story
from tests.flows.inspection_company import picture, shelf, through
from tests.flows.risk_company import facts, forge


async def test_a_fail_with_its_photo_becomes_a_danger_and_the_inspection_hears_when_it_is_gone(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia walks: one tap a thing, a photo and words where something is wrong, back and later, then the summary."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Housekeeping walk")
        first = await s.sees("Lucia")
        assert "1/7" in first
        assert "free of scrap" in first
        await s.forward(seconds=9)
        await s.presses("Lucia", "✅ In order")
        await s.presses("Lucia", "Back")
        assert "1/7" in await s.sees("Lucia")
        await s.presses("Lucia", "✅ In order")
        await s.forward(seconds=12)
        await s.presses("Lucia", "Not in order")
        assert "Say what is wrong" in await s.sees("Lucia")
        await s.sends_photo("Lucia", picture(1), "Oil under press 3")
        assert "Oil under press 3" in await s.sees("Lucia")
        await s.presses("Lucia", "Go on")
        assert "3/7" in await s.sees("Lucia")
        await s.presses("Lucia", "Later")
        assert "2 of 7" in await s.sees("Lucia")
        await s.presses("Lucia", "Housekeeping walk")
        assert "3/7" in await s.sees("Lucia")
        await s.presses("Lucia", "Does not apply")
        for _ in range(4):
            await s.forward(seconds=8)
            await s.presses("Lucia", "✅ In order")
        summary = await s.sees("Lucia")
        assert "✅ 5 · ❌ 1 · ➖ 1" in summary
        await s.presses("Lucia", "Yes, done")
        assert "was reported as a danger" in await s.sees("Lucia")

        [(_, found)] = await facts(s, "DangerFound")
        assert found == {"finding": "check:1:dry", "room": "inspections", "severity": 2, "topic": "HSK"}
        told = " ".join(await s.news("Sam"))
        assert "The floor is dry and whole" in told
        assert "Oil under press 3" in told
        [(_, done)] = await facts(s, "InspectionDone")
        assert (done["items"], done["failed"], done["late"]) == (7, 1, False)
        times = await s.ask(
            lambda session: dict(session.execute(select(InspectionAnswerRow.item, InspectionAnswerRow.seconds)).all())
        )
        assert times["dry"] == 12

        body = {"finding": "check:1:dry", "room": "inspections", "hazard": 1, "gone": True}
        await cleared(s, body)
        await s.says("Sam", "/inspect")
        await s.presses("Sam", "№ 1")
        assert "The danger is gone" in await s.sees("Sam")
        assert not await s.violations()


async def cleared(s: Story, body: dict[str, Any]) -> None:
    """What `hazards` records once a danger is closed."""
    from bot.delivery.model import DANGER_CLEARED
    from bot.ledger.actions import record
    from bot.ledger.model import Fact

    await s.db(lambda session: record(session, Fact(DANGER_CLEARED, "cleared:x", s.now, None, 1, body=body), s.now))
    await s.settle()


async def test_a_fail_that_is_left_lying_is_reported_all_the_same(database_url: str, tmp_path: Path) -> None:
    """Lucia taps that something is wrong and puts the phone away; ten minutes later the danger is known."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Housekeeping walk")
        await s.presses("Lucia", "Not in order")
        assert await facts(s, "DangerFound") == []
        await s.forward(minutes=12)
        assert len(await facts(s, "DangerFound")) == 1
        assert "reported as a danger already" in await forge(s, "Lucia", "in:a:1:0:pass")


async def test_a_draft_is_used_by_nobody_and_rights_are_checked_at_each_press(
    database_url: str, tmp_path: Path
) -> None:
    """A supervisor cannot adopt; nobody answers for another; a list of nobody's cannot be begun."""
    async with shelf(database_url, tmp_path) as s:
        await s.says("Sam", "/checklists")
        await s.presses("Sam", "Ladder")
        assert not any("stand for it" in label for label in await s.buttons("Sam"))
        ladder = next(row for row in shipped.shipped() if row.code == "ladder")
        id = await s.ask(lambda session: _id(session, ladder.code))
        assert "answers for safety" in await forge(s, "Sam", f"cl:adopt:{id}:1")
        assert "Nobody stands for" in await forge(s, "Lucia", f"in:own:{id}:0")
        await s.says("Lucia", "/inspect")
        await s.presses("Lucia", "Housekeeping walk")
        for data in ("in:a:1:0:fail", "in:b:1:0", "in:n:1:0", "in:p:1", "in:f:1:0", "in:go:1", "in:open:1"):
            assert "leads there" in await forge(s, "Pedro", data), data
        assert "leads a team" in await forge(s, "Pedro", "cl:file")


def _id(session: Any, code: str) -> int:
    from bot.inspections.tables import ChecklistRow

    return int(session.scalar(select(ChecklistRow.id).where(ChecklistRow.code == code)))


async def plan(s: Story, who: str = "Sam") -> None:
    """Sam plans the walk: press 3, whoever leads, Monday to Friday at ten, within two hours."""
    await s.says(who, "/checklists")
    await s.presses(who, "Housekeeping walk")
    await s.presses(who, "Plan it")
    await s.presses(who, "Press 3")
    await s.presses(who, "Whoever leads")
    await s.presses(who, "Monday to Friday")
    await s.presses(who, "10:00")
    await s.presses(who, "2 hr")


async def test_a_planned_walk_is_asked_for_in_its_hour_and_missed_when_nobody_does_it(
    database_url: str, tmp_path: Path
) -> None:
    """At ten Sam is told; at twelve it is a fact that early warning reads, and those above hear of it."""
    async with shelf(database_url, tmp_path) as s:
        await plan(s)
        assert "Planned" in await s.sees("Sam")
        await s.news("Sam")
        await s.until(datetime(2026, 11, 18, 16, 2, tzinfo=UTC))
        assert "To be looked at now" in " ".join(await s.news("Sam"))
        await s.says("Sam", "/today")
        assert "Housekeeping walk" in await s.sees("Sam")
        await s.says("Sam", "/start pHW-PRESS-3")
        await s.presses("Sam", "Its checklist")
        assert "To be looked at now" in await s.sees("Sam")
        await s.forward(hours=2)
        [(_, missed)] = await facts(s, "InspectionMissed")
        assert missed["inspection"] == 1
        assert "is over" in await forge(s, "Sam", "in:go:1")
        await s.until(datetime(2026, 11, 19, 16, 2, tzinfo=UTC))
        await s.presses("Sam", "📋 Housekeeping walk")
        await through(s, "Sam")
        assert len(await facts(s, "InspectionMissed")) == 1
        assert len(await facts(s, "InspectionDone")) == 1


async def test_random_checks_are_drawn_unannounced_and_can_be_drawn_again(database_url: str, tmp_path: Path) -> None:
    """Five a week: nothing is seen before the hour, each comes in its hour, and the draw can be repeated from its seed."""
    from bot.inspections import rules

    async with shelf(database_url, tmp_path) as s:
        await s.says("Yusuf", "/checklists")
        await s.presses("Yusuf", "Housekeeping walk")
        await s.presses("Yusuf", "Random checks")
        await s.presses("Yusuf", "All of Press Team")
        await s.presses("Yusuf", "🎲 3")
        await s.until(datetime(2026, 11, 23, 6, 10, tzinfo=UTC))
        draw = (
            await s.ask(
                lambda session: [(r.seed, r.slots, r.drawn, r.week) for r in session.scalars(select(SpotDrawRow))]
            )
        )[-1]
        seed, slots, drawn, week = draw
        assert week == "2026-W48"
        assert rules.draw(seed, slots, 3) == drawn
        assert len({slot[:10] for slot in drawn}) == 3, "one a day first"
        await s.says("Sam", "/today")
        assert "Housekeeping walk" not in await s.sees("Sam")
        ahead = await s.ask(
            lambda session: session.scalar(select(InspectionRow.id).where(InspectionRow.due_at > s.now).limit(1))
        )
        assert "changed meanwhile" in await forge(s, "Sam", f"in:go:{ahead}")
        assert "leads there" in await forge(s, "Sam", f"in:open:{ahead}"), "no leader learns of it before"
        await s.news("Sam")
        on, hour, _ = rules.slot_of(drawn[0])
        await s.until(datetime(on.year, on.month, on.day, hour + 6, 3, tzinfo=UTC))
        rows = await s.ask(
            lambda session: session.scalars(select(InspectionRow.asked_at).where(InspectionRow.origin == "spot")).all()
        )
        assert sum(each is not None for each in rows) >= 1
        await s.says("Sam", "/today")
        assert "Housekeeping walk" in await s.sees("Sam")


async def test_signs_of_ticking_off_are_questions_to_the_leader_and_nothing_else(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia flies through with yesterday's photo: Sam sees it as a question with its figures, Lucia nothing of it."""
    async with shelf(database_url, tmp_path) as s:
        for _ in range(2):
            await s.says("Lucia", "/inspect")
            await s.presses("Lucia", "📋 Housekeeping walk")
            await s.sends_photo("Lucia", picture(7))
            await through(s, "Lucia", seconds=1)
        before = len(await s.news("Lucia"))
        assert before
        await s.says("Sam", "/inspect")
        await s.presses("Sam", "№ 2")
        card = await s.sees("Sam")
        assert "Was there time to look?" in card
        assert "came before" in card
        assert "the same file as in No. 1" in card
        assert "no verdict" in card
        assert "n = " in card, "few to compare with: it says so"
        assert "leads there" in await forge(s, "Nora", "in:open:2")
        await forge(s, "Lucia", "in:open:2")
        assert "Worth a question" not in await s.sees("Lucia")
        looks = await s.ask(lambda session: session.scalars(select(InspectionPhotoRow.look)).all())
        assert looks[0] is not None
        assert looks[0] == looks[1]
