"""Recording a case, answering, deciding, appealing. Each in the caller's transaction; nothing is forgotten or overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.compliance.violations import model as facts
from bot.compliance.violations import rules, showing, store
from bot.compliance.violations.model import CASE, Decision, State, Violation
from bot.compliance.violations.protecting import composed, sampled
from bot.compliance.violations.tables import ViolationRow
from bot.db.once import changed, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.actions import record as note_fact
from bot.ledger.model import Fact, FactKind
from bot.media import looks
from bot.media import store as media
from bot.media.pictures import BadPicture
from bot.people import store as people
from bot.people.model import Viewer

KEPT = "compliance.violations.kept"
UNASKED_FOR = ("opened", "second", "ripe", "appealed")
"""What nobody has waited for: it counts in their day and wakes nobody."""


@dataclass(frozen=True)
class Seen:
    """What somebody saw. `key` makes it exist once; `photo` is the channel's id."""

    key: str
    person: int
    place: int | None
    words: str
    photo: str | None
    happened_at: datetime


def record(session: Session, by: Viewer, seen: Seen, now: datetime) -> Violation:
    """A case. With a photo nobody is told before it was looked at. Refused: to whoever does not lead the person."""
    who = people.person(session, seen.person, now)
    if who is None or who.left_on is not None or not rules.may_record(by, who.id, who.path):
        raise Refused("compliance.violations.not_yours")
    if not now - rules.OLD <= seen.happened_at <= now:
        raise Refused("compliance.violations.too_old", days=rules.OLD.days)
    values = {
        "key": seen.key, "person_id": who.id, "unit_id": who.unit, "path": who.path, "place_id": seen.place,
        "words": seen.words, "happened_at": seen.happened_at, "by_id": by.person, "recorded_at": now,
        "state": State.CHECKING.value,
    }  # fmt: skip
    id = insert_once(session, ViolationRow, values, "key")
    if id is None:
        raise Refused("compliance.violations.changed_meanwhile")
    found = _violation(session, id)
    _note(session, facts.RECORDED, found, by.person, now, "recorded", photo=seen.photo is not None)
    if seen.photo is not None:
        downloads.want(session, seen.photo, KEPT, {"violation": id}, now)
    else:
        begin(session, id, now)
    return _violation(session, id)


class PhotoKept:
    """The job: a photo was fetched; one that came with a report of danger is refused, and so is the case."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What it looks like, so that a copy of a reported photo is known too."""
        ref = payload.get("media")
        try:
            seen = looks.look(media.open_ref(str(ref))) if ref else None
        except (BadPicture, media.NoSuchFile):
            seen = None
        return payload | {"seen": seen}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Goes on with the case, or ends it."""
        found, ref = store.violation(session, payload["violation"]), payload.get("media")
        if found is None or found.state is not State.CHECKING:
            return
        if not ref or composed.photo(session, ref, payload["seen"]):
            why = "hazard_photo" if ref else "no_photo"
            _refuse(session, found, why, now)
            return
        session.execute(update(ViolationRow).where(ViolationRow.id == found.id).values(media=ref))
        begin(session, found.id, now)


def _refuse(session: Session, found: Violation, why: str, now: datetime) -> None:
    """It is dropped, its words erased: nothing of it may be used; whoever recorded it hears why."""
    values = {"state": State.DROPPED.value, "words": "", "media": None}
    which = (ViolationRow.id == found.id, ViolationRow.state == State.CHECKING.value)
    if changed(session, update(ViolationRow).where(*which).values(**values)) != 1:
        return
    note_fact(session, Fact(facts.REFUSED, f"violation:{found.id}:refused", now, found.by, body={"why": why}), now)
    said = Message(text("compliance.violations.refused", number=found.id, why=why))
    outbox.send(session, outbox.to_person(found.by), said, Lane.REPLY, now, key=f"violation:{found.id}:refused")


def begin(session: Session, id: int, now: datetime) -> None:
    """Tells the person, or first asks somebody else to look: where a danger was reported there and then."""
    found = _violation(session, id)
    since, until = found.happened_at - rules.NEAR, found.happened_at + rules.NEAR
    key = session.get_one(ViolationRow, id).key
    if composed.reported(session, found.place, found.path, since, until) or sampled(key):
        _move(session, found, State.CHECKING, {"state": State.SECOND.value})
        found = _violation(session, id)
        _tell(session, found, [each.id for each in store.whom_to_ask(session, found, now)], "second", now)
    else:
        _open(session, found, State.CHECKING, now)


def look(session: Session, by: Viewer, id: int, go_on: bool, now: datetime) -> Violation:
    """Somebody else has looked: it goes on, or it is dropped. Raises Refused."""
    found = _violation(session, id)
    if not rules.may_look(found, by):
        raise Refused("compliance.violations.not_yours")
    session.execute(update(ViolationRow).where(ViolationRow.id == id).values(looked_by=by.person, looked_at=now))
    _note(session, facts.SECOND, found, by.person, now, "second", go_on=go_on)
    if go_on:
        _open(session, found, State.SECOND, now)
    else:
        _move(session, found, State.SECOND, {"state": State.DROPPED.value})
        _note(session, facts.DROPPED, found, by.person, now, "dropped")
        _tell(session, _violation(session, id), [found.by], "dropped", now)
    return _violation(session, id)


def _open(session: Session, found: Violation, before: State, now: datetime) -> None:
    _move(session, found, before, {"state": State.OPEN.value, "reply_by": now + rules.REPLY})
    _tell(session, _violation(session, found.id), [found.person], "opened", now)


def reply(session: Session, person: int, id: int, words: str, now: datetime) -> Violation:
    """The person concerned answers, once, until it is decided. Raises Refused."""
    which = (
        ViolationRow.id == id, ViolationRow.person_id == person, ViolationRow.state == State.OPEN.value,
        ViolationRow.reply_at.is_(None),
    )  # fmt: skip
    if changed(session, update(ViolationRow).where(*which).values(reply=words, reply_at=now)) != 1:
        raise Refused("compliance.violations.changed_meanwhile")
    found = _violation(session, id)
    _note(session, facts.ANSWERED, found, person, now, "answered")
    ripen(session, found, now)
    return found


def ripen(session: Session, found: Violation, now: datetime) -> bool:
    """Those who decide hear that they can, once."""
    which = (ViolationRow.id == found.id, ViolationRow.ripe_at.is_(None), ViolationRow.state == State.OPEN.value)
    if not rules.is_ripe(found, now) or changed(session, update(ViolationRow).where(*which).values(ripe_at=now)) != 1:
        return False
    _tell(session, found, [each.id for each in store.whom_to_ask(session, found, now)], "ripe", now)
    return True


def decide(session: Session, by: Viewer, id: int, decision: Decision, reason: str, now: datetime) -> Violation:
    """A decision with its reason. Refused: to recorder and person, and before there was time to answer."""
    found = _violation(session, id)
    if not rules.may_decide(found, by, now):
        raise Refused("compliance.violations.not_yet")
    values = {
        "state": State.DECIDED.value, "decision": decision.value, "reason": reason, "decided_by": by.person,
        "decided_at": now, "appeal_by": now + rules.APPEAL,
    }  # fmt: skip
    _move(session, found, State.OPEN, values)
    body = {"decision": decision.value, "answered": found.reply_at is not None}
    _note(session, facts.DECIDED, found, by.person, now, "decided", **body)
    found = _violation(session, id)
    _tell(session, found, [found.person, found.by], "decided", now)
    return found


def appeal(session: Session, person: int, id: int, words: str, now: datetime) -> Violation:
    """The person concerned asks for somebody else's decision. Raises Refused."""
    found = _violation(session, id)
    if not rules.may_appeal(found, person, now):
        raise Refused("compliance.violations.changed_meanwhile")
    _move(session, found, State.DECIDED, {"state": State.APPEALED.value, "appeal": words, "appeal_at": now})
    _note(session, facts.APPEALED, found, person, now, "appealed")
    found = _violation(session, id)
    _tell(session, found, [each.id for each in store.whom_to_ask(session, found, now)], "appealed", now)
    return found


