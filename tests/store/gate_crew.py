"""A gate at Harbour Works for tests of the store: who leads, who answers for safety, and the short way through."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery import budget, seals
from bot.kit.seal import Seal
from bot.learning.certificates.model import UNASKED as ENDS
from bot.learning.induction import actions, store
from bot.learning.induction.model import UNASKED as GATE
from bot.learning.induction.model import Because, Done, Level
from bot.learning.model import UNASKED
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import UnitRow
from tests.store.learning_house import NOW, house, who

SAID = {
    "since": "2026-01-01", "branch": "ordinary", "within_days": 14, "on_new_post": ["team"], "absence_days": 90,
    "on_return": ["team"], "months": 12,
    "levels": [
        {"level": "company", "hours": 2, "topics": [], "questions": 4, "pass": 75, "by": "trainer"},
        {"level": "workshop", "hours": 1, "topics": [], "questions": 0, "pass": 80, "by": "supervisor"},
        {"level": "team", "hours": 0, "topics": [], "questions": 0, "pass": 80, "by": "supervisor"},
    ],
}  # fmt: skip
SINCE = date(2026, 1, 5)
HOUR = timedelta(hours=1)


@contextlib.contextmanager
def gated(database_url: str) -> Iterator[Session]:
    """Ana Ortiz of the dock crew in Chicago, with Sam over the crew and Yun for safety over the site."""
    seals.use(Seal("a test's secret that is long enough"))
    with house(database_url, "D-1", "T-1", at=NOW) as session:
        budget.declare([*UNASKED, *GATE, *ENDS])
        ana = who(session, "D-1", NOW)
        dock = people.unit(session, ana.unit)
        assert dock is not None
        site = people.unit(session, dock.parent or 0)
        assert site is not None
        session.execute(update(UnitRow).where(UnitRow.id == site.id).values(training={"induction": SAID}))
        sam = people_actions.add_person(session, "S-1", "Sam Reed", "en", dock, "team-leader", SINCE)
        yun = people_actions.add_person(session, "S-2", "Yun Park", "en", site, "safety-officer", SINCE)
        people_actions.grant(session, sam, Role.SUPERVISOR, dock.id, NOW - HOUR)
        people_actions.grant(session, yun, Role.SAFETY_OFFICER, site.id, NOW - HOUR)
        session.commit()
        yield session


def viewer(session: Session, badge: str, at: datetime = NOW) -> Viewer:
    """The rights of somebody."""
    found = people.viewer(session, who(session, badge, at).id, at)
    assert found is not None
    return found


def through(session: Session, at: datetime = NOW) -> Person:
    """Ana is inducted and cleared at a moment."""
    ana = who(session, "D-1", at)
    actions.begin(session, ana, Because.NEW, f"new:{ana.id}:first", at)
    row = store.newest(session, ana.id)
    assert row is not None
    actions.note(session, row, Level.COMPANY, Done.EXAM, f"exam:{row.id}", at, share=100)
    for level, minutes in ((Level.COMPANY, 120), (Level.WORKSHOP, 60), (Level.TEAM, 0)):
        actions.confirm(session, viewer(session, "S-2"), ana.id, level, minutes, at, level.value)
    session.commit()
    return ana


def everything(session: Session) -> str:
    """All that stands in all tables, as one text."""
    from bot.db.base import Base

    return "\n".join(str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))
