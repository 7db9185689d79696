"""`davy doctor` says what the company has not told Davy and will miss on a bad day."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.doctor import company
from bot.people.tables import RoleGrantRow, UnitRow
from tests.store.hazard_crew import NOON, Dock, dock

__all__ = ["dock"]


def said(session: Session) -> list[str]:
    """The findings as lines."""
    return [str(finding) for finding in company(session, NOON)]


def test_a_site_without_an_emergency_number_is_named(dock: Dock) -> None:
    """It is a warning and no mistake; with a number all is well."""
    (line,) = dock.run(said)
    assert line.startswith("?   company: no emergency number is known for Harbour Works: ")
    dock.run(lambda session: session.execute(update(UnitRow).values(emergency_number="911")) and None)
    (line,) = dock.run(said)
    assert line.startswith("ok  company: ")


def test_teams_and_sites_that_nobody_leads_are_named_with_what_to_do(dock: Dock) -> None:
    """All roles are gone: no safety officer, no supervisor of the dock team."""
    dock.run(lambda session: session.execute(delete(RoleGrantRow)) and None)
    lines = dock.run(said)
    assert any("nobody is safety officer of Harbour Works: " in line and "/grant" in line for line in lines)
    assert any("nobody is supervisor of Harbour Works/Warehouse/Dock Team: " in line for line in lines)
    assert all(line.startswith("?   ") for line in lines)
