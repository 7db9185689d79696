"""What the stories of a trainer who writes lessons have in common: files, and a lesson of two cards."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from bot.features import _room
from bot.people import store as people
from bot.people.model import Unit
from tests.flows.house import Story, words

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


async def rewords(s: Story, who: str, card: str, words: str, *then: str) -> None:
    """In a draft, the words of a card are others; then these buttons."""
    await s.presses(who, "Change a card")
    await s.presses(who, card)
    await s.presses(who, "Say it anew")
    await s.says(who, words)
    for each in then:
        await s.presses(who, each)


def unit_named(session: Session, name: str) -> Unit:
    """A unit by its name."""
    return next(unit for unit in people.units(session) if unit.name == name)