def finish(session: Session, by: Viewer, id: int, decision: Decision, reason: str, now: datetime) -> Violation:
    """The appeal is decided by somebody who had nothing to do with it. Raises Refused."""
    found = _violation(session, id)
    if not rules.may_finish(found, by):
        raise Refused("compliance.violations.not_yet")
    values = {
        "state": State.FINAL.value,
        "final": decision.value,
        "final_reason": reason,
        "final_by": by.person,
        "final_at": now,
    }
    _move(session, found, State.APPEALED, values)
    body = {"decision": decision.value, "changed": decision is not found.decision}
    _note(session, facts.FINAL, found, by.person, now, "final", **body)
    found = _violation(session, id)
    _tell(session, found, [found.person, found.by, *([found.decided_by] if found.decided_by else [])], "final", now)
    return found


def seen_by(session: Session, viewer: Viewer, id: int) -> Violation:
    """A case that concerns somebody. Raises Refused to everybody else, as if it were not there."""
    found = store.violation(session, id)
    if found is None or not rules.concerns(found, viewer):
        raise Refused("compliance.violations.changed_meanwhile")
    return found


def _tell(session: Session, found: Violation, whom: list[int], what: str, now: datetime) -> None:
    for id in dict.fromkeys(whom):
        viewer = people.viewer(session, id, now)
        if viewer is not None:
            message = showing.card(session, found, viewer, now, what=what)
            key = f"violation:{found.id}:{what}:{id}"
            if what in UNASKED_FOR:
                outbox.send(session, outbox.to_person(id), message, Lane.BULK, now, key=key, unasked=CASE)
            else:
                outbox.send(session, outbox.to_person(id), message, Lane.REPLY, now, key=key)


def _move(session: Session, found: Violation, before: State, values: Mapping[str, Any]) -> None:
    which = (ViolationRow.id == found.id, ViolationRow.state == before.value)
    if changed(session, update(ViolationRow).where(*which).values(**values)) != 1:
        raise Refused("compliance.violations.changed_meanwhile")


def _violation(session: Session, id: int) -> Violation:
    found = store.violation(session, id)
    if found is None:
        raise Refused("compliance.violations.changed_meanwhile")
    return found


def _note(session: Session, kind: FactKind, found: Violation, by: int, now: datetime, key: str, **more: Any) -> None:
    # never the person concerned: a ledger of who broke rules would be read as one
    body = {"violation": found.id} | more
    by_them = by == found.person
    fact = Fact(
        kind,
        f"violation:{found.id}:{key}",
        now,
        None if by_them else by,
        unit=found.unit if by_them else None,
        body=body,
    )
    note_fact(session, fact, now)
