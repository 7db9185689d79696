"""`davy doctor` says what the company has not told Davy and will miss on a bad day."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.doctor import company
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role, UnitKind
from bot.people.tables import RoleGrantRow, UnitRow
from tests.store.hazard_crew import NOON, Dock, dock

__all__ = ["dock"]


def said(session: Session) -> list[str]:
    """The findings as lines."""
    return [str(finding) for finding in company(session, NOON)]


def second_administrator(dock: Dock) -> None:
    """Yusuf is one beside Ada."""

    def give(session: Session) -> None:
        top = next(unit for unit in people.units(session) if unit.kind is UnitKind.COMPANY)
        people_actions.grant(session, dock.yusuf, Role.ADMIN, top.id, NOON)

    dock.run(give)


def test_a_site_without_an_emergency_number_is_named(dock: Dock) -> None:
    """It is a warning and no mistake; with a number all is well."""
    second_administrator(dock)
    (line,) = dock.run(said)
    assert line.startswith("?   company: no emergency number is known for Harbour Works: ")
    dock.run(lambda session: session.execute(update(UnitRow).values(emergency_number="911")) and None)
    (line,) = dock.run(said)
    assert line.startswith("ok  company: ")


def test_a_company_with_one_administrator_is_told_of_it(dock: Dock) -> None:
    """What needs two named people is then done by one: a warning, until there is a second."""
    dock.run(lambda session: session.execute(update(UnitRow).values(emergency_number="911")) and None)
    assert any(line.startswith("?   admin: only one person is administrator of ") for line in dock.run(said))
    second_administrator(dock)
    assert not any("administrator" in line for line in dock.run(said))


def test_teams_and_sites_that_nobody_leads_are_named_with_what_to_do(dock: Dock) -> None:
    """All roles are gone: no safety officer, no supervisor of the dock team."""
    dock.run(lambda session: session.execute(delete(RoleGrantRow)) and None)
    lines = dock.run(said)
    assert any("nobody is safety officer of Harbour Works: " in line and "/grant" in line for line in lines)
    assert any("nobody is supervisor of Harbour Works/Warehouse/Dock Team: " in line for line in lines)
    assert all(line.startswith("?   ") for line in lines)
