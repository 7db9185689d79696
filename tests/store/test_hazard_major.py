"""A major hidden danger: nothing of what it needs can be left out, and every attempt to is on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.hazards import actions, correcting, major, repair, store
from bot.hazards.model import Control, Hazard, State
from bot.kit.risk import Severity
from bot.people import actions as people_actions
from bot.people.model import Role
from bot.people.tables import UnitRow
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]
PHOTO = ("photo", "after-1")


def judged(dock: Dock) -> Hazard:
    """A danger that Sam rated critical and judged to be major; Bao is to fix it."""
    hazard = dock.report()
    dock.run(actions.rate, hazard.id, Severity.CRITICAL, dock.sam, NOON)
    dock.run(correcting.categorise, hazard.id, "COLLAPSE", dock.sam, NOON)
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, NOON)
    return dock.run(correcting.judge, hazard.id, True, dock.sam, NOON)  # type: ignore[no-any-return]


def prepared(dock: Dock) -> Hazard:
    """The same with its plan, what keeps people safe for now, and what is done for good."""
    hazard = judged(dock)
    dock.run(correcting.plan, hazard.id, "Clear the hall, call the fire brigade", dock.sam, NOON)
    dock.run(correcting.name_measure, hazard.id, Control.ENGINEER, "Props", dock.bao, NOON, interim=True)
    dock.run(correcting.name_measure, hazard.id, Control.REMOVE, "Take the wall down", dock.bao, NOON)
    return hazard


def fixed(dock: Dock) -> Hazard:
    """The same, and Bao says that it is fixed."""
    return dock.run(actions.fix, prepared(dock).id, dock.bao, later(hours=1), photo=PHOTO)  # type: ignore[no-any-return]


def lacks(refusal: tuple[str, dict[str, Any]]) -> list[str]:
    """What a refusal says is missing."""
    key, values = refusal
    assert key == "hazards.t_major_lacks"
    return [each.params["what"] for each in values["lacks"]]


def test_it_is_not_fixed_before_its_plan_and_its_measures_are_there(dock: Dock) -> None:
    """Each is asked for until it is there, in the order in which it should come."""
    hazard = judged(dock)
    missing = ["plan", "interim", "measure"]
    steps = (
        lambda: dock.run(correcting.plan, hazard.id, "Clear the hall", dock.sam, NOON),
        lambda: dock.run(correcting.name_measure, hazard.id, Control.ENGINEER, "Props", dock.bao, NOON, interim=True),
        lambda: dock.run(correcting.name_measure, hazard.id, Control.REMOVE, "Gone", dock.bao, NOON),
    )
    for step in steps:
        assert lacks(dock.refusal(actions.fix, hazard.id, dock.bao, NOON, photo=PHOTO)) == missing
        step()
        missing = missing[1:]
    assert dock.refusal(actions.fix, hazard.id, dock.bao, NOON, words="no camera")[0] == "hazards.t_major_photo"
    assert dock.run(actions.fix, hazard.id, dock.bao, NOON, photo=PHOTO).state is State.FIXED


def test_each_attempt_to_skip_a_step_is_on_record(dock: Dock) -> None:
    """What the button answers is kept, though nothing else happened; whoever it is none of the business of leaves no trace."""
    hazard = judged(dock)
    refused = dock.run(major.tried, hazard.id, "fix", dock.bao, NOON)
    assert lacks((refused.text.key, dict(refused.text.params))) == ["plan", "interim", "measure"]
    assert dock.run(major.tried, hazard.id, "sign", dock.grace, NOON) is not None
    assert dock.run(major.tried, hazard.id, "fix", dock.ana, NOON) is None
    found = dock.facts("MajorStepRefused")
    assert [(fact.body["step"], fact.body["lacks"]) for fact in found] == [
        ("fix", "plan,interim,measure"),
        ("sign", "photo,confirm"),
    ]


def test_people_of_different_levels_confirm_and_a_leader_signs(dock: Dock) -> None:
    """Sam supervises, Yusuf is above, Grace signs. One word, or one person's twice, closes nothing."""
    hazard = fixed(dock)
    for _ in range(2):
        assert dock.run(actions.verify, hazard.id, dock.sam, later(hours=2)).state is State.FIXED
    assert dock.refusal(repair.sign, hazard.id, dock.grace, later(hours=2))[0] == "hazards.t_major_lacks"
    dock.run(actions.verify, hazard.id, dock.marta, later(hours=2))
    assert dock.run(major.view, hazard).missing_kinds == ("above",), "two supervisors are of one level"
    dock.run(actions.verify, hazard.id, dock.yusuf, later(hours=2))
    assert "hazards.ask_sign" in dock.told(dock.grace)
    assert dock.refusal(repair.sign, hazard.id, dock.yusuf, later(hours=3))[0] == "hazards.t_not_signer"
    closed = dock.run(repair.sign, hazard.id, dock.grace, later(hours=3))
    assert (closed.state, closed.verified_by) == (State.VERIFIED, dock.grace)
    assert len(dock.facts("MajorSignedOff")) == 1
    assert len(dock.facts("HazardVerified")) == 1


