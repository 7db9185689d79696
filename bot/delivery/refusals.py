"""Who tried what they have no right to stands on the audit trail: by pseudonym, once an hour for each thing and reason.

A refusal for want of a right is known by the name of its text: `not_yours`, `only_leaders`, `not_allowed`. All others (too
late, changed meanwhile, written wrongly) are everyday and kept nowhere.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.model import ATTEMPT_REFUSED
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.texts import Text
from bot.ledger.actions import record
from bot.ledger.model import Fact

WANT_OF_RIGHT = re.compile(
    r"\.(t_)?(not_yours|not_your_(?!own)|not_allowed|not_a_trainer|not_manager|not_leader|not_his|only_(?!in_private)|leaders_only)"
)


def for_want_of_right(key: str) -> bool:
    """Whether a text refuses because of who asks, and not because of when or how."""
    return WANT_OF_RIGHT.search(key) is not None


def note(session: Session, event: AnyEvent, said: Text | None, now: datetime) -> None:
    """Records the attempt of somebody we know, where `said` refused it for want of a right."""
    if event.person is None or said is None or not for_want_of_right(said.key):
        return
    by = _by(event)
    key = f"refused:{event.person}:{by}:{said.key}:{now:%Y%m%d%H}"
    record(session, Fact(ATTEMPT_REFUSED, key, now, event.person, body={"by": by, "why": said.key[:80]}), now)


def _by(event: AnyEvent) -> str:
    """The command, or the kind of button: of its numbers nothing is kept, which could tell of whom it was."""
    if isinstance(event, Pressed):
        return re.sub(r"[^\w.]", "", event.verb)[:20] or "button"
    if isinstance(event, Said) and event.command is not None:
        return "/" + re.sub(r"[^\w]", "", event.command)[:20]
    return type(event).__name__
