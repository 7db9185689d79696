"""A site for stories of hazards: a dock crew with two shifts, those above it, and a place with a QR."""

from __future__ import annotations

import io
from datetime import date, datetime, time

from PIL import Image
from sqlalchemy.orm import Session

from bot.people import actions as people
from bot.people.model import Role, UnitKind
from bot.people.tables import PersonRow, PlacementRow, ShiftRow

SINCE = date(2026, 1, 5)
ANA = 918_273_645
"""A number that occurs nowhere by chance, so that a dump can be searched for it."""


def company(session: Session, now: datetime) -> None:
    """Ana and Bao work at the dock; Sam leads the early shift, Marta the late one; Tomasz, Yusuf, Grace, Ada above."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE, zone="America/Chicago")
    warehouse = people.add_unit(session, UnitKind.WORKSHOP, "Warehouse", site, SINCE)
    dock = people.add_unit(session, UnitKind.TEAM, "Dock Team", warehouse, SINCE)
    storage = people.add_unit(session, UnitKind.TEAM, "Storage Team", warehouse, SINCE)
    session.add(ShiftRow(code="early", name="Early", starts=time(6), ends=time(14)))
    session.add(ShiftRow(code="late", name="Late", starts=time(14), ends=time(22)))
    session.add(PersonRow(id=ANA, badge="W-1", name="Ana Morales", lang="en", shift="early", joined_on=SINCE))
    session.flush()
    session.add(PlacementRow(person_id=ANA, unit_id=dock.id, post="worker", starts_on=SINCE))
    people.add_person(session, "W-2", "Bao Tran", "en", dock, "driver", SINCE, shift="early")
    sam = people.add_person(session, "S-1", "Sam Okafor", "en", dock, "team-leader", SINCE, shift="early")
    marta = people.add_person(session, "S-2", "Marta Kowalczyk", "en", dock, "team-leader", SINCE, shift="late")
    tomasz = people.add_person(session, "M-1", "Tomasz Nowicki", "en", warehouse, "head", SINCE, shift="early")
    yusuf = people.add_person(session, "O-1", "Yusuf Demir", "en", site, "safety-officer", SINCE, shift="early")
    grace = people.add_person(session, "M-2", "Grace Lindqvist", "en", site, "site-manager", SINCE, shift="early")
    ada = people.add_person(session, "A-1", "Ada Byron", "en", top, "it", SINCE)
    people.add_person(session, "W-3", "Marek Zielinski", "en", storage, "worker", SINCE, shift="early")
    for person, role, unit in (
        (sam, Role.SUPERVISOR, dock),
        (marta, Role.SUPERVISOR, dock),
        (tomasz, Role.MANAGER, warehouse),
        (yusuf, Role.SAFETY_OFFICER, site),
        (grace, Role.MANAGER, site),
        (ada, Role.ADMIN, top),
    ):
        people.grant(session, person, role, unit.id, now)
    people.add_place(session, dock.id, "Loading dock 1", "HW-DOCK-1")
    people.add_place(session, storage.id, "High racks", "HW-RACK-A")


def photo(shade: int = 120) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 80, 40)).save(out, "JPEG")
    return out.getvalue()
