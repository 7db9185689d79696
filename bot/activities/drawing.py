"""Whether the order of a staggered start is still the one that was drawn."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.activities import statistics
from bot.activities.facts import DRAWN
from bot.activities.model import Campaign, Stagger, Start
from bot.ledger import store as ledger


def kept(session: Session, found: Campaign, starts: list[Start]) -> bool:
    """Whether the order is still what was drawn: the rows agree with the ledger, and the seed draws the same again."""
    if found.stagger is not Stagger.DRAWN:
        return True
    facts = ledger.about(session, "campaign", found.id, (DRAWN.name,), found.planned_at)
    if len(facts) != 1:
        return False
    body, order = facts[0].body, [each.unit for each in starts]
    return (
        body["seed"] == found.seed and body["order"] == order
        and body["starts"] == [each.starts_on.isoformat() for each in starts]
        and list(statistics.drawn_order(str(found.seed), order)) == order
    )  # fmt: skip
