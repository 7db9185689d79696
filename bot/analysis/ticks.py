"""Analyses that were asked for: read beside what else happens, drawn, then sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis import actions, picture, reading, showing, workbook
from bot.analysis.actions import FEED, FIGURES, MAP
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Message
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.learning import weak
from bot.media import store as media
from bot.people import store as people

SPOTS = 8
REFUSED = (Message(text("analysis.not_a_trainer")),)


class Counted:
    """The job of a bank's figures. Rights are looked at again when it is read: a button says nothing about them."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Reads the answers, on a connection of its own."""
        who = people.person(session, payload["person"], now)
        made = reading.analysis(session, payload["person"], payload["bank"], now)
        return payload | {"made": made, "lang": who.lang if who else "en"}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws the picture, or writes the workbook."""
        made = payload["made"]
        if made is None:
            return payload | {"messages": REFUSED}
        if payload["file"]:
            book = media.put(workbook.xlsx_bytes(made, payload["lang"]), "analysis.xlsx")
            return payload | {"messages": (showing.file(made, book),)}
        plotted = showing.plotted(made)
        ref = media.put(picture.drawn(plotted), "analysis.png") if plotted else None
        return payload | {"messages": showing.found(made, ref)}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever asked."""
        _send(session, payload, payload["messages"], now)


class Mapped:
    """The job of the misconception map."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Reads what teams answered, and what was found there."""
        made = reading.map_of(session, payload["person"], now, SPOTS)
        return payload | {"messages": REFUSED if made is None else (showing.mapped(made),)}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever asked."""
        _send(session, payload, payload["messages"], now)


class Fed:
    """The job by which the map feeds the push: what a team is weak in comes first among its new questions."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Reads what all teams answered, and what was found there; of teams too small to be shown nothing is told."""
        return payload | {"weights": reading.weights(session, now)}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Tells it to whoever chooses the questions."""
        weak.put(session, payload["weights"])


def feed_push(session: Session, now: datetime) -> bool:
    """Once a day the map of what teams believe is drawn anew for the push."""
    actions.feed(session, now)
    return False


def _send(session: Session, payload: dict[str, Any], messages: Sequence[Message], now: datetime) -> None:
    for number, message in enumerate(messages):
        to = outbox.to_person(payload["person"])
        outbox.send(session, to, message, Lane.REPLY, now, key=f"{payload['key']}:{number}")


TICKS = (Tick("analysis.feed_push", feed_push, seconds=600),)
JOBS = {FIGURES: Counted(), MAP: Mapped(), FEED: Fed()}
