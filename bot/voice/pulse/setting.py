"""Setting a survey up by taps: for whom, which statements, how long."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.pulse import actions, rules, store
from bot.voice.pulse.content import climate
from bot.voice.pulse.model import DRAFT, FIVE


def begin(session: Session, who: Person, now: datetime) -> Message:
    """For which unit? Refused: to whoever answers for no safety."""
    units = whom.units(session, who, now, actions.STARTER)
    if not units:
        raise Refused("voice.not_yours")
    drafts.begin(session, who.id, DRAFT, "unit", {"key": secrets.token_hex(12)}, now)
    keys = [button("voice.b_unit", f"pu:unit:{each.id}", unit=each.label) for each in units]
    return Message(text("voice.pulse.ask_unit", least=FIVE), rows(*keys))


def on_unit(session: Session, who: Person, id: int, now: datetime) -> Message:
    """Which statements? Refused: for a unit that is too small."""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    unit = whom.led_unit(session, who, id, now, actions.STARTER)
    if store.people_under(session, unit.path, now) < FIVE:
        raise Refused("voice.pulse.too_few", least=FIVE)
    typed.onward(session, draft, "statements", now, unit=unit.id)
    said = text("voice.pulse.ask_statements", shipped=[dict(each) for each in climate()], most=rules.MOST_STATEMENTS)
    return Message(said, rows(button("voice.pulse.b_shipped", "pu:shipped")))


def on_shipped(session: Session, who: Person, now: datetime) -> Message:
    """The statements that Davy comes with. How long?"""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    if draft.step != "statements":
        raise Refused("voice.begin_again")
    typed.onward(session, draft, "days", now, statements=[])
    return _days()


def on_typed(session: Session, who: Person, words: str, now: datetime) -> Message | None:
    """Statements of one's own, one a line; None where nothing is waited for."""
    draft = typed.fresh(session, who.id, DRAFT, now)
    if draft is None or draft.step != "statements":
        return None
    lines = rules.statements(words)
    if not lines:
        raise Refused("voice.pulse.bad_statements", most=rules.MOST_STATEMENTS, letters=rules.MOST_LETTERS)
    typed.onward(session, draft, "days", now, statements=[{who.lang: line} for line in lines])
    return _days()


def on_days(session: Session, who: Person, days: int, now: datetime) -> Message:
    """How long is known: it starts."""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    if draft.step != "days" or days not in rules.DAYS:
        raise Refused("voice.begin_again")
    drafts.close(session, draft)
    data = draft.data
    statements = data["statements"] or climate()
    found = actions.start(session, who, f"pulse:{data['key']}", data["unit"], statements, days, now)
    return Message(
        text(
            "voice.pulse.started",
            unit=speaking.label(session, found.unit),
            closes=found.closes_at.isoformat(),
            least=FIVE,
        )
    )


def _days() -> Message:
    keys = [button("voice.b_days", f"pu:days:{days}", count=days) for days in rules.DAYS]
    return Message(text("voice.pulse.ask_days"), rows(*keys, each=3))
