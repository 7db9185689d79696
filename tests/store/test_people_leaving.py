"""What somebody had to fix when they left passes to whoever takes over, by a follow-up and not by the import itself."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.hazards import actions, store
from bot.hazards.leaving import pass_on
from bot.people import actions as people
from bot.people.tables import PersonRow
from tests.store.hazard_crew import Dock, dock, later

__all__ = ["dock"]


def test_the_open_tasks_of_a_leaver_pass_to_their_successor(dock: Dock) -> None:
    """The successor gets the task with its button; a follow-up that runs again does nothing more."""
    hazard = dock.report()
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, later(minutes=1))

    def leave(session: Session) -> None:
        session.execute(update(PersonRow).where(PersonRow.id == dock.bao).values(successor_id=dock.marta))
        people.leave_company(session, [dock.bao], later(hours=1).date(), later(hours=1))

    dock.run(leave)
    for minutes in (61, 62):
        dock.run(pass_on, {"person": dock.bao}, later(minutes=minutes))
    assert len(dock.rows(dock.marta, "hazards.task")) == 1
    assert dock.run(store.hazard, hazard.id).assigned_to == dock.marta
    assert len(dock.facts("HazardAssigned")) == 2


def test_a_task_stays_where_nobody_takes_over(dock: Dock) -> None:
    """It becomes overdue like any other, and then its supervisors hear of it."""
    hazard = dock.report()
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, later(minutes=1))
    dock.run(pass_on, {"person": dock.bao}, later(hours=1))
    assert dock.run(store.hazard, hazard.id).assigned_to == dock.bao
