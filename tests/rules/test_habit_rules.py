"""Days in a row: what counts, what a pause covers, whose figures are shown; the same in whatever order facts come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.learning.habit import picture, rules
from bot.learning.habit.model import Badge, Mode, Push, Seen, Streak, Switched, TeamDay, TeamFigure, What
from bot.people.model import Unit, UnitKind

FIRST = date(2026, 11, 2)
"""A Monday."""
AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
"""How fast a machine is says nothing here."""
WORDS = {"L": What.LEARNED, "m": What.MISSED, "-": What.FREE}


def days_of(word: str, first: date = FIRST) -> dict[date, What]:
    """Days in a word: L learned, m missed, - free."""
    return {first + timedelta(days=at): WORDS[letter] for at, letter in enumerate(word)}


@pytest.mark.parametrize(
    ("word", "days", "longest", "bridged", "left"),
    [
        ("", 0, 0, 0, 2),
        ("L", 1, 1, 0, 2),
        ("LLL", 3, 3, 0, 2),
        ("LL---L", 3, 3, 0, 2),
        ("LLmL", 3, 3, 1, 1),
        ("LLmmL", 3, 3, 2, 0),
        ("LLm-mL", 3, 3, 2, 0),
        ("LLmLm", 3, 3, 1, 0),
        ("LLmmm", 0, 2, 0, 2),
        ("LLmmmL", 1, 2, 0, 2),
        ("LLmmmLmL", 2, 2, 1, 1),
        ("mmmmL", 1, 1, 0, 2),
        ("mL-m-L", 2, 2, 1, 1),
        ("----", 0, 0, 0, 2),
    ],
)
def test_a_streak_is_read_from_its_days(word: str, days: int, longest: int, bridged: int, left: int) -> None:
    """Free days are passed over; two missed ones a month are covered; a third ends it, and a new one begins with both."""
    found = days_of(word)
    assert rules.streak(found, max(found, default=FIRST)) == Streak(days, longest, bridged, left)


def test_a_new_month_brings_new_pauses() -> None:
    """Two missed at the end of November, two at the beginning of December: the streak stands."""
    found = days_of("LLLmmmmL", date(2026, 11, 26))
    assert rules.streak(found, max(found)) == Streak(4, 4, 4, 0)


def test_pauses_of_one_month_are_not_saved_up_for_the_next() -> None:
    """A whole November without a miss gives no third pause in December."""
    november = {date(2026, 11, 1) + timedelta(days=at): What.LEARNED for at in range(30)}
    december = days_of("mmm", date(2026, 12, 1))
    assert rules.streak(november | december, date(2026, 12, 3)).days == 0


known = st.lists(
    st.tuples(st.integers(0, 90).map(lambda at: FIRST + timedelta(days=at)), st.sampled_from(list(Seen))), max_size=80
)


@RELAXED
@given(known, st.integers(0, 10_000), st.integers(0, 95))
def test_any_order_of_the_facts_gives_the_same_streak(seen: list[tuple[date, Seen]], seed: int, upto: int) -> None:
    """Late, twice, the newest first: what is known counts, not when it became known."""
    on = FIRST + timedelta(days=upto)
    once = rules.streak(rules.judge(seen), on)
    again = [*seen, *seen[:7]]
    Random(seed).shuffle(again)
    assert rules.streak(rules.judge(again), on) == once


@RELAXED
@given(known, st.integers(0, 90))
def test_what_becomes_known_in_ones_favour_never_makes_it_worse(seen: list[tuple[date, Seen]], at: int) -> None:
    """A missed day that is excused afterwards, or was learned after all, never costs a day."""
    on, end = FIRST + timedelta(days=at), FIRST + timedelta(days=95)
    before = rules.streak(rules.judge([*seen, (on, Seen.OFFERED)]), end)
    excused = rules.streak(rules.judge([*seen, (on, Seen.OFFERED), (on, Seen.EXCUSED)]), end)
    learned = rules.streak(rules.judge([*seen, (on, Seen.OFFERED), (on, Seen.LEARNED)]), end)
    assert excused.longest >= before.longest
    assert learned.longest >= before.longest


@RELAXED
@given(known)
def test_a_date_in_the_past_is_answered_as_if_nothing_had_come_after(seen: list[tuple[date, Seen]]) -> None:
    """As of any date: later days change nothing of it."""
    for at in (10, 40, 70):
        on = FIRST + timedelta(days=at)
        early = [(day, what) for day, what in seen if day <= on]
        assert rules.streak(rules.judge(seen), on) == rules.streak(rules.judge(early), on)


@pytest.mark.parametrize(
    ("known", "what"),
    [
        ({Seen.OFFERED}, What.MISSED),
        ({Seen.OFFERED, Seen.EXCUSED}, What.FREE),
        ({Seen.EXCUSED}, What.FREE),
        ({Seen.OFFERED, Seen.EXCUSED, Seen.LEARNED}, What.LEARNED),
        ({Seen.LEARNED}, What.LEARNED),
    ],
)
def test_a_day_is_what_speaks_best_for_the_person(known: set[Seen], what: What) -> None:
    """Learned before excused, excused before missed."""
    assert rules.judge([(FIRST, each) for each in known]) == {FIRST: what}


PUSH = Push(FIRST, AT, AT + timedelta(hours=9))


@pytest.mark.parametrize(("since", "until", "out"), [(-2, -1, False), (1, 2, True), (-5, 20, True), (9, 12, False)])
def test_nobody_missed_what_lay_there_while_davy_was_away(since: int, until: int, out: bool) -> None:
    """An absence of half an hour or more between the push and the end of its day."""
    outage = (AT + timedelta(hours=since), AT + timedelta(hours=until))
    assert rules.was_out(PUSH, [outage]) is out
    assert not rules.was_out(PUSH, [(AT + timedelta(hours=1), AT + timedelta(hours=1, minutes=20))])


@pytest.mark.parametrize(
    ("of", "did", "what"),
    [
        (5, 5, What.LEARNED),
        (5, 4, What.LEARNED),
        (5, 3, What.MISSED),
        (10, 7, What.LEARNED),
        (4, 4, None),
        (4, 0, None),
    ],
)
def test_a_team_has_a_day_when_most_of_enough_people_took_part(of: int, did: int, what: What | None) -> None:
    """Seven of ten do; of fewer than five nothing is said, good or bad."""
    assert rules.team_days([TeamDay(FIRST, of, did)]).get(FIRST) is what


def test_a_large_team_is_looked_at_less_far_back_and_a_crowd_not_at_all() -> None:
    """Twelve for 200 days, a hundred for forty, more never; nor fewer than five."""
    assert [rules.team_window(count) for count in (4, 12, 100, 101)] == [
        None,
        timedelta(days=200),
        timedelta(days=40),
        None,
    ]


def team(id: int, name: str, persons: int, of: int, did: int) -> TeamFigure:
    """A team's week."""
    return TeamFigure(Unit(id, 1, UnitKind.TEAM, name, f"/1/{id}/", "UTC", "any", "en"), persons, of, did)


