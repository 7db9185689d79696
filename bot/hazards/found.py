"""What another room has found (a check that failed, a sensor, a control that is not there) becomes a hazard like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import findings, seals
from bot.delivery.findings import Finding
from bot.delivery.model import DANGER_CLEARED
from bot.hazards import attached, correcting, digest, store, telling
from bot.hazards.model import REPORTED, Hazard, Kind, MediaRole, State
from bot.hazards.rules import OPEN, due_after_rating, rerings
from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.kit.replies import Media, to_json
from bot.kit.risk import Severity
from bot.ledger.actions import record
from bot.ledger.model import Fact

FILE = "file:"
"""How the ref of a file begins that only the channel has."""


def found(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `DangerFound`. Makes the hazard once and calls whoever must know."""
    what = findings.of(session, payload["body"]["finding"])
    if what is None or store.by_finding(session, what.key) is not None:
        return
    row = HazardRow(
        key=seals.seal().name("finding", what.key), kind=(Kind.HURT if what.hurt else Kind.DANGEROUS).value,
        state=State.REPORTED.value, severity=int(what.severity) if what.severity else None, topic=what.topic,
        unit_id=what.unit, path=what.path, place_id=what.place, finding=what.key, said=to_json(what.said),
        reporter_id=what.by, created_at=now, round=0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.due_at = now + correcting.limit(session, store.as_hazard(row))
    session.flush()
    hazard = store.as_hazard(row)
    _show(session, hazard, what, now)
    body = {"hazard": hazard.id, "unit": hazard.unit, "kind": hazard.kind.value, "urgency": None}
    body |= {"files": len(what.said.media), "finding": what.key}
    unit = hazard.unit if what.by is None else None
    record(session, Fact(REPORTED, f"hazard:{hazard.key}", now, person=what.by, unit=unit, body=body), now)
    digest.call(session, hazard, now, fresh=True, quietly=what.called)


def _show(session: Session, hazard: Hazard, what: Finding, now: datetime) -> None:
    """Its pictures: those that only the channel has are fetched, those that we keep are there."""
    fetched = tuple((m.kind, m.ref.removeprefix(FILE)) for m in what.said.media if m.ref.startswith(FILE))
    attached.attach(session, hazard, fetched, MediaRole.BEFORE, now)
    for kept in (m for m in what.said.media if not m.ref.startswith(FILE)):
        session.add(_kept(hazard, kept))
    session.flush()


def _kept(hazard: Hazard, media: Media) -> HazardMediaRow:
    kind = "image" if media.kind == "photo" else media.kind
    return HazardMediaRow(hazard_id=hazard.id, role=MediaRole.BEFORE.value, kind=kind, file_id="", media=media.ref)


def altered(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: `DangerChanged`. Other words stand on the cards; what is worse, and nobody has taken on, rings afresh."""
    what = findings.of(session, payload["body"]["finding"])
    before = store.by_finding(session, what.key) if what is not None else None
    if what is None or before is None:
        return
    values: dict[str, Any] = {"said": to_json(what.said)}
    worse = what.severity if what.severity and what.severity > (before.severity or 0) else None
    if worse is not None and before.state in OPEN:
        due = due_after_rating(
            before.due_at, before.created_at, now, before.severity, worse, correcting.limit(session, before, worse)
        )
        values |= {"severity": int(worse), "rated_by": None, "rated_at": now, "rated_why": None, "due_at": due}
    still = (HazardRow.id == before.id, HazardRow.round == before.round, HazardRow.state == before.state.value)
    if changed(session, update(HazardRow).where(*still).values(**values)) != 1:
        raise RuntimeError("the hazard changed meanwhile")  # the job comes again and sees it as it is then
    if "severity" in values and rerings(before, Severity(values["severity"])):
        hazard = store.hazard(session, before.id)
        assert hazard is not None
        digest.drop(session, hazard.id)
        digest.call(session, hazard, now)
    telling.refresh(session, store.hazard(session, before.id) or before, now)


def cleared(session: Session, hazard: Hazard, now: datetime, *, gone: bool) -> None:
    """It is closed: the room that had found it hears so, once a round."""
    what = findings.of(session, hazard.finding) if hazard.finding else None
    if what is None:
        return
    body = {"finding": what.key, "room": what.room, "hazard": hazard.id, "gone": gone}
    key = f"cleared:{what.key}:{hazard.round}"
    record(session, Fact(DANGER_CLEARED, key, now, None, hazard.unit, body=body), now)
