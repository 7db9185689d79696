"""Asking for an abnormal state, saying yes or no, its beginning and its end. Each in the caller's transaction.

What does not count is answered and recorded, never raised: a refusal would take the record back with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import acknowledgements, gates, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.gates import GateState, GateView
from bot.kit.replies import Message, Reply, Rows, button, quietly, rows, toast
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Role
from bot.people.tables import PersonRow, UnitRow
from bot.risks.abnormal import rules, store
from bot.risks.abnormal.model import (
    ANSWERED,
    ASKED,
    ATTEMPTED,
    BEGAN,
    ENDED,
    LAPSED,
    REFUSED,
    SEEN,
    Abnormal,
    State,
)
from bot.risks.abnormal.tables import AbnormalRow
from bot.risks.company import company

TELL = "risks.abnormal.tell"
SLICE = 100


def ask(session: Session, who: Person, unit: int, kind: str, words: str, key: str, now: datetime) -> Reply:
    """Asks for a state: those whose yes counts are asked at once. What may not be is answered and recorded."""
    here, asked = people.unit(session, unit), company().kind(kind)
    viewer = people.viewer(session, who.id, now)
    if here is None or asked is None or viewer is None:
        raise Refused("risks.abnormal.gone")
    if not viewer.holds(Role.SUPERVISOR, here.path):
        _attempt(session, who.id, {"state": None, "unit": unit, "kind": kind}, "not_leading", now)
        return toast("risks.abnormal.only_leaders", alert=True)
    if store.same(session, unit, kind) is not None:
        _attempt(session, who.id, {"state": None, "unit": unit, "kind": kind}, "asked_already", now)
        return Reply((Message(text("risks.abnormal.asked_already", kind=name(kind), unit=here.label)),))
    values = {
        "key": key, "unit_id": unit, "path": here.path, "kind": kind, "state": State.ASKED.value, "words": words,
        "needed": asked.needed, "each": list(asked.each), "minutes": int(asked.lasts.total_seconds() // 60),
        "asked_by": who.id, "asked_at": now, "decide_by": now + company().decide_within, "told": 0,
    }  # fmt: skip
    id = insert_once(session, AbnormalRow, values, "key")
    found = store.abnormal(session, int(id)) if id is not None else None
    if found is None:
        raise Refused("risks.abnormal.gone")
    _record(session, ASKED, found, who.id, now, "asked", needed=found.needed, minutes=found.minutes)
    voters = store.whom_to_ask(session, found, now)
    message = card(session, found, now)
    outbox.alert_all(session, [(each.id, message, f"{found.ref}:ask:{each.id}") for each in voters], now)
    names = [each.name for each in voters]
    said = text("risks.abnormal.is_asked", kind=name(kind), unit=here.label, names=names, gate=_gate(session, found))
    return Reply((Message(said),))


def answer(session: Session, who: Person, id: int, yes: bool, now: datetime) -> Reply:
    """A yes or a no. One no refuses it; the last yes that is needed begins it; each try is on record."""
    found, viewer = store.abnormal(session, id), people.viewer(session, who.id, now)
    if found is None or viewer is None:
        raise Refused("risks.abnormal.gone")
    spoken = store.voices(session, viewer, who, found.path)
    why = rules.why_not(found, who.id, spoken, now)
    if why is not None:
        _attempt(session, who.id, _of(found), why, now)
        return toast("risks.abnormal.does_not_count", alert=True, why=why)
    if not gates.vote(session, found.ref, who.id, yes, spoken, now):
        return toast("risks.abnormal.said_before")
    view = gates.view(session, found.ref, rules.gate(found))
    _record(session, ANSWERED, found, who.id, now, f"{who.id}:{now.isoformat()}", yes=yes, missing=view.missing)
    if view.state is GateState.REFUSED:
        _refuse(session, found, who, now)
    elif view.state is GateState.OPEN:
        _begin(session, found, now)
    else:
        outbox.edit_ref(session, found.ref, card(session, found, now), now)
    return toast("risks.abnormal.noted", yes=yes)


def _begin(session: Session, found: Abnormal, now: datetime) -> None:
    ends = now + timedelta(minutes=found.minutes)
    which = (AbnormalRow.id == found.id, AbnormalRow.state == State.ASKED.value)
    won = update(AbnormalRow).where(*which).values(state=State.RUNNING.value, starts_at=now, ends_at=ends)
    if changed(session, won) != 1:
        return
    _record(session, BEGAN, found, None, now, "began", minutes=found.minutes)
    _settled(session, found.id, now)
    _tell(session, found.id, "began", now)


def _refuse(session: Session, found: Abnormal, by: Person, now: datetime) -> None:
    which = (AbnormalRow.id == found.id, AbnormalRow.state == State.ASKED.value)
    done = {"state": State.REFUSED.value, "ended_by": by.id, "ended_at": now}
    if changed(session, update(AbnormalRow).where(*which).values(**done)) != 1:
        return
    _record(session, REFUSED, found, by.id, now, "refused")
    _settled(session, found.id, now)
    _tell_asker(session, found, "risks.abnormal.was_refused", now, name=by.name)


def end(session: Session, who: Person, id: int, now: datetime) -> Reply:
    """Ends a state before its time: whoever leads there may. Recorded where they may not."""
    found, viewer = store.abnormal(session, id), people.viewer(session, who.id, now)
    if found is None or viewer is None:
        raise Refused("risks.abnormal.gone")
    if not viewer.holds(Role.SUPERVISOR, found.path):
        _attempt(session, who.id, _of(found), "not_leading", now)
        return toast("risks.abnormal.only_leaders", alert=True)
    if not _end(session, found, who.id, now):
        return toast("risks.abnormal.gone", alert=True)
    return toast("risks.abnormal.ended")


def _end(session: Session, found: Abnormal, by: int | None, now: datetime) -> bool:
    which = (AbnormalRow.id == found.id, AbnormalRow.state == State.RUNNING.value)
    done = update(AbnormalRow).where(*which).values(state=State.ENDED.value, ended_by=by, ended_at=now)
    if changed(session, done) != 1:
        return False
    told, seen = store.told(session, found.id)
    minutes = int((now - found.starts_at).total_seconds() // 60) if found.starts_at else 0
    more = {"by_hand": by is not None, "minutes": minutes, "told": told, "seen": seen}
    _record(session, ENDED, found, by, now, "ended", **more)
    _settled(session, found.id, now)
    _tell(session, found.id, "over", now)
    return True


def expire(session: Session, now: datetime, most: int = 20) -> bool:
    """Ends what has run its time, and gives up what nobody decided; True while more is left."""
    running = (AbnormalRow.state == State.RUNNING.value, AbnormalRow.ends_at <= now)
    waiting = (AbnormalRow.state == State.ASKED.value, AbnormalRow.decide_by <= now)
    over = session.scalars(select(AbnormalRow).where(*running).order_by(AbnormalRow.ends_at).limit(most)).all()
    for row in over:
        _end(session, store.as_abnormal(row), None, now)
    late = session.scalars(select(AbnormalRow).where(*waiting).order_by(AbnormalRow.decide_by).limit(most)).all()
    for row in late:
        found = store.as_abnormal(row)
        which = (AbnormalRow.id == row.id, AbnormalRow.state == State.ASKED.value)
        if changed(session, update(AbnormalRow).where(*which).values(state=State.LAPSED.value, ended_at=now)) == 1:
            view = gates.view(session, found.ref, rules.gate(found))
            _record(session, LAPSED, found, None, now, "lapsed", missing=view.missing)
            _settled(session, found.id, now)
            _tell_asker(session, found, "risks.abnormal.was_lapsed", now)
    return len(over) == most or len(late) == most


def seen(session: Session, who: Person, id: int, now: datetime) -> Reply:
    """Somebody has seen that their area is in the state."""
    found = store.abnormal(session, id)
    if found is None or not who.path.startswith(found.path):
        raise Refused("risks.abnormal.gone")
    if acknowledgements.acknowledge(session, found.seen, who.id, now):
        _record(session, SEEN, found, who.id, now, f"seen:{who.id}")
    return toast("risks.abnormal.thanks")


# --- telling ----------------------------------------------------------------------------------------------------------


def _tell(session: Session, id: int, what: str, now: datetime) -> None:
    jobs.enqueue(session, TELL, {"state": id, "what": what, "after": 0}, key=f"abnormal:{id}:{what}:0", now=now)


def tell_slice(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: some of an area's people hear that a state has begun or is over; then the next ones."""
    found = store.abnormal(session, payload["state"])
    began = payload["what"] == "began"
    if found is None or (began and found.state is not State.RUNNING):
        return
    under = UnitRow.path.startswith(found.path, autoescape=True)
    query = people.people_on.where(under, PersonRow.left_on.is_(None), PersonRow.id > payload["after"])
    some = session.execute(query.order_by(PersonRow.id).limit(SLICE), {"on": now.date()}).all()
    chats = people.reachable_chats(session, [row.id for row in some])
    message = begun(session, found) if began else quietly(over(session, found, now))
    told = [(row.id, message, f"{found.ref}:{payload['what']}:{row.id}") for row in some if row.id in chats]
    if told:
        outbox.alert_all(session, told, now)
    if began and told:
        mine = update(AbnormalRow).where(AbnormalRow.id == found.id)
        session.execute(mine.values(told=AbnormalRow.told + len(told)))
    if len(some) == SLICE:
        more = dict(payload) | {"after": some[-1].id}
        jobs.enqueue(session, TELL, more, key=f"{found.ref}:{payload['what']}:{some[-1].id}", now=now)


