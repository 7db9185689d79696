"""Where a picture was taken: asked of its reporter, kept only after a yes, never asked of somebody without a name."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.features import _room
from bot.media import pictures
from bot.media import store as media
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story

ROOMS = (_room("hazards"),)


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """Ana reports, Sam takes care; at the end no call was refused by the schema."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as told:
        for badge in ("W-1", "S-1"):
            await told.employee(badge)
        yield told
        refused = [c for c in await told.violations() if "blocked" not in str(c)]
        assert [(c["method"], c.get("description"), c.get("error"), c["params"]) for c in refused] == []


def located() -> bytes:
    """A picture that says it was taken at 33°51'24.84" S, 151°12'55.44" E."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "S", 2: (33.0, 51.0, 24.84), 3: "E", 4: (151.0, 12.0, 55.44)}  # the numbers are the standard's
    )
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 80, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


async def reported(s: Story, how: str = "Send now") -> None:
    """Ana sends it as a file, and the report goes."""
    await s.sends_file("Ana", "gate.jpg", located(), caption="The gate hangs loose")
    await s.presses("Ana", how)
    await s.settle()


async def spots(s: Story) -> list[str | None]:
    """What stands in the database."""

    def read(session: Session) -> list[str | None]:
        return list(session.scalars(text("SELECT spot FROM hazard_media ORDER BY id")))

    found: list[str | None] = await s.db(read)
    return found


async def kept(s: Story) -> bytes:
    """The copy that we keep."""
    ref = await s.db(lambda session: session.scalar(text("SELECT media FROM hazard_media WHERE media IS NOT NULL")))
    return media.open_ref(ref)


async def test_after_a_yes_whoever_acts_sees_the_place(s: Story) -> None:
    """Ana is asked; until she answers the place is nowhere; then Sam reads it on his card."""
    await reported(s)
    assert "says where it was taken" in (await s.news("Ana"))[-1]
    assert await spots(s) == ["?"]
    assert pictures.place_of(await kept(s)) is None
    await s.presses("Ana", "Show the place")
    await s.settle()
    assert await spots(s) == ["-33.85690, 151.21540"]
    assert "-33.85690, 151.21540" in await s.sees("Sam")
    assert pictures.place_of(await kept(s)) is None, "what is kept of the picture still says nothing"


async def test_after_a_no_it_is_left_out(s: Story) -> None:
    """And a second press changes nothing."""
    await reported(s)
    await s.presses("Ana", "Leave it out")
    await s.settle()
    assert await spots(s) == ["-"]
    assert "-33.8" not in await s.sees("Sam")


async def test_without_a_name_nobody_is_asked(s: Story) -> None:
    """The question itself would say whose picture it is; the place stays out."""
    await s.sends_file("Ana", "gate.jpg", located(), caption="The gate hangs loose")
    await s.presses("Ana", "Without my name")
    await s.presses("Ana", "Send without my name")
    await s.settle()
    assert await spots(s) == [None]
    assert not [said for said in await s.news("Ana") if "where it was taken" in said]


async def test_a_picture_that_says_nothing_brings_no_question(s: Story) -> None:
    """As most do: the messenger takes it out of photos itself."""
    await s.sends_file("Ana", "gate.jpg", photo(), caption="The gate hangs loose")
    await s.presses("Ana", "Send now")
    await s.settle()
    assert await spots(s) == [None]


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8\xff", photo()])
def test_what_cannot_be_read_says_no_place(broken: bytes) -> None:
    """No picture, half a picture, a picture without a place."""
    assert pictures.place_of(broken) is None


def test_a_place_is_read_in_degrees() -> None:
    """South and west are negative."""
    assert pictures.place_of(located()) == pytest.approx((-33.8569, 151.2154), abs=1e-6)
