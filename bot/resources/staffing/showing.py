"""How staffing looks in the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person, Role, UnitKind
from bot.resources import whom
from bot.resources.staffing import actions, content, rules, store
from bot.resources.staffing.model import Kind, Requirement, Standing

MOST = 20


def line(session: Session, each: Standing) -> dict[str, Any]:
    """What is required of a unit and what there is."""
    found = each.requirement
    return {
        "id": found.id, "kind": found.kind.value, "unit": speaking.label(session, found.unit), "needed": each.needed,
        "there": each.there, "missing": each.missing, "people": each.people, "source": found.source,
        "jurisdiction": found.jurisdiction,
    }  # fmt: skip


def overview(session: Session, who: Person, now: datetime) -> Message:
    """Where something is missing, and what the law asks that nobody has taken over yet."""
    found = store.standing(session, speaking.paths(session, who.id, Role.SUPERVISOR, now), now, MOST)
    keys = [
        button("resources.staffing.b_number", f"sf:open:{each.requirement.id}", number=each.requirement.id)
        for each in found
    ]
    more = []
    if speaking.paths(session, who.id, actions.KEEPER, now):
        more.append(button("resources.staffing.b_new", "sf:new"))
        more += _laws(session, who, now)
    said = text("resources.staffing.overview", lines=[line(session, each) for each in found])
    return Message(said, (*rows(*keys, each=5), *rows(*more, each=1)))


def _laws(session: Session, who: Person, now: datetime) -> list[Any]:
    keys = []
    for unit in whom.units(session, who.id, actions.KEEPER, now):
        for at, law in content.for_jurisdiction(unit.jurisdiction) if unit.kind is UnitKind.SITE else ():
            if not store.taken_over(session, f"{law.code}:{unit.id}"):
                keys.append(
                    button("resources.staffing.b_law", f"sf:law:{at}:{unit.id}", says=dict(law.says), unit=unit.label)
                )
    return keys


def card(session: Session, who: Person, found: Requirement, now: datetime) -> Message:
    """One requirement, who is named for it, and what whoever keeps it can do."""
    count = store.headcount(session, found.path, now)
    named = store.named(session, found.path, found.kind)
    each = Standing(found, count, rules.needed(found, count), store.there(session, found, now))
    keeps = speaking.holds(session, who.id, actions.KEEPER, found.path, now)
    by_role = found.kind is Kind.SAFETY_OFFICER
    keys = []
    if keeps and not by_role:
        keys.append(button("resources.staffing.b_name", f"sf:name:{found.id}"))
        keys += [button("resources.staffing.b_end", f"sf:end:{id}", name=name) for id, name in named[:10]]
    if keeps:
        keys.append(button("resources.staffing.b_retire", f"sf:gone:{found.id}"))
    said = text("resources.staffing.card", line=line(session, each), names=[name for _, name in named], by_role=by_role)
    return Message(said, rows(*keys))
