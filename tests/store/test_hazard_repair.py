"""From a report to a danger that is proved gone, and everything that may come between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot.hazards import actions, attached, listing, repair, store
from bot.hazards.model import Hazard, State, Topic
from bot.kit.risk import Severity
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import UnitKind
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]
PHOTO = ("photo", "after-1")


def now_is(dock: Dock, hazard: Hazard) -> Hazard:
    """The hazard as it stands."""
    return dock.run(store.hazard, hazard.id)  # type: ignore[no-any-return]


def fixed(dock: Dock, severity: Severity = Severity.HIGH) -> Hazard:
    """A danger that Bao says is fixed."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.sam, NOON)
    dock.run(actions.rate, hazard.id, severity, dock.sam, NOON)
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, NOON)
    return dock.run(actions.fix, hazard.id, dock.bao, later(hours=1), photo=PHOTO)  # type: ignore[no-any-return]


def test_a_report_is_made_once_a_key(dock: Dock) -> None:
    """A redelivered update makes no second report and calls nobody twice."""
    first, again = dock.report("same"), dock.report("same")
    assert first.id == again.id
    assert len(dock.facts("HazardReported")) == 1
    assert len(dock.rows(dock.sam)) == 1


def test_an_assignee_gets_a_task_with_a_time_that_follows_from_the_rating(dock: Dock) -> None:
    """High: 24 hours. Whoever assigns has seen it, so nobody else is called."""
    hazard = dock.report()
    dock.run(actions.rate, hazard.id, Severity.HIGH, dock.sam, NOON)
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, NOON)
    stands = now_is(dock, hazard)
    assert (stands.state, stands.assigned_to, stands.acknowledged_by) == (State.ASSIGNED, dock.bao, dock.sam)
    assert stands.due_at == later(hours=24)
    assert dock.told(dock.bao) == ["hazards.task"]
    assert dock.rows(dock.bao)[0].lane == 0


def test_a_new_assignee_takes_over_and_the_old_one_is_told(dock: Dock) -> None:
    """By a change of the task they had."""
    hazard = dock.report()
    for person in (dock.bao, dock.marta):
        dock.run(actions.assign, hazard.id, person, dock.sam, NOON)
    assert now_is(dock, hazard).assigned_to == dock.marta
    assert dock.told(dock.bao) == ["hazards.task_given"]


def test_nobody_outside_the_place_may_assign_or_say_that_it_is_fixed(dock: Dock) -> None:
    """Bao has no role: he may only fix what he was given."""
    hazard = dock.report()
    assert dock.refusal(actions.assign, hazard.id, dock.bao, dock.bao, NOON)[0] == "hazards.t_not_yours"
    assert dock.refusal(actions.fix, hazard.id, dock.bao, NOON, words="done")[0] == "hazards.t_not_yours"
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, NOON)
    assert dock.run(actions.fix, hazard.id, dock.bao, NOON, words="done").state is State.FIXED


def test_two_fixes_of_one_danger_are_one(dock: Dock) -> None:
    """The second hears who was first."""
    hazard = fixed(dock)
    key, values = dock.refusal(actions.fix, hazard.id, dock.sam, later(hours=1), words="me too")
    assert (key, values) == ("hazards.t_was_fixed", {"name": "Bao Tran"})


def test_verification_is_asked_of_supervisors_but_never_of_the_fixer(dock: Dock) -> None:
    """Sam fixes: only Marta is asked, and Sam's own word is refused."""
    hazard = dock.report()
    dock.run(actions.fix, hazard.id, dock.sam, NOON, photo=PHOTO)
    assert {row.person_id for row in dock.rows(text="hazards.verify")} == {dock.marta}
    assert dock.rows(dock.marta, "hazards.verify")[0].payload["media"] == [{"kind": "photo", "ref": "file:after-1"}]
    assert dock.refusal(actions.verify, hazard.id, dock.sam, NOON)[0] == "hazards.t_own_fix"
    assert dock.run(actions.verify, hazard.id, dock.marta, NOON).state is State.VERIFIED


def test_the_only_supervisor_who_fixes_is_checked_by_the_manager(dock: Dock) -> None:
    """Somebody else always looks."""
    from bot.people import actions as people_actions
    from bot.people.model import Role

    dock.run(people_actions.revoke, dock.marta, Role.SUPERVISOR, dock.unit, NOON)
    hazard = dock.report()
    dock.run(actions.fix, hazard.id, dock.sam, NOON, photo=PHOTO)
    assert {row.person_id for row in dock.rows(text="hazards.verify")} == {dock.grace}


def test_the_reporter_hears_of_every_step_that_matters(dock: Dock) -> None:
    """New messages when it is seen, fixed and gone; the rest by changing the message they have."""
    hazard = fixed(dock)
    dock.run(actions.verify, hazard.id, dock.marta, later(hours=2))
    assert dock.told(dock.ana) == ["hazards.told_acknowledged", "hazards.told_fixed", "hazards.told_verified"]
    gone = dock.rows(dock.ana, "told_verified")[0]
    assert gone.payload["media"] == [{"kind": "photo", "ref": "file:after-1"}]


