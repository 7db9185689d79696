"""Lesson cards on the phone: each reader the one in their language, drawn once, and a lesson that never waits for its looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import drawings, outbox
from bot.delivery.tables import DrawingRow
from bot.features import _room
from bot.kit.replies import Message, button
from bot.kit.texts import text
from bot.learning import showing
from bot.library import signing, store
from bot.library.actions import publish_lessons
from bot.library.model import Lesson
from bot.media import drawing
from bot.media import store as media
from bot.people import store as people
from tests.flows.house import Story, story
from tests.flows.learning_company import company
from tests.kept import fonts

EARLY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday, 06:00 in Chicago: before anybody's push."""
ROOMS = (_room("library"), _room("learning"))


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time: how long a message waits for its drawing is tested elsewhere."""
    monkeypatch.setattr(drawings, "PATIENCE_S", 60.0)
    drawing.use(fonts())
    drawing.missing("字")  # the fonts are unpacked and looked through, once a worker


def rows(session: Session) -> list[DrawingRow]:
    """All drawings."""
    found = list(session.scalars(select(DrawingRow).order_by(DrawingRow.lang)))
    session.expunge_all()
    return found


async def photos(s: Story, who: str) -> list[str]:
    """What was sent to somebody as a photo: `attach://...` where it was uploaded, else the id it has at Telegram."""
    calls = [c for c in await s.calls("sendPhoto") if c["ok"]]
    return [str(c["params"]["photo"]) for c in calls if str(c["params"]["chat_id"]) == str(s.chat(who))]


async def test_everybody_gets_the_card_in_their_language_and_each_is_drawn_once(
    database_url: str, tmp_path: Path
) -> None:
    """The English one is uploaded once, and sent by its id to the next; Chen's is Chinese; the lesson's cards show it again."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        for badge in ("D-1", "T-1", "L-1"):
            await s.employee(badge)
        await s.forward(hours=3, minutes=5)  # nine in the morning in Chicago
        await s.forward(hours=10, minutes=5)  # and in Shanghai
        found = await s.ask(rows)
        assert [(row.lang, row.state) for row in found] == [("en", "drawn"), ("zh", "drawn")]
        assert len({row.media for row in found}) == 2
        for row in found:
            with Image.open(BytesIO(media.open_ref(row.media or ""))) as image:
                assert image.size == (960, 960)
        ana, tess, chen = [await photos(s, who) for who in ("Ana", "Tess", "Chen")]
        assert sorted(each.startswith("attach://") for each in (*ana, *tess)) == [False, True]
        assert [each.startswith("attach://") for each in chen] == [True]
        await s.presses("Ana", "Start")
        await s.presses("Ana", "Next")
        assert len(await s.ask(rows)) == 2, "nothing is drawn again"
        assert await s.violations() == []


async def test_the_morning_push_shows_the_card_and_its_words_stand_beside_it(database_url: str, tmp_path: Path) -> None:
    """One photo with a caption: the title stands in words too, and the first card says what the picture shows."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.forward(hours=3, minutes=5)
        assert len(await photos(s, "Ana")) == 1
        [row] = await s.ask(rows)
        lesson = await s.ask(lambda session: store.lesson(session, row.name.split("/")[0]))
        assert lesson.title["en"] in await s.sees("Ana")
        await s.presses("Ana", "Start")
        assert lesson.picture_text["en"] in await s.sees("Ana")


async def test_what_is_said_after_a_card_is_read_after_it(database_url: str, tmp_path: Path) -> None:
    """While it is being drawn nothing overtakes it in its chat; to others goes what goes to them."""

    def say(session: Session, chats: list[int], now: datetime) -> None:
        onward = button("learning.next_card", "ln.card:1:2")
        words = Message(text("delivery.just", text="and then this"))
        for message in (showing.card(first(session), 1, onward), words):
            outbox.send(session, outbox.to_chat(chats[0]), message, outbox.Lane.REPLY, now)
        outbox.send(session, outbox.to_chat(chats[1]), words, outbox.Lane.REPLY, now)

    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("T-1")
        await s.db(say, [s.chat("Ana"), s.chat("Tess")], s.now)
        await s.settle()
        assert await s.sees("Ana") == "and then this"
        assert len(await photos(s, "Ana")) == 1
        sent = [str(c["params"].get("chat_id")) for c in (await s.calls())[-3:] if c["method"].startswith("send")]
        assert sent[-1] == str(s.chat("Ana"))
        assert str(s.chat("Tess")) in sent


def first(session: Session) -> Lesson:
    """The lesson that everybody gets first."""
    return next(iter(store.lessons(session).values()))


def worded_anew(session: Session, now: datetime, picture: str | None) -> None:
    """A trainer's version of the first lesson, with a photo of their own, or none; signed."""
    lesson = first(session)
    words = {"en": "Say stop, as we do it here"}
    publish_lessons(session, [(0, replace(lesson, title=words, picture=picture, picture_text={}))], now)
    trainer = people.person_by_badge(session, "T-1", now)
    assert trainer is not None
    signing.sign_all(session, trainer.id, now)


async def test_a_trainers_photo_becomes_a_card_and_so_does_a_lesson_without_any(
    database_url: str, tmp_path: Path
) -> None:
    """The photo in the frame of all cards; without a photo the sign of its topic; another version is another card."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        out = BytesIO()
        Image.new("RGB", (300, 700), "#3366aa").save(out, "JPEG")
        await s.db(worded_anew, s.now, media.put(out.getvalue(), "photo.jpg"))
        await s.forward(hours=3, minutes=5)
        [row] = await s.ask(rows)
        assert row.media is not None
        assert row.media.endswith(".jpg")
        with Image.open(BytesIO(media.open_ref(row.media))) as image:
            red, green, blue = image.convert("RGB").getpixel((480, 270))  # type: ignore[misc]
            assert (abs(red - 0x33), abs(green - 0x66), abs(blue - 0xAA)) < (12, 12, 12)
        await s.db(worded_anew, s.now, None)
        await s.employee("T-2")
        await s.forward(minutes=11)
        assert len(await s.ask(rows)) == 2
        assert (await photos(s, "Omar"))[-1].startswith("attach://")


async def test_a_card_that_cannot_be_drawn_keeps_no_lesson_back(database_url: str, tmp_path: Path) -> None:
    """The photo is gone: the words go out alone, once, and the operator is told."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.db(worded_anew, s.now, "media:" + "0" * 64 + ".jpg")
        await s.forward(hours=3, minutes=5)
        assert "Say stop, as we do it here" in await s.sees("Ana")
        assert await photos(s, "Ana") == []
        [(which, error)] = await s.db(drawings.troubles, s.now)
        assert (which.lang, error.split(":")[0]) == ("en", "NoSuchFile")
        assert s.house.worker.failures == 0, "it was looked for, not tried again and again"
