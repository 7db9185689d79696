"""Weak data: lessons without their picture, by one's own choice or the company's; and a card that is seen before it goes out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import drawings
from bot.delivery.tables import DrawingRow
from bot.features import _room
from bot.library.authoring import previews
from bot.media import drawing
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role, Unit
from tests.flows.house import story
from tests.flows.learning_company import company
from tests.flows.lesson_trainer import ROOMS, VOICE, sends, unit_named
from tests.flows.test_cards import EARLY, photos
from tests.kept import fonts

HERE = (_room("onboarding"), *ROOMS)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time to draw."""
    monkeypatch.setattr(drawings, "PATIENCE_S", 60.0)
    drawing.use(fonts())
    drawing.missing("字")


async def test_who_turns_pictures_off_gets_the_same_lesson_in_words(database_url: str, tmp_path: Path) -> None:
    """Ana's push is a text whose cards take each other's place; Tess gets the picture; on again, and it comes again."""
    async with story(database_url, tmp_path, at=EARLY, rooms=HERE, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("T-1")
        await s.says("Ana", "/settings")
        assert "Lessons come with a picture." in await s.sees("Ana")
        await s.presses("Ana", "Lessons without a picture")
        assert "to save your data" in await s.sees("Ana")
        await s.forward(hours=3, minutes=5)
        assert await photos(s, "Ana") == []
        assert len(await photos(s, "Tess")) == 1
        title = (await s.sees("Ana")).split("\n")[0]
        before = len(await s.screen("Ana"))
        await s.presses("Ana", "Start")
        await s.presses("Ana", "Next")
        assert title in await s.sees("Ana")
        assert len(await s.screen("Ana")) == before, "one message, turned card by card"
        assert await photos(s, "Ana") == []
        await s.says("Ana", "/settings")
        await s.presses("Ana", "Lessons with a picture")
        await s.forward(days=1)
        assert len(await photos(s, "Ana")) == 1
        assert await s.violations() == []


async def test_a_company_can_do_without_pictures(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gets any, and nobody is asked about them."""
    async with story(database_url, tmp_path, at=EARLY, rooms=HERE, prepare=company) as s:
        monkeypatch.setattr(drawings.usual, "pictures", False)
        await s.employee("D-1")
        await s.says("Ana", "/settings")
        assert "picture" not in await s.sees("Ana")
        assert not [each for each in await s.buttons("Ana") if "picture" in each]
        await s.forward(hours=3, minutes=5)
        assert "Today's lesson" in await s.sees("Ana")
        assert await photos(s, "Ana") == []


async def test_the_trainer_sees_the_day_s_message_with_its_card_before_anybody_gets_it(
    database_url: str, tmp_path: Path
) -> None:
    """First the push as it will come, then the cards; in the language that is looked at, not in the trainer's."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.says("Tess", "/write Our press")
        await s.says("Tess", "Wait until the lamp is **green**.")
        await s.presses("Tess", "Another language")
        await s.presses("Tess", "中文")
        await s.says("Tess", "我们的压力机")
        await s.says("Tess", "等**绿灯**亮。")
        await s.presses("Tess", "Topic")
        await s.says("Tess", "MGD")
        await s.presses("Tess", "See it as people will")
        assert "Today's lesson: " in await s.sees("Tess")
        assert len(await photos(s, "Tess")) == 1
        await s.presses("Tess", "中文")
        assert "我们的压力机" in await s.sees("Tess")
        drawn = await s.ask(lambda session: [(r.job, r.name, r.state) for r in session.scalars(select(DrawingRow))])
        assert {job for job, _, _ in drawn} == {previews.JOB}
        assert {name.split("/")[2] for _, name, _ in drawn} == {"en", "zh"}
        assert {state for _, _, state in drawn} == {"drawn"}
        await s.presses("Tess", "Next")
        assert "等绿灯亮。" in await s.sees("Tess")
        assert await s.violations() == []


def two_sites(session: Session, now: object) -> Unit:
    """Tess is trainer of two sites, and not of the company."""
    dock = company(session, now)  # type: ignore[arg-type]
    tess = store.person_by_badge(session, "T-1", now)  # type: ignore[arg-type]
    assert tess is not None
    top = next(unit for unit in store.units(session) if unit.parent is None)
    for unit in ("Harbour Works", "Lingang Works"):
        people.grant(session, tess.id, Role.TRAINER, unit_named(session, unit).id, now)  # type: ignore[arg-type]
    people.revoke(session, tess.id, Role.TRAINER, top.id, now + timedelta(seconds=0))  # type: ignore[operator]
    return dock


async def test_a_trainer_of_two_sites_says_for_which_a_voice_note_is(database_url: str, tmp_path: Path) -> None:
    """The second site hears it, the first does not."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=two_sites) as s:
        await s.employee("T-1")
        await s.says("Tess", "/library")
        await s.presses("Tess", "Voice notes")
        assert "For which unit?" in await s.sees("Tess")
        await s.presses("Tess", "Lingang Works")
        await s.presses("Tess", "中文")
        assert "have no voice note" in await s.sees("Tess")
        first = (await s.buttons("Tess"))[0]
        await s.presses("Tess", first)
        assert "for Lingang Works" in await s.sees("Tess")
        await sends(s, "Tess", "voice", VOICE, "voice.oga", duration=12)
        assert "there will be Listen" in await s.sees("Tess")

        def units(session: Session) -> list[str]:
            from bot.library.authoring.tables import VoiceNoteRow

            held = session.scalars(select(VoiceNoteRow.unit_id)).all()
            return [unit.name for unit in store.units(session) if unit.id in held]

        assert await s.ask(units) == ["Lingang Works"]