def test_a_small_danger_is_closed_by_its_reporter(dock: Dock) -> None:
    """Low: no supervisor is asked; the reporter's word is enough, and only theirs."""
    hazard = fixed(dock, Severity.LOW)
    assert dock.rows(text="hazards.verify") == []
    assert dock.refusal(actions.confirm_gone, hazard.id, dock.bao, later(hours=2))[0] == "hazards.t_not_yours"
    closed = dock.run(actions.confirm_gone, hazard.id, dock.ana, later(hours=2))
    assert (closed.state, closed.verified_by) == (State.VERIFIED, dock.ana)


def test_a_reporter_alone_does_not_close_what_is_not_small(dock: Dock) -> None:
    """High needs a supervisor's eyes."""
    hazard = fixed(dock)
    assert dock.refusal(actions.confirm_gone, hazard.id, dock.ana, later(hours=2))[0] == "hazards.t_not_now"


def test_a_small_danger_whose_reporter_is_silent_is_checked_by_a_supervisor(dock: Dock) -> None:
    """After two days, once."""
    fixed(dock, Severity.LOW)
    dock.run(repair.ask_instead_of_reporter, later(hours=48))
    assert dock.rows(text="hazards.verify") == []
    for _ in range(2):
        dock.run(repair.ask_instead_of_reporter, later(hours=50))
    assert {row.person_id for row in dock.rows(text="hazards.verify")} == {dock.sam, dock.marta}
    assert len(dock.rows(text="hazards.verify")) == 2


def test_what_is_still_there_is_open_again_and_rings_again(dock: Dock) -> None:
    """The reporter says so; nobody has acknowledged the new round, and the next fix is another one."""
    hazard = fixed(dock)
    dock.run(actions.verify, hazard.id, dock.marta, later(hours=2))
    calls = len(dock.rows(text="hazards.card"))
    again = dock.run(actions.reopen, hazard.id, dock.ana, later(days=3))
    assert (again.state, again.round, again.acknowledged_by, again.assigned_to) == (State.REOPENED, 1, None, None)
    assert len(dock.rows(text="hazards.card")) == calls + 2
    dock.run(actions.acknowledge, hazard.id, dock.sam, later(days=3))
    dock.run(actions.fix, hazard.id, dock.sam, later(days=3), photo=PHOTO)
    dock.run(actions.verify, hazard.id, dock.marta, later(days=3))
    assert [len(dock.facts(kind)) for kind in ("HazardFixed", "HazardVerified", "HazardReopened")] == [2, 2, 1]


def test_after_fourteen_days_a_reporter_makes_a_new_report(dock: Dock) -> None:
    """A supervisor may still open the old one."""
    hazard = fixed(dock)
    dock.run(actions.verify, hazard.id, dock.marta, later(hours=2))
    assert dock.refusal(actions.reopen, hazard.id, dock.ana, later(days=15))[0] == "hazards.t_too_late"
    assert dock.run(actions.reopen, hazard.id, dock.sam, later(days=15)).state is State.REOPENED


def test_a_rejection_gives_its_reason_and_may_be_contradicted(dock: Dock) -> None:
    """The reporter reads why, and opens it again by a tap."""
    hazard = dock.report()
    dock.run(actions.reject, hazard.id, "It is only water", dock.sam, NOON)
    row = dock.rows(dock.ana, "told_rejected")[0]
    assert row.payload["text"]["p"]["reason"] == "It is only water"
    key, values = dock.refusal(actions.acknowledge, hazard.id, dock.marta, NOON)
    assert (key, values) == ("hazards.t_was_rejected", {"name": "Sam Okafor"})
    assert dock.run(actions.reopen, hazard.id, dock.ana, NOON).state is State.REOPENED
    assert dock.facts("HazardConfirmed") == []


def test_a_true_danger_counts_once_for_its_reporter(dock: Dock) -> None:
    """When it is acknowledged and rated; verifying does not count again."""
    hazard = fixed(dock)
    dock.run(actions.verify, hazard.id, dock.marta, later(hours=2))
    assert len(dock.facts("HazardConfirmed")) == 1
    assert dock.facts("HazardConfirmed")[0].pseudonym == dock.facts("HazardReported")[0].pseudonym


def test_an_overdue_task_reminds_once_and_then_tells_the_supervisor(dock: Dock) -> None:
    """High: after 24 hours, and four hours later."""
    hazard = dock.report()
    dock.run(actions.rate, hazard.id, Severity.HIGH, dock.sam, NOON)
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, NOON)

    def tick(after: timedelta) -> tuple[int, int]:
        for _ in range(2):
            dock.run(repair.remind_overdue, NOON + after)
            dock.run(repair.tell_overdue, NOON + after)
        return len(dock.rows(text="task_reminder")), len(dock.rows(text="hazards.overdue"))

    assert tick(timedelta(hours=23)) == (0, 0)
    assert tick(timedelta(hours=24)) == (1, 0)
    assert tick(timedelta(hours=28)) == (1, 2)
    assert {row.person_id for row in dock.rows(text="hazards.overdue")} == {dock.sam, dock.marta}


