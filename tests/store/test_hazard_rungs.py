"""Ladders by unit and severity, groups, posts; the daily walk and the monthly tap."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.hazards import actions, correction_chat, ringing, ticks, walking
from bot.hazards.model import State
from bot.hazards.rules import Company, plan_of
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.risk import Severity
from bot.people import actions as people
from bot.people.tables import AccountRow, CrewGroupRow, LeaveRow, PersonRow, UnitRow
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]
GROUP = -1_001_234_567_890


def alerts(dock: Dock, **said: Any) -> None:
    """What the company file says of the dock."""

    def put(session: Session) -> None:
        session.get_one(UnitRow, dock.unit).alerts = said

    dock.run(put)


def tie_group(dock: Dock) -> None:
    """A group chat of the dock's crew."""

    def tie(session: Session) -> None:
        session.add(CrewGroupRow(chat_id=GROUP, unit_id=dock.unit, tied_by=dock.sam, tied_at=NOON))

    dock.run(tie)


@pytest.mark.parametrize(
    ("said", "severity", "expected"),
    [
        ({}, None, ["supervisor", "manager", "site", "admin", "webhook"]),
        ({"ladder": {"all": [["group", 5], ["site", 5]]}}, Severity.LOW, ["group", "site", "webhook"]),
        ({"ladder": {"all": [["site", 5]], "critical": [["admin", 1]]}}, Severity.CRITICAL, ["admin", "webhook"]),
        ({"ladder": {"critical": [["admin", 1]]}}, None, ["supervisor", "manager", "site", "admin", "webhook"]),
        ({"ladder": {"all": [["site", 5], ["email:a@b", 5]]}}, None, ["site", "email:a@b"]),
    ],
)
def test_a_ladder_is_that_of_the_unit_and_severity(
    said: dict[str, Any], severity: Severity | None, expected: list[str]
) -> None:
    """Its own for the severity, else for all, else the company's; where it does not end outside, the company's end follows."""
    assert [rung.who for rung in plan_of(Company(outside=("webhook",)), said, severity)] == expected


def test_a_rung_is_whoever_holds_a_post_on_this_shift(dock: Dock) -> None:
    """The driver of the dock is called first, then the group, then a person by badge."""
    alerts(dock, ladder={"all": [["post:driver", 1], ["person:T-6", 1], ["admin", 1]]})
    dock.report()
    assert (len(dock.rows(dock.bao)), len(dock.rows(dock.grace)), len(dock.rows(dock.sam))) == (1, 0, 0)
    dock.run(ticks.escalate_unacknowledged, later(minutes=1))
    assert len(dock.rows(dock.grace)) == 1


def test_whoever_holds_the_post_and_is_away_is_stood_in_for(dock: Dock) -> None:
    """Bao is on leave and named Marta."""

    def leave(session: Session) -> None:
        session.add(LeaveRow(person_id=dock.bao, deputy_id=dock.marta, starts_at=later(days=-1)))

    dock.run(leave)
    alerts(dock, ladder={"all": [["post:driver", 1], ["admin", 1]]})
    dock.report()
    assert (len(dock.rows(dock.bao)), len(dock.rows(dock.marta))) == (0, 1)


def test_in_a_group_any_supervisor_acknowledges_and_nobody_reads_what_was_said(dock: Dock) -> None:
    """Bao's tap is refused, Marta's counts; the words and the reporter stay out of it; then nobody is called."""
    tie_group(dock)
    alerts(dock, ladder={"all": [["group", 5], ["admin", 5]]})
    hazard = dock.report(words="Sam left the gate open")
    (row,) = [row for row in dock.rows() if row.chat_id == GROUP]
    assert "Sam" not in str(row.payload)
    assert "Morales" not in str(row.payload)

    def tap(session: Session, person: int) -> object:
        event = Pressed(
            update_id=1,
            at=NOON,
            user=1,
            chat=GROUP,
            private=False,
            person=person,
            data=f"hzg:{hazard.id}",
            callback="c",
        )
        return correction_chat.on_group_press(session, event, NOON)

    with pytest.raises(Refused):
        dock.run(tap, dock.bao)
    dock.run(tap, dock.marta)
    dock.run(ticks.escalate_unacknowledged, later(minutes=6))
    assert dock.rows(dock.ada, "card") == []


