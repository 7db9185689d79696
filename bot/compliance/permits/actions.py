"""Asking for a permit, saying yes or no, measuring, handing back, closing. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.compliance.permits import model as facts
from bot.compliance.permits import rules, showing, store, telling
from bot.compliance.permits.cards import cards, gases
from bot.compliance.permits.model import Permit, Reading, State
from bot.compliance.permits.tables import PermitGasRow, PermitRow
from bot.db.once import changed, insert_once
from bot.delivery import gates, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.gates import GateState
from bot.kit.replies import Message, Reply, toast
from bot.people import company
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person, Role


@dataclass(frozen=True)
class Request:
    """What somebody wants to do. `key` makes it exist once; `values` are what was measured, at `tested_at`."""

    key: str
    card: str
    unit: int
    place: int | None
    words: str
    hours: int
    values: Mapping[str, float]
    confirmed: bool
    tested_at: datetime | None


def ask(session: Session, who: Person, wish: Request, now: datetime) -> Permit:
    """Asks for a permit: those whose yes counts hear of it at once. Raises Refused: bad air, an old test, no such card."""
    card, unit, site = cards().get(wish.card), people.unit(session, wish.unit), company.site_of(session, who.path)
    if card is None or unit is None or not 1 <= wish.hours <= card.hours:
        raise Refused("compliance.permits.gone")
    if not unit.path.startswith(site.path if site is not None else who.path):
        raise Refused("compliance.permits.gone")  # nobody asks for work on another site
    read = _tested(wish.values, card.gases, wish.confirmed, wish.tested_at, unit.jurisdiction, now)
    values = {
        "key": wish.key, "card": card.code, "unit_id": unit.id, "path": unit.path, "place_id": wish.place,
        "words": wish.words, "minutes": wish.hours * 60, "high": card.high, "state": State.ASKED.value, "round": 0,
        "receiver_id": who.id, "asked_at": now,
    }  # fmt: skip
    id = insert_once(session, PermitRow, values, "key")
    if id is None:
        raise Refused("compliance.permits.gone")
    found = telling.permit(session, id)
    telling.note(session, facts.ASKED, found, who.id, now, "asked", minutes=found.minutes, high=found.high)
    if read:
        _keep(session, found, read, who.id, now)
    _ask_for_a_yes(session, found, now)
    return found


def _tested(
    values: Mapping[str, float], wanted: Sequence[str], confirmed: bool, at: datetime | None, law: str, now: datetime
) -> list[Reading]:
    """What was measured, all of it good and fresh. Raises Refused."""
    if not wanted:
        return []
    read = rules.judged(values, gases(), law)
    if set(wanted) - set(values) or at is None or at < now - rules.FRESH:
        raise Refused("compliance.permits.test_again")
    if not confirmed or any(each.good is False for each in read):
        raise Refused("compliance.permits.bad_air")
    return read


def _keep(session: Session, found: Permit, read: Sequence[Reading], by: int, now: datetime) -> None:
    rows = [
        {"permit_id": found.id, "round": found.round, "gas": each.gas, "value": each.value, "good": each.good,
         "by_id": by, "at": now}
        for each in read
    ]  # fmt: skip
    session.execute(insert(PermitGasRow), rows)
    good = all(each.good is not False for each in read)
    key = f"tested:{now.isoformat()}"
    telling.note(session, facts.TESTED, found, by, now, key, round=found.round, good=good, gases=len(read))


def _ask_for_a_yes(session: Session, found: Permit, now: datetime) -> None:
    message = showing.card(session, found, now, to="issuer")
    asked = store.whom_to_ask(session, found, now)
    told = [(each.id, message, f"{found.subject}:ask:{each.id}") for each in asked]
    outbox.alert_all(session, told, now)
    missing = store.cannot_be_had(session, found, asked, now)
    if found.high and missing:
        telling.tell_that_somebody_is_missing(session, found, missing, asked, now)


def answer(session: Session, who: Person, id: int, round: int, yes: bool, now: datetime) -> Reply:
    """A yes or a no; one no refuses it, the last yes that is needed issues it. What does not count is said, never raised."""
    found, viewer = store.permit(session, id), people.viewer(session, who.id, now)
    if found is None or viewer is None or found.round != round:
        raise Refused("compliance.permits.gone")
    spoken = rules.voices(viewer, found.path)
    why = rules.why_not(found, who.id, spoken)
    if why is not None:
        return toast("compliance.permits.does_not_count", alert=True, why=why)
    if not gates.vote(session, found.subject, who.id, yes, spoken, now):
        return toast("compliance.permits.said_before")
    view = gates.view(session, found.subject, found.gate)
    key = f"{who.id}:{round}:{now.isoformat()}"
    telling.note(session, facts.ANSWERED, found, who.id, now, key, yes=yes, missing=view.missing, round=round)
    if view.state is GateState.REFUSED:
        _refuse(session, found, who, now)
    elif view.state is GateState.OPEN:
        _open(session, found, who, now)
    telling.changed_now(session, id, now)
    return toast("compliance.permits.noted", yes=yes)


def _open(session: Session, found: Permit, who: Person, now: datetime) -> None:
    if found.state is State.RUNNING:
        _extend(session, found, now)
        return
    ends = now + timedelta(minutes=found.minutes)
    which = (PermitRow.id == found.id, PermitRow.state == State.ASKED.value)
    values = {
        "state": State.RUNNING.value, "issuer_id": who.id, "issued_at": now, "ends_at": ends,
        "alarm_at": rules.alarm_at(ends, found.minutes),
    }  # fmt: skip
    if changed(session, update(PermitRow).where(*which).values(**values)) == 1:
        telling.note(session, facts.ISSUED, found, who.id, now, "issued", minutes=found.minutes)
        telling.tell_receiver(session, telling.permit(session, found.id), "issued", now)


def _extend(session: Session, found: Permit, now: datetime) -> None:
    assert found.ends_at is not None
    more = found.extend_minutes or 0
    ends = found.ends_at + timedelta(minutes=more)
    which = (PermitRow.id == found.id, PermitRow.state == State.RUNNING.value, PermitRow.extend_minutes.is_not(None))
    values = {"ends_at": ends, "alarm_at": rules.alarm_at(ends, more), "extend_minutes": None}
    if changed(session, update(PermitRow).where(*which).values(**values)) == 1:
        telling.note(
            session, facts.EXTENDED, found, None, now, f"extended:{found.round}", minutes=more, round=found.round
        )
        telling.tell_receiver(session, telling.permit(session, found.id), "extended", now)


def _refuse(session: Session, found: Permit, who: Person, now: datetime) -> None:
    mine = update(PermitRow).where(PermitRow.id == found.id)
    if found.state is State.RUNNING:  # more time is refused; what was allowed goes on to its end
        won = changed(session, mine.where(PermitRow.extend_minutes.is_not(None)).values(extend_minutes=None))
    else:
        closed = mine.where(PermitRow.state == State.ASKED.value).values(state=State.REFUSED.value, closed_at=now)
        won = changed(session, closed)
    if won == 1:
        telling.note(session, facts.REFUSED, found, who.id, now, f"refused:{found.round}")
        telling.tell_receiver(session, telling.permit(session, found.id), "refused", now, name=who.name)


def extend(
    session: Session, who: Person, id: int, values: Mapping[str, float], confirmed: bool, now: datetime
) -> Permit:
    """The receiver asks for as much time again; where gas is measured, with a new test. Raises Refused."""
    found = telling.permit(session, id)
    card = cards()[found.card]
    if found.receiver != who.id or not rules.may_extend(found, now):
        raise Refused("compliance.permits.no_more_time")
    if card.gases and not measure(session, who, id, values, confirmed, now, round=found.round + 1):
        raise Refused("compliance.permits.bad_air")
    which = (PermitRow.id == id, PermitRow.state == State.RUNNING.value, PermitRow.round == found.round)
    wish = update(PermitRow).where(*which, PermitRow.extend_minutes.is_(None))
    if changed(session, wish.values(round=found.round + 1, extend_minutes=found.minutes)) != 1:
        raise Refused("compliance.permits.gone")
    found = telling.permit(session, id)
    _ask_for_a_yes(session, found, now)
    return found


def measure(
    session: Session,
    who: Person,
    id: int,
    values: Mapping[str, float],
    confirmed: bool,
    now: datetime,
    round: int | None = None,
) -> bool:
    """A gas test during work is kept whatever it says; one that is not good stops the work at once. Says whether it is good."""
    found = telling.permit(session, id)
    unit, card = people.unit(session, found.unit), cards()[found.card]
    if found.receiver != who.id or found.state is not State.RUNNING or set(card.gases) - set(values):
        raise Refused("compliance.permits.test_again")
    read = rules.judged(values, gases(), unit.jurisdiction if unit else "")
    kept = found if round is None else Permit(**(vars(found) | {"round": round}))
    _keep(session, kept, read, who.id, now)
    good = confirmed and all(each.good is not False for each in read)
    if not good:
        stop(session, found, "gas", now)
    return good


def stop(session: Session, found: Permit, why: str, now: datetime) -> bool:
    """Work under it is not allowed any more: receiver and issuer hear of it at once."""
    which = (PermitRow.id == found.id, PermitRow.state == State.RUNNING.value)
    values = {"state": State.STOPPED.value, "expired_at": now, "alarm_at": None, "extend_minutes": None}
    if changed(session, update(PermitRow).where(*which).values(**values)) != 1:
        return False
    telling.note(session, facts.STOPPED, found, None, now, "stopped", why=why)
    telling.alert(session, telling.permit(session, found.id), "stopped", now)
    telling.changed_now(session, found.id, now)
    return True


def stop_by_hand(session: Session, who: Person, id: int, now: datetime) -> Permit:
    """Whoever leads there stops it. Raises Refused."""
    found = telling.permit(session, id)
    if not whom.holds(session, who.id, Role.SUPERVISOR, found.path, now):
        raise Refused("compliance.permits.not_yours")
    if not stop(session, found, "issuer", now):
        raise Refused("compliance.permits.gone")
    return telling.permit(session, id)


def hand_back(session: Session, who: Person, id: int, now: datetime) -> Permit:
    """Whoever worked has stopped, and all is as the card says. Raises Refused: to others, and the second time."""
    found = telling.permit(session, id)
    states = (State.RUNNING.value, *store.OVERDUE)
    which = (PermitRow.id == id, PermitRow.receiver_id == who.id, PermitRow.state.in_(states))
    back = (
        update(PermitRow).where(*which).values(state=State.BACK.value, back_at=now, alarm_at=None, extend_minutes=None)
    )
    if changed(session, back) != 1:
        raise Refused("compliance.permits.gone")
    late = max(int((now - found.ends_at).total_seconds() // 60), 0) if found.ends_at else 0
    telling.note(session, facts.BACK, found, who.id, now, "back", late_minutes=late)
    found = telling.permit(session, id)
    message = showing.card(session, found, now, to="issuer")
    for each in telling.answering(session, found, now):
        outbox.send(session, outbox.to_person(each), message, Lane.REPLY, now, key=f"{found.ref}:back:{each}")
    telling.changed_now(session, id, now)
    return found


def close(session: Session, who: Person, id: int, now: datetime) -> Permit:
    """The issuer, or whoever leads there, has looked. Raises Refused: to the receiver, and the second time."""
    found = telling.permit(session, id)
    leads = whom.holds(session, who.id, Role.SUPERVISOR, found.path, now)
    if found.receiver == who.id or not (leads or found.issuer == who.id):
        raise Refused("compliance.permits.not_yours")
    which = (PermitRow.id == id, PermitRow.state == State.BACK.value)
    values = {"state": State.CLOSED.value, "closed_by": who.id, "closed_at": now}
    if changed(session, update(PermitRow).where(*which).values(**values)) != 1:
        raise Refused("compliance.permits.gone")
    telling.note(session, facts.CLOSED, found, who.id, now, "closed")
    telling.changed_now(session, id, now)
    return telling.permit(session, id)


def message_for(session: Session, who: Person, id: int, now: datetime) -> Message:
    """A permit for whoever may see it: its receiver, who leads there, who works there. Raises Refused."""
    found = telling.permit(session, id)
    leads = whom.holds(session, who.id, Role.SUPERVISOR, found.path, now)
    if found.receiver != who.id and not leads and not who.path.startswith(found.path):
        raise Refused("compliance.permits.gone")
    to = "receiver" if found.receiver == who.id else ("issuer" if leads else "")
    return showing.card(session, found, now, to=to)
