"""Tess writes lessons of her own: in the chat, with photos, a film and words for them; and in a workbook."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

from sqlalchemy import select

from bot.ledger.tables import FactRow
from bot.library import store as library
from bot.library.authoring.tables import LessonFileRow
from bot.media import store as media
from tests.flows.house import keys, story, words
from tests.flows.learning_company import company
from tests.flows.lesson_trainer import ROOMS, draft, photo, sends, written
from tests.rules.test_films import FILM, PLACE


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
        assert "Today's lesson: " in await s.sees("Tess")
        await s.presses("Tess", "Next ›")
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
        await s.presses("Tess", "Next ›")
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
