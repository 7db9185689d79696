"""Issuing, withdrawing, asking for the drawing, reminding. Each in the caller's transaction; drawing is a job outside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import outbox, seals
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import Text, text
from bot.learning.certificates import rules, store
from bot.learning.certificates.model import (
    CERTIFICATE_ISSUED,
    CERTIFICATE_REVOKED,
    EXPIRING,
    Award,
    Certificate,
    Reason,
    Status,
)
from bot.learning.certificates.tables import CertificateRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Viewer
from bot.people.tables import UnitRow

JOB = "learning.certificates.draw"


@dataclass
class Composition:
    """What only the composition root knows: where the public page is."""

    address: str = ""


composed = Composition()


def configure(address: str) -> None:
    """Called at the composition root: where people reach the dashboard."""
    composed.address = address.rstrip("/")


def number_of(key: str) -> str:
    """A certificate's number: 128 bits that only this installation can make, the same whenever it is drawn."""
    return seals.seal().name("certificate", key)


def link_of(key: str) -> str:
    """The address that its QR opens."""
    return f"{composed.address}/c/{number_of(key)}"


def issue(session: Session, person: int, award: Award, now: datetime, by: int | None = None) -> Certificate:
    """A certificate for what somebody has passed, and a message to them. Once for one passing: the same `ref` gives the
    one that is there. Raises Refused where there is no such person.
    """
    who = people.person(session, person, now)
    if who is None:
        raise Refused("delivery.stale")
    key = f"certificate:{award.what.value}:{award.ref}:{person}"
    values = {
        "key": key, "number_hash": store.hashed(number_of(key)), "person_id": person, "name": who.name,
        "badge": who.badge, "unit_id": who.unit, "what": award.what.value, "subject": award.subject,
        "title": dict(award.title), "lines": [dict(line) for line in award.lines],
        "issued_on": people.today_of(who, now), "expires_on": award.expires_on, "issued_by": by,
    }  # fmt: skip
    id = insert_once(session, CertificateRow, values, "key")
    if id is None:
        row = session.scalars(select(CertificateRow).where(CertificateRow.key == key)).one()
        return store.as_certificate(row)
    body = {"what": award.what.value, "certificate": id}
    record(session, Fact(CERTIFICATE_ISSUED, f"certificate:{id}", now, person, who.unit, who.post, body), now)
    made = store.certificate(session, id)
    assert made is not None
    said = text("learning.certificates.issued", title=dict(award.title), until=_iso(award.expires_on))
    message = Message(said, rows(button("learning.certificates.b_pdf", f"ce.pdf:{id}")))
    outbox.send(session, outbox.to_person(person), message, Lane.REPLY, now, key=f"certificate:{id}:issued")
    return made


def ask_for_drawing(session: Session, viewer: Viewer, id: int, lang: str, now: datetime) -> Certificate:
    """Queues the drawing of a certificate in a language; it is sent to whoever asks. Raises Refused."""
    found = store.certificate(session, id)
    if found is None or not store.may_see(session, viewer, found.person, now):
        raise Refused("learning.certificates.not_yours")
    who = people.person(session, found.person, now)
    today = people.today_of(who, now) if who else now.date()
    if rules.status(found.expires_on, found.revoked_at, today) is Status.REVOKED:
        raise Refused("learning.certificates.is_revoked")
    payload = _drawing(session, found, lang) | {"to": viewer.person}
    jobs.enqueue(session, JOB, payload, key=f"{JOB}:{id}:{viewer.person}:{now.isoformat()}", now=now)
    return found


def _drawing(session: Session, found: Certificate, lang: str) -> dict[str, Any]:
    """All that drawing needs: it runs without a database. The number is made there, so that it is kept nowhere."""
    root = session.scalar(select(UnitRow).where(UnitRow.parent_id.is_(None)).order_by(UnitRow.id).limit(1))
    label = people.as_unit(root).label if root else ""
    return {
        "certificate": found.id, "key": found.key, "lang": lang, "name": found.name, "badge": found.badge,
        "title": dict(found.title), "lines": [dict(line) for line in found.lines],
        "issued_on": found.issued_on.isoformat(), "expires_on": _iso(found.expires_on),
        "company": dict(label) if not isinstance(label, str) else label,
    }  # fmt: skip


def drawn(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The drawing is here: it goes to whoever asked, unless it was withdrawn meanwhile."""
    row = session.get(CertificateRow, payload["certificate"], populate_existing=True)
    if row is None or row.revoked_at is not None:
        media.erase(payload["file"])
        return
    if row.file is not None and row.file != payload["file"]:
        media.erase(row.file)
    row.file, row.drawn_at = payload["file"], now
    name = f"certificate-{row.badge}-{row.id}.pdf"
    said = Message(
        text("learning.certificates.here", title=row.title, name=row.name), media=(Media("document", row.file, name),)
    )
    outbox.send(session, outbox.to_person(payload["to"]), said, Lane.REPLY, now)


def revoke(session: Session, by: Viewer, id: int, reason: Reason, now: datetime) -> Certificate:
    """Withdraws a certificate and tells its holder why. Raises Refused: to others, and where it was withdrawn before."""
    found = store.certificate(session, id)
    if found is None or not store.may_revoke(session, by, found.person, now):
        raise Refused("learning.certificates.not_yours")
    values = {"revoked_at": now, "revoked_by": by.person, "reason": reason.value}
    which = (CertificateRow.id == id, CertificateRow.revoked_at.is_(None))
    if changed(session, update(CertificateRow).where(*which).values(**values)) != 1:
        raise Refused("learning.certificates.is_revoked")
    _forget_file(session.get_one(CertificateRow, id, populate_existing=True))
    body = {"what": found.what.value, "certificate": id, "reason": reason.value}
    record(session, Fact(CERTIFICATE_REVOKED, f"certificate-revoked:{id}", now, found.person, body=body), now)
    me = people.person(session, by.person, now)
    said = text(
        "learning.certificates.revoked", title=dict(found.title), why=reason_text(reason), by=me.name if me else ""
    )
    outbox.send(
        session, outbox.to_person(found.person), Message(said), Lane.REPLY, now, key=f"certificate:{id}:revoked"
    )
    return found


def reason_text(reason: Reason) -> Text:
    """A reason in words."""
    return text(f"learning.certificates.reason_{reason.value}")


def remind(session: Session, row: CertificateRow, now: datetime) -> None:
    """Tells a holder that their certificate ends, or has ended; each of the three times once."""
    who = people.person(session, row.person_id, now)
    if who is None or row.expires_on is None:
        return
    due = rules.reminder_due(row.expires_on, row.reminded, people.today_of(who, now))
    if due is None:
        return
    row.reminded = due
    over = row.expires_on < people.today_of(who, now)
    said = text("learning.certificates.ends", title=row.title, until=row.expires_on.isoformat(), over=over)
    outbox.send(
        session, outbox.to_person(row.person_id), Message(said), Lane.BULK, now,
        key=f"certificate:{row.id}:ends:{due}", unasked=EXPIRING, topic=f"certificate:{row.id}",
    )  # fmt: skip


def forget_drawings(session: Session, before: datetime, most: int) -> int:
    """Erases drawings that were sent; answers how many."""
    found = store.drawn_before(session, before, most)
    for row in found:
        _forget_file(row)
    return len(found)


def _forget_file(row: CertificateRow) -> None:
    if row.file is not None:
        media.erase(row.file)
        row.file = row.drawn_at = None


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None
