"""A case as whoever it concerns sees it, with what they may press. Nobody else gets a card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.violations import rules
from bot.compliance.violations.model import Decision, State, Violation
from bot.kit.replies import Button, Media, Message, button, rows
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Viewer


def card(session: Session, found: Violation, viewer: Viewer, now: datetime, *, what: str = "") -> Message:
    """All that was said so far; `what` is the news at its top."""
    unit, place = people.unit(session, found.unit), people.place(session, found.place) if found.place else None
    mine = viewer.person == found.person
    said = text(
        "compliance.violations.card", number=found.id, what=what, mine=mine, name=whom.name(session, found.person, now),
        by=whom.name(session, found.by, now), at=found.happened_at.isoformat(), words=found.words,
        place=place.label if place is not None else (unit.label if unit is not None else ""), state=found.state.value,
        reply=found.reply or "", replied=found.reply_at is not None,
        reply_by=found.reply_by.isoformat() if found.reply_by else "",
        decision=found.decision.value if found.decision else "", reason=found.reason or "",
        decided_by=whom.name(session, found.decided_by, now), appeal=found.appeal or "",
        appeal_by=found.appeal_by.isoformat() if found.appeal_by else "", final=found.final.value if found.final else "",
        final_reason=found.final_reason or "", final_by=whom.name(session, found.final_by, now),
    )  # fmt: skip
    media = (Media("photo", found.media),) if found.media and what in ("", "opened", "ripe", "second") else ()
    return Message(said, rows(*_keys(found, viewer, now), each=1), media=media)


def _keys(found: Violation, viewer: Viewer, now: datetime) -> list[Button]:
    if viewer.person == found.person:
        if found.state is State.OPEN and found.reply_at is None:
            return [
                button("compliance.violations.b_reply", f"vi:reply:{found.id}"),
                button("compliance.violations.b_nothing", f"vi:nothing:{found.id}"),
            ]
        if rules.may_appeal(found, viewer.person, now):
            return [button("compliance.violations.b_appeal", f"vi:appeal:{found.id}")]
        return []
    if rules.may_look(found, viewer):
        return [
            button("compliance.violations.b_go_on", f"vi:go:{found.id}"),
            button("compliance.violations.b_drop", f"vi:drop:{found.id}"),
        ]
    if rules.may_decide(found, viewer, now) or rules.may_finish(found, viewer):
        verb = "final" if found.state is State.APPEALED else "decide"
        return [
            button("compliance.violations.b_decision", f"vi:{verb}:{found.id}:{each.value}", decision=each.value)
            for each in Decision
        ]
    return []
