"""A permit as people see it: the card with its checks, what was measured, how long it holds, what may be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.permits import rules, store
from bot.compliance.permits.cards import cards, gases
from bot.compliance.permits.model import Permit, Reading, State
from bot.delivery import gates
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people import store as people


def where(session: Session, found: Permit) -> object:
    """The place, else the unit."""
    place = people.place(session, found.place) if found.place else None
    unit = people.unit(session, found.unit)
    return place.label if place is not None else (unit.label if unit is not None else "")


def measured(read: Sequence[Reading], law: str) -> list[dict[str, Any]]:
    """What was measured, each with its limit and whose law that is."""
    lines = []
    for each in read:
        gas = gases()[each.gas]
        limit = gas.limit(law)
        lines.append(
            {"name": dict(gas.names), "value": f"{each.value:g}", "unit": gas.unit, "good": each.good,
             "low": _number(limit.low if limit else None), "high": _number(limit.high if limit else None),
             "says": f"{limit.jurisdiction}: {limit.says}" if limit else ""}
        )  # fmt: skip
    return lines


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def card(session: Session, found: Permit, now: datetime, *, to: str) -> Message:
    """The permit for its `receiver`, for an `issuer`, or (empty) for whoever works there."""
    kind, unit = cards()[found.card], people.unit(session, found.unit)
    read, at = store.readings(session, found.id, found.round)
    view = gates.view(session, found.subject, found.gate)
    said = text(
        "compliance.permits.card", number=found.id, title=dict(kind.title), place=where(session, found), words=found.words,
        receiver=whom.name(session, found.receiver, now), issuer=whom.name(session, found.issuer, now),
        state=found.state.value, hours=found.minutes / 60, ends_at=found.ends_at.isoformat() if found.ends_at else "",
        checks=[dict(each) for each in kind.checks] if found.to_decide and to == "issuer" else [],
        measured=measured(read, unit.jurisdiction if unit else ""), tested_at=at.isoformat() if at else "",
        more=found.extend_minutes is not None, missing=view.missing if found.to_decide else 0, high=found.high,
        back=dict(kind.back) if found.state in (State.EXPIRED, State.STOPPED, State.BACK) else {},
    )  # fmt: skip
    ref = found.ref if to == "issuer" else None
    return Message(said, rows(*_keys(found, to, now)), ref=ref)


def _keys(found: Permit, to: str, now: datetime) -> list[Button]:
    if to == "receiver":
        return _receivers(found, now)
    if to != "issuer":
        return []
    if found.to_decide:
        return [
            button("compliance.permits.b_yes", f"pt:yes:{found.id}:{found.round}"),
            button("compliance.permits.b_no", f"pt:no:{found.id}:{found.round}"),
        ]
    if found.state is State.RUNNING:
        return [button("compliance.permits.b_stop", f"pt:stop:{found.id}")]
    return [button("compliance.permits.b_close", f"pt:close:{found.id}")] if found.state is State.BACK else []


def _receivers(found: Permit, now: datetime) -> list[Button]:
    keys = []
    if rules.may_extend(found, now):
        keys.append(button("compliance.permits.b_more_time", f"pt:extend:{found.id}"))
    if found.state is State.RUNNING and cards()[found.card].gases:
        keys.append(button("compliance.permits.b_measure", f"pt:measure:{found.id}"))
    if found.state in (State.RUNNING, State.EXPIRED, State.STOPPED):
        keys.append(button("compliance.permits.b_back", f"pt:back:{found.id}"))
    return keys


def missing(session: Session, found: Permit, kinds: Sequence[str]) -> Message:
    """For safety officers: a permit that nobody can issue as things are."""
    said = text(
        "compliance.permits.cannot_be_had", number=found.id, title=dict(cards()[found.card].title),
        place=where(session, found), receiver=whom.name(session, found.receiver, found.asked_at), missing=roles_of(kinds),
    )  # fmt: skip
    return Message(said)


def roles_of(kinds: Sequence[str]) -> list[str]:
    """The roles that kinds of voices stand for."""
    return [kind.removeprefix("role:") for kind in kinds]


def told(session: Session, found: Permit, what: str, now: datetime, *, to: str, name: str = "") -> Message:
    """What has happened to a permit, in a word, for its `receiver` or `issuer`."""
    kind = cards()[found.card]
    said = text(
        "compliance.permits.told", what=what, mine=to == "receiver", number=found.id, title=dict(kind.title),
        place=where(session, found), receiver=whom.name(session, found.receiver, now), name=name,
        ends_at=found.ends_at.isoformat() if found.ends_at else "", checks=[dict(each) for each in kind.checks]
        if what == "issued" else [], back=dict(kind.back) if what in ("expired", "stopped", "late") else {},
    )  # fmt: skip
    # without a ref: a later edit of what they were asked must not take the place of a call that has not gone out
    return Message(said, rows(*_keys(found, to, now)))
