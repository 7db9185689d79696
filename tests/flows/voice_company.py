"""A site for stories of voices: a press team of six and a dock team of five, with those who lead them and look after the site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.people import actions as people
from bot.people.company import named_units
from tests.flows import risk_company
from tests.flows.house import Story, story
from tests.flows.risk_company import SINCE, facts, forge

PRESS = ("W-1", "W-2", "E-1", "S-1", "W-3", "W-4")
DOCK = ("S-2", "D-1", "D-2", "D-3", "D-4")
WATCH = ("O-1", "M-1")
EVERYBODY = (*PRESS, *DOCK, *WATCH)
__all__ = ["DOCK", "EVERYBODY", "PRESS", "WATCH", "company", "facts", "forge", "site"]


def company(session: Session, now: datetime) -> None:
    """As in the stories of risks, and Mia, Tom at the presses, Omar, Ivy, Raj, Eva at the dock."""
    risk_company.company(session, now)
    units = named_units(session)
    press, dock = units["Harbour Works/Fabrication/Press Team"], units["Harbour Works/Dock Team"]
    for badge, name, unit in (
        ("W-3", "Mia Chen", press),
        ("W-4", "Tom Berg", press),
        ("D-1", "Omar Said", dock),
        ("D-2", "Ivy Stone", dock),
        ("D-3", "Raj Patel", dock),
        ("D-4", "Eva Holm", dock),
    ):
        people.add_person(session, badge, name, "en", unit, "worker", SINCE, shift="early")


@asynccontextmanager
async def site(database_url: str, tmp_path: Path, phones: tuple[str, ...] = EVERYBODY) -> AsyncIterator[Story]:
    """The site, with phones for some of its people."""
    async with story(database_url, tmp_path, prepare=company) as s:
        for badge in phones:
            await s.employee(badge)
        yield s
