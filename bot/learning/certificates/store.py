"""Questions about certificates: whose, which one, which end soon, what a number opens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.learning.certificates import rules
from bot.learning.certificates.model import Certificate, Reason, Shown, Verified, What
from bot.learning.certificates.tables import CertificateRow
from bot.people import company
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.people.tables import PersonRow, UnitRow

MOST = 12
LOOKS_AFTER = (Role.TRAINER, Role.SAFETY_OFFICER)
"""Who may look at the certificates of the people of a unit, and withdraw one."""


def hashed(number: str) -> bytes:
    """What is kept of a number. It has 128 bits, so a plain hash is enough."""
    return hashlib.sha256(number.encode()).digest()


def as_certificate(row: CertificateRow) -> Certificate:
    """A row as a Certificate."""
    return Certificate(
        row.id, row.key, row.person_id, row.name, row.badge, What(row.what), row.subject, row.title,
        tuple(row.lines), row.issued_on, row.expires_on, row.issued_by, row.revoked_at,
        Reason(row.reason) if row.reason else None,
    )  # fmt: skip


def certificate(session: Session, id: int) -> Certificate | None:
    """A certificate by its row."""
    row = session.get(CertificateRow, id, populate_existing=True)
    return as_certificate(row) if row else None


def of_person(session: Session, person: int, most: int = MOST) -> list[Certificate]:
    """Somebody's certificates, the newest first."""
    query = select(CertificateRow).where(CertificateRow.person_id == person).order_by(CertificateRow.id.desc())
    return [as_certificate(row) for row in session.scalars(query.limit(most))]


def may_see(session: Session, viewer: Viewer, person: int, now: datetime) -> bool:
    """Their own, and those of the people for whose training or safety they answer."""
    if viewer.person == person:
        return True
    return may_revoke(session, viewer, person, now)


def may_revoke(session: Session, viewer: Viewer, person: int, now: datetime) -> bool:
    """Nobody their own; trainers and safety officers those of their people, also of people who have left."""
    who = people.person(session, person, now)
    return who is not None and viewer.person != person and any(viewer.holds(role, who.path) for role in LOOKS_AFTER)


def ending(session: Session, today: date, most: int) -> list[CertificateRow]:
    """Those whose holder may have to be told: good, near their end, not overtaken by a newer one of the same subject."""
    newer = aliased(CertificateRow)
    overtaken = exists().where(
        newer.person_id == CertificateRow.person_id,
        newer.subject == CertificateRow.subject,
        newer.id > CertificateRow.id,
        newer.revoked_at.is_(None),
    )
    query = (
        select(CertificateRow)
        .join(PersonRow, PersonRow.id == CertificateRow.person_id)
        .where(
            CertificateRow.expires_on <= today + timedelta(days=rules.REMINDED[0]),
            CertificateRow.revoked_at.is_(None),
            PersonRow.left_on.is_(None),
            _still_to_tell(today),
            ~overtaken,
        )
        .order_by(CertificateRow.expires_on, CertificateRow.id)
        .limit(most)
    )
    return list(session.scalars(query))


def _still_to_tell(today: date) -> ColumnElement[bool]:
    column = CertificateRow.expires_on
    steps = [
        and_(
            column <= today + timedelta(days=days),
            or_(CertificateRow.reminded.is_(None), CertificateRow.reminded > days),
        )
        for days in rules.REMINDED
    ]
    return or_(*steps)


def drawn_before(session: Session, at: datetime, most: int) -> Sequence[CertificateRow]:
    """Those whose drawing has lain here since before an instant."""
    query = select(CertificateRow).where(CertificateRow.file.is_not(None), CertificateRow.drawn_at < at)
    return list(session.scalars(query.limit(most)))


def verified(session: Session, number: str, today: date) -> Verified | None:
    """What the public page says of a number; None for one that is unknown. Nothing else leads to a certificate."""
    row = session.scalar(select(CertificateRow).where(CertificateRow.number_hash == hashed(number)))
    if row is None:
        return None
    root = session.scalar(select(UnitRow).where(UnitRow.parent_id.is_(None)).order_by(UnitRow.id).limit(1))
    label = people.as_unit(root).label if root else ""
    return Verified(
        rules.status(row.expires_on, row.revoked_at, today), row.title,
        rules.shown_name(row.name, shown_how(session, row.unit_id)),
        label if not isinstance(label, str) else {"en": label}, row.issued_on, row.expires_on,
        row.revoked_at.date() if row.revoked_at else None,
    )  # fmt: skip


def shown_how(session: Session, unit: int) -> Shown:
    """What the company lets the public page say of a holder: initials, unless it says names."""
    here = people.unit(session, unit)
    said = company.training(session, here.path).get("certificates", {}) if here else {}
    return Shown(said.get("shows", Shown.INITIALS.value))
