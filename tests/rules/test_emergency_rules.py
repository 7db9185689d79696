"""Decisions of the emergencies room as tables of cases, and what is shipped."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.desks import Desk
from bot.delivery.outbox import Lane
from bot.emergencies import rules
from bot.emergencies.content import shipped
from bot.emergencies.model import KINDS, Material, Plan
from bot.emergencies.muster import rules as musters
from bot.emergencies.sos import rules as sos
from bot.emergencies.sos.model import Alone
from bot.emergencies.tabletop.content import scenarios
from bot.emergencies.tabletop.model import Choice, Scenario, Step
from bot.emergencies.tabletop.rules import faults, order
from bot.i18n.languages import LANGUAGES
from bot.kit.quiet import QuietHours
from bot.library.shipped import content_path, read_facts
from bot.people.model import Person, Shift
from bot.people.rules import Presence

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
EARLY, LATE = Shift("early", "Early", time(6), time(14)), Shift("late", "Late", time(14), time(22))
QUIET = QuietHours(time(21), time(7), "UTC")


def somebody(shift: str | None) -> Person:
    """Of the dock, in UTC."""
    return Person(1, "W-1", "Ana", "en", "UTC", 3, "/1/2/3/", "US", "worker", shift, QUIET, time(9))


@pytest.mark.parametrize(
    ("shift", "today", "away", "everybody", "expected"),
    [
        ("early", EARLY, False, False, True),
        ("late", LATE, False, False, False),
        ("late", LATE, False, True, True),
        ("early", EARLY, True, False, False),
        ("early", EARLY, True, True, False),
        ("early", None, False, False, False),
        (None, None, False, False, True),
    ],
)
def test_who_is_on_the_roster(
    shift: str | None, today: Shift | None, away: bool, everybody: bool, expected: bool
) -> None:
    """At work now, or nobody knows when they work; on leave never."""
    assert musters.expected(somebody(shift), Presence(today, None, away), NOON, everybody) is expected


@pytest.mark.parametrize(
    ("said", "count"),
    [("3", 3), ("Ana\nBo\n\n", 2), ("0", None), ("51", None), ("", None), ("9999", None), ("\n".join("abcdefg"), 7)],
)
def test_guests_are_a_number_or_names(said: str, count: int | None) -> None:
    """At most fifty at a time."""
    found = musters.guests_of(said)
    assert (found and len(found)) == count


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(0, 30))
def test_times_are_of_the_whole_roster(seconds: list[int], silent: int) -> None:
    """Half is only reached when half of all were accounted for; what is reached later is not earlier."""
    roster = len(seconds) + silent
    times = musters.times(seconds, roster)
    assert (times.half is not None) == (roster > 0 and len(seconds) * 2 >= roster)
    assert (times.most is not None) == (roster > 0 and len(seconds) >= -(-roster * 9 // 10))
    if times.half is not None and times.most is not None and times.last is not None:
        assert times.half <= times.most <= times.last
        assert sum(each <= times.half for each in seconds) * 2 >= roster


def test_boards_leave_room_for_calls() -> None:
    """Each chat once a second, and never more than a third of thirty a second in all."""
    assert musters.board_every(0) == musters.board_every(10) == timedelta(seconds=1)
    assert musters.board_every(300) == timedelta(seconds=30)


def test_of_alerts_only_a_moment_is_started_ahead() -> None:
    """What is urgent is picked anew a few times a second, also while thousands of calls wait."""
    desk = Desk((Lane.ALERT,))
    assert (desk.room(30), desk.room(1000), desk.room(5000)) == (8, 200, 256)


@pytest.mark.parametrize(
    ("line", "words", "on"),
    [
        ("Foam, gate 2, 2027-05-31", "Foam, gate 2", date(2027, 5, 31)),
        ("2027-5-1 Foam", "Foam", date(2027, 5, 1)),
        ("Blankets, office", "Blankets, office", None),
    ],
)
def test_a_material_may_have_a_date(line: str, words: str, on: date | None) -> None:
    """Anywhere in its line."""
    assert rules.material_of(line) == (words, on)


def test_a_date_that_does_not_exist_is_refused() -> None:
    """It is not taken for words."""
    with pytest.raises(ValueError, match="day"):
        rules.material_of("Foam 2027-02-30")


@pytest.mark.parametrize(("days", "due"), [(31, False), (30, True), (0, True), (-5, True)])
def test_what_runs_out_within_a_month_is_due(days: int, due: bool) -> None:
    """And what has run out."""
    assert rules.due(Material(1, 1, "Foam", date(2026, 11, 18) + timedelta(days=days)), date(2026, 11, 18)) is due


@pytest.mark.parametrize(("days", "red"), [(364, False), (365, True)])
def test_a_plan_is_red_after_a_year(days: int, red: bool) -> None:
    """By the day on which somebody went through it."""
    plan = Plan(1, 1, "/1/", "fire", {}, {}, (), (), (), 1, 1, NOON - timedelta(days=days))
    assert rules.red(plan, NOON) is red


@pytest.mark.parametrize(
    ("minutes", "warned", "warns", "alarms"),
    [
        (-4, False, False, False),
        (-3, False, True, False),
        (1, True, False, False),
        (2, True, False, True),
        (60, False, True, False),
    ],
)
def test_a_timer_asks_before_it_calls_others(minutes: int, warned: bool, warns: bool, alarms: bool) -> None:
    """Never the alarm before the question, however late it is."""
    timer = Alone(1, 1, "/1/", "", 15, NOON, NOON + timedelta(hours=2), warned)
    now = NOON + timedelta(minutes=minutes)
    assert (sos.warns(timer, now), sos.alarms(timer, now)) == (warns, alarms)


def test_the_last_answer_falls_due_at_the_end_that_was_said() -> None:
    """And after it the rhythm goes on until somebody says that it is over."""
    timer = Alone(1, 1, "/1/", "", 30, NOON, NOON + timedelta(minutes=20), True)
    assert sos.next_due(timer, NOON) == NOON + timedelta(minutes=20)
    assert sos.next_due(timer, NOON + timedelta(minutes=25)) == NOON + timedelta(minutes=55)


def test_what_is_shipped_is_whole_and_sourced() -> None:
    """Eight plans with as many steps in every language, eight exercises; every fact exists."""
    known = read_facts(content_path() / "facts.csv")
    assert tuple(shipped()) == tuple(scenarios()) == KINDS
    for plan in shipped().values():
        assert set(plan.steps) == set(plan.title) == set(LANGUAGES), plan.kind
        assert len({len(steps) for steps in plan.steps.values()}) == 1, plan.kind
        assert plan.facts, plan.kind
        assert set(plan.facts) <= set(known), plan.kind
    for scenario in scenarios().values():
        assert scenario.facts, scenario.code
        assert set(scenario.facts) <= set(known), scenario.code
        assert faults(scenario) == []
        for step in scenario.steps.values():
            for words in (step.says, *(w for c in step.choices for w in (c.says, c.why))):
                assert set(words) == set(LANGUAGES), words


def test_no_number_is_stated_in_what_is_shipped_but_those_that_hold_everywhere() -> None:
    """Sections of a safety data sheet are the same in all the world; emergency numbers are the site's own."""
    said = [line for plan in shipped().values() for lines in plan.steps.values() for line in lines]
    found = {number for line in said for number in re.findall(r"\d+", line)}
    assert found == {"4", "6"}


def test_the_good_choice_is_not_the_longest_too_often() -> None:
    """Or it could be guessed."""
    decisions = [step for s in scenarios().values() for step in s.steps.values() if step.choices]
    assert len(decisions) == 32
    for lang in LANGUAGES:
        longest = sum(max(step.choices, key=lambda c: len(c.says[lang])).good for step in decisions)
        assert longest / len(decisions) <= 0.35, lang
    firsts = [order(run, place, 3).index(0) for run in range(60) for place in range(3)]
    assert {firsts.count(at) > 40 for at in range(3)} == {True}


def test_a_scenario_that_leads_nowhere_is_found() -> None:
    """Each fault is named."""
    words = {"en": "x"}
    bad = Scenario("bad", (), words, "start", {
        "start": Step(words, (Choice(words, words, "gone", True),)), "lonely": Step(words),
    })  # fmt: skip
    assert faults(bad) == [
        "start: needs good choices and others", "gone: there is no such step", "it has no end", "lonely: nothing leads there",
    ]  # fmt: skip
