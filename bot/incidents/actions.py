"""What is decided about an incident: what became of it, who leads and helps, who was hurt, and each step to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import seals
from bot.incidents import clocks, rules, store
from bot.incidents.company import company
from bot.incidents.model import (
    CLASSIFIED,
    LOOKED,
    OWNED,
    REFUSED,
    STEPPED,
    Clock,
    Incident,
    Move,
    Outcome,
    State,
)
from bot.incidents.tables import IncidentInjuredRow, IncidentLookRow, IncidentMemberRow, IncidentRow
from bot.incidents.telling import ask_owner, one
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people

SAME_LOOK = timedelta(minutes=10)


def mine(session: Session, by: int, id: int, now: datetime) -> Incident:
    """An incident that somebody may see. Refused: for all others, as if it were not there."""
    found = store.seen_by(session, id, by, now)
    if found is None:
        raise Refused("incidents.not_yours")
    return found


def look(session: Session, by: int, id: int, now: datetime) -> Incident:
    """Somebody opens it, and that goes on record. Refused where they may not."""
    found = mine(session, by, id, now)
    if not store.looked_lately(session, id, by, SAME_LOOK, now):
        session.add(IncidentLookRow(incident_id=id, person_id=by, at=now))
        session.flush()
        note(session, LOOKED, found, by, now, f"look:{by}:{now.isoformat()}")
    return found


def note(
    session: Session, kind: FactKind, found: Incident, by: int | None, now: datetime, key: str, **more: Any
) -> None:
    """Records what happened to an incident."""
    body = {"incident": found.id, "unit": found.unit, **more}
    record(session, Fact(kind, f"{found.ref}:{key}", now, by, None if by else found.unit, body=body), now)


def change(session: Session, found: Incident, now: datetime, **values: Any) -> Incident:
    """Writes an incident as it was seen. Refused where somebody else was quicker."""
    which = (IncidentRow.id == found.id, IncidentRow.round == found.round, IncidentRow.state == found.state.value)
    if changed(session, update(IncidentRow).where(*which).values(round=found.round + 1, **values)) != 1:
        raise Refused("incidents.changed")
    fresh = store.incident(session, found.id)
    assert fresh is not None
    return fresh


# --- what became of it, and who leads ---------------------------------------------------------------------------------


def classify(session: Session, by: int, id: int, outcome: Outcome, now: datetime) -> tuple[Incident, list[Clock]]:
    """Says what became of it; starts the clocks of the law that now apply, and an investigation where it asks for one."""
    found = mine(session, by, id, now)
    if not store.answers_for(session, found, by, now):
        raise Refused("incidents.only_watch")
    if outcome is found.outcome:
        return found, []
    severe = rules.severe(outcome, company().investigated_from)
    state = rules.after(found.state, Move.CLASSIFY, is_severe=severe)
    if state is None or outcome is Outcome.DANGER:
        raise Refused("incidents.closed_already")
    begins = state is State.INVESTIGATING and found.owner is None
    ask_at = now + rules.ASK_AGAIN[0] if begins else None
    fresh = change(
        session, found, now, outcome=outcome.value, outcome_at=now, state=state.value, ask_at=ask_at, asked=0
    )
    before = found.outcome.value if found.outcome else None
    note(session, CLASSIFIED, fresh, by, now, f"classified:{found.round}", outcome=outcome.value, before=before)
    new = clocks.start(session, fresh, outcome, found.outcome, now)
    if begins and found.state is not State.INVESTIGATING:
        ask_owner(session, fresh, now)
    return fresh, new


def lead(session: Session, by: int, id: int, owner: int, now: datetime) -> Incident:
    """Somebody leads the investigation from now on. Refused where they were hurt themselves, or it goes around them."""
    found = mine(session, by, id, now)
    if not store.answers_for(session, found, by, now):
        raise Refused("incidents.only_watch")
    _may_work(session, found, owner, now)
    if found.state not in (State.INVESTIGATING, State.REVIEW):
        raise Refused("incidents.not_open")
    fresh = change(session, found, now, owner_id=owner, ask_at=None)
    session.execute(
        delete(IncidentMemberRow).where(IncidentMemberRow.incident_id == id, IncidentMemberRow.person_id == owner)
    )
    if found.owner is not None and found.owner != owner:
        # who led it before has worked on it: they do not sign it either
        insert_once(session, IncidentMemberRow, {"incident_id": id, "person_id": found.owner, "role": store.TEAM})
    note(session, OWNED, fresh, owner, now, f"owned:{found.round}")
    if owner != by:
        said = text(
            "incidents.you_lead", number=id, place=store.where(session, fresh), name=store.name(session, by, now)
        )
        keys = rows(button("incidents.b_open", f"inc:open:{id}", number=id))
        one(session, owner, Message(said, keys), f"{fresh.ref}:lead:{fresh.round}", now)
    return fresh


def join(session: Session, by: int, id: int, member: int, now: datetime) -> Incident:
    """Somebody helps to investigate: they see it from now on."""
    found = may_work(session, by, id, now)
    _may_work(session, found, member, now)
    values = {"incident_id": id, "person_id": member, "role": store.TEAM}
    if member != found.owner and insert_once(session, IncidentMemberRow, values) is not None:
        said = text(
            "incidents.you_help", number=id, place=store.where(session, found), name=store.name(session, by, now)
        )
        keys = rows(button("incidents.b_open", f"inc:open:{id}", number=id))
        one(session, member, Message(said, keys), f"{found.ref}:team", now)
    return found


def _may_work(session: Session, found: Incident, person: int, now: datetime) -> None:
    """Refused where somebody was hurt in it, it goes around them, or they have left."""
    who = people.person(session, person, now)
    hurt = found.id in {each.id for each in store.of_injured(session, person, 50)}
    if who is None or who.left_on is not None or hurt or person in store.members(session, found.id, store.HIDDEN):
        raise Refused("incidents.cannot_work")


def may_work(session: Session, by: int, id: int, now: datetime) -> Incident:
    """An incident on which somebody may work now. Refused: once it is in review or closed, and to all who may not see it."""
    found = mine(session, by, id, now)
    if found.state in (State.REVIEW, State.CLOSED):
        raise Refused("incidents.not_open")
    return found


# --- who was hurt -----------------------------------------------------------------------------------------------------


def name_injured(session: Session, by: int, id: int, said: str, now: datetime) -> bool:
    """Notes under seal who was hurt: by badge, or by a name where they are nobody of ours. True for one of ours."""
    found = mine(session, by, id, now)
    who = people.person_by_badge(session, said.strip(), now)
    sealed = str(who.id) if who is not None else f"{store.STRANGER}{said.strip()[:80]}"
    mark = (
        store.mark(who.id) if who is not None else seals.seal().name("injured name", found.id, said.strip().casefold())
    )
    values = {"incident_id": id, "sealed": seals.seal().close(sealed), "mark": mark}
    insert_once(session, IncidentInjuredRow, values)
    if who is not None:
        session.execute(
            delete(IncidentMemberRow).where(IncidentMemberRow.incident_id == id, IncidentMemberRow.person_id == who.id)
        )
        if found.owner == who.id:
            ask_at = now + rules.ASK_AGAIN[0]
            fresh = change(session, found, now, owner_id=None, ask_at=ask_at, asked=0)
            ask_owner(session, fresh, now)
    return who is not None


# --- steps ------------------------------------------------------------------------------------------------------------


def step(session: Session, by: int, id: int, move: Move, now: datetime) -> Incident:
    """One step of an investigation. Refused with what it lacks, which goes on record; nobody signs their own."""
    found = mine(session, by, id, now)
    state = rules.after(found.state, move)
    if state is None:
        raise Refused("incidents.not_now")
    if move in (Move.SEND_BACK, Move.SIGN, Move.REOPEN, Move.INVESTIGATE):
        if not store.answers_for(session, found, by, now):
            raise Refused("incidents.only_watch")
        if move is Move.SIGN and not rules.may_sign(found, by, store.members(session, id)):
            raise Refused("incidents.not_your_own")
    values: dict[str, Any] = {"state": state.value}
    if move is Move.SIGN:
        values |= {"signed_by": by, "signed_at": now}
    elif move in (Move.REOPEN, Move.INVESTIGATE):
        asks = found.owner is None
        values |= {
            "signed_by": None,
            "signed_at": None,
            "ask_at": now + rules.ASK_AGAIN[0] if asks else None,
            "asked": 0,
        }
    fresh = change(session, found, now, **values)
    note(session, STEPPED, fresh, by, now, f"step:{found.round}", move=move.value, state=state.value)
    return fresh


def missing(session: Session, by: int, id: int, move: Move, now: datetime) -> tuple[str, ...]:
    """What a step lacks. An attempt at it goes on record, which a refusal would undo: so ask this before the step."""
    found = mine(session, by, id, now)
    if move not in (Move.SUBMIT, Move.SIGN) or rules.after(found.state, move) is None:
        return ()
    lacks = rules.lacks(store.dossier(session, found), move)
    if lacks:
        key = f"refused:{move.value}:{found.round}:{by}:{now.isoformat()}"
        note(session, REFUSED, found, by, now, key, move=move.value, lacks=len(lacks))
    return lacks


def take_step(session: Session, by: int, id: int, move: Move, now: datetime) -> tuple[Incident, tuple[str, ...]]:
    """A step with what it needs: done, or what is missing."""
    lacks = missing(session, by, id, move, now)
    return (mine(session, by, id, now), lacks) if lacks else (step(session, by, id, move, now), ())
