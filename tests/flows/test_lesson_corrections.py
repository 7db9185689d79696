"""A lesson said something wrong: whoever read it is told what has changed, once, and gets it again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.learning.tables import OutdatedReadingRow
from bot.ledger.tables import FactRow
from tests.flows.house import Story, story
from tests.flows.learning_company import company
from tests.flows.lesson_trainer import ROOMS, draft, rewords

LAMP = "Wait until the lamp is green."
BOTH = "Wait until the lamp is green and the ram stands still."


async def taught(s: Story, *who: str) -> None:
    """Tess publishes a lesson of one card, in two languages; these people read it."""
    await s.employee("T-1")
    await s.says("Tess", "/write Our press")
    await s.says("Tess", LAMP)
    await s.presses("Tess", "Topic")
    await s.says("Tess", "MGD")
    await s.presses("Tess", "Another language")
    await s.presses("Tess", "中文")
    await s.says("Tess", "我们的压力机")
    await s.says("Tess", "等绿灯亮。")
    await s.presses("Tess", "Publish and sign")
    for each in who:
        await s.says(each, "/today")
        chinese = each == "Chen"
        await s.presses(each, "开始" if chinese else "Start")
        await s.presses(each, "去答题" if chinese else "To the questions")


async def changed(s: Story, to: str, *then: str) -> None:
    """Tess changes the words of the card and presses these."""
    await s.presses("Tess", "To the lesson")
    await s.presses("Tess", "Change it")
    await rewords(s, "Tess", "1. ", to, "Publish and sign", *then)


async def kinds(s: Story) -> list[str]:
    """What the ledger holds."""
    return await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))


async def test_a_lesson_whose_meaning_changed_is_told_to_who_read_it_and_given_again(
    database_url: str, tmp_path: Path
) -> None:
    """Ana and Chen read it; each gets one message with the words before and now; Bao, who never had it, gets none."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("L-1")
        await taught(s, "Ana", "Chen")
        await s.news("Ana")
        await changed(s, BOTH)
        asked = await s.sees("Tess")
        assert "What has changed for those who have read it?" in asked
        assert f"{LAMP} → {BOTH}" in asked
        await s.presses("Tess", "The meaning")
        assert "Version 2 is live" in await s.sees("Tess")
        assert "Whoever has read it before is told what has changed" in await s.sees("Tess")
        await s.forward(minutes=1)
        told = await s.sees("Ana")
        assert "A lesson that you have read says something else now" in told
        assert f"{LAMP} → {BOTH}" in told
        outdated = select(OutdatedReadingRow.lesson_id)
        assert await s.ask(lambda session: list(session.scalars(outdated))) == ["own-1", "own-1"]
        await s.says("Ana", "/today")
        await s.presses("Ana", "Read it again")
        assert BOTH in await s.sees("Ana")
        await s.presses("Ana", "To the questions")
        assert await s.ask(lambda session: list(session.scalars(outdated))) == ["own-1"]
        await s.forward(hours=9)  # in Shanghai it was night
        assert any("你学过的一课有了变化" in each for each in await s.news("Chen"))
        said = await kinds(s)
        assert said.count("LessonCorrected") == 1
        assert said.count("LessonRead") == 3
        assert await s.violations() == []


async def test_a_small_change_of_the_wording_disturbs_nobody(database_url: str, tmp_path: Path) -> None:
    """Version 2 is live; Ana hears nothing and is not given it again."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await taught(s, "Ana")
        before = await s.sees("Ana")
        await changed(s, "Wait until the lamp shows green.", "Only the wording")
        assert "Version 2 is live" in await s.sees("Tess")
        assert "told what has changed" not in await s.sees("Tess")
        await s.forward(minutes=1)
        assert await s.sees("Ana") == before
        outdated = select(OutdatedReadingRow.lesson_id)
        assert await s.ask(lambda session: list(session.scalars(outdated))) == []
        assert "LessonCorrected" not in await kinds(s)


async def test_a_wrong_lesson_is_withdrawn_with_what_is_right(database_url: str, tmp_path: Path) -> None:
    """Nothing changes until Tess has said what is right; then nobody gets it any more, and Ana reads her sentence."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await taught(s, "Ana")
        await s.presses("Tess", "To the lesson")
        await s.presses("Tess", "Take it out of use")
        await s.presses("Tess", "It was wrong")
        assert "Write in a sentence what is right" in await s.sees("Tess")
        assert "LessonRetired" not in await kinds(s)
        await s.says("Tess", "Nobody reaches into the press before it is <locked> off.")
        assert "everybody who has read it is told" in await s.sees("Tess")
        await s.forward(minutes=1)
        told = await s.sees("Ana")
        assert "A lesson that you have read was wrong. I am sorry." in told
        assert "before it is <locked> off." in told, "as it was written, not as markup"
        said = await kinds(s)
        assert said.count("LessonWithdrawn") == said.count("LessonRetired") == 1
        assert await s.violations() == []


async def test_going_back_to_what_was_right_tells_those_who_read_the_wrong_one(
    database_url: str, tmp_path: Path
) -> None:
    """Ana read version 1 again as version 3: what she learnt from 2 is over; the trainer says so with the same tap."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("T-1")
        await taught(s)
        await changed(s, BOTH, "Only the wording")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start")
        await s.presses("Ana", "To the questions")
        await s.presses("Tess", "To the lesson")
        await s.presses("Tess", "Versions")
        await s.presses("Tess", "Back to version 1")
        await s.presses("Tess", "Back to 1, and tell who has read it")
        await s.forward(minutes=1)
        assert f"{BOTH} → {LAMP}" in await s.sees("Ana")


async def test_who_was_reading_while_it_was_corrected_is_told_at_the_end(database_url: str, tmp_path: Path) -> None:
    """Ana had the old words before her; she is told as soon as she has read them, and at the hour of the unit, not before."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await taught(s)
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start")
        assert LAMP in await s.sees("Ana")
        await changed(s, BOTH, "The meaning")
        await s.forward(minutes=1)
        await s.presses("Ana", "To the questions")
        await s.forward(minutes=1)
        assert any(f"{LAMP} → {BOTH}" in each for each in await s.news("Ana"))


async def test_a_correction_that_is_planned_is_told_when_it_goes_live(database_url: str, tmp_path: Path) -> None:
    """Asked when the hour is chosen, said in the draft, told at that hour."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await taught(s, "Ana")
        await s.presses("Tess", "To the lesson")
        await s.presses("Tess", "Change it")
        await rewords(s, "Tess", "1. ", BOTH, "Publish later", "The meaning")
        await s.says("Tess", "2026-11-19 08:00")
        assert "Whoever has read it before is told then what has changed" in await draft(s)
        await s.news("Ana")
        await s.forward(hours=12)
        assert not any(BOTH in each for each in await s.news("Ana"))
        await s.forward(hours=12)
        assert any(f"{LAMP} → {BOTH}" in each for each in await s.news("Ana"))