def _settled(session: Session, id: int, now: datetime) -> None:
    """What those who were asked see now."""
    found = store.abnormal(session, id)
    if found is not None:
        outbox.edit_ref(session, found.ref, card(session, found, now), now)


def _tell_asker(session: Session, found: Abnormal, key: str, now: datetime, **more: Any) -> None:
    unit = people.unit(session, found.unit)
    said = Message(text(key, kind=name(found.kind), unit=unit.label if unit else "", **more))
    outbox.send(session, outbox.to_person(found.asked_by), said, Lane.REPLY, now, key=f"{found.ref}:{key}")


# --- what stands on the phone -----------------------------------------------------------------------------------------


def name(kind: str) -> Text | dict[str, str]:
    """What a state is called: the company's words, else ours."""
    known = company().kind(kind)
    return dict(known.names) if known is not None and known.names else text("risks.abnormal.kind_name", kind=kind)


def voice(session: Session, kind: str) -> Text:
    """Whom a kind of voter stands for, in words."""
    what, _, which = kind.partition(":")
    post = post_label(session, which) if what == "post" else ""
    return text("risks.abnormal.voice", role=which if what == "role" else "", post=post)


def _gate(session: Session, found: Abnormal) -> dict[str, Any]:
    return {"needed": found.needed, "each": [voice(session, kind) for kind in found.each]}


