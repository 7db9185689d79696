"""What of campaigns waits for somebody, for `/today`: questions, a manager's word, entries for a jury."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.activities import store, whom
from bot.activities.model import Stagger
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people

MOST = 3
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """Each with its button."""
    who = people.person(session, person, now)
    if who is None:
        return []
    items: list[Item] = []
    for id, wave in store.owed(session, person, people.today_of(who, now))[:MOST]:
        found = store.campaign(session, id)
        if found is not None:
            key = button("activities.b_answer", f"ac:quiz:{id}:{wave.value}", count=found.asks)
            items.append((text("activities.waiting_questions", title=found.title), key))
    for found in store.led(session, whom.paths(session, person, whom.AGREES, now), MOST):
        if found.stagger is Stagger.ASKED and found.live:
            items.append(
                (
                    text("activities.waiting_agree", title=found.title),
                    button("activities.b_open", f"ac:open:{found.id}"),
                )
            )
    if looks := store.to_let_in(session, person):
        items.append((text("activities.waiting_look", count=len(looks)), button("activities.b_jury", "ac:jury")))
    for found, each in store.to_judge(session, person)[:MOST]:
        key = button("activities.b_judge", f"ac:judge:{each.id}")
        items.append((text("activities.waiting_judge", title=found.title), key))
    return items


TODAY = today
