"""Charts that were asked for: read beside what else happens, drawn, then sent. And months of the ledger, which are closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis.indicators import picture, reading, store
from bot.analysis.indicators.model import CHART, SHARES, What
from bot.analysis.indicators.reading import Year
from bot.assessment.counted import close_month
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Media, Message
from bot.kit.room import Tick
from bot.kit.texts import Text, text
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Role


class Charted:
    """The job of a picture. Rights are looked at again when it is read: a button says nothing about them."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Counts, on a connection of its own."""
        viewer = people.viewer(session, payload["person"], now)
        least = Role.SAFETY_OFFICER if payload["what"] == What.HURT.value else Role.SUPERVISOR
        year = reading.year(session, viewer, now) if viewer is not None and viewer.anywhere(least) else None
        if year is None:
            return payload | {"words": text("analysis.indicators.not_a_leader"), "year": None}
        return payload | {"words": _words(session, payload["what"], year), "year": year}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws the picture."""
        year: Year | None = payload["year"]
        data = None if year is None else _drawn(payload["what"], year)
        return payload | {"ref": media.put(data, "chart.png") if data else None}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever asked; the words are the message under the picture."""
        to, ref = outbox.to_person(payload["person"]), payload["ref"]
        shown = (Media("photo", ref, "chart.png"),) if ref else ()
        outbox.send(session, to, Message(payload["words"], media=shown), Lane.REPLY, now, key=payload["key"])


def _drawn(what: str, year: Year) -> bytes | None:
    if what == "pareto":
        return picture.pareto(year.pareto) if year.pareto else None
    if what == "heat":
        return picture.heat(year.heat) if year.heat.places else None
    return next((picture.series(each) for each in year.series if each.what == what), None)


def _words(session: Session, what: str, year: Year) -> Text:
    units = [unit.label for unit in year.units]
    if what == "pareto":
        total = sum(bar.n for bar in year.pareto)
        lines = [{"category": bar.category, "n": bar.n, "up": round(bar.up_to * total)} for bar in year.pareto]
        return text("analysis.indicators.pareto", units=units, lines=lines, total=total)
    if what == "heat":
        known = store.places(session, [id for id, _ in year.heat.places if id])
        sums = {id: sum(n for (place, _), n in year.heat.cells.items() if place == id) for id, _ in year.heat.places}
        places = [{"name": known[id].name if id in known else "", "n": sums[id]} for id, _ in year.heat.places]
        letters = [{"letter": picture.LETTERS[at], "category": each} for at, each in enumerate(year.heat.categories)]
        return text("analysis.indicators.heat", units=units, places=places, categories=letters)
    found = next(each for each in year.series if each.what == what)
    lines = [
        {"on": point.first.isoformat(), "n": point.n, "of": (point.of or 0) if what in SHARES else None}
        for point in found.points
    ]
    return text("analysis.indicators.series", what=what, units=units, lines=lines)


JOBS = {CHART: Charted()}
TICKS = (Tick("analysis.close_months", close_month, seconds=300),)