def card(session: Session, found: Abnormal, now: datetime) -> Message:
    """What those are shown who were asked: what for, by whom, what is still missing, or how it ended."""
    unit, asker = people.unit(session, found.unit), people.person(session, found.asked_by, now)
    view: GateView = gates.view(session, found.ref, rules.gate(found))
    said = text(
        "risks.abnormal.card", kind=name(found.kind), unit=unit.label if unit else "", name=asker.name if asker else "",
        words=found.words, hours=found.minutes / 60, decide_by=found.decide_by.isoformat(), state=found.state.value,
        gate=_gate(session, found), missing=view.missing, open_kinds=[voice(session, kind) for kind in view.missing_kinds],
        ends_at=found.ends_at.isoformat() if found.ends_at else "",
    )  # fmt: skip
    keys: Rows = ()
    if found.state is State.ASKED:
        keys = rows(
            button("risks.abnormal.b_yes", f"ab:yes:{found.id}"), button("risks.abnormal.b_no", f"ab:no:{found.id}")
        )
    elif found.state is State.RUNNING:
        keys = rows(button("risks.abnormal.b_end", f"ab:end:{found.id}"))
    return Message(said, keys, ref=found.ref)


def begun(session: Session, found: Abnormal) -> Message:
    """What everybody of the area hears."""
    unit = people.unit(session, found.unit)
    ends = found.ends_at.isoformat() if found.ends_at else ""
    said = text(
        "risks.abnormal.begun", kind=name(found.kind), code=found.kind, unit=unit.label if unit else "", words=found.words,
        ends_at=ends,
    )  # fmt: skip
    return Message(said, rows(button("risks.abnormal.b_seen", f"ab:seen:{found.id}")))


def over(session: Session, found: Abnormal, now: datetime) -> Message:
    """What everybody of the area hears at its end."""
    unit = people.unit(session, found.unit)
    by = people.person(session, found.ended_by, now) if found.ended_by else None
    return Message(
        text("risks.abnormal.over", kind=name(found.kind), unit=unit.label if unit else "", name=by.name if by else "")
    )


# --- the ledger -------------------------------------------------------------------------------------------------------


def _of(found: Abnormal) -> dict[str, Any]:
    return {"state": found.id, "unit": found.unit, "kind": found.kind}


def _record(
    session: Session, kind: FactKind, found: Abnormal, by: int | None, now: datetime, key: str, **more: Any
) -> None:
    fact = Fact(kind, f"{found.ref}:{key}", now, by, unit=None if by else found.unit, body=_of(found) | more)
    record(session, fact, now)


def _attempt(session: Session, by: int, of: dict[str, Any], why: str, now: datetime) -> None:
    key = f"abnormal-attempt:{of['unit']}:{of['kind']}:{of['state'] or ''}:{by}:{why}:{now.isoformat()}"
    record(session, Fact(ATTEMPTED, key, now, by, body={**of, "why": why}), now)
