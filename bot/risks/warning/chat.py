"""`/warning`: the areas that somebody leads with their index; one area with its lines and its trend. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.kit.events import Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, answer, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.risks.warning import store
from bot.risks.warning.actions import TREND
from bot.risks.warning.company import weights

MOST = 20


def on_warning(session: Session, event: Said, now: datetime) -> Reply:
    """The areas, the highest index first."""
    if not event.private:
        return NOTHING
    units = store.led(session, event.person or 0, now)
    if not units:
        return answer("risks.only_leaders")
    found = store.newest(session, [unit.id for unit in units])
    levels = store.levels(session, [unit.id for unit in units])
    there = sorted((unit for unit in units if unit.id in found), key=lambda unit: -found[unit.id].value)[:MOST]
    lines = [
        {
            "unit": u.label,
            "index": found[u.id].value,
            "people": found[u.id].people,
            "level": levels.get(u.id, (0, now))[0],
        }
        for u in there
    ]
    said = text(
        "risks.warning.list", lines=lines, small=sum(unit.id not in found for unit in units), days=weights().days,
        per=weights().per,
    )  # fmt: skip
    keys = [button("risks.warning.b_unit", f"rw:area:{unit.id}", unit=unit.label) for unit in there[:8]]
    return Reply((Message(said, rows(*keys)),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rw:area:unit`: one area; its picture is drawn beside what else happens."""
    person, unit = event.person or 0, event.number(1)
    if event.word(0) != "area":
        return None
    if unit not in {each.id for each in store.led(session, person, now)}:
        return toast("risks.not_yours", alert=True)
    key = f"{TREND}:{person}:{event.update_id}"
    jobs.enqueue(session, TREND, {"person": person, "unit": unit, "key": key}, key=key, now=now)
    return toast("risks.drawing")


ROUTES = (
    Route(
        on_warning,
        command="warning",
        menu="risks.warning.menu",
        roles=("supervisor", "safety_officer", "manager", "admin"),
    ),
    Route(on_press, verb="rw"),
)
