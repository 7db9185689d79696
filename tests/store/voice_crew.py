"""A site for tests of voices: six press, five at the dock; Yusuf looks after the site, Sam leads the presses."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import budget
from bot.features import rooms
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Person, Role, UnitKind
from tests.kept import furnished
from tests.store.conftest import NOON

SINCE = date(2026, 1, 5)


def company(session: Session) -> None:
    """Six press, five at the dock; Yusuf looks after the site, Sam leads the presses."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE)
    press = people.add_unit(session, UnitKind.TEAM, "Press Team", site, SINCE)
    dock = people.add_unit(session, UnitKind.TEAM, "Dock Team", site, SINCE)
    for number in range(11):
        unit = press if number < 6 else dock
        id = people.add_person(session, f"W-{number}", f"Worker {number}", "en", unit, "worker", SINCE)
        people.open_account(session, id, 500 + id, 500 + id, NOON)
    for badge, name, role, unit in (("O", "Yusuf", Role.SAFETY_OFFICER, site), ("S", "Sam", Role.SUPERVISOR, press)):
        id = people.add_person(session, badge, name, "en", unit, "leader", SINCE)
        people.grant(session, id, role, unit.id, NOON - timedelta(days=1))
        people.open_account(session, id, 500 + id, 500 + id, NOON)


def who(session: Session, badge: str, now: datetime = NOON) -> Person:
    """Somebody by badge."""
    found = people_store.person_by_badge(session, badge, now)
    assert found is not None
    return found


def settle(database_url: str) -> None:
    """The company is there, and all kinds of messages are known."""
    furnished(database_url, company, "voices")
    budget.declare([kind for room in rooms() for kind in room.unasked])
