"""What the library does after a file has been fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.library import checking, exporting, uploads
from bot.library.cards import ticks as cards


class Uploaded:
    """The job of a trainer's file: checked before its transaction, because ten thousand questions take seconds."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with the file's bank and problems; as it is where the file never came."""
        return payload | {"checked": checking.check(payload)} if payload.get("media") else payload

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what is wrong with the file, or what publishing it would change."""
        uploads.uploaded(session, payload, now)


JOBS = {uploads.JOB: Uploaded(), **exporting.JOBS, **cards.JOBS}
