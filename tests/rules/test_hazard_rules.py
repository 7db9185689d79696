"""What is decided about hazards, as tables of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.hazards.model import Hazard, Kind, State, Urgency
from bot.hazards.rules import (
    MOVES,
    OPEN,
    REOPEN_WITHIN,
    Company,
    digest_at,
    first_words,
    is_confirmed,
    louder,
    may_move,
    may_reopen,
    may_verify,
    reporter_closes,
    rerings,
    rings,
)
from bot.kit.quiet import QuietHours
from bot.kit.risk import Severity
from bot.people.model import Person, Shift
from bot.people.rules import Presence

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
ANA, SAM, MARTA = 1, 2, 3
FRESH = Hazard(
    id=1, key="k", kind=Kind.DANGEROUS, state=State.REPORTED, urgency=None, severity=None, topic=None, unit=4,
    path="/1/4/", place=None, place_words=None, words=None, finding=None,
    said=None, reporter=ANA, seal=None, mark=None, round=0, created_at=NOW,
    acknowledged_by=None, acknowledged_at=None, assigned_to=None, assigned_by=None, due_at=None, fixed_by=None,
    fixed_at=None, fix_words=None, verified_by=None, verified_at=None, rejected_by=None, rejected_at=None, reason=None,
)  # fmt: skip
EARLY, NIGHT = Shift("early", "Early", time(6), time(14)), Shift("night", "Night", time(22), time(6))


def person(id: int) -> Person:
    """Somebody."""
    quiet = QuietHours(time(21), time(7), "UTC")
    return Person(id, f"B-{id}", "Name", "en", "UTC", 4, "/1/4/", "any", "worker", None, quiet, time(9))


@pytest.mark.parametrize(
    ("kind", "urgency", "severity", "expected"),
    [
        (Kind.DANGEROUS, None, None, True),
        (Kind.DANGEROUS, Urgency.WAIT, None, False),
        (Kind.NEARLY, Urgency.WAIT, None, False),
        (Kind.DANGEROUS, Urgency.SOON, None, True),
        (Kind.DANGEROUS, Urgency.NOW, Severity.LOW, True),
        (Kind.HURT, Urgency.WAIT, Severity.LOW, True),
        (Kind.DANGEROUS, None, Severity.LOW, False),
        (Kind.DANGEROUS, Urgency.WAIT, Severity.MEDIUM, True),
    ],
)
def test_what_cannot_wait_rings_and_what_can_does_not(
    kind: Kind, urgency: Urgency | None, severity: Severity | None, expected: bool
) -> None:
    """Not rated may be bad; a supervisor's rating outweighs *can wait*, and nothing outweighs somebody hurt."""
    assert rings(kind, urgency, severity) is expected


@pytest.mark.parametrize(
    ("hazard", "severity", "expected"),
    [
        (FRESH, Severity.CRITICAL, False),
        (replace(FRESH, urgency=Urgency.WAIT), Severity.MEDIUM, True),
        (replace(FRESH, urgency=Urgency.WAIT), Severity.LOW, False),
        (replace(FRESH, severity=Severity.MEDIUM), Severity.HIGH, True),
        (replace(FRESH, severity=Severity.HIGH), Severity.HIGH, False),
        (replace(FRESH, severity=Severity.HIGH), Severity.MEDIUM, False),
        (replace(FRESH, severity=Severity.LOW, state=State.ACKNOWLEDGED), Severity.HIGH, False),
        (replace(FRESH, severity=Severity.LOW, state=State.REOPENED), Severity.HIGH, True),
    ],
)
def test_a_worse_rating_calls_again_only_while_nobody_acknowledged(
    hazard: Hazard, severity: Severity, expected: bool
) -> None:
    """The first rating of one that rings already changes nothing about who is called."""
    assert rerings(hazard, severity) is expected


def test_every_move_leads_only_from_the_states_named() -> None:
    """The whole machine in one table."""
    expected = {
        State.REPORTED: {"acknowledge", "rate", "assign", "fix", "join", "reject"},
        State.REOPENED: {"acknowledge", "rate", "assign", "fix", "join", "reject"},
        State.ACKNOWLEDGED: {"rate", "assign", "fix", "join", "reject"},
        State.ASSIGNED: {"rate", "assign", "fix", "join", "reject"},
        State.FIXED: {"rate", "verify", "reopen"},
        State.VERIFIED: {"reopen"},
        State.REJECTED: {"reopen"},
        State.JOINED: set(),
    }
    assert {state: {move for move in MOVES if may_move(move, state)} for state in State} == expected
    assert set(State) - OPEN == {State.VERIFIED, State.REJECTED, State.JOINED}


