"""A lesson after it was written: heard, translated, changed by two, taken back, and published at an hour."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.ledger.tables import FactRow
from bot.library import store as library
from bot.library.authoring.tables import VoiceNoteRow
from tests.flows.house import story
from tests.flows.learning_company import company
from tests.flows.lesson_trainer import ROOMS, VOICE, draft, rewords, sends, unit_named, written


async def test_listen_plays_the_trainers_voice_until_the_words_change(database_url: str, tmp_path: Path) -> None:
    """Recorded while writing, heard by Ana, outdated by a change, listed as missing, recorded again; shipped lessons too."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("D-1")
        await written(s)
        await sends(s, "Tess", "voice", VOICE, "voice.oga", duration=12)
        assert "🔊 English" in await draft(s)
        await s.presses("Tess", "Publish and sign")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start the lesson")
        await s.presses("Ana", "Listen")
        assert "voice" in (await s.screen("Ana"))[-1]
        await s.presses("Tess", "To the lesson")
        assert "Nothing to listen to" not in await s.sees("Tess")
        await s.presses("Tess", "Change it")
        still = "Both hands stay on the buttons until the press stands still."
        await rewords(s, "Tess", "1. Both hands", still, "Publish and sign", "Only the wording")
        await s.presses("Tess", "To the lesson")
        assert "Nothing to listen to in: English" in await s.sees("Tess")
        await s.says("Tess", "/library")
        await s.presses("Tess", "Voice notes")
        assert "English (4 people): 39, of these 1 with a voice note of older words" in await s.sees("Tess")
        await s.presses("Tess", "English")
        await s.presses("Tess", "⚠ Our press")
        assert "until the press stands still" in await s.sees("Tess")
        await sends(s, "Tess", "voice", VOICE + b" anew", "voice.oga", duration=12)
        assert "there will be Listen for everybody who reads English" in await s.sees("Tess")
        await s.presses("Tess", "Next: ")
        await sends(s, "Tess", "voice", VOICE + b" shipped", "voice.oga", duration=12)
        noted = await s.ask(lambda session: sorted(session.scalars(select(VoiceNoteRow.lesson_id))))
        assert len(noted) == 2
        assert "own-1" in noted
        await s.says("Tess", "/library")
        await s.presses("Tess", "Voice notes")
        assert "English (4 people): 37, of these 0" in await s.sees("Tess")
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert kinds.count("VoiceNoteRecorded") == 3
        assert "LessonHeard" in kinds