def test_a_question_reaches_the_reporter_and_the_answer_whoever_asked(dock: Dock) -> None:
    """In both directions, with a photo if they like."""
    from bot.hazards import respond

    hazard = dock.report()
    dock.run(actions.ask, hazard.id, "Which machine?", dock.marta, NOON)
    assert dock.rows(dock.ana, "hazards.question")[0].payload["text"]["p"]["words"] == "Which machine?"

    def answer(session: Session) -> None:
        draft = respond.begin_answer(session, hazard, dock.ana, NOON)
        respond.answer(session, draft, "The saw", (("photo", "f9"),), NOON)

    dock.run(answer)
    assert dock.rows(dock.marta, "hazards.answered")[0].payload["text"]["p"]["words"] == "The saw"
    assert [f.file_id for f in dock.run(store.files, hazard.id)] == ["f9"]


@pytest.mark.parametrize("error", ["too_big", "broken", "gone"])
def test_a_photo_that_cannot_be_kept_loses_nothing_of_the_report(dock: Dock, error: str) -> None:
    """The reporter is told kindly; the supervisors have the report and the channel's own picture."""
    hazard = dock.report(words="Oil", files=(("photo", "f1"),))
    file = dock.run(store.files, hazard.id)[0]
    dock.run(attached.photo_kept, {"hazard": hazard.id, "file": file.id, "media": None, "error": error}, NOON)
    assert dock.told(dock.ana) == ["hazards.file_not_kept"]
    assert now_is(dock, hazard).words == "Oil"
    assert dock.rows(dock.sam)[0].payload["media"][0]["ref"] == "file:f1"


def test_a_kept_photo_is_noted_without_a_word(dock: Dock) -> None:
    """The copy is there for the dashboard; nobody is written to."""
    hazard = dock.report(files=(("photo", "f1"),))
    file = dock.run(store.files, hazard.id)[0]
    dock.run(attached.photo_kept, {"hazard": hazard.id, "file": file.id, "media": "media:ab", "error": None}, NOON)
    assert dock.run(store.files, hazard.id)[0].media == "media:ab"
    assert dock.told(dock.ana) == []


def test_a_topic_goes_with_the_fact_that_it_is_gone(dock: Dock) -> None:
    """Learning follows it: which lesson, for whom."""
    hazard = fixed(dock)
    dock.run(actions.set_topic, hazard.id, Topic.MACHINE, dock.sam, NOON)
    dock.run(actions.verify, hazard.id, dock.marta, later(hours=2))
    body = dock.facts("HazardVerified")[0].body
    assert body == {"hazard": hazard.id, "unit": dock.unit, "severity": 3, "kind": "dangerous", "topic": "MGD"}


def test_lists_hold_only_what_is_somebodys_own(dock: Dock) -> None:
    """The scope is in the query."""
    hazard = dock.report()

    def lists(session: Session, person: int) -> list[int]:
        return [h.id for h in listing.open_hazards(session, store.answers_for(session, person, NOON), person)]

    assert dock.run(lists, dock.sam) == dock.run(lists, dock.ada) == [hazard.id]
    assert dock.run(lists, dock.bao) == []
    assert [h.id for h in dock.run(store.reports_of, dock.ana)] == [hazard.id]
    assert dock.run(store.reports_of, dock.bao) == []


def test_only_alarms_ring_in_quiet_hours(dock: Dock) -> None:
    """At eleven at night the reporter and the fixer get it without a sound; what is critical rings all the same."""
    night = later(hours=11)
    hazard = dock.report()
    dock.run(actions.rate, hazard.id, Severity.LOW, dock.sam, night)
    dock.run(actions.assign, hazard.id, dock.bao, dock.sam, night)
    worse = dock.report("k2")
    dock.run(actions.rate, worse.id, Severity.CRITICAL, dock.sam, night)
    dock.run(actions.assign, worse.id, dock.bao, dock.sam, night)
    told = dock.rows(dock.ana, "told_acknowledged")
    assert [row.payload.get("silent", False) for row in told] == [True, True]
    assert [row.payload.get("silent", False) for row in dock.rows(dock.bao, "hazards.task")] == [True, False]


def test_a_danger_is_given_to_people_of_its_own_site_only(dock: Dock) -> None:
    """A forged number of somebody elsewhere is refused."""

    def elsewhere(session: Session) -> int:
        top = people.unit(session, people.ancestors(dock.path)[-1])
        site = people_actions.add_unit(session, UnitKind.SITE, "Lingang Works", top, NOON.date())
        return people_actions.add_person(session, "X-1", "Li Na", "zh", site, "worker", NOON.date())

    hazard = dock.report()
    other = dock.run(elsewhere)
    assert dock.refusal(actions.assign, hazard.id, other, dock.sam, later(minutes=1))[0] == "hazards.t_again"
