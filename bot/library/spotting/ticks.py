"""Work on pictures beside the conversations: faces blurred and cells covered in a bounded process; what is over is erased."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.kit.errors import Refused
from bot.kit.room import Tick
from bot.library.apart import Reader, Stopped
from bot.library.spotting import actions, screens, store
from bot.library.spotting.model import KEPT, State
from bot.library.spotting.tables import SpotPictureRow, SpotRow
from bot.media import store as media

SECONDS, MEGABYTES = 60, 700
"""The most of the processor's time and memory that one picture may take; about 8 s and 200 MB on a slow core."""
BLURRER = Reader(seconds=SECONDS, megabytes=MEGABYTES)
"""A process of its own: a trainer's file does not wait behind pictures."""
SLICE = 20


def _data(ref: str) -> str:
    return base64.b64encode(media.open_ref(ref)).decode()


def _kept(found: dict[str, Any], name: str) -> str:
    return media.put(base64.b64decode(found[name]), "picture.jpg")


class Blurred:
    """The job: faces in the pictures of a danger are found and blurred, before its transaction."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What could be made; a picture that cannot be read in its bounds is left out."""
        made, count = [], 0
        for ref in payload["pictures"]:
            with suppress(Stopped, media.NoSuchFile):
                found = BLURRER.ask({"do": "blur", "data": _data(ref)})
                if found.get("data"):
                    made.append(_kept(found, "data"))
                    count += found["faces"]
        return payload | {"made": made, "count": count}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Notes them, and tells a trainer."""
        actions.note_files(session, payload["spot"], payload["made"])
        actions.blurred(session, payload["spot"], payload["made"], payload["count"], now)


class Drawn:
    """The job: the picture as it is covered, and the same with numbered cells."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws both. Raises Stopped: then the job comes again."""
        found = BLURRER.ask({"do": "cover", "data": _data(payload["picture"]), "cells": payload["covers"]})
        return payload | {"shown": _kept(found, "data"), "grid": _kept(found, "grid")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Shows it where the old one stands."""
        actions.note_files(session, payload["spot"], [payload["shown"], payload["grid"]])
        found = actions.drawn(session, payload["spot"], payload["version"], payload["shown"], payload["grid"])
        if found is not None:
            message = screens.grid(found) if found.covers else screens.look(session, found)
            outbox.edit_ref(session, found.ref, message, now)


def forget(session: Session, now: datetime) -> bool:
    """What nobody decided about in time is dropped; the files of what was dropped are erased. True while more are left."""
    old = SpotRow.state.in_((State.DRAWING.value, *store.UNDECIDED))
    ids = session.scalars(select(SpotRow.id).where(old, SpotRow.touched_at <= now - KEPT).limit(SLICE)).all()
    for id in ids:
        spot = store.spot(session, id)
        if spot is not None:
            with suppress(Refused):
                actions.drop(session, spot, None, now, "old")
    gone = (
        select(SpotPictureRow)
        .join(SpotRow, SpotRow.id == SpotPictureRow.spot_id)
        .where(SpotRow.state == State.DROPPED.value)
        .limit(SLICE)
    )
    rows = session.scalars(gone).all()
    for row in rows:
        _erase(session, row.ref, [row.spot_id])
    return SLICE in (len(ids), len(rows))


def _erase(session: Session, ref: str, spots: Sequence[int]) -> None:
    """The same picture may be of two dangers; its file goes with the last."""
    session.execute(delete(SpotPictureRow).where(SpotPictureRow.ref == ref, SpotPictureRow.spot_id.in_(spots)))
    if session.scalar(select(SpotPictureRow.spot_id).where(SpotPictureRow.ref == ref).limit(1)) is None:
        media.erase(ref)


JOBS = {actions.BLUR: Blurred(), actions.DRAW: Drawn()}
TICKS = (Tick("library.forget_spots", forget, 300),)
