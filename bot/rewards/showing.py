"""Points as people read them: what they have, why, what may be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Role, Unit, Viewer
from bot.people.rules import near
from bot.rewards import policy, rules, store, switching
from bot.rewards.model import Appeal, AppealState, Kind, Row

MOST = 8
MORE_BUTTONS: list[Callable[[Session, Person], Sequence[Button]]] = []
"""What other parts of this room offer under `/points`."""


def why(session: Session, row: Row) -> Any:
    """What a row rests on, in words: the rule of its version, or the reason that somebody gave."""
    rule = policy.rule_of(session, row.policy, row.rule)
    if rule is not None:
        return dict(rule.words)
    return row.reason or ""


def line(session: Session, row: Row, now: datetime, back: bool) -> dict[str, Any]:
    """A row as a line of a list."""
    by = people.person(session, row.by, now) if row.by and row.kind not in (Kind.HELD,) else None
    return {
        "id": row.id, "amount": row.amount, "kind": row.kind.value, "why": why(session, row), "on": row.on.isoformat(),
        "by": by.name if by else "", "of": row.reverses, "back": back, "policy": row.policy,
    }  # fmt: skip


def lines(session: Session, found: Sequence[Row], now: datetime) -> list[dict[str, Any]]:
    """Rows as lines."""
    back = store.reversed_among(session, [each.id for each in found])
    return [line(session, each, now, each.id in back) for each in found]


def overview(session: Session, who: Person, now: datetime) -> Message:
    """`/points`: the balance and the newest rows, each with its why."""
    found = store.rows_of(session, who.id, MOST)
    given = switching.holds(session, "points", who.path, now)
    said = text(
        "rewards.overview", balance=store.balance(session, who.id), lines=lines(session, found, now), given=given
    )
    keys = [button("rewards.b_why", f"pts:open:{each.id}", number=each.id) for each in found[:6]]
    keys.append(button("rewards.b_rules", "pts:rules"))
    keys += [each for offer in MORE_BUTTONS for each in offer(session, who)]
    viewer = people.viewer(session, who.id, now)
    if viewer is not None and viewer.anywhere(store.HR):
        keys += [
            button("rewards.b_hand", "pts:hand"),
            button("rewards.b_back", "pts:back"),
            button("rewards.b_switch", "pts:units"),
        ]
    return Message(said, rows(*keys))


def explained(session: Session, who: Person, now: datetime) -> Message:
    """How points are given: every rule in words, with its limits and its version."""
    found = policy.in_force(session, people.today_of(who, now), now)
    said = [
        {"words": dict(each.words), "points": each.points, "day": each.per_day, "month": each.per_month}
        for each in (found.rules if found else ())
    ]
    return Message(text("rewards.rules", rules=said, version=found.version if found else 0,
                        since=found.since.isoformat() if found else ""))  # fmt: skip


def card(session: Session, row: Row, viewer: Viewer, now: datetime) -> Message:
    """One row with all that it rests on, and its appeal."""
    appeal = store.appeal_of(session, row.id)
    back = store.reversal_of(session, row.id)
    whose = people.person(session, row.person, now)
    said = text(
        "rewards.card", line=line(session, row, now, back is not None), fact=row.fact or "", fact_at=row.at.isoformat(),
        appeal_by=row.appeal_by.isoformat() if rules.may_appeal(row, row.person, now) and row.appeal_by else "",
        appeal=_appeal(session, appeal, now), mine=viewer.person == row.person, whose=whose.name if whose else "",
        back=back.id if back else 0,
    )  # fmt: skip
    keys = []
    if appeal is None and rules.may_appeal(row, viewer.person, now):
        keys.append(button("rewards.b_appeal", f"pts:say:{row.id}"))
    if appeal is not None:
        keys += _deciding(appeal, row, viewer)
    return Message(said, rows(*keys, each=1))


def _deciding(appeal: Appeal, row: Row, viewer: Viewer) -> list[Button]:
    if appeal.state is not AppealState.OPEN or appeal.decider != viewer.person:
        return []
    keys = [button("rewards.b_grant", f"pts:yes:{appeal.id}")] if row.amount < 0 else []
    keys.append(button("rewards.b_other", f"pts:other:{appeal.id}"))
    return [*keys, button("rewards.b_refuse", f"pts:no:{appeal.id}")]


def _appeal(session: Session, found: Appeal | None, now: datetime) -> dict[str, Any] | None:
    if found is None:
        return None
    named = people.persons(session, [each for each in (found.decider, found.decided_by) if each], now)
    decider, by = named.get(found.decider or 0), named.get(found.decided_by or 0)
    return {
        "words": found.words, "state": found.state.value, "decider": decider.name if decider else "",
        "due": found.due_at.isoformat(), "late": found.level > 0, "by": by.name if by else "", "reason": found.reason or "",
    }  # fmt: skip


def units(session: Session, viewer: Viewer, role: Role = store.HR, most: int = 8) -> list[Unit]:
    """The units that somebody looks after, the nearest first."""
    every = people.units(session)
    found = near(every, viewer.paths(role), viewer.path)
    return [*found, *(unit for unit in every if viewer.holds(role, unit.path) and unit not in found)][:most]


def choose_unit(session: Session, viewer: Viewer) -> Message:
    """For which unit something is to hold."""
    keys = [button("rewards.b_unit", f"pts:set:{each.id}", unit=each.label) for each in units(session, viewer)]
    return Message(text("rewards.ask_unit"), rows(*keys))


def setting(session: Session, unit: Unit, now: datetime) -> Message:
    """What holds in a unit."""
    on = {item: switching.holds(session, item, unit.path, now) for item in switching.USUAL}
    keys = [
        button(f"rewards.b_{item}_{'off' if held else 'on'}", f"pts:turn:{unit.id}:{item}:{'off' if held else 'on'}")
        for item, held in on.items()
    ]
    return Message(
        text("rewards.setting", unit=unit.label, points=on["points"], names=on["names"]), rows(*keys, each=1)
    )


def decider_of(session: Session, row: Row) -> int | None:
    """Who is named to decide about a row."""
    found = store.appeal_of(session, row.id)
    return found.decider if found else None
