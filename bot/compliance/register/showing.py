"""An entry of the register as people see it, and what its keeper may press."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.documents import store as documents
from bot.compliance.register import rules, store
from bot.compliance.register.model import Flag, Law, Outcome
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people import store as people

MOST_FLAGS = 6


def late_days(found: Law, now: datetime) -> int:
    """How many days late a look at the source is."""
    return rules.days_late(found.look_at, now)


def card(session: Session, found: Law, now: datetime, *, what: str = "", keeper: bool = True) -> Message:
    """An entry; `what` is why it is shown: look, stirred, evaluate, flagged."""
    unit, flags = people.unit(session, found.unit), store.flags(session, found.id)
    said = text(
        "compliance.register.card", what=what, code=found.code, title=dict(found.title), kind=found.kind.value,
        jurisdiction=found.jurisdiction, version=found.version, source=found.source, changes=dict(found.changes),
        since=found.effective_on.isoformat() if found.effective_on else "", binds=dict(found.binds),
        unit=unit.label if unit else "", owner=whom.name(session, found.owner, now),
        outcome=found.outcome.value if found.outcome else "", late=late_days(found, now),
        evaluated=found.evaluated_at.isoformat() if found.evaluated_at else "", look_at=found.look_at.isoformat(),
        flags=[_flag(session, each) for each in flags[:MOST_FLAGS]], more=max(len(flags) - MOST_FLAGS, 0),
    )  # fmt: skip
    return Message(said, rows(*_keys(found, flags), each=1) if keeper else ())


def _flag(session: Session, each: Flag) -> dict[str, Any]:
    title: object = each.ref
    if each.what == "document":
        title = documents.titles(session, [int(each.ref)]).get(int(each.ref), each.ref)
    return {"what": each.what, "title": title}


def _keys(found: Law, flags: list[Flag]) -> list[Button]:
    keys = [
        button("compliance.register.b_looked", f"lw:looked:{found.id}"),
        button("compliance.register.b_version", f"lw:version:{found.id}"),
    ]
    keys += [
        button("compliance.register.b_outcome", f"lw:eval:{found.id}:{each.value}", outcome=each.value)
        for each in Outcome
    ]
    keys += [
        button("compliance.register.b_settle", f"lw:settle:{each.id}", what=each.what, ref=each.ref)
        for each in flags[:MOST_FLAGS]
    ]
    return keys
