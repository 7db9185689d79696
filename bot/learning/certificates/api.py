"""Certificates for other programs: who has which, until when, and whether it is still good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.endpoints import Badge, Call, Endpoint, Event, Given, Labelled, Number, Paged, Rows, Scope, Who
from bot.learning.certificates import rules
from bot.learning.certificates.model import CERTIFICATE_ISSUED, CERTIFICATE_REVOKED, Status, What
from bot.learning.certificates.tables import CertificateRow
from bot.people import programs, speaking
from bot.people import store as people
from bot.people.model import Caller
from bot.people.tables import PersonRow, UnitRow


class CertificateOut(Given):
    """A certificate. `unit` is where its holder works now; its number, which opens the public page, is nowhere here."""

    id: int
    person: Who | None
    unit: Labelled
    what: What
    subject: str
    titles: dict[str, str]
    issued_on: date
    expires_on: date | None
    revoked_on: date | None
    status: Status


class Listed(Paged):
    """Certificates, of one person or of a unit where these are named."""

    badge: Badge | None = None
    unit: Number | None = None


def certificates(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Of the people of some units, in the order in which they were issued."""
    query = _FOUND.where(
        speaking.under(UnitRow.path, programs.paths(session, caller, call.args.unit)),
        CertificateRow.id > call.args.after,
    )
    if call.args.badge is not None:
        query = query.where(PersonRow.id == programs.somebody(session, caller, call.args.badge, now).id)
    rows = session.execute(query.order_by(CertificateRow.id).limit(call.args.limit), {"on": now.date()})
    return Rows(
        [(str(row.CertificateRow.id), _out(row, programs.who_is(caller, row.badge, row.name), now)) for row in rows]
    )


_FOUND = people.people_on.join(CertificateRow, CertificateRow.person_id == PersonRow.id).add_columns(
    CertificateRow, UnitRow.code
)


def _out(row: Any, who: Who | None, now: datetime) -> CertificateOut:
    found: CertificateRow = row.CertificateRow
    return CertificateOut(
        id=found.id, person=who, unit=Labelled(id=row.unit, code=row.code), what=What(found.what), subject=found.subject,
        titles=dict(found.title), issued_on=found.issued_on, expires_on=found.expires_on,
        revoked_on=found.revoked_at.date() if found.revoked_at else None,
        status=rules.status(found.expires_on, found.revoked_at, now.date()),
    )  # fmt: skip


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> CertificateOut | None:
    """A certificate as it stands when the call is made."""
    query = _FOUND.where(
        CertificateRow.id == int(payload["body"]["certificate"]), speaking.under(UnitRow.path, caller.units)
    )
    row = session.execute(query, {"on": now.date()}).first()
    return _out(row, programs.told_who(session, caller, row.id), now) if row is not None else None


ENDPOINTS = (
    Endpoint(
        "certificates", "GET", "/certificates", Scope.TRAINING, "Certificates", certificates, CertificateOut, Listed, many=True,
        personal=True,
    ),
)  # fmt: skip
EVENTS = tuple(
    Event(f"certificate.{name}", kind.name, Scope.TRAINING, kind.says, tell, CertificateOut)
    for name, kind in (("issued", CERTIFICATE_ISSUED), ("revoked", CERTIFICATE_REVOKED))
)
