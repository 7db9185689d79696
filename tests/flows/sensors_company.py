"""A morning at the dock with two sensors, for stories of machines."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.people.importing.problems import Problems
from bot.sensors.importing import import_sensors
from tests.flows.hazards_company import company
from tests.flows.house import Story, story

ROOMS = tuple(_room(name) for name in ("hazards", "sensors"))
TABLE = """\
sensor,name,unit,place,measures,symbol,warn_low,warn_high,alarm_low,alarm_high,back,calm_minutes,silent_minutes,topic
o2,Oxygen at dock 1,Harbour Works/Warehouse/Dock Team,HW-DOCK-1,oxygen,%,20,23,19.5,23.5,0.2,10,15,CSE
far,Far away,Harbour Works/Warehouse/Storage Team,,temperature,°C,,60,,80,1,10,,FIR
"""


def furnished(session: Session, now: datetime) -> None:
    """The dock crew and two sensors."""
    company(session, now)
    problems = Problems("sensors.csv")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sensors.csv"
        path.write_text(TABLE, encoding="utf-8")
        assert import_sensors(session, path, now, problems) == 2, problems.found


@asynccontextmanager
async def plant(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Story]:
    """A morning at the dock; Sam leads, Tomasz stands above him."""
    async with story(database_url, folder, rooms=ROOMS, prepare=furnished, **settings) as s:
        for badge in ("S-1", "M-1", "W-2", "O-1"):
            await s.employee(badge)
        yield s


async def count(s: Story, row: Any, *which: Any) -> int:
    """How many rows there are."""
    return int(await s.ask(lambda session: session.scalar(select(func.count()).select_from(row).where(*which))))
