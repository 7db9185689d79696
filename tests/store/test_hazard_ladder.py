"""Who is called about a danger, who comes next, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.hazards import actions, digest, ringing, store, ticks
from bot.hazards.model import Kind, State
from bot.hazards.rules import Company
from bot.kit.risk import Severity
from bot.people.actions import set_blocked
from bot.people.tables import LeaveRow
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]


def called(dock: Dock) -> set[int]:
    """Everybody who was sent a card."""
    return {row.person_id for row in dock.rows(text="hazards.card") if row.person_id}


def climb(dock: Dock, now: datetime) -> None:
    """Lets what is due happen."""
    dock.run(ticks.escalate_unacknowledged, now)


def test_a_report_calls_every_supervisor_of_the_place_and_nobody_else(dock: Dock) -> None:
    """Alert lane, with the photo as the channel has it, and something to press."""
    dock.report(words="Oil", files=(("photo", "f1"), ("photo", "f2")))
    assert called(dock) == {dock.sam, dock.marta}
    row = dock.rows(dock.sam)[0]
    assert row.lane == 0
    assert row.on_failure == "hazards.unreachable"
    assert row.payload["media"] == [{"kind": "photo", "ref": "file:f1"}]
    assert row.payload["buttons"][0][0]["data"] == "hz:acknowledge:1"


def test_the_ladder_climbs_rung_by_rung_and_calls_each_person_once(dock: Dock) -> None:
    """Supervisors, manager, safety officer, admin; at the end those who watch the site are told to telephone."""
    dock.report()
    expected = [{dock.sam, dock.marta}, {dock.grace}, {dock.yusuf}, {dock.ada}]
    before: set[int] = set()
    for rung, people_called in enumerate(expected):
        if rung:
            climb(dock, later(minutes=10 * rung))
        assert called(dock) - before == people_called
        before = called(dock)
    climb(dock, later(hours=5))
    assert called(dock) == before
    assert len(dock.rows(text="hazards.card")) == 5
    assert {row.person_id for row in dock.rows(text="nobody_answers")} == {dock.yusuf, dock.ada}
    assert [(f.body["who"], f.body["last"]) for f in dock.facts("LadderClimbed")] == [
        ("manager", False),
        ("site", False),
        ("admin", True),
    ]


def test_nobody_is_called_after_an_acknowledgement(dock: Dock) -> None:
    """However long it then takes."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.sam, later(minutes=9))
    for hours in (1, 2, 3):
        climb(dock, later(hours=hours))
    assert called(dock) == {dock.sam, dock.marta}


def test_of_two_who_acknowledge_one_wins_and_the_other_hears_who(dock: Dock) -> None:
    """The second one's press changes nothing."""
    hazard = dock.report()
    dock.run(actions.acknowledge, hazard.id, dock.marta, later(seconds=5))
    key, values = dock.refusal(actions.acknowledge, hazard.id, dock.sam, later(seconds=6))
    assert (key, values) == ("hazards.t_was_acknowledged", {"name": "Marta Kowalczyk"})
    assert dock.run(store.hazard, hazard.id).acknowledged_by == dock.marta
    assert len(dock.facts("HazardAcknowledged")) == 1


@pytest.mark.parametrize("stranger", ["ana", "bao"])
def test_only_those_who_answer_for_the_place_may_acknowledge(dock: Dock, stranger: str) -> None:
    """A button that was passed on gives no right; the safety officer of this company has no role over the dock."""
    hazard = dock.report()
    key, _ = dock.refusal(actions.acknowledge, hazard.id, getattr(dock, stranger), NOON)
    assert key == "hazards.t_not_yours"
    assert dock.run(store.hazard, hazard.id).state is State.REPORTED


def test_somebody_hurt_calls_three_rungs_at_once(dock: Dock) -> None:
    """Nobody waits ten minutes to hear that somebody is bleeding."""
    dock.report(kind=Kind.HURT)
    assert called(dock) == {dock.sam, dock.marta, dock.grace, dock.yusuf}
    climb(dock, later(minutes=10))
    assert dock.ada in called(dock)


def block(session: Session, person: int) -> None:
    """Somebody blocks the bot, as the sender notes it."""
    set_blocked(session, "telegram", 5_550_000_000 + person, NOON, NOON)


def test_whoever_blocked_the_bot_is_passed_over_at_once(dock: Dock) -> None:
    """Both supervisors: the manager is called in the same moment."""
    for person in (dock.sam, dock.marta):
        dock.run(block, person)
    dock.report()
    assert called(dock) == {dock.grace}


def test_alerts_that_cannot_arrive_climb_once_the_whole_rung_has_failed(dock: Dock) -> None:
    """One supervisor may still answer; when neither can, the manager is called without waiting."""
    hazard = dock.report()
    for person, expected in ((dock.sam, {dock.sam, dock.marta}), (dock.marta, {dock.sam, dock.marta, dock.grace})):
        dock.run(block, person)
        payload = {"key": "x", "person": person, "ref": hazard.ref}
        dock.run(ringing.unreachable, payload, later(seconds=1))
        assert called(dock) == expected
    dock.run(ringing.unreachable, {"key": "x", "person": dock.marta, "ref": hazard.ref}, later(seconds=2))
    assert dock.run(ladders.of, hazard.ref).rung == 1


