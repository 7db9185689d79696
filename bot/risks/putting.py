"""Putting the risks of a file into the register: what is new is added, what is there is changed, nothing is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.people import store as people
from bot.people.company import named_units
from bot.people.tables import PersonRow
from bot.risks import actions, store
from bot.risks.actions import Entry
from bot.risks.model import Control, Held, Risk
from bot.risks.sheet import ControlRow, RiskEntry
from bot.risks.tables import RiskControlRow, RiskRow


def put(session: Session, by: int, found: Sequence[RiskEntry], now: datetime) -> int:
    """Puts risks in, as whoever sent them; answers how many controls are new or changed. Rights are looked at once more.

    A risk whose unit they do not lead by now is left out.
    """
    units = named_units(session)
    badges = {badge.casefold(): id for id, badge in session.execute(select(PersonRow.id, PersonRow.badge))}
    done = 0
    for entry in found:
        unit = units.get(entry.unit)
        if unit is None or not store.leads(session, by, unit.path, now):
            continue
        place = people.place_by_code(session, entry.place) if entry.place else None
        risk = _risk(session, by, entry, unit.id, place.id if place else None, now)
        if risk is None:
            continue
        if entry.inherent is not None and entry.inherent != risk.inherent:
            risk = actions.rate(session, by, risk.id, entry.inherent, now)
        for control in entry.controls:
            done += _control(session, by, risk, control, badges.get(control.owner.casefold()), now)
        again = store.risk(session, risk.id)
        if entry.residual is not None and again is not None and entry.residual != again.residual:
            actions.rate(session, by, risk.id, entry.residual, now, residual=True)
    return done


def _risk(session: Session, by: int, entry: RiskEntry, unit: int, place: int | None, now: datetime) -> Risk | None:
    known = session.scalar(select(RiskRow.id).where(RiskRow.code == entry.code)) if entry.code else None
    values: dict[str, Any] = {
        "place_id": place, "task": dict(entry.task), "number": entry.number, "step": dict(entry.step),
        "hazard": dict(entry.hazard), "topic": entry.topic or None,
    }  # fmt: skip
    if known is not None:
        try:
            found = actions.mine(session, by, known, now)
        except Refused:
            return None
        for name in ("task", "step", "hazard"):  # a language that the file leaves out stays as it is
            values[name] = {**getattr(found, name), **values[name]}
        return actions.change(session, found, values)
    key = f"file:{entry.code}" if entry.code else f"{now.timestamp():.0f}:{by}:{entry.row}"
    words = Entry(key, unit, entry.task, entry.hazard, place, entry.number, entry.step, entry.topic or None)
    found = actions.identify(session, by, words, now)
    if entry.code:
        session.execute(update(RiskRow).where(RiskRow.id == found.id).values(code=entry.code))
    return actions.mine(session, by, found.id, now)


def _control(session: Session, by: int, risk: Risk, control: ControlRow, owner: int | None, now: datetime) -> int:
    there = next((each for each in store.controls_of(session, risk.id) if _same(each, control)), None)
    if there is None:
        new = actions.add_control(session, by, risk.id, control.rank, control.words, owner, now, every=control.every)
        if control.held is Held.IN_PLACE:
            actions.place_control(session, by, new.id, now)
        return 1
    if control.held is Held.IN_PLACE and there.held is Held.PLANNED:
        actions.place_control(session, by, there.id, now)
    values = {
        "rank": control.rank.value, "owner_id": owner or there.owner, "words": {**there.words, **control.words},
        "every_days": control.every.days if control.every else None,
    }  # fmt: skip
    session.execute(update(RiskControlRow).where(RiskControlRow.id == there.id).values(**values))
    return 1


def _same(one: Control, other: ControlRow) -> bool:
    """Whether two controls say the same in some language: that is how a file finds a control again."""
    return any(other.words.get(lang) == words for lang, words in one.words.items())
