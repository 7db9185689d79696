"""Having the index worked out, and drawing the trend that somebody asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Media, Message
from bot.kit.room import Tick
from bot.kit.texts import Text, text
from bot.media import store as media
from bot.risks.warning import actions, picture, rules, store
from bot.risks.warning.company import weights
from bot.risks.warning.model import Index


class Drawn:
    """The job of a trend: rights are looked at again."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The area's days."""
        unit = next((u for u in store.led(session, payload["person"], now) if u.id == payload["unit"]), None)
        if unit is None:
            return payload | {"unit": None}
        since = now.date() - timedelta(weeks=picture.WEEKS)
        found = store.newest(session, [unit.id]).get(unit.id)
        level = store.levels(session, [unit.id]).get(unit.id, (0, now))[0]
        return payload | {
            "unit": unit, "index": found, "level": level, "points": store.trend(session, unit.id, since), "today": now.date(),
        }  # fmt: skip

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws it."""
        if payload["unit"] is None or not payload["points"]:
            return payload
        png = picture.drawn(payload["points"], weights().levels, payload["today"])
        return payload | {"ref": media.put(png, "trend.png")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends the picture with its words."""
        if payload["unit"] is None:
            return
        shown = (Media("photo", payload["ref"], "trend.png"),) if payload.get("ref") else ()
        to = outbox.to_person(payload["person"])
        if shown:
            seen = Message(text("risks.warning.trend", unit=payload["unit"].label, weeks=picture.WEEKS), media=shown)
            outbox.send(session, to, seen, Lane.REPLY, now, key=f"{payload['key']}:picture")
        outbox.send(session, to, Message(words(payload)), Lane.REPLY, now, key=payload["key"])


def words(payload: dict[str, Any]) -> Text:
    """An area's index in words, line by line; and its trend as figures, for whoever cannot see the picture."""
    index: Index | None = payload["index"]
    lines = [actions.shown(each) for each in rules.told(index.lines)] if index else []
    return text(
        "risks.warning.area", unit=payload["unit"].label, index=index.value if index else None,
        people=index.people if index else 0, level=payload["level"], lines=lines, days=weights().days, per=weights().per,
        weekly=[{"on": on.isoformat(), "value": value} for on, value in rules.weekly(payload["points"])],
        levels=[{"at": each.at, "ends": each.clear} for each in weights().levels],
    )  # fmt: skip


TICKS = (Tick("risks.warning.begin", actions.begin, 300),)
JOBS = {actions.WORK_OUT: actions.WorkedOut(), actions.TREND: Drawn()}
