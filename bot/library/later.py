"""Publishing a bank at a time of its own: the moment is chosen or typed, and the upload waits for it.

The clock is that of the unit that the bank is for. Whatever was changed meanwhile is not overwritten: then nothing is
published, and whoever planned it is told what was changed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import drafts, outbox
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import history, moments, owning, preview, store, uploads
from bot.library.model import BANK_PLANNED, WENT_LIVE
from bot.library.showing import said
from bot.library.tables import UploadRow
from bot.people.model import Unit

DRAFT = "library.when"


def on_when(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Publish later*: a few moments, or one that is typed."""
    row = _row(session, event, now)
    retire = event.number(1) == 1
    units = _units(session, row, now)
    zone = units[0].zone
    drafts.begin(session, row.person_id, DRAFT, "typed", {"upload": row.id, "retire": retire}, now)
    buttons = [
        Button(text("delivery.just", text=moments.written(at, zone)),
               f"lb.at:{row.id}:{moments.minutes(at)}:{int(retire)}:0")
        for at in moments.offered(now, zone)
    ]  # fmt: skip
    words = text("library.when", title=said((row.changes or {})["bank"]["title"]), unit=units[0].label, clock=zone)
    return Reply(edit=Message(words, rows(*buttons, button("library.cancel", f"lb.no:{row.id}"), each=1)))


def on_at(session: Session, event: Pressed, now: datetime) -> Reply:
    """One of the moments; and for whom, where its trainer looks after several units."""
    row = _row(session, event, now)
    at = moments.from_minutes(event.number(1), now)
    if at is None:
        raise Refused("library.t_not_a_moment")
    return Reply(edit=_planned(session, row, at, event.number(2) == 1, max(event.number(3), 0), now))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A moment that was typed; anything else than words is passed on."""
    draft = drafts.current(session, event.person or 0, DRAFT)
    if draft is None or not isinstance(event, Said):
        return None
    row = store.upload(session, int(draft.data["upload"]))
    if row is None or row.state not in ("ready", "planned") or row.person_id != event.person:
        drafts.close(session, draft)
        return None
    zone = _units(session, row, now)[0].zone
    at = moments.read(event.text, now, zone)
    if at is None:
        return answer("library.not_a_moment", clock=zone, example=moments.written(moments.offered(now, zone)[0], zone))
    return Reply((_planned(session, row, at, bool(draft.data["retire"]), 0, now),))


def _planned(session: Session, row: UploadRow, at: datetime, retire: bool, unit: int, now: datetime) -> Message:
    units = _units(session, row, now)
    title = said((row.changes or {})["bank"]["title"])
    if len(units) > 1 and unit not in {each.id for each in units}:
        data = f"lb.at:{row.id}:{moments.minutes(at)}:{int(retire)}"
        buttons = [Button(text("delivery.just", text=each.label), f"{data}:{each.id}") for each in units]
        return Message(text("library.when_for", title=title), rows(*buttons, each=1), ref=uploads.ref(row.id))
    plan(session, row, at, retire, unit, now)
    shown = next((each for each in units if each.id == unit), units[0])
    words = text("library.planned", title=title, at=moments.written(at, shown.zone), clock=shown.zone, unit=shown.label)
    buttons = [
        button("library.publish_now", f"lb.pub:{row.id}:{unit}"),
        button("library.other_time", f"lb.when:{row.id}:{int(retire)}"),
        button("library.cancel", f"lb.no:{row.id}"),
    ]
    return Message(words, rows(*buttons), ref=uploads.ref(row.id))


def plan(session: Session, row: UploadRow, at: datetime, retire: bool, unit: int, now: datetime) -> None:
    """Sets the moment, or another one. Raises Refused where it was decided about before, or is not theirs to change."""
    live = store.live_bank(session, row.bank_id or "") if row.base_version else None
    owning.owner(session, live, unit, row.person_id, now)
    which = (UploadRow.id == row.id, UploadRow.state.in_(("ready", "planned")))
    values = {"state": "planned", "publish_at": at, "plan": {"retire_absent": retire, "unit": unit}}
    if changed(session, update(UploadRow).where(*which).values(**values)) != 1:
        raise Refused("library.decided")
    session.refresh(row)
    draft = drafts.current(session, row.person_id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    key = f"bank-planned:{row.id}:{now.isoformat()}"
    record(session, Fact(BANK_PLANNED, key, now, row.person_id, body={"upload": row.id}), now)


def publish_planned(session: Session, now: datetime) -> bool:
    """Publishes one bank whose moment has come; True while more wait."""
    due = select(UploadRow).where(UploadRow.state == "planned", UploadRow.publish_at <= now)
    row = session.scalar(due.order_by(UploadRow.publish_at, UploadRow.id).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return False
    session.refresh(row)
    title, change = said((row.changes or {})["bank"]["title"]), uploads.change_of(row)
    plan = row.plan or {"retire_absent": False, "unit": 0}
    try:
        version = uploads.publish_upload(
            session, row, now, retire_absent=plan["retire_absent"], unit=int(plan["unit"])
        )  # fmt: skip
    except Refused:  # whoever planned it looks after this bank no more
        uploads.settle(session, row, "planned", "cancelled", now)
        message = Message(text("library.plan_refused", title=title))
    else:
        if version is None:
            message = history.outdated(session, row, now)
        else:
            message = preview.published(row.id, title, version, change, plan["retire_absent"])
    outbox.edit_ref(session, uploads.ref(row.id), message, now)
    key = f"went-live:upload:{row.id}:{row.publish_at.isoformat() if row.publish_at else ''}"
    to = outbox.to_person(row.person_id)
    outbox.send(session, to, message, outbox.Lane.BULK, now, key=key, unasked=WENT_LIVE)
    return True


def _row(session: Session, event: Pressed, now: datetime) -> UploadRow:
    row = uploads.mine(session, event.number(0), event.person or 0, now)
    if row.state not in ("ready", "planned"):
        raise Refused("library.decided")
    return row


def _units(session: Session, row: UploadRow, now: datetime) -> list[Unit]:
    live = store.live_bank(session, row.bank_id or "") if row.base_version else None
    found = uploads.for_whom(session, row, live, now)
    if not found:
        raise Refused("library.not_a_trainer")
    return found


ROUTES = (
    Route(on_when, verb="lb.when"),
    Route(on_at, verb="lb.at"),
    Route(on_typed, draft=DRAFT),
)
