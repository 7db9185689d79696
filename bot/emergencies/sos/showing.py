"""What stands on the phone of a call for help. The number comes first, and Davy says what it is not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.emergencies.sos import rules
from bot.emergencies.sos.model import Alone, Sos, State
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import company
from bot.people import store as people
from bot.people.model import Person

MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=18/{0}/{1}"


def ask(session: Session, who: Person) -> Message:
    """The first tap has brought this; the second sends."""
    known = company.emergency(session, who.path)
    said = text("emergencies.sos.ask", number=known.number)
    return Message(
        said, ((button("emergencies.sos.b_send", "so:send"),), (button("emergencies.sos.b_alone", "al:ask"),))
    )


def mine(session: Session, found: Sos, now: datetime) -> Message:
    """What stands on the phone of whoever sent it."""
    known = company.emergency(session, found.path)
    seen = people.person(session, found.seen_by, now) if found.seen_by else None
    said = text(
        "emergencies.sos.mine", state=found.state.value, number=known.number, seconds=int(rules.WINDOW.total_seconds()),
        name=seen.name if seen else "", gone=now >= found.leaves_at,
    )  # fmt: skip
    keys: tuple[tuple[Button, ...], ...] = ()
    if found.state in (State.SENT, State.SEEN):
        keys = (
            (
                button(
                    "emergencies.sos.b_cancel" if now < found.leaves_at else "emergencies.sos.b_over",
                    f"so:over:{found.id}",
                ),
            ),
        )
    return Message(said, keys, ref=f"{found.ref}:mine")


def card(session: Session, found: Sos, now: datetime) -> Message:
    """What those who are called see."""
    who, unit = people.person(session, found.person, now), people.unit(session, found.unit)
    seen = people.person(session, found.seen_by, now) if found.seen_by else None
    known = company.emergency(session, found.path)
    said = text(
        "emergencies.sos.card", name=who.name if who else "", unit=unit.label if unit else "", state=found.state.value,
        alone=found.alone, words=found.words, place=[round(each, 5) for each in found.place] if found.place else None,
        at=found.sent_at.isoformat(), seen=seen.name if seen else "", number=known.number,
    )  # fmt: skip
    keys = []
    if found.place is not None:
        keys.append(Button(text("emergencies.sos.b_map"), url=MAP.format(*found.place)))
    if found.state is State.SENT:
        keys.append(button("emergencies.sos.b_go", f"so:go:{found.id}"))
    elif found.state is State.SEEN:
        keys.append(button("emergencies.sos.b_over", f"so:over:{found.id}"))
    return Message(said, rows(*keys, each=1), ref=found.ref)


def timer(found: Alone) -> Message:
    """The timer of somebody who works alone."""
    said = text(
        "emergencies.sos.timer", words=found.words, minutes=found.minutes, due_at=found.due_at.isoformat(),
        ends_at=found.ends_at.isoformat(), grace=int(rules.GRACE.total_seconds() // 60),
    )  # fmt: skip
    keys = (
        button("emergencies.sos.b_fine", f"al:ok:{found.id}"),
        button("emergencies.sos.b_done", f"al:end:{found.id}"),
    )
    return Message(said, (*rows(*keys, each=1), (button("emergencies.b_sos", "so.ask"),)))
