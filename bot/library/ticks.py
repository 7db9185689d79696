"""What the library does after a file has been fetched, and what falls due in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.library import checking, confirming, exporting, later, uploads
from bot.library.authoring import receiving
from bot.library.cards import ticks as cards


class Uploaded:
    """The job of a trainer's file: checked before its transaction, because ten thousand questions take seconds."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with the file's bank and problems; as it is where the file never came."""
        return payload | {"checked": checking.check(payload)} if payload.get("media") else payload

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what is wrong with the file, or what publishing it would change."""
        checked = payload.get("checked")
        if checked is not None and checked.lessons:
            receiving.received(session, payload, now)
        else:
            uploads.uploaded(session, payload, now)


JOBS = {uploads.JOB: Uploaded(), **exporting.JOBS, **cards.JOBS}


def look_at_languages(session: Session, now: datetime) -> bool:
    """Questions from before: in which languages they are said."""
    return confirming.look_at_languages(session, 100)


TICKS = (
    Tick("library.publish_planned", later.publish_planned, 30),
    Tick("library.look_at_languages", look_at_languages, 60),
)
