"""Looking whether controls are in place: when, by whom, what was found, and what becomes of no answer."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.risk import SERIOUS
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import leaders
from bot.risks import alarms, finding, rules, store
from bot.risks.company import company
from bot.risks.model import (
    CHECKS,
    CONTROL_CHECKED,
    CONTROL_NOT_IN_PLACE,
    CONTROL_UNCHECKED,
    LATE,
    Control,
    Held,
    Risk,
)
from bot.risks.tables import RiskCheckRow, RiskControlRow, RiskRow

MOST_SHOWN = 6
SLICE = 40
KEPT = "risks.photo_kept"


def schedule(session: Session, found: Risk, control: int, now: datetime) -> None:
    """Sets when a control is looked at for the first time."""
    kept = store.control(session, control)
    if kept is not None:
        due, answer_by = _next(session, found, kept, now)
        which = (RiskControlRow.id == control, RiskControlRow.held == Held.IN_PLACE.value)
        session.execute(update(RiskControlRow).where(*which).values(due_at=due, answer_by=answer_by))


def schedule_all(session: Session, found: Risk, now: datetime) -> None:
    """Brings the next look at a risk's controls forward where it is now to come sooner; never puts one off."""
    for kept in store.controls_of(session, found.id):
        due, answer_by = _next(session, found, kept, now)
        if kept.held is Held.IN_PLACE and not kept.troubled and (kept.due_at is None or due < kept.due_at):
            which = (RiskControlRow.id == kept.id, RiskControlRow.held == Held.IN_PLACE.value)
            session.execute(update(RiskControlRow).where(*which).values(due_at=due, answer_by=answer_by, asked_at=None))


def _next(
    session: Session, found: Risk, kept: Control, after: datetime, *, soon: bool = False
) -> tuple[datetime, datetime]:
    unit = people.unit(session, found.unit)
    key = store.is_key_place(session, found.place)
    checking = rules.interval(company(), found.stake, timedelta(days=1) if soon else kept.every, key)
    due = rules.next_due(company(), checking.every, after, unit.zone if unit else "UTC")
    return due, due + checking.answer_within


# --- asking -----------------------------------------------------------------------------------------------------------


def ask_due(session: Session, now: datetime) -> bool:
    """Asks for the looks that are due: one message a person, whatever their number; True while more are left."""
    query = (
        select(RiskControlRow, RiskRow)
        .join(RiskRow, RiskRow.id == RiskControlRow.risk_id)
        .where(store.PLACED, store.LIVE, RiskControlRow.due_at <= now, RiskControlRow.asked_at.is_(None))
        .order_by(RiskControlRow.owner_id, RiskControlRow.due_at)
        .limit(SLICE)
    )
    found = session.execute(query.execution_options(populate_existing=True)).all()
    asked: dict[int, list[tuple[Control, Risk]]] = defaultdict(list)
    for row, risk in found:
        which = (RiskControlRow.id == row.id, RiskControlRow.due_at == row.due_at, RiskControlRow.asked_at.is_(None))
        if changed(session, update(RiskControlRow).where(*which).values(asked_at=now)) == 1:
            who = whom(session, store.as_control(row), store.as_risk(risk), now)
            if who is not None:
                asked[who].append((store.as_control(row), store.as_risk(risk)))
    for person, some in asked.items():
        # what was asked before and lies open stands in the new message too, which takes the place of the old one
        older = store.due_for(session, person, now)
        every = {control.id: (control, risk) for control, risk in (*older, *some)}
        _ask(session, person, list(every.values()), now)
    return len(found) == SLICE


def whom(session: Session, control: Control, risk: Risk, now: datetime) -> int | None:
    """Who is asked: whoever answers for it, else who stands in for them, else who leads there."""
    owner = control.owner or risk.owner
    for id in (owner, people.deputy(session, owner, now) if owner else None):
        if id and _is_here(session, id, now):
            return id
    found = leaders(session, risk.path, now)
    return found[0].id if found else owner


def _is_here(session: Session, id: int, now: datetime) -> bool:
    who = people.person(session, id, now)
    if who is None or who.left_on is not None or people.reachable_chat(session, id) is None:
        return False
    return people.deputy(session, id, now) is None


def _ask(session: Session, person: int, due: list[tuple[Control, Risk]], now: datetime) -> None:
    items = [line(session, control, risk) for control, risk in due]
    shown = due[:MOST_SHOWN]
    buttons = rows(*(button("risks.b_check", f"rkc:open:{c.id}", words=_short(c)) for c, _ in shown), each=1)
    words = text("risks.checks_due", items=items[:MOST_SHOWN], more=len(items) - len(shown))
    message = Message(words, buttons)
    outbox.send(session, outbox.to_person(person), message, Lane.LESSON, now, topic="risks.checks", unasked=CHECKS)


def line(session: Session, control: Control, risk: Risk) -> dict[str, Any]:
    """A control as a line of a list."""
    colour = risk.shown.value if risk.shown else ""
    return {
        "control": dict(control.words),
        "place": store.where(session, risk),
        "colour": colour,
        "task": dict(risk.task),
    }


def _short(control: Control) -> dict[str, str]:
    return {lang: rules.first_words(words, 40) for lang, words in control.words.items()}


# --- answering --------------------------------------------------------------------------------------------------------


