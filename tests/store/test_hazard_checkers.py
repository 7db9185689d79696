"""Who looks whether a danger is gone: never its fixer, and always somebody."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.hazards import actions, repair, store
from bot.hazards.model import Hazard, State
from bot.kit.risk import Severity
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]
PHOTO = ("photo", "after-1")


def fixed_by_the_one_above(dock: Dock) -> Hazard:
    """A danger that Sam, the dock's supervisor, fixed himself."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.sam, NOON)
    dock.run(actions.rate, hazard.id, Severity.HIGH, dock.sam, NOON)
    return dock.run(actions.fix, hazard.id, dock.sam, later(hours=1), photo=PHOTO)  # type: ignore[no-any-return]


def without_roles(session: Session, *persons: int) -> None:
    """They have no role any more."""
    for person in persons:
        for grant in people.viewer(session, person, NOON).grants:  # type: ignore[union-attr]
            people_actions.revoke(session, person, grant.role, grant.unit, NOON)


def test_where_the_only_supervisor_fixed_it_the_next_level_is_asked_and_he_is_told_who(dock: Dock) -> None:
    """Marta leads no more, so Grace, the manager above, is asked, and Sam reads her name."""
    dock.run(without_roles, dock.marta)
    hazard = fixed_by_the_one_above(dock)
    assert "hazards.verify" in dock.told(dock.grace)
    assert dock.told(dock.sam, "hazards.verify") == []
    said = dock.run(repair.noted, hazard, later(hours=1))
    assert (said.params["names"], said.params["reporter"]) == (["Grace Lindqvist"], False)


def test_whoever_is_away_is_asked_to_check_where_nobody_else_may(dock: Dock) -> None:
    """All others have no role, and Grace is away without a deputy: it lies before her when she is back."""
    dock.run(without_roles, dock.marta, dock.yusuf, dock.ada)
    dock.run(people_actions.go_away, dock.grace, NOON, None, None)
    fixed_by_the_one_above(dock)
    assert "hazards.verify" in dock.told(dock.grace)


def test_a_fix_that_nobody_else_may_check_is_said_to_its_fixer_and_asked_once_somebody_may(dock: Dock) -> None:
    """Sam alone has a role; days later Marta gets hers back, and is asked by the next look."""
    dock.run(without_roles, dock.marta, dock.yusuf, dock.ada, dock.grace)
    hazard = fixed_by_the_one_above(dock)
    assert dock.run(repair.noted, hazard, later(hours=1)).params["names"] == []
    assert dock.run(repair.ask_instead_of_reporter, later(days=3), 1) is False
    dock.run(lambda session: people_actions.grant(session, dock.marta, Role.SUPERVISOR, hazard.unit, later(days=3)))
    dock.run(repair.ask_instead_of_reporter, later(days=3, hours=1))
    assert "hazards.verify" in dock.told(dock.marta)
    assert dock.run(store.hazard, hazard.id).state is State.FIXED