def test_the_fixer_confirms_and_signs_nothing(dock: Dock) -> None:
    """Not even a fixer who leads there."""
    hazard = prepared(dock)
    dock.run(actions.assign, hazard.id, dock.grace, dock.sam, NOON)
    dock.run(actions.fix, hazard.id, dock.grace, later(hours=1), photo=PHOTO)
    assert dock.refusal(actions.verify, hazard.id, dock.grace, later(hours=2))[0] == "hazards.t_own_fix"
    for person in (dock.sam, dock.yusuf):
        dock.run(actions.verify, hazard.id, person, later(hours=2))
    assert dock.refusal(repair.sign, hazard.id, dock.grace, later(hours=3))[0] == "hazards.t_not_signer"
    assert dock.run(repair.sign, hazard.id, dock.ada, later(hours=3)).state is State.VERIFIED


def test_what_is_still_there_needs_all_words_anew(dock: Dock) -> None:
    """A reopened one keeps its plan, and needs measures, confirmation and signature of this round."""
    hazard = fixed(dock)
    dock.run(actions.verify, hazard.id, dock.sam, later(hours=2))
    again = dock.run(actions.reopen, hazard.id, dock.yusuf, later(hours=3))
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, later(hours=3))
    wants = lacks(dock.refusal(actions.fix, hazard.id, dock.bao, later(hours=4), photo=PHOTO))
    assert wants == ["interim", "measure"]
    assert dock.run(major.view, again).missing == 2


def test_nobody_argues_a_major_danger_away(dock: Dock) -> None:
    """Whoever judged it, or is to fix it, neither makes it a general one nor says that it is none; a manager may."""
    hazard = judged(dock)
    assert dock.refusal(correcting.judge, hazard.id, False, dock.sam, NOON)[0] == "hazards.t_not_lowered"
    assert dock.refusal(actions.reject, hazard.id, "no", dock.marta, NOON)[0] == "hazards.t_not_lowered"
    assert dock.run(major.tried_to_lower, hazard.id, "reject", dock.marta, NOON) is not None
    assert dock.run(major.tried_to_lower, hazard.id, "general", dock.grace, NOON) is None
    assert [fact.body["step"] for fact in dock.facts("MajorStepRefused")] == ["reject"]
    assert dock.run(correcting.judge, hazard.id, False, dock.grace, NOON).major is False
    assert [fact.body["was_major"] for fact in dock.facts("HazardJudgedGeneral")] == [True]
    assert [fact.body["category"] for fact in dock.facts("HazardJudgedMajor")] == ["COLLAPSE"]


