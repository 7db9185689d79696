"""The dock with a forklift: who drives, who leads, who audits; the shipped courses are there, and bind nobody yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.learning.courses.model import Course, Exam, Pool
from bot.learning.courses.publishing import load_courses, take_in
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role
from bot.people.tables import PostRow, UnitRow
from tests.flows.learning_company import SINCE
from tests.flows.learning_company import company as dock_of

DRIVER = "warehouse-driver"


def company(session: Session, now: datetime) -> None:
    """Sam leads the dock, Yusuf and Wu Lan are safety officers of the two sites; a short course binds nobody."""
    dock = dock_of(session, now)
    site = store.unit(session, dock.parent or 0)
    other = next(each for each in store.units(session) if each.name == "Lingang Works")
    assert site is not None
    session.add(PostRow(code=DRIVER, name="Warehouse driver", names={}, topics=["FLT", "MAN"]))
    session.add(PostRow(code="worker", name="Worker", names={}, topics=["STF"]))
    sam = people.add_person(session, "S-1", "Sam Okafor", "en", dock, "team-leader", SINCE)
    yusuf = people.add_person(session, "O-1", "Yusuf Demir", "en", site, "safety-officer", SINCE)
    mei = people.add_person(session, "O-2", "Wu Lan", "en", other, "safety-officer", SINCE)
    people.grant(session, sam, Role.SUPERVISOR, dock.id, now)
    people.grant(session, yusuf, Role.SAFETY_OFFICER, site.id, now)
    people.grant(session, mei, Role.SAFETY_OFFICER, other.id, now)
    row = session.get(UnitRow, dock.id)
    assert row is not None
    row.code = "HW-WH-A"
    session.flush()
    load_courses(session, now)
    exam = Exam((Pool(3, ("truck-and-walker",)),), 75, 15, 2)
    short = Course("short", 0, {"en": "Walkways"}, ("truck-and-walker",), exam, 10, 12, ())
    take_in(session, short, now, by=people.add_person(session, "T-9", "Nia Blake", "en", dock, "trainer", SINCE))


def hire(session: Session, badge: str, name: str, post: str, now: datetime) -> int:
    """Somebody begins at the dock today."""
    dock = next(each for each in store.units(session) if each.name == "Dock Team")
    return people.add_person(session, badge, name, "en", dock, post, now.date())
