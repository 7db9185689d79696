"""Tess writes lessons of her own: in the chat, with photos, a film and her voice; in a workbook; alone and beside Omar."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select

from bot.features import _room
from bot.ledger.tables import FactRow
from bot.library import store as library
from bot.library.authoring.tables import LessonFileRow, VoiceNoteRow
from bot.media import store as media
from tests.flows.house import Story, keys, story, words
from tests.flows.learning_company import company
from tests.rules.test_films import FILM, PLACE

ROOMS = (_room("library"), _room("library.authoring"), _room("learning"), _room("hazards"))


def photo(colour: str = "orange") -> bytes:
    """A JPEG that says where and with what it was taken."""
    image, out = Image.new("RGB", (640, 480), colour), BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Pocket", "Pocket of Tess"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


VOICE = b"OggS" + bytes(40) + b"a voice"


async def sends(s: Story, who: str, kind: str, data: bytes, name: str, **more: Any) -> None:
    """A film or a voice note."""
    file = {"name": name, "data": base64.b64encode(data).decode()}
    await s._act("/sim/messages", {"from": s.chat(who), kind: file, **more})


async def draft(s: Story, who: str = "Tess") -> str:
    """The message in which a lesson in the making is followed."""
    return [words(m) for m in await s.screen(who) if words(m).startswith("📝")][-1]


async def written(s: Story) -> None:
    """A lesson of two cards, the second with a photo; complete but for nothing."""
    await s.says("Tess", "/write Our press")
    await s.says("Tess", "Both hands stay on the buttons until the press is **up**.")
    await s.sends_photo("Tess", photo(), "The light curtain must show green.")
    await s.says("Tess", "A green lamp on the left post of the press.")
    await s.presses("Tess", "Topic")
    await s.says("Tess", "MGD")


async def test_a_lesson_from_the_chat_is_previewed_published_signed_and_read(database_url: str, tmp_path: Path) -> None:
    """Words and a photo become cards; what is missing is named; the preview is what Ana gets, below no other lesson."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("D-1")
        await s.says("Tess", "/write Our press")
        assert "a topic" in await draft(s)
        await s.says("Tess", "Both hands stay on the buttons until the press is **up**.")
        await s.sends_photo("Tess", photo(), "The light curtain must show green.")
        assert "What is to be seen on card 2?" in await draft(s)
        assert "Publish and sign" not in " ".join(await s.buttons("Tess"))
        await s.says("Tess", "A green lamp on the left post of the press.")
        await s.says("Tess", "The lamp is dark: **stop** and call Omar.")
        await s.presses("Tess", "Topic")
        await s.says("Tess", "mgd")
        assert "Still missing" not in await draft(s)
        await s.presses("Tess", "See it as people will")
        seen = (await s.screen("Tess"))[-1]
        assert words(seen).startswith("Our press · 1/3")
        assert "photo" not in seen
        await s.presses("Tess", "Next ›")
        seen = (await s.screen("Tess"))[-1]
        assert "photo" in seen
        assert "A green lamp on the left post" in words(seen)
        await s.presses("Tess", "Back to the draft")
        await s.presses("Tess", "Publish and sign")
        assert "Version 1 is live for Lamplight Works, signed with your name" in await s.sees("Tess")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start the lesson")
        assert (await s.sees("Ana")).startswith("Our press · 1/3")
        await s.presses("Ana", "Next")
        told = (await s.screen("Ana"))[-1]
        assert "photo" in told
        assert "The light curtain must show green." in words(told)
        await s.presses("Ana", "Next")
        last = (await s.screen("Ana"))[-1]
        assert "photo" not in last
        assert "stop and call Omar" in words(last)
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert {"LessonPublished", "LessonSigned"} <= set(kinds)
        refs = await s.ask(lambda session: list(session.scalars(select(LessonFileRow.media))))
        assert b"Pocket" not in media.open_ref(refs[0])
        assert await s.violations() == []