def test_its_leader_hears_of_it_each_day_with_what_helped_elsewhere(dock: Dock) -> None:
    """Once a local day until it is closed; what was done in like cases stands there, the strongest control first."""
    old = dock.report("old")
    dock.run(correcting.categorise, old.id, "COLLAPSE", dock.sam, NOON)
    for control, said in ((Control.ORGANISE, "A sign"), (Control.REMOVE, "The old shed is gone")):
        dock.run(correcting.name_measure, old.id, control, said, dock.sam, NOON)
    dock.run(actions.fix, old.id, dock.sam, NOON, words="done")
    dock.run(actions.verify, old.id, dock.marta, NOON)
    hazard = judged(dock)
    for day in range(3):
        for _ in range(2):
            dock.run(major.tell_leaders, later(days=day))
    told = dock.rows(dock.sam, "hazards.major_day")
    assert len(told) == 3
    said = told[0].payload["text"]["p"]
    assert [each["p"]["what"] for each in said["lacks"]] == ["plan", "interim", "measure"]
    assert [each["p"]["words"] for each in said["like"]] == ["The old shed is gone", "A sign"]
    dock.run(correcting.judge, hazard.id, False, dock.grace, NOON)
    dock.run(major.tell_leaders, later(days=4))
    assert len(dock.rows(dock.sam, "hazards.major_day")) == 3


def test_the_company_file_names_another_gate(dock: Dock) -> None:
    """Three people, one of them the safety officer."""

    def set_gate(session: Session) -> None:
        row = session.get_one(UnitRow, dock.unit)
        row.alerts = {"major": {"needed": 3, "kinds": ["supervisor", "safety_officer"]}}

    dock.run(set_gate)
    hazard = fixed(dock)
    for person, missing in ((dock.sam, 2), (dock.ada, 1), (dock.yusuf, 0)):
        dock.run(actions.verify, hazard.id, person, later(hours=2))
        assert dock.run(major.view, hazard).missing == missing


@pytest.mark.parametrize(("hours", "by", "refused"), [(4, "sam", False), (5, "sam", True), (72, "grace", False)])
def test_a_deadline_is_within_its_limit_unless_a_manager_says_otherwise(
    dock: Dock, hours: int, by: str, refused: bool
) -> None:
    """Critical: four hours."""
    hazard = dock.report()
    dock.run(actions.rate, hazard.id, Severity.CRITICAL, dock.sam, NOON)
    due: datetime = NOON + timedelta(hours=hours)
    if refused:
        assert dock.refusal(correcting.set_due, hazard.id, due, getattr(dock, by), NOON)[0] == "hazards.t_too_long"
    else:
        assert dock.run(correcting.set_due, hazard.id, due, getattr(dock, by), NOON).due_at == due


def test_a_unit_has_its_own_limits_in_time(dock: Dock) -> None:
    """The nearest unit that names one; the rest as before."""

    def set_hours(session: Session) -> None:
        session.get_one(UnitRow, dock.unit).alerts = {"due_hours": {"high": 6}}

    dock.run(set_hours)
    hazard = dock.report()
    assert dock.run(actions.rate, hazard.id, Severity.HIGH, dock.sam, NOON).due_at == later(hours=6)
    assert dock.run(actions.rate, hazard.id, Severity.LOW, dock.sam, NOON, "dry now").due_at == later(days=14)


def test_every_report_has_an_owner_and_a_time_from_the_start(dock: Dock) -> None:
    """The first who leads there answers for it; then who took it on; then who is to fix it."""
    hazard = dock.run(store.hazard, dock.report().id)
    assert hazard.owner == dock.sam
    assert hazard.due_at == later(hours=24)
    assert dock.run(actions.acknowledge, hazard.id, dock.marta, NOON).owner == dock.marta
    assert dock.run(actions.assign, hazard.id, dock.bao, dock.marta, NOON).owner == dock.bao


def test_who_stands_for_the_deputy_of_a_role_is_counted_by_what_they_hold(dock: Dock) -> None:
    """Grace, made a supervisor too, may stand for either level but not for both."""

    def grant(session: Session) -> None:
        people_actions.grant(session, dock.grace, Role.SUPERVISOR, dock.unit, NOON)

    dock.run(grant)
    hazard = fixed(dock)
    dock.run(actions.verify, hazard.id, dock.grace, later(hours=2))
    assert dock.run(major.view, hazard).missing == 1
