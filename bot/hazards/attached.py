"""Files of hazards: shown at once by the channel's own id, and kept as a stripped copy when that has been fetched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane, To
from bot.hazards import cards, located, store
from bot.hazards.model import Hazard, MediaRole
from bot.hazards.rules import MOST_FILES
from bot.hazards.tables import HazardMediaRow
from bot.hazards.telling import moment
from bot.kit.events import Sent
from bot.kit.replies import Message
from bot.kit.texts import text

LOOK = "hazards.look"
"""The kind of job that works out what a picture looks like."""
FILMS = ("video", "document")
"""What is a film: the only documents that a report takes are pictures, which are `image`, and films."""


def file_of(event: Sent) -> tuple[str, str]:
    """(kind, file id) of what somebody sent; a picture sent as a document is an `image`: it may tell where it was taken."""
    picture = event.file.kind == "document" and (event.file.mime or "").startswith("image/")
    return "image" if picture else event.file.kind, event.file.file_id


def attach(
    session: Session, hazard: Hazard, files: tuple[tuple[str, str], ...], role: MediaRole, now: datetime
) -> None:
    """Notes files and asks for a copy of each. They are shown by the channel's own id at once, copy or not.

    But a film tells where and with which phone it was taken: of a reporter without a name, who reports or answers, it is
    shown as our stripped copy alone, and the channel's id of it is kept by nobody.
    """
    for kind, file_id in files:
        hidden = kind in FILMS and hazard.anonymous and role is not MediaRole.AFTER
        row = HazardMediaRow(
            hazard_id=hazard.id, role=role.value, kind="video" if hidden else kind, file_id="" if hidden else file_id
        )
        session.add(row)
        session.flush()
        payload = {"hazard": hazard.id, "file": row.id}
        keep: Literal["picture", "film", "file"] = "film" if kind == "video" or hidden else "file"
        keep = "picture" if kind in ("photo", "image") else keep
        downloads.want(session, file_id, "hazards.photo_kept", payload, moment(hazard, now), keep=keep)


def join_late(session: Session, hazard: Hazard, event: Sent, now: datetime) -> None:
    """A photo of an album whose report was sent before it arrived."""
    if len(store.files(session, hazard.id, MediaRole.BEFORE)) < MOST_FILES:
        attach(session, hazard, (file_of(event),), MediaRole.BEFORE, now)
        outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)


def photo_kept(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: a file was fetched and kept, or could not be; then its sender is told. The report is not touched."""
    media, error = payload.get("media"), payload.get("error")
    session.execute(update(HazardMediaRow).where(HazardMediaRow.id == payload["file"]).values(media=media, error=error))
    hazard = store.hazard(session, payload["hazard"])
    row = session.get(HazardMediaRow, payload["file"])
    if (
        media
        and hazard is not None
        and row is not None
        and row.kind in ("photo", "image")
        and row.role == MediaRole.BEFORE.value
    ):
        jobs.enqueue(session, LOOK, {"file": row.id}, key=f"{LOOK}:{row.id}", now=moment(hazard, now))
    if media and payload.get("located") and hazard is not None and row is not None:
        located.ask(session, hazard, row, now)
    if not error or hazard is None or row is None:
        return
    words = text("hazards.file_not_kept", number=hazard.id, why="too_big" if error == "too_big" else "broken")
    key = f"hazard:{hazard.id}:file:{payload['file']}"
    fixer = hazard.fixed_by if row.role == MediaRole.AFTER.value else None
    if fixer is not None:
        outbox.send(session, outbox.to_person(fixer), Message(words), Lane.REPLY, now, key=key)
    elif hazard.seal is not None:
        sealed = To(sealed=hazard.seal)
        outbox.send(session, sealed, Message(words), Lane.REPLY, moment(hazard, now), key=key)
    elif hazard.reporter is not None:
        outbox.send(session, outbox.to_person(hazard.reporter), Message(words), Lane.REPLY, now, key=key)
