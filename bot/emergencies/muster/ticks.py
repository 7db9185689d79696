"""Calling, the boards that follow the counts, the report, and forgetting guests' names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.emergencies.muster import actions, boards, picture, rules, showing, store
from bot.emergencies.muster.tables import MusterGuestRow, MusterRow
from bot.kit.replies import Media, Message, button
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.media import store as media
from bot.people import store as people


def refresh_boards(session: Session, now: datetime) -> bool:
    """Boards whose counts have changed say so, each chat at most once a second."""
    for row in store.running(session):
        boards.refresh(session, row.id, now)
    return False


def forget_names(session: Session, now: datetime) -> bool:
    """Guests' names are erased some days after the end."""
    old = (MusterRow.closed_at <= now - rules.NAMES_KEPT, MusterRow.forgot_at.is_(None))
    for id in session.scalars(select(MusterRow.id).where(*old).limit(20)).all():
        session.execute(update(MusterGuestRow).where(MusterGuestRow.muster_id == id).values(name=None))
        session.execute(update(MusterRow).where(MusterRow.id == id).values(forgot_at=now))
    return False


class Reported:
    """The job of the report: how fast people were accounted for, as figures and as a picture."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The figures."""
        found = store.muster(session, payload["muster"])
        if found is None:
            return payload | {"found": None}
        counts = store.by_unit(session, found.id)
        return payload | {
            "found": found, "counts": store.total(counts), "seconds": store.seconds(session, found),
            "minutes": ((found.closed_at or now) - found.started_at).total_seconds() / 60,
            "unit": people.unit(session, found.unit),
        }  # fmt: skip

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws the curve."""
        if payload["found"] is None:
            return payload
        png = picture.drawn(payload["seconds"], payload["counts"].roster, payload["minutes"])
        return payload | {"ref": media.put(png, "muster.png")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever ended the muster, with a key for the lessons learned."""
        found, counts = payload["found"], payload.get("counts")
        if found is None or counts is None:
            return
        times = rules.times(payload["seconds"], counts.roster)
        said = text(
            "emergencies.muster.report", real=found.real, unit=payload["unit"].label if payload["unit"] else "",
            started_at=found.started_at.isoformat(), minutes=payload["minutes"], counts=showing.as_json(counts),
            half=times.half, most=times.most, last=times.last, round=found.round,
        )  # fmt: skip
        key = button("emergencies.muster.b_learn", f"mu:learn:{found.id}")
        shown = (Media("photo", payload["ref"], "muster.png"),)
        to = outbox.to_person(payload["to"])
        message = Message(said, ((key,),), shown)
        outbox.send(session, to, message, Lane.REPLY, now, key=f"muster:{found.id}:report")


TICKS = (
    Tick("emergencies.muster.refresh_boards", refresh_boards, 1),
    Tick("emergencies.muster.forget_names", forget_names, 3600),
)
JOBS = {actions.CALL: actions.call_slice, actions.OVER: actions.over_slice, actions.REPORT: Reported()}