async def test_an_album_is_gathered_and_a_film_loses_where_it_was_taken(database_url: str, tmp_path: Path) -> None:
    """Three photos at once are three cards and one message that follows them; the film is kept without place and phone."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.says("Tess", "/write Three places")
        group = [
            {"type": "photo", "data": base64.b64encode(photo(c)).decode(), "name": f"{c}.jpg"} for c in ("red", "blue")
        ]
        await s._act("/sim/messages", {"from": s.chat("Tess"), "media_group": group})
        assert "1. 🖼 …" in await draft(s)
        assert "2. 🖼 …" in await draft(s)
        assert len([m for m in await s.screen("Tess") if words(m).startswith("📝")]) == 1
        await s.says("Tess", "The first place.")
        await s.says("Tess", "A red door.")
        await s.says("Tess", "The second place.")
        await s.says("Tess", "A blue door.")
        await sends(s, "Tess", "video", FILM, "film.mp4", caption="How it opens.")
        await s.says("Tess", "A hand turns the wheel to the left.")
        kept = await s.ask(
            lambda session: session.scalar(select(LessonFileRow.media).where(LessonFileRow.kind == "video"))
        )
        assert PLACE not in media.open_ref(kept)
        assert "3. 🖼 How it opens." in await draft(s)
        assert "film" not in (await draft(s)).split("Still missing:")[1].split("➡")[0]


async def test_cards_are_changed_moved_removed_and_the_draft_waits_until_tomorrow(
    database_url: str, tmp_path: Path
) -> None:
    """A second tap changes nothing else; after a night the draft is found under /write, and a photo is a danger again."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await written(s)
        await s.presses("Tess", "Change a card")
        await s.presses("Tess", "2. The light curtain")
        await s.presses("Tess", "Further up")
        assert (await s.buttons("Tess"))[0].startswith("1. The light curtain")
        await s.presses("Tess", "2. Both hands")
        await s.presses("Tess", "Say it anew")
        await s.says("Tess", "Hands on the buttons until it stands still.")
        assert "2. Hands on the buttons" in await draft(s)
        await s.says("Tess", "One card too many.")
        await s.presses("Tess", "Change a card")
        await s.presses("Tess", "3. One card")
        stale = [m for m in await s.screen("Tess") if "Remove the card" in str(m.get("reply_markup"))][-1]
        await s.presses("Tess", "Remove the card")
        data = next(key["callback_data"] for key in keys(stale) if key["text"] == "Remove the card")
        press = {
            "from": s.chat("Tess"),
            "chat": s.chat("Tess"),
            "message_id": stale["message_id"],
            "data": data,
            "forge": True,
        }
        await s.post("/sim/presses", press)
        await s.settle()
        await s.forward(hours=20)
        await s.sends_photo("Tess", photo("grey"))
        assert "📝" not in await s.sees("Tess")  # a danger, not a card
        await s.presses("Tess", "Not a report")
        await s.says("Tess", "/write")
        assert "What you have begun waits here" in await s.sees("Tess")
        await s.presses("Tess", "Our press")
        assert "2. Hands on the buttons" in await draft(s)
        assert "3." not in await draft(s)
        await s.presses("Tess", "Give it up")
        await s.presses("Tess", "Yes, give it up")
        assert "put aside" in await s.sees("Tess")


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
        await s.presses("Tess", "Change a card")
        await s.presses("Tess", "1. Both hands")
        await s.presses("Tess", "Say it anew")
        await s.says("Tess", "Both hands stay on the buttons until the press stands still.")
        await s.presses("Tess", "Publish and sign")
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
        await s.presses("Tess", "Change a card")
        await s.presses("Tess", "1. Wait")
        await s.presses("Tess", "Say it anew")
        await s.says("Tess", "Wait until the lamp is green and the ram stands still.")
        assert "中文: the translation is of the old words" in await draft(s)
        await s.presses("Tess", "Publish and sign")
        lesson = await s.ask(lambda session: library.lesson(session, "own-1"))
        assert set(lesson.cards) == {"en"}
        await s.says("Tess", "/library")
        await s.presses("Tess", "Translations")
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
            await s.presses(who, "Change a card")
            await s.presses(who, "1. Both hands")
            await s.presses(who, "Say it anew")
            await s.says(who, said)
            await s.presses(who, "Publish and sign")
        told = await s.sees("Tess")
        assert "Omar Diaz made version 2 of this lesson live" in told
        assert "Both hands stay on the buttons until the press is **up**. → Both hands, always." in told
        await s.presses("Tess", "Mine in its place")
        await s.presses("Tess", "Publish and sign")
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
            lambda session: [lesson.id for lesson in library.lessons_at(session, _unit(session, "Line One Team"))]
        )
        assert "own-1" not in reached


def _unit(session: Any, name: str) -> Any:
    from bot.people import store as people

    return next(unit for unit in people.units(session) if unit.name == name)


async def test_a_workbook_of_lessons_becomes_drafts_and_its_mistakes_are_marked(
    database_url: str, tmp_path: Path
) -> None:
    """A column a language; wrong cells come back marked; a clean one is a draft with both languages, then live."""
    import xlsxwriter

    def book(*rows: tuple[str, ...]) -> bytes:
        out = BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet("Lessons")
            for at, row in enumerate([("lesson", "topic", "part", "en", "zh"), *rows]):
                for column, value in enumerate(row):
                    sheet.write_string(at, column, value)
        return out.getvalue()

    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.says("Tess", "/write")
        await s.says("Tess", "/write")
        await s.presses("Tess", "A workbook for lessons")
        assert any("lessons.xlsx" in str(m.get("document")) for m in await s.screen("Tess"))
        bad = book(("our-press", "MGD", "title", "Our press", "我们的压力机"), ("", "", "crad", "Hands up.", ""))
        await s.sends_file("Tess", "lessons.xlsx", bad)
        said = await s.news("Tess")
        assert any("Lessons!C3" in each and 'Did you mean "card"?' in each for each in said)
        assert any("lessons-marked.xlsx" in str(m.get("document")) for m in await s.screen("Tess"))
        good = book(("our-press", "MGD", "title", "Our press", "我们的压力机"), ("", "", "card", "Hands up.", "举手。"))
        await s.sends_file("Tess", "lessons.xlsx", good)
        assert "1 lesson is a draft now" in await s.sees("Tess")
        await s.presses("Tess", "Our press")
        assert "English + 中文" in await draft(s)
        await s.presses("Tess", "See it as people will")
        await s.presses("Tess", "中文")
        assert "举手。" in await s.sees("Tess")
        await s.presses("Tess", "Back to the draft")
        await s.presses("Tess", "Publish and sign")
        lesson = await s.ask(lambda session: library.lesson(session, "our-press"))
        assert lesson.cards == {"en": ("Hands up.",), "zh": ("举手。",)}
        assert await s.violations() == []


async def test_whoever_is_no_trainer_writes_no_lesson(database_url: str, tmp_path: Path) -> None:
    """Ana gets a polite word, and a button that she forges does nothing."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("D-1")
        await s.says("Ana", "/write Mine")
        assert "looked after by the trainers" in await s.sees("Ana")
        await written(s)
        shown = (await s.screen("Ana"))[-1]["message_id"]
        press = {"from": s.chat("Ana"), "chat": s.chat("Ana"), "message_id": shown, "data": "lw.pub:1", "forge": True}
        await s.post("/sim/presses", press)
        await s.settle()
        assert await s.ask(lambda session: library.lesson(session, "own-1")) is None