async def test_changed_words_set_their_translation_aside_until_it_is_confirmed(
    database_url: str, tmp_path: Path
) -> None:
    """Chen Mei reads the base language rather than a rule that no longer holds, and her own once Tess has looked at it."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("L-1")
        await s.says("Tess", "/write Our press")
        await s.says("Tess", "Wait until the lamp is green.")
        await s.presses("Tess", "Topic")
        await s.says("Tess", "MGD")
        await s.presses("Tess", "Another language")
        await s.presses("Tess", "中文")
        assert "The title in 中文, please:" in await draft(s)
        await s.says("Tess", "我们的压力机")
        assert "Wait until the lamp is green." in await draft(s)
        await s.says("Tess", "等绿灯亮。")
        await s.presses("Tess", "Publish and sign")
        await s.says("Chen", "/today")
        await s.presses("Chen", "开始")
        assert "等绿灯亮。" in await s.sees("Chen")
        await s.presses("Tess", "To the lesson")
        await s.presses("Tess", "Change it")
        await rewords(s, "Tess", "1. Wait", "Wait until the lamp is green and the ram stands still.")
        assert "中文: the translation is of the old words" in await draft(s)
        await s.presses("Tess", "Publish and sign")
        await s.presses("Tess", "The meaning")
        lesson = await s.ask(lambda session: library.lesson(session, "own-1"))
        assert set(lesson.cards) == {"en"}
        await s.says("Tess", "/today")
        assert "1 translation was set aside" in await s.sees("Tess")
        await s.presses("Tess", "Look at translations")
        assert "set aside: 1 · questions not translated: 0 · own lessons not translated: 0" in await s.sees("Tess")
        await s.presses("Tess", "中文")
        await s.presses("Tess", "Our press")
        shown = await s.sees("Tess")
        assert "Wait until the lamp is green. → Wait until the lamp is green and the ram stands still." in shown
        assert "等绿灯亮。" in shown
        await s.presses("Tess", "The translation still holds")
        lesson = await s.ask(lambda session: library.lesson(session, "own-1"))
        assert lesson.version == 3
        assert lesson.cards["zh"] == ("等绿灯亮。",)
        facts = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert "TranslationConfirmed" in facts


async def test_of_two_who_change_a_lesson_the_second_sees_what_was_changed(database_url: str, tmp_path: Path) -> None:
    """Who, when, and the words before and after; then hers may take its place; the way back is a version of its own."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("T-2")
        await written(s)
        await s.presses("Tess", "Publish and sign")
        await s.presses("Tess", "To the lesson")
        await s.presses("Tess", "Change it")
        await s.says("Omar", "/library")
        await s.presses("Omar", "Own lessons (1)")
        await s.presses("Omar", "Our press")
        await s.presses("Omar", "Change it")
        assert "Tess Hall is changing this lesson as well" in await draft(s, "Omar")
        for who, said in (("Omar", "Both hands, always."), ("Tess", "Two hands, always.")):
            await rewords(s, who, "1. Both hands", said, "Publish and sign")
            if who == "Omar":
                await s.presses("Omar", "The meaning")
        told = await s.sees("Tess")
        assert "Omar Diaz made version 2 of this lesson live" in told
        assert "Both hands stay on the buttons until the press is **up**. → Both hands, always." in told
        await s.presses("Tess", "Mine in its place")
        await s.presses("Tess", "Publish and sign")
        await s.presses("Tess", "Only the wording")
        assert "Version 3 is live" in await s.sees("Tess")
        await s.presses("Tess", "To the lesson")
        await s.presses("Tess", "Versions")
        await s.presses("Tess", "Back to version 2")
        assert "Two hands, always. → Both hands, always." in await s.sees("Tess")
        await s.presses("Tess", "Yes, back to version 2")
        lesson = await s.ask(lambda session: library.lesson(session, "own-1"))
        assert (lesson.version, lesson.cards["en"][0]) == (4, "Both hands, always.")
        second = await s.ask(lambda session: library.lesson(session, "own-1", 3))
        assert second.cards["en"][0] == "Two hands, always."
        await s.presses("Tess", "Take it out of use")
        await s.presses("Tess", "Yes, out of use")
        assert "Out of use since" in await s.sees("Tess")
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert {"LessonRolledBack", "LessonRetired"} <= set(kinds)


async def test_a_lesson_goes_live_by_itself_at_the_hour_of_its_unit(database_url: str, tmp_path: Path) -> None:
    """For the dock, six in the morning is Chicago's; the night crew of Shanghai is not asked; a change calls it off."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("D-1")
        await written(s)
        await s.presses("Tess", "For whom")
        await s.presses("Tess", "Dock Team")
        await s.presses("Tess", "Publish later")
        await s.says("Tess", "tomorrow")
        assert "I did not understand when" in await draft(s)
        await s.says("Tess", "2026-11-19 06:00")
        assert "Goes live by itself on 2026-11-19 06:00 (America/Chicago)" in await draft(s)
        await s.forward(hours=20)
        assert await s.ask(lambda session: library.lesson(session, "own-1")) is None
        await s.forward(hours=1)
        assert await s.ask(lambda session: library.lesson(session, "own-1")) is not None
        assert any("Version 1 is live for Dock Team" in each for each in await s.news("Tess"))
        reached = await s.ask(
            lambda session: [lesson.id for lesson in library.lessons_at(session, unit_named(session, "Line One Team"))]
        )
        assert "own-1" not in reached
