"""The sample company's risks, for the demo and as a template: put in by its own manager, like any file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.library.shipped import content_path
from bot.people import store as people
from bot.risks import actions, sheet
from bot.risks.model import Held
from bot.risks.putting import put
from bot.risks.sheet import RiskEntry
from bot.risks.tables import RiskRow
from bot.risks.taking import known

KEY_PLACES = ("HW-PRESS-3", "LG-TANK-1")


def load_sample(session: Session, by: int, now: datetime, looked_at: Collection[str] = ()) -> int:
    """Puts the sample risks in where there are none yet; answers how many. Raises ValueError on a mistake in the file.

    Only in the units of `looked_at` there is somebody with a phone: elsewhere what keeps risks small is still to be put in
    place, or nobody would ever look at it.
    """
    if session.scalar(select(RiskRow.id).limit(1)) is not None:
        return 0
    path = content_path() / "sample" / "risks.csv"
    found = sheet.read(path.name, path.read_bytes(), known(session, by, now))
    if found.broken or found.wrong:
        raise ValueError(f"{path}: {found.broken or found.wrong[:3]}")
    put(session, by, [each if each.unit in looked_at else _planned(each) for each in found.entries], now)
    for code in KEY_PLACES:
        place = people.place_by_code(session, code)
        if place is not None:
            actions.set_key_place(session, by, place.id, True, now)
    return len(found.entries)


def _planned(found: RiskEntry) -> RiskEntry:
    controls = tuple(replace(each, held=Held.PLANNED) for each in found.controls)
    return replace(found, residual=None, controls=controls)
