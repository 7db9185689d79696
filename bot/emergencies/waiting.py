"""What of emergency plans waits for whoever looks after them; and the card where a place is scanned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.emergencies import rules, store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people.model import Person, Place


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Each plan of one's own that is red or whose materials run out."""
    plans = store.of_owner(session, person)
    out = {each.plan for each in store.running_out(session, [plan.id for plan in plans], now.date())} if plans else ()
    return [
        (
            text("emergencies.waiting", title=dict(plan.title), red=rules.red(plan, now), out=plan.id in out),
            button("emergencies.b_open", f"ep:open:{plan.id}"),
        )
        for plan in plans
        if rules.red(plan, now) or plan.id in out
    ]


def at_place(session: Session, place: Place, person: Person, now: datetime) -> list[Button]:
    """The card of the place."""
    return [button("emergencies.b_here", f"em:here:{place.id}")]


TODAY, AT_PLACE = today, at_place