def test_alerts_that_have_not_gone_out_are_taken_back(dock: Dock) -> None:
    """Sam takes it on before Marta's phone was reached: hers stays silent."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.sam, NOON)
    states = {row.person_id: row.state for row in dock.rows(text="card")}
    assert states[dock.marta] == "cancelled"


def test_fifty_acknowledge_at_once_and_one_wins(dock: Dock) -> None:
    """The others hear who was first, and nobody is called after it."""

    def hire(session: Session) -> list[int]:
        from bot.people.model import Role
        from bot.people.store import unit

        team = unit(session, dock.unit)
        assert team is not None
        crowd = [
            people.add_person(session, f"L-{n}", f"Leader {n}", "en", team, "team-leader", NOON.date())
            for n in range(50)
        ]
        for person in crowd:
            people.grant(session, person, Role.SUPERVISOR, dock.unit, NOON)
        return crowd

    crowd, hazard = dock.run(hire), dock.report()
    before = len(dock.rows())

    def press(session: Session, person: int) -> object:
        return actions.acknowledge(session, hazard.id, person, NOON)

    futures = [dock.writer.submit(press, person) for person in crowd]
    ended = [future.exception() for future in futures]
    assert ended.count(None) == 1
    lost = [error for error in ended if error is not None]
    assert all(isinstance(error, Refused) and error.text.key == "hazards.t_was_acknowledged" for error in lost)
    for minutes in (11, 22, 33, 44):
        dock.run(ticks.escalate_unacknowledged, later(minutes=minutes))
    later_rows = [row for row in dock.rows() if row.lane == 0]
    assert len(later_rows) == before, "somebody was called after the acknowledgement"
    assert len(dock.facts("HazardAcknowledged")) == 1


def test_who_was_called_hears_that_it_is_over(dock: Dock) -> None:
    """Everybody on every rung, but for the one who closed it; once, without a sound."""
    hazard = dock.report()
    dock.run(ticks.escalate_unacknowledged, later(minutes=11))
    dock.run(actions.fix, hazard.id, dock.sam, later(minutes=12), words="done")
    assert dock.run(actions.verify, hazard.id, dock.marta, later(minutes=13)).state is State.VERIFIED
    told = {row.person_id: row.payload.get("silent") for row in dock.rows(text="hazards.over")}
    assert told == {dock.sam: True, dock.grace: True}


def test_the_walk_finds_every_ladder_that_reaches_nobody_and_rings_no_one(dock: Dock) -> None:
    """A post that nobody holds, a group that is not there, a way that is not set up; nothing goes out but to the admin."""
    alerts(dock, ladder={"all": [["post:fireman", 1], ["group", 1], ["supervisor", 1], ["webhook", 1]]})
    do = walking.Walked()
    payload = do.prepare(dock.run(do.look, {"day": "2026-11-18"}, NOON))
    mine = [(gap["what"], gap["who"]) for gap in payload["gaps"] if gap["who"]]
    assert mine == [("rung", "post:fireman"), ("rung", "group"), ("way", "webhook")]
    for _ in range(2):
        dock.run(do, payload, NOON)
    assert {row.person_id for row in dock.rows()} == {dock.ada}
    assert len(dock.facts("LaddersWalked")) == 1


def test_a_unit_where_nobody_can_be_reached_is_found(dock: Dock) -> None:
    """Everybody blocked Davy."""

    def block(session: Session) -> None:
        for account in session.query(AccountRow):
            account.blocked_at = NOON

    assert not [gap for gap in dock.run(lambda s: list(walking.gaps(s, NOON))) if gap.what == "nobody"]
    dock.run(block)
    assert [gap for gap in dock.run(lambda s: list(walking.gaps(s, NOON))) if gap.what == "nobody"]


def test_the_monthly_tap_asks_one_a_unit_and_tells_the_admin_who_did_not_answer(dock: Dock) -> None:
    """Sam taps and is counted; next month he does not, and Ada hears it once."""
    from datetime import timedelta

    def run(name: str) -> Any:
        return walking.Run(f"run:{walking.DRILL.key}:{name}", walking.DRILL.key, NOON, 0, 0, 0)

    for _ in range(2):
        dock.run(walking.drill, walking.DRILL, run("2026-11-01"), NOON)
    (row,) = dock.rows(dock.sam, "hazards.tap")
    id = int(row.payload["ref"].partition(":")[2])
    assert dock.refusal(walking.tap, id, dock.bao, NOON)[0] == "hazards.t_not_yours"
    dock.run(walking.tap, id, dock.sam, later(minutes=7))
    assert [fact.body["minutes"] for fact in dock.facts("LadderTapped")] == [7]
    dock.run(walking.drill, walking.DRILL, run("2026-12-01"), later(days=13))
    missed = later(days=13) + timedelta(hours=25)
    for _ in range(2):
        dock.run(walking.tell_missed_taps, missed)
    assert "hazards.tap_missed" in dock.told(dock.ada)
    named = [row.payload["text"]["p"]["name"] for row in dock.rows(dock.ada, "tap_missed")]
    assert named.count("Sam Okafor") == 1


def test_the_monthly_tap_asks_a_few_units_at_a_time_and_each_once(dock: Dock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of units in one piece would keep an alert waiting: one at a time asks the same people."""
    whole = walking.Run(f"run:{walking.DRILL.key}:2026-11-01", walking.DRILL.key, NOON, 0, 0, 0)
    dock.run(walking.drill, walking.DRILL, whole, NOON)
    asked = [row.person_id for row in dock.rows(text="hazards.tap")]
    monkeypatch.setattr(walking, "UNITS", 1)
    cursor, more, planned = 0, True, []
    while more:
        run = walking.Run(f"run:{walking.DRILL.key}:2026-12-01", walking.DRILL.key, NOON, cursor, 0, 0)
        done = dock.run(walking.drill, walking.DRILL, run, later(days=13))
        assert done.cursor > cursor or not done.more
        cursor, more = done.cursor, done.more
        planned.append(done.planned)
    assert len(planned) > len(asked) > 1
    assert max(planned) == 1
    assert [row.person_id for row in dock.rows(text="hazards.tap")] == 2 * asked


def test_a_supervisor_who_blocked_davy_is_skipped_at_once(dock: Dock) -> None:
    """With Sam and Marta out of reach, Grace is called in the same moment."""

    def block(session: Session) -> None:
        for person in (dock.sam, dock.marta):
            session.get_one(PersonRow, person).unreachable_at = NOON

    dock.run(block)
    dock.report()
    assert [row.person_id for row in dock.rows(text="card")] == [dock.grace]
    assert ringing.LADDER == "hazards"