def test_a_picture_that_the_channel_refuses_does_not_keep_the_words_back(dock: Dock) -> None:
    """Sam can be reached: he gets the card without it, and nobody is passed over."""
    hazard = dock.report(words="Oil", files=(("photo", "bad"),))
    key = dock.rows(dock.sam)[0].key
    dock.run(ringing.unreachable, {"key": key, "person": dock.sam, "ref": hazard.ref}, later(seconds=1))
    first, second = dock.rows(dock.sam)
    assert "media" in first.payload
    assert "media" not in second.payload
    assert second.payload["text"]["p"]["words"] == "Oil"
    assert called(dock) == {dock.sam, dock.marta}
    dock.run(ringing.unreachable, {"key": second.key, "person": dock.sam, "ref": hazard.ref}, later(seconds=2))
    assert len(dock.rows(dock.sam)) == 2


def test_a_voice_alone_is_a_tap_away_on_the_card(dock: Dock) -> None:
    """A caption under a voice could not be kept up to date, so the card is text with a button."""
    dock.report(files=(("voice", "v1"),))
    row = dock.rows(dock.sam)[0]
    assert "media" not in row.payload
    assert row.payload["buttons"][-1][-1]["data"] == "hz:files:1"


def away(session: Session, person: int, deputy: int | None) -> None:
    """Somebody is on leave."""
    session.add(LeaveRow(person_id=person, starts_at=NOON - timedelta(days=1), ends_at=None, deputy_id=deputy))


def test_the_deputy_of_whoever_is_away_is_called_and_may_acknowledge(dock: Dock) -> None:
    """Bao stands in for Sam; Marta is simply away."""
    dock.run(away, dock.sam, dock.bao)
    dock.run(away, dock.marta, None)
    hazard = dock.report()
    assert called(dock) == {dock.bao}
    dock.run(actions.acknowledge, hazard.id, dock.bao, NOON)
    assert dock.run(store.hazard, hazard.id).state is State.ACKNOWLEDGED


def test_a_worse_rating_starts_the_ladder_afresh(dock: Dock) -> None:
    """What could wait is rated high by the manager: now it rings, from the first rung."""
    hazard = dock.can_wait()
    assert called(dock) == set()
    dock.run(actions.rate, hazard.id, Severity.HIGH, dock.grace, later(minutes=1))
    assert called(dock) == {dock.sam, dock.marta}
    climb(dock, later(minutes=11))
    assert dock.grace in called(dock)


def test_a_company_sets_how_long_each_rung_may_take(dock: Dock) -> None:
    """One minute instead of ten."""
    actions.configure(Company(ladder_wait=timedelta(minutes=1)))
    try:
        dock.report()
        climb(dock, later(minutes=1))
        assert dock.grace in called(dock)
    finally:
        actions.configure(Company())


def test_what_can_wait_comes_in_the_digest_without_a_sound(dock: Dock) -> None:
    """At three in the afternoon for whoever has no shift; again a day later; no more once somebody has seen it."""
    first, second = dock.can_wait("k1"), dock.can_wait("k2")
    dock.run(digest.send_due, later(hours=2))
    assert dock.told(dock.sam) == []
    dock.run(digest.send_due, later(hours=3))
    dock.run(digest.send_due, later(hours=3, minutes=1))
    rows = dock.rows(dock.sam)
    assert [row.payload["text"]["$t"] for row in rows] == ["hazards.digest"]
    assert rows[0].payload["silent"]
    assert [i["number"] for i in rows[0].payload["text"]["p"]["items"]] == [first.id, second.id]
    dock.run(actions.acknowledge, first.id, dock.sam, later(hours=4))
    dock.run(digest.send_due, later(hours=28))
    again = dock.rows(dock.marta, "hazards.digest")[-1]
    assert [i["number"] for i in again.payload["text"]["p"]["items"]] == [second.id]


def test_a_place_that_nobody_leads_rings_the_next_above(dock: Dock) -> None:
    """No supervisor there: the manager is called at once, and the climb is on record."""
    from bot.people import actions as people_actions
    from bot.people.model import Role

    for person in (dock.sam, dock.marta):
        dock.run(people_actions.revoke, person, Role.SUPERVISOR, dock.unit, NOON)
    dock.report()
    assert called(dock) == {dock.grace}
    assert [f.body["rung"] for f in dock.facts("LadderClimbed")] == [1]


def test_a_safety_officer_is_known_by_the_role_and_may_act_on_what_they_are_called_for(dock: Dock) -> None:
    """Whatever their post is called: whoever gets the card can press its buttons."""
    hazard = dock.report(kind=Kind.HURT)
    assert dock.yusuf in called(dock)
    assert dock.run(actions.acknowledge, hazard.id, dock.yusuf, later(minutes=1)).acknowledged_by == dock.yusuf


def test_the_reporter_hears_when_nobody_answers(dock: Dock) -> None:
    """Whoever stands beside the danger is told to warn people: once, when the list is at its end."""
    dock.report()
    for minutes in (11, 22, 33, 44):
        assert (len(dock.rows(dock.ana, "told_nobody")) == 1) == (minutes > 33)
        climb(dock, later(minutes=minutes))
    assert len(dock.rows(dock.ana, "told_nobody")) == 1


def test_a_danger_that_rang_and_nobody_acknowledged_comes_again_with_every_digest(dock: Dock) -> None:
    """A ladder ends; a danger does not."""
    hazard = dock.report()
    dock.run(digest.send_due, later(minutes=59))
    assert dock.rows(text="hazards.digest") == []
    for days in (1, 2):
        dock.run(digest.send_due, later(days=days, hours=6))
    assert len(dock.rows(dock.marta, "hazards.digest")) == 2
    dock.run(actions.acknowledge, hazard.id, dock.marta, later(days=2, hours=7))
    dock.run(digest.send_due, later(days=4))
    assert len(dock.rows(dock.marta, "hazards.digest")) == 2
