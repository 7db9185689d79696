"""A danger that is gone becomes a question: faces blurred, covered further by the trainer, sure by name, marked, published."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.ledger.tables import FactRow
from bot.library import store as library
from bot.library.kinds.spot import SpotPayload
from bot.library.spotting.tables import SpotPictureRow, SpotRow
from bot.media import faces
from bot.media import store as media
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role
from tests.drawn_faces import hall, scene
from tests.flows.hazards_company import company
from tests.flows.house import Story, story

ROOMS = tuple(_room(name) for name in ("hazards", "library", "library.spotting"))
EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2")


def with_trainer(session: Session, now: datetime) -> None:
    """Yusuf is the site's trainer, too."""
    company(session, now)
    yusuf = people.person_by_badge(session, "O-1", now)
    assert yusuf is not None
    site = named_units(session)["Harbour Works"]
    people_actions.grant(session, yusuf.id, Role.TRAINER, site.id, now)


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """A Wednesday, five past nine, everybody with a phone."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=with_trainer) as told:
        for badge in EVERYBODY:
            await told.employee(badge)
        yield told
        assert await told.violations() == []


async def gone(s: Story, before: bytes, *taps: str) -> None:
    """Ana reports; Sam fixes it with a photo; Marta sees that it is gone."""
    await s.sends_photo("Ana", before, caption="Boxes block the way")
    for tap in taps or ("Send now",):
        await s.presses("Ana", tap)
    await s.presses("Sam", "Acknowledge")
    await s.presses("Sam", "Fixed")
    await s.sends_photo("Sam", hall())
    await s.presses("Marta", "is gone")


async def row(s: Story) -> SpotRow:
    """The one picture."""
    return await s.ask(lambda session: session.scalars(select(SpotRow)).one())  # type: ignore[no-any-return]


async def test_a_danger_that_is_gone_becomes_a_question(s: Story) -> None:
    """From Sam's fix to Yusuf's question: nobody sees the face, and Yusuf's name stands for it."""
    await gone(s, scene())
    await s.forward(minutes=10)
    assert "could become a question" in "\n".join(await s.news("Yusuf"))
    await s.presses("Yusuf", "Look at the pictures")
    await s.presses("Yusuf", "Dock Team")
    spot = await row(s)
    seen = media.open_ref(spot.shown or "")
    assert spot.faces >= 1
    assert faces.found(seen, turns=[0]) == []  # the face of the reported picture is no face any more
    await s.presses("Yusuf", "Cover more")
    await s.presses("Yusuf", "10")
    spot = await row(s)
    assert spot.covers == [10]
    assert (
        ImageStat.Stat(Image.open(BytesIO(media.open_ref(spot.shown or ""))).crop((610, 210, 790, 390))).stddev[0] < 2
    )
    await s.presses("Yusuf", "To the picture")
    await s.presses("Yusuf", "Nobody can be recognised")
    for cell, words, kind in (("19", "Boxes in the way", "Dangerous"), ("6", "The wall is free", "All right there")):
        await s.presses("Yusuf", cell)
        await s.says("Yusuf", words)
        await s.presses("Yusuf", kind)
    await s.presses("Yusuf", "Make the question")
    await s.says("Yusuf", "Whoever runs from a fire falls over them. They stand in the rack now.")
    preview = await s.sees("Yusuf")
    assert "What is dangerous in this picture?" in preview
    await s.presses("Yusuf", "Publish")
    assert "Version 1 is live. New: 1" in await s.sees("Yusuf")
    live = await s.ask(lambda session: library.bank(session, f"spots-{spot.unit_id}-en"))
    (question,) = live.questions
    assert isinstance(question.payload, SpotPayload)
    assert (question.payload.picture, [each.right for each in question.payload.options]) == (spot.shown, [True, False])
    sure = await s.ask(lambda session: session.scalar(select(FactRow).where(FactRow.kind == "SpotConfirmed")))
    assert sure is not None


async def test_no_picture_is_published_of_which_nobody_was_sure(s: Story) -> None:
    """The sabotage: the confirmation is taken back between the preview and *Publish*, and nothing goes live."""
    await gone(s, hall())
    await s.forward(minutes=10)
    await s.presses("Yusuf", "Look at the pictures")
    await s.presses("Yusuf", "Dock Team")
    await s.presses("Yusuf", "Nobody can be recognised")
    for cell, words, kind in (("19", "Boxes in the way", "Dangerous"), ("6", "The wall is free", "All right there")):
        await s.presses("Yusuf", cell)
        await s.says("Yusuf", words)
        await s.presses("Yusuf", kind)
    await s.presses("Yusuf", "Make the question")
    await s.says("Yusuf", "They stand in the rack now.")

    def unsay(session: Session) -> None:
        session.execute(update(SpotRow).values(sure_by=None))

    await s.db(unsay)
    assert "First somebody has to say" in await s.presses("Yusuf", "Publish")
    spot = await row(s)
    assert await s.ask(lambda session: library.bank(session, f"spots-{spot.unit_id}-en")) is None


async def test_a_report_without_a_name_gives_no_picture(s: Story) -> None:
    """A picture may tell who took it."""
    await gone(s, hall(), "Without my name", "Send without my name")
    await s.forward(minutes=10)
    assert await s.ask(lambda session: session.scalars(select(SpotRow)).all()) == []


async def test_what_nobody_looks_at_is_erased(s: Story) -> None:
    """Thirty days later its files are gone; what the danger itself keeps stays."""
    await gone(s, scene())
    await s.forward(minutes=10)
    refs = await s.ask(lambda session: list(session.scalars(select(SpotPictureRow.ref))))
    assert len(refs) >= 3
    await s.forward(days=31)
    assert (await row(s)).state == "dropped"
    for ref in refs:
        with pytest.raises(media.NoSuchFile):
            media.open_ref(ref)


async def test_a_danger_that_is_open_again_takes_its_pictures_back(s: Story) -> None:
    """Ana says that it is still there: Yusuf is not asked to teach that it is gone, and the files go."""
    await gone(s, scene())
    await s.forward(minutes=10)
    refs = await s.ask(lambda session: list(session.scalars(select(SpotPictureRow.ref))))
    assert (await row(s)).state == "open"
    await s.presses("Ana", "Still there")
    assert (await row(s)).state == "dropped"
    await s.forward(minutes=10)
    for ref in refs:
        with pytest.raises(media.NoSuchFile):
            media.open_ref(ref)
    await s.presses("Yusuf", "Look at the pictures")
    assert not any("Dock Team" in label for label in await s.buttons("Yusuf"))