def may_check(session: Session, control: Control, risk: Risk, by: int, now: datetime) -> bool:
    """Whether somebody may say how a control is: its owner, who stands in for them, and who leads there."""
    if control.owner is not None and by in (control.owner, people.deputy(session, control.owner, now)):
        return True
    return store.leads(session, by, risk.path, now)


def answer(session: Session, by: int, id: int, due_at: datetime, *, in_place: bool, now: datetime) -> int:
    """Notes what somebody found, once a look that was due; answers its row. Refused: to others, and to the second one.

    Not in place, it is a fact that other rooms follow up on, and it is looked at again on the next day.
    """
    control = store.control(session, id)
    risk = store.risk(session, control.risk) if control else None
    if control is None or risk is None or not rules.alive(risk) or not may_check(session, control, risk, by, now):
        raise Refused("risks.not_yours")
    if control.held is not Held.IN_PLACE or control.due_at != due_at:
        raise Refused("risks.checked_before")
    values = {"control_id": id, "due_at": due_at, "at": now, "person_id": by, "in_place": in_place}
    check = insert_once(session, RiskCheckRow, values)
    if check is None:
        raise Refused("risks.checked_before")
    due, answer_by = _next(session, risk, control, max(now, due_at), soon=not in_place)
    settled = {"late_at": None, "missing_at": None if in_place else (control.missing_at or now), "checked_at": now}
    which = (RiskControlRow.id == id, RiskControlRow.due_at == due_at)
    new = {"due_at": due, "answer_by": answer_by, "asked_at": None, **settled}
    session.execute(update(RiskControlRow).where(*which).values(**new))
    body = _body(control, risk) | {"in_place": in_place, "late": control.late_at is not None}
    record(session, Fact(CONTROL_CHECKED, f"check:{check}", now, by, body=body), now)
    if not in_place:
        found = _body(control, risk) | {"place": risk.place}
        record(session, Fact(CONTROL_NOT_IN_PLACE, f"check:{check}:missing", now, by, unit=risk.unit, body=found), now)
    alarms.settle(session, risk, now, by)
    if risk.stake in SERIOUS:
        finding.after_look(session, control, risk, by, in_place, now)
    if not in_place and risk.stake not in SERIOUS:
        tell_leaders(session, control, risk, "risks.missing_small", f"check:{check}", now, besides=by)
    return int(check)


def add_to(session: Session, by: int, check: int, note: str, file_id: str | None, now: datetime) -> None:
    """Words and a photo to what somebody found; theirs alone. The photo is kept as a stripped copy."""
    which = (RiskCheckRow.id == check, RiskCheckRow.person_id == by)
    values: dict[str, Any] = {"note": note or None} | ({"file_id": file_id} if file_id else {})
    if changed(session, update(RiskCheckRow).where(*which).values(**values)) != 1:
        raise Refused("risks.not_yours")
    if file_id:
        downloads.want(session, file_id, KEPT, {"check": check}, now)


def photo_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a photo of a check was fetched, or could not be."""
    if payload.get("media"):
        session.execute(update(RiskCheckRow).where(RiskCheckRow.id == payload["check"]).values(media=payload["media"]))


# --- no answer --------------------------------------------------------------------------------------------------------


def note_late(session: Session, now: datetime) -> bool:
    """Notes controls that nobody confirmed in time: a larger or major risk counts as red from now on, and people are called."""
    query = (
        select(RiskControlRow, RiskRow)
        .join(RiskRow, RiskRow.id == RiskControlRow.risk_id)
        .where(store.PLACED, store.LIVE, RiskControlRow.answer_by <= now, RiskControlRow.late_at.is_(None))
        .order_by(RiskControlRow.answer_by)
        .limit(SLICE)
    )
    found = session.execute(query.execution_options(populate_existing=True)).all()
    for row, kept in found:
        control, risk = store.as_control(row), store.as_risk(kept)
        which = (RiskControlRow.id == control.id, RiskControlRow.due_at == control.due_at)
        if (
            changed(session, update(RiskControlRow).where(*which, RiskControlRow.late_at.is_(None)).values(late_at=now))
            != 1
        ):
            continue
        due = control.due_at.isoformat() if control.due_at else ""
        fact = Fact(
            CONTROL_UNCHECKED, f"control:{control.id}:late:{due}", now, unit=risk.unit, body=_body(control, risk)
        )
        record(session, fact, now)
        alarms.settle(session, risk, now)
        if risk.stake not in SERIOUS:
            tell_leaders(session, control, risk, "risks.late_small", f"control:{control.id}:late:{due}", now)
    return len(found) == SLICE


def tell_leaders(
    session: Session, control: Control, risk: Risk, key: str, once: str, now: datetime, besides: int | None = None
) -> None:
    """Whoever leads there hears of a control of a small risk, when it suits."""
    said = line(session, control, risk) | {"owner": store.name(session, control.owner, now)}
    message = Message(text(key, **said), rows(button("risks.b_check", f"rkc:open:{control.id}", words=_short(control))))
    for who in leaders(session, risk.path, now, besides):
        outbox.send(session, outbox.to_person(who.id), message, Lane.LESSON, now, key=f"{once}:{who.id}", unasked=LATE)


def _body(control: Control, risk: Risk) -> dict[str, Any]:
    colour = risk.stake.value
    return {"risk": risk.id, "unit": risk.unit, "colour": colour, "control": control.id, "rank": control.rank.value}
