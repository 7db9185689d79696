"""Someone is hurt: the alarm leaves at once, by the ladder of hazards; and what opens an incident on the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import findings, seals
from bot.delivery.findings import Finding
from bot.incidents import clocks, store
from bot.incidents.company import company, hidden_from
from bot.incidents.model import OPENED, Incident, Outcome, State
from bot.incidents.rules import ASK_AGAIN, SAME_ALARM
from bot.incidents.tables import IncidentMemberRow, IncidentRow
from bot.incidents.telling import ask_outcome, ask_owner
from bot.kit.events import Event
from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import emergency
from bot.people.model import Person, Place

ROOM = "incidents"


# --- the alarm --------------------------------------------------------------------------------------------------------


def call_for_help(session: Session, event: Event, who: Person, place: Place | None, now: datetime) -> Incident:
    """Hands the alarm over to hazards, which calls everybody up to the site's watch, and opens the incident.

    Whoever calls again within minutes means the same: nobody is called twice.
    """
    known = store.called_lately(session, who.id, now - SAME_ALARM)
    if known is not None and known.state is State.REPORTED and known.key.startswith("hurt:"):
        return known
    unit = people.unit(session, place.unit if place else who.unit)
    at, path = (unit.id, unit.path) if unit else (who.unit, who.path)
    key = f"hurt:{seals.seal().name('hurt', event.chat, event.update_id)}"
    found = open_incident(session, key, at, path, now, reporter=who.id, place=place.id if place else None)
    what = Finding(key, ROOM, at, path, Message(alarm(session, found)), place=found.place, by=who.id, hurt=True)
    findings.hand_over(session, what, now)
    return found


def alarm(session: Session, found: Incident, words: str = "", mistake: bool = False) -> Text:
    """What those who are called read."""
    card = company().card(found.injury) if found.injury else None
    return text(
        "incidents.alarm", place=store.where(session, found), injury=dict(card.name) if card else "", words=words,
        mistake=mistake,
    )  # fmt: skip


def tell_more(
    session: Session, found: Incident, now: datetime, *, words: str = "", mistake: bool = False, **values: Any
) -> None:
    """Whoever called for help says more: those who were called see it on their cards."""
    if values:
        session.execute(update(IncidentRow).where(IncidentRow.id == found.id).values(**values))
        session.expire_all()
    fresh = store.incident(session, found.id) or found
    before = findings.of(session, found.key)
    if before is not None:
        said = before.said.text.params if before.said.text else {}
        words = words or str(said.get("words") or "")
        mistake = mistake or bool(said.get("mistake"))
        findings.change(session, found.key, Message(alarm(session, fresh, words, mistake)), None, now)


def help_screen(session: Session, path: str, incident: Incident | None, card: str | None = None) -> Message:
    """The number first, then what to do; a tap on a kind of injury shows its card. Without an incident nothing is told of it."""
    number = emergency(session, path).number
    chosen = company().card(card) if card else None
    steps = [dict(each) for each in chosen.steps] if chosen else []
    said = text(
        "incidents.help", number=number or "", card=dict(chosen.name) if chosen else "", steps=steps,
        called=incident is not None, place=store.where(session, incident) if incident else "",
        sources=list(chosen.facts) if chosen else [],
    )  # fmt: skip
    verb = f"hurt:kind:{incident.id}" if incident else "aid"
    kinds = [button("incidents.b_injury", f"{verb}:{each.code}", name=dict(each.name)) for each in company().cards]
    more = []
    if incident is not None:
        more = [
            button("incidents.b_where", f"hurt:where:{incident.id}"),
            button("incidents.b_tell", f"hurt:tell:{incident.id}"),
            button("incidents.b_mistake", f"hurt:mistake:{incident.id}"),
        ]
    return Message(said, (*rows(*kinds), *rows(*more)))


def when_hurt(session: Session, path: str) -> Message:
    """What other rooms show whoever has just reported that somebody is hurt; nothing of it is kept about them."""
    return help_screen(session, path, None)


# --- opening ----------------------------------------------------------------------------------------------------------


def open_incident(
    session: Session,
    key: str,
    unit: int,
    path: str,
    at: datetime,
    *,
    reporter: int | None = None,
    place: int | None = None,
    hazard: int | None = None,
    topic: str | None = None,
    why: str = "hurt",
) -> Incident:
    """Puts an incident on the register, once a key."""
    hurt = why == "hurt"
    values = {
        "key": key, "unit_id": unit, "path": path, "place_id": place, "hazard_id": hazard, "reporter_id": reporter,
        "topic": topic, "created_at": at, "state": (State.REPORTED if hurt else State.INVESTIGATING).value, "round": 0,
        "outcome": None if hurt else Outcome.DANGER.value, "outcome_at": None if hurt else at, "asked": 0,
        "ask_at": at + ASK_AGAIN[0],
    }  # fmt: skip
    id = insert_once(session, IncidentRow, values, "key")
    found = store.by_key(session, key)
    assert found is not None
    if id is None:
        return found
    if hazard is not None:
        hide(session, found.id, hazard)
    body = {"incident": found.id, "unit": unit, "hazard": hazard, "why": why}
    record(session, Fact(OPENED, f"incident:{key}", at, reporter, None if reporter else unit, body=body), at)
    return found


def hide(session: Session, incident: int, hazard: int) -> None:
    """Whom the report goes around, its investigation goes around."""
    them = [{"incident_id": incident, "person_id": p, "role": store.HIDDEN} for p in hidden_from(session, hazard)]
    insert_many_once(session, IncidentMemberRow, them)


def was_reported(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `HazardReported`. Where somebody is hurt it opens an incident, or learns its hazard's number."""
    body = payload["body"]
    if body.get("kind") != "hurt":
        return
    unit = people.unit(session, body["unit"])
    if unit is None:
        return
    finding, at = body.get("finding"), datetime.fromisoformat(payload["at"])
    known = store.by_key(session, finding) if finding else None
    if known is not None:
        link = update(IncidentRow).where(IncidentRow.id == known.id, IncidentRow.hazard_id.is_(None))
        if changed(session, link.values(hazard_id=body["hazard"])) == 1:
            hide(session, known.id, body["hazard"])
        found = known
    else:
        # a report without a name keeps its coarse time and nobody's number
        found = open_incident(
            session, payload["key"], unit.id, unit.path, at, reporter=payload["person"], hazard=body["hazard"]
        )
    ask_outcome(session, store.incident(session, found.id) or found, now)


def was_major(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `HazardJudgedMajor`. A major hidden danger is investigated like an incident, once."""
    body = payload["body"]
    unit = people.unit(session, body["unit"])
    if unit is None:
        return
    key, at = f"major:{body['hazard']}", datetime.fromisoformat(payload["at"])
    if store.by_key(session, key) is not None:
        return
    found = open_incident(
        session, key, unit.id, unit.path, at, hazard=body["hazard"], topic=body.get("topic"), why="major"
    )
    clocks.start(session, found, Outcome.DANGER, None, now)
    ask_owner(session, found, now)


def topic_set(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `HazardTopicSet`. Its incident is about the same: by this like places are found."""
    body = payload["body"]
    session.execute(update(IncidentRow).where(IncidentRow.hazard_id == body["hazard"]).values(topic=body["topic"]))
