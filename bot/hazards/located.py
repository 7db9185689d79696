"""Where a picture was taken: left out, unless its reporter says that it may stay.

A picture sent as a file may tell the place. The copy that we keep never does; that there was a place is noticed when it is
fetched, and the reporter is asked. Only after a yes it is fetched once more and the place is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.hazards import cards, facts, store
from bot.hazards.model import Hazard, MediaRole
from bot.hazards.tables import HazardMediaRow
from bot.kit.events import Pressed
from bot.kit.replies import Message, Reply, button, rows, toast
from bot.kit.texts import text
from bot.ledger import actions as ledger
from bot.ledger.model import Fact
from bot.people import store as people

ASKED, WANTED, LEFT_OUT = "?", "+", "-"
"""What stands in a file's row while there is no place in it: the reporter is asked, said yes, said no."""


def ask(session: Session, hazard: Hazard, row: HazardMediaRow, now: datetime) -> None:
    """Asks the reporter by name of a picture before the fix. Without a name, nobody is asked and nothing is kept."""
    if row.role != MediaRole.BEFORE.value or hazard.reporter is None or hazard.anonymous or row.spot is not None:
        return
    row.spot = ASKED
    buttons = rows(
        button("hazards.b_spot_keep", f"hzw:keep:{row.id}"), button("hazards.b_spot_leave", f"hzw:leave:{row.id}")
    )
    message = Message(text("hazards.ask_spot", number=hazard.id), buttons, ref=_ref(row.id))
    key = f"hazard:{hazard.id}:spot:{row.id}"
    outbox.send(session, outbox.to_person(hazard.reporter), message, Lane.REPLY, now, key=key)


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzw:keep:file` or `hzw:leave:file`, from the one who reported."""
    who = people.person(session, event.person, now) if event.person is not None and event.private else None
    row = session.get(HazardMediaRow, event.number(1))
    hazard = store.hazard(session, row.hazard_id) if row is not None else None
    if who is None or row is None or hazard is None or hazard.reporter != who.id:
        return toast("delivery.stale", alert=True)
    keep = event.word(0) == "keep"
    answered = WANTED if keep else LEFT_OUT
    asked = update(HazardMediaRow).where(HazardMediaRow.id == row.id, HazardMediaRow.spot == ASKED)
    if changed(session, asked.values(spot=answered)) != 1:
        return toast("delivery.stale", alert=True)
    body = {"hazard": hazard.id, "unit": hazard.unit, "kept": keep}
    ledger.record(
        session, Fact(facts.SPOT_DECIDED, f"picture-spot:{row.id}", now, who.id, hazard.unit, who.post, body), now
    )
    if keep:
        downloads.want(session, row.file_id, "hazards.spot_read", {"file": row.id}, now, keep="place")
    said = text("hazards.spot_kept" if keep else "hazards.spot_left", number=hazard.id)
    return Reply(edit=Message(said, ref=_ref(row.id)))


def spot_read(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: the place was read, or could not be any more; whoever acts on the danger sees it on the card."""
    row, at = session.get(HazardMediaRow, payload["file"]), payload.get("at")
    hazard = store.hazard(session, row.hazard_id) if row is not None else None
    if row is None or hazard is None:
        return
    value = f"{at[0]:.5f}, {at[1]:.5f}" if at else LEFT_OUT
    wanted = update(HazardMediaRow).where(HazardMediaRow.id == row.id, HazardMediaRow.spot == WANTED)
    if changed(session, wanted.values(spot=value)) == 1 and at:
        outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)


def _ref(file: int) -> str:
    return f"hazard-spot:{file}"
