"""What somebody had to fix when they left passes to whoever takes over, by a follow-up and not by the import itself."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.hazards import actions, digest, repair, store
from bot.hazards.leaving import pass_on
from bot.hazards.model import State
from bot.hazards.respond import task_failed
from bot.hazards.tables import HazardDigestRow
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


def leaves(dock: Dock, who: int, heir: int | None) -> None:
    """Somebody leaves after an hour, and who takes over is noted."""

    def leave(session: Session) -> None:
        session.execute(update(PersonRow).where(PersonRow.id == who).values(successor_id=heir))
        people.leave_company(session, [who], later(hours=1).date(), later(hours=1))

    dock.run(leave)


def test_what_a_leaver_took_care_of_becomes_their_successors_to_fix(dock: Dock) -> None:
    """Seen by somebody who is gone, it would belong to nobody: the successor gets it with a day."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.sam, later(minutes=1))
    leaves(dock, dock.sam, dock.marta)
    dock.run(pass_on, {"person": dock.sam}, later(minutes=61))
    after = dock.run(store.hazard, hazard.id)
    assert (after.state, after.assigned_to) == (State.ASSIGNED, dock.marta)
    assert after.due_at is not None
    assert len(dock.rows(dock.marta, "hazards.task")) == 1


def test_what_a_leaver_was_to_read_of_is_read_by_others(dock: Dock) -> None:
    """The only supervisors are gone before their digest comes: the manager gets it."""
    hazard = dock.can_wait()
    for one in (dock.sam, dock.marta):
        leaves(dock, one, None)
    dock.run(digest.send_due, later(hours=30))
    assert dock.rows(dock.sam, "hazards.digest") == []
    readers = dock.run(
        lambda session: set(
            session.scalars(select(HazardDigestRow.person_id).where(HazardDigestRow.hazard_id == hazard.id))
        )
    )
    assert readers == {dock.grace}
    dock.run(digest.send_due, later(hours=60))
    assert len(dock.rows(dock.grace, "hazards.digest")) == 1


def test_who_took_care_of_a_danger_and_let_it_lie_is_reminded_once(dock: Dock) -> None:
    """Seeing is not fixing: after the time in which it should have been fixed they are asked."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.sam, later(minutes=1))
    dock.run(repair.remind_taken, later(days=2))
    assert dock.rows(dock.sam, "hazards.taken_reminder") == []
    for days in (4, 5):
        dock.run(repair.remind_taken, later(days=days))
    assert len(dock.rows(dock.sam, "hazards.taken_reminder")) == 1


def test_a_task_that_cannot_arrive_is_told_to_who_leads_when_its_giver_is_gone(dock: Dock) -> None:
    """The giver has left: the supervisors of the place hear that nobody works on it."""
    hazard = dock.report()
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, later(minutes=1))
    leaves(dock, dock.sam, None)
    failed = {"ref": f"task:{hazard.id}:{dock.bao}", "key": "k", "person": dock.bao}
    dock.run(task_failed, failed, later(minutes=62))
    assert len(dock.rows(dock.marta, "hazards.task_unreachable")) == 1
