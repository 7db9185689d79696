"""The site of the risk stories with the shipped checklists on its shelf, and what people do with them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image, ImageDraw

from bot.inspections import shipped
from tests.flows.house import Story
from tests.flows.risk_company import site


@asynccontextmanager
async def shelf(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The site with the shipped checklists, of which Yusuf has adopted that for housekeeping."""
    async with site(database_url, tmp_path) as s:
        await s.db(shipped.load, s.now)
        await s.says("Yusuf", "/checklists")
        await s.presses("Yusuf", "Housekeeping walk")
        await s.presses("Yusuf", "I have read it and stand for it")
        yield s


def picture(seed: int) -> bytes:
    """A photo with something in it, another one for each seed."""
    image = Image.new("RGB", (96, 72), (200, 190, 180))
    draw = ImageDraw.Draw(image)
    for at in range(8):
        x, y = (seed * 37 + at * 29) % 80, (seed * 53 + at * 17) % 60
        draw.rectangle((x, y, x + 14, y + 11), fill=((seed * 91 + at * 40) % 255, 30 * at, 90))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


async def through(s: Story, who: str, *, seconds: float = 8, items: int = 7) -> None:
    """Answers the items of the list that is open, all in order."""
    for _ in range(items):
        await s.forward(seconds=seconds)
        await s.presses(who, "✅ In order")
    await s.presses(who, "Yes, done")
