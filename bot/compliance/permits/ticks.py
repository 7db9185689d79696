"""Permits that end soon, that have run out, that nobody handed back, that nobody decided about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.compliance.permits import model as facts
from bot.compliance.permits import rules, store, telling
from bot.compliance.permits.model import State
from bot.compliance.permits.tables import PermitRow
from bot.db.once import changed
from bot.kit.room import Tick
from bot.people import company

SLICE = 20
_row = PermitRow


def alarm(session: Session, now: datetime) -> bool:
    """Receiver and issuer hear that it ends soon, once."""
    due = (_row.state == State.RUNNING.value, _row.alarm_at <= now)
    rows = session.scalars(select(_row).where(*due).order_by(_row.alarm_at).limit(SLICE)).all()
    for row in rows:
        found = store.as_permit(row)
        mine = update(_row).where(_row.id == found.id, *due).values(alarm_at=None)
        if found.ends_at is not None and found.ends_at > now and changed(session, mine) == 1:
            minutes = int((found.ends_at - now).total_seconds() // 60)
            telling.note(session, facts.ALARMED, found, None, now, f"alarmed:{found.round}", minutes=minutes)
            telling.alert(session, found, "soon", now)
        elif found.ends_at is not None and found.ends_at <= now:
            changed(session, mine)  # the end itself is told below
    return len(rows) == SLICE


def expire(session: Session, now: datetime) -> bool:
    """Its time has run out: by itself, whoever presses or not."""
    due = (_row.state == State.RUNNING.value, _row.ends_at <= now)
    rows = session.scalars(select(_row).where(*due).order_by(_row.ends_at).limit(SLICE)).all()
    for row in rows:
        found = store.as_permit(row)
        values = {"state": State.EXPIRED.value, "expired_at": now, "alarm_at": None, "extend_minutes": None}
        if changed(session, update(_row).where(_row.id == found.id, *due).values(**values)) == 1:
            telling.note(session, facts.EXPIRED, found, None, now, "expired")
            ended = store.permit(session, found.id)
            assert ended is not None
            telling.alert(session, ended, "expired", now)
            telling.changed_now(session, found.id, now)
    return len(rows) == SLICE


def escalate(session: Session, now: datetime) -> bool:
    """Not handed back some minutes after its end: safety officers are called as well, and the issuer again."""
    due = (_row.state.in_(store.OVERDUE), _row.escalated_at.is_(None), _row.expired_at <= now - rules.ESCALATE)
    rows = session.scalars(select(_row).where(*due).order_by(_row.expired_at).limit(SLICE)).all()
    for row in rows:
        found = store.as_permit(row)
        if changed(session, update(_row).where(_row.id == found.id, *due).values(escalated_at=now)) == 1:
            officers = [each.id for each in company.safety_officers(session, found.path, now)]
            telling.alert(session, found, "late", now, officers)
    return len(rows) == SLICE


def lapse(session: Session, now: datetime) -> bool:
    """Nobody decided in time: what was measured then says nothing any more."""
    due = (_row.state == State.ASKED.value, _row.asked_at <= now - rules.DECIDE)
    rows = session.scalars(select(_row).where(*due).order_by(_row.asked_at).limit(SLICE)).all()
    for row in rows:
        found = store.as_permit(row)
        values = {"state": State.LAPSED.value, "closed_at": now}
        if changed(session, update(_row).where(_row.id == found.id, *due).values(**values)) == 1:
            telling.note(session, facts.LAPSED, found, None, now, "lapsed")
            lapsed = store.permit(session, found.id)
            assert lapsed is not None
            telling.tell_receiver(session, lapsed, "lapsed", now)
            telling.changed_now(session, found.id, now)
    return len(rows) == SLICE


TICKS = (
    Tick("compliance.permits.alarm", alarm, 15),
    Tick("compliance.permits.expire", expire, 15),
    Tick("compliance.permits.escalate", escalate, 30),
    Tick("compliance.permits.lapse", lapse, 300),
)