@pytest.mark.parametrize(
    ("fixer", "verifier", "expected"), [(SAM, SAM, False), (SAM, MARTA, True), (SAM, None, True), (None, SAM, True)]
)
def test_a_fixer_cannot_verify_their_own_fix(fixer: int | None, verifier: int | None, expected: bool) -> None:
    """Whoever did the work is the last to see what is wrong with it."""
    assert may_verify(fixer, verifier) is expected


def test_only_a_small_danger_is_closed_by_its_reporter_and_not_by_one_who_fixed_it() -> None:
    """Low, and another pair of eyes."""
    small = replace(FRESH, severity=Severity.LOW, state=State.FIXED, fixed_by=SAM)
    assert reporter_closes(small)
    assert not reporter_closes(replace(small, severity=Severity.MEDIUM))
    assert not reporter_closes(replace(small, severity=None))
    assert not reporter_closes(replace(small, fixed_by=ANA))
    assert reporter_closes(replace(small, reporter=None, seal=b"sealed"))


def test_a_reporter_may_say_for_fourteen_days_that_it_is_still_there() -> None:
    """And the same of one that was found to be no danger."""
    gone = replace(FRESH, state=State.VERIFIED, verified_at=NOW)
    assert may_reopen(gone, NOW + REOPEN_WITHIN)
    assert not may_reopen(gone, NOW + REOPEN_WITHIN + timedelta(seconds=1))
    assert may_reopen(replace(FRESH, state=State.REJECTED, rejected_at=NOW), NOW)
    assert may_reopen(replace(FRESH, state=State.FIXED), NOW + timedelta(days=99))
    assert not may_reopen(FRESH, NOW)


@pytest.mark.parametrize(
    ("state", "severity", "expected"),
    [
        (State.REPORTED, Severity.HIGH, False),
        (State.ACKNOWLEDGED, None, False),
        (State.ACKNOWLEDGED, Severity.LOW, True),
        (State.ASSIGNED, Severity.HIGH, True),
        (State.VERIFIED, None, True),
        (State.REJECTED, Severity.HIGH, False),
    ],
)
def test_a_report_counts_once_a_supervisor_has_taken_it_as_true(
    state: State, severity: Severity | None, expected: bool
) -> None:
    """Acknowledged and rated, or seen to be gone; never one that was rejected."""
    assert is_confirmed(replace(FRESH, state=state, severity=severity)) is expected


def test_whoever_is_off_work_gets_it_silently_where_somebody_is_at_work() -> None:
    """And everybody is rung where nobody is at work."""
    one, two = person(1), person(2)
    assert louder([(one, True), (two, False)]) == [(one, True), (two, False)]
    assert louder([(one, False), (two, False)]) == [(one, True), (two, True)]


@pytest.mark.parametrize(
    ("presence", "hour", "expected"),
    [
        (Presence(EARLY, EARLY, False), 9, "18 13:30"),
        (Presence(EARLY, EARLY, False), 13.75, "18 13:45"),
        (Presence(EARLY, EARLY, False), 16, "19 06:00"),
        (Presence(EARLY, EARLY, False), 5, "18 06:00"),
        (Presence(NIGHT, NIGHT, False), 2, "18 05:30"),
        (Presence(NIGHT, NIGHT, False), 9, "18 22:00"),
        (Presence(None, None, False), 9, "18 15:00"),
        (Presence(None, None, False), 15, "19 15:00"),
    ],
)
def test_the_digest_comes_at_the_end_of_a_shift_or_at_the_start_of_the_next(
    presence: Presence, hour: float, expected: str
) -> None:
    """Also for a night shift, and at three in the afternoon for whoever has no shift."""
    now = datetime(2026, 11, 18, tzinfo=UTC) + timedelta(hours=hour)
    assert digest_at(presence, now, "UTC").strftime("%d %H:%M") == expected


def test_first_words_end_at_a_word_and_say_that_there_is_more() -> None:
    """Chinese has no spaces and is cut at the length."""
    assert first_words("Oil  on\nthe floor") == "Oil on the floor"
    assert first_words("The guard of the saw is off again and nobody says", 20) == "The guard of the…"
    assert first_words("地" * 50, 10) == "地" * 10 + "…"
    assert first_words(None) == ""


def test_the_worse_a_danger_the_sooner_it_must_be_fixed() -> None:
    """And the sooner its supervisor hears that it was not."""
    company = Company()
    for table in (company.due_within, company.grace):
        times = [table[severity] for severity in sorted(Severity)]
        assert times == sorted(times, reverse=True)
    assert [rung.who for rung in company.rungs()] == ["supervisor", "manager", "site", "admin"]