def test_a_board_shows_large_enough_teams_in_round_shares() -> None:
    """A team of four is only counted as hidden; shares come in steps of five, equal ones by name."""
    found = rules.board([team(2, "Dock", 6, 30, 22), team(3, "Crane", 5, 25, 25), team(4, "Yard", 4, 20, 20)])
    assert [(line.unit.name, line.percent, line.persons) for line in found.lines] == [
        ("Crane", 100, 5),
        ("Dock", 75, 6),
    ]
    assert found.hidden == 1


def test_one_team_alone_is_no_board() -> None:
    """It would only be compared with itself."""
    found = rules.board([team(2, "Dock", 9, 45, 45), team(4, "Yard", 4, 20, 20)])
    assert (found.lines, found.hidden) == ((), 2)


@RELAXED
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_no_board_ever_shows_fewer_than_five(teams: list[tuple[int, int, int]]) -> None:
    """Whatever comes in, who is shown is enough people, highest share first."""
    figures = [team(at, f"T{at}", persons, of, min(did, of)) for at, (persons, of, did) in enumerate(teams, 2)]
    lines = rules.board(figures).lines
    assert all(line.persons >= 5 for line in lines)
    assert all(line.percent % 5 == 0 for line in lines)
    assert all(one.percent >= other.percent for one, other in pairwise(lines))


def test_the_nearest_unit_says_what_is_counted() -> None:
    """The site switched it off, one team on again; before that it was on."""
    said = [Switched("/1/", Mode.OFF, AT), Switched("/1/2/", Mode.ON, AT + timedelta(days=1))]
    later = AT + timedelta(days=2)
    assert rules.mode_at(said, "/1/2/", later) is Mode.ON
    assert rules.mode_at(said, "/1/3/", later) is Mode.OFF
    assert rules.mode_at(said, "/1/2/", AT + timedelta(hours=1)) is Mode.OFF
    assert rules.mode_at(said, "/1/2/", AT - timedelta(hours=1)) is Mode.ON
    assert rules.mode_at([*said, Switched("/1/2/", Mode.TEAM, later)], "/1/2/", later) is Mode.TEAM


@pytest.mark.parametrize(
    ("learned", "back"), [((), False), ((0,), False), ((0, 13), False), ((0, 14), True), ((0, 1, 20), True)]
)
def test_who_learns_again_after_two_weeks_has_come_back(learned: tuple[int, ...], back: bool) -> None:
    """The first day of all is no return."""
    days = [FIRST + timedelta(days=at) for at in learned]
    assert rules.came_back(days, max(days, default=FIRST)) is back


def test_every_badge_is_drawn_and_each_differently() -> None:
    """No badge without its own picture, and no letters of any language in it."""
    drawn = [picture.shape(badge) for badge in Badge]
    assert len(set(drawn)) == len(Badge)
    assert not any("<text" in each for each in drawn)
