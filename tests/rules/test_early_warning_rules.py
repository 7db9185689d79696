"""The index of an area, the gate of an abnormal state, and the company's files: tables, properties, and their mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features import rooms
from bot.kit.gates import GateState, Vote, decide
from bot.kit.hysteresis import Level
from bot.people.importing.problems import Problems
from bot.people.model import Grant, Role, Unit, UnitKind, Viewer
from bot.risks import company as register
from bot.risks.abnormal import rules as gates
from bot.risks.abnormal.model import Abnormal, State
from bot.risks.reading import company_of
from bot.risks.warning import company as warning
from bot.risks.warning.model import LEAST_PEOPLE, Counted, Signal, Weights
from bot.risks.warning.reading import weights_of
from bot.risks.warning.rules import indexes, line, shown, told, weekly, with_parts

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
FACTS = {kind.name for room in rooms() for kind in room.facts}


def unit(id: int, parent: int | None, path: str) -> Unit:
    """A unit of a tree."""
    return Unit(id, parent, UnitKind.TEAM, f"U{id}", path, "UTC", "US", "en")


TREE = [unit(1, None, "/1/"), unit(2, 1, "/1/2/"), unit(3, 1, "/1/3/"), unit(4, 2, "/1/2/4/"), unit(5, 2, "/1/2/5/")]
OVERDUE = Signal("overdue", "HazardOverdue", 3, 5)
MISLED = Signal("misled", "QuestionAnswered", 1, 20, by_person=True)
WEIGHTS = Weights(28, 10, (Level(10, 7),), (OVERDUE, MISLED))


# --- the index --------------------------------------------------------------------------------------------------------


def test_what_happened_below_counts_in_every_area_above() -> None:
    """Sums go up the tree once."""
    found = with_parts(TREE, {4: Counted(2, 3), 5: Counted(1, 4), 3: Counted(5, 1), 99: Counted(7, 7)})
    assert {id: (each.n, each.people) for id, each in found.items()} == {
        1: (8, 8), 2: (3, 7), 3: (5, 1), 4: (2, 3), 5: (1, 4)
    }  # fmt: skip


def test_an_index_is_points_for_ten_people_and_no_signal_fills_it_alone() -> None:
    """Seven overdue of which five count: 15 points of 20 people are 7.5; an area of four has none."""
    staff = {4: Counted(0, 4), 5: Counted(0, 6), 3: Counted(0, 10)}
    made = indexes(WEIGHTS, TREE, staff, [{5: Counted(7)}, {}], date(2026, 11, 18))
    assert set(made) == {1, 2, 3, 5}
    assert {id: each.value for id, each in made.items()} == {1: 7.5, 2: 15.0, 3: 0.0, 5: 25.0}
    assert (made[1].lines[0].n, made[1].lines[0].counted, made[1].people) == (7, 5, 20)


def test_what_single_people_did_counts_only_where_five_were_looked_at_and_is_veiled_else() -> None:
    """Four who answered: no figure stands and nothing counts, so that it cannot be worked out from the index."""
    staff = {5: Counted(0, 9), 3: Counted(0, 9)}
    counted = [{}, {5: Counted(3, 4), 3: Counted(2, 6)}]
    made = indexes(WEIGHTS, TREE, staff, counted, date(2026, 11, 18))
    assert made[5].lines[1].veiled
    assert made[5].value == 0
    assert (made[3].lines[1].n, made[3].lines[1].of, made[3].lines[1].veiled) == (2, 6, False)
    assert made[1].lines[1].veiled, "the whole less the shown part would tell of four"


trees = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=12)


@given(trees)
def test_no_difference_between_shown_areas_tells_of_fewer_than_five(shape: list[tuple[int, int]]) -> None:
    """In any tree, whatever shown parts are taken from a shown area, nobody is left or at least five are."""
    units, own = [unit(1, None, "/1/")], {1: shape[0][1]}
    for id, (above, people) in enumerate(shape[1:], 2):
        parent = units[above % len(units)]
        units.append(unit(id, parent.id, f"{parent.path}{id}/"))
        own[id] = people
    sums = {id: each.people for id, each in with_parts(units, {id: Counted(0, n) for id, n in own.items()}).items()}
    open_to = shown(units, sums)
    by_path = {each.path: each.id for each in units}
    for area in (each for each in units if each.id in open_to):
        inside = [
            path for path, id in by_path.items() if path.startswith(area.path) and path != area.path and id in open_to
        ]
        widest = [path for path in inside if not any(path != other and path.startswith(other) for other in inside)]
        rest = sums[area.id] - sum(sums[by_path[path]] for path in widest)
        assert sums[area.id] >= LEAST_PEOPLE
        assert rest == 0 or rest >= LEAST_PEOPLE


def test_the_lines_that_are_told_are_the_heavy_ones_and_those_that_may_not_be() -> None:
    """Nothing that is zero is told; the heaviest stands first; what is veiled says so at the end."""
    some = [
        line(OVERDUE, Counted(1)),
        line(replace(OVERDUE, weight=9), Counted(2)),
        line(OVERDUE, Counted()),
        line(MISLED, Counted(), veiled=True),
    ]
    assert [(each.points, each.veiled) for each in told(some)] == [(18, False), (3, False), (0, True)]


def test_a_trend_in_figures_has_the_last_day_of_each_week() -> None:
    """Also where days are missing, and across the end of a year."""
    days = [date(2026, 12, 21), date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 3), date(2027, 1, 4)]
    found = weekly([(on, float(at)) for at, on in enumerate(days)])
    assert found == [(days[1], 1.0), (days[3], 3.0), (days[4], 4.0)]


# --- gates ------------------------------------------------------------------------------------------------------------

ASKED = Abnormal(
    1, 4, "/1/2/4/", "start_up", State.ASKED, "w", 3, ("role:supervisor", "role:safety_officer", "post:electrician"), 60, 9,
    NOW, NOW + timedelta(hours=8), None, None, None, None,
)  # fmt: skip


def viewer(person: int, *grants: tuple[Role, str], path: str = "/1/2/4/") -> Viewer:
    """Somebody with roles."""
    return Viewer(person, path, tuple(Grant(role, 0, over) for role, over in grants))


@pytest.mark.parametrize(
    ("who", "post", "spoken"),
    [
        (viewer(1), "worker", {"post:worker"}),
        (viewer(1, (Role.SUPERVISOR, "/1/2/4/")), "lead", {"post:lead", "role:supervisor"}),
        (viewer(1, (Role.SUPERVISOR, "/1/3/")), "lead", {"post:lead"}),
        (viewer(1, path="/1/3/"), "electrician", set()),
        (
            viewer(1, (Role.MANAGER, "/1/")),
            "boss",
            {"post:boss", "role:manager", "role:safety_officer", "role:supervisor", "role:hr"},
        ),
    ],
)
def test_somebody_stands_for_the_roles_they_hold_there_and_for_their_trade_at_its_site(
    who: Viewer, post: str, spoken: set[str]
) -> None:
    """A role over another team says nothing here, and an electrician of another site neither."""
    assert gates.voices(who, post, "/1/2/4/", "/1/2/") == spoken


@pytest.mark.parametrize(
    ("found", "person", "spoken", "why"),
    [
        (ASKED, 1, {"role:supervisor"}, None),
        (ASKED, 9, {"role:supervisor"}, "asker"),
        (ASKED, 1, {"post:worker"}, "no_voice"),
        (replace(ASKED, decide_by=NOW), 1, {"role:supervisor"}, "too_late"),
        (replace(ASKED, state=State.RUNNING), 1, {"role:supervisor"}, "too_late"),
        (replace(ASKED, needed=4), 1, {"role:trainer"}, "no_voice"),
        (replace(ASKED, needed=4, each=()), 1, {"role:supervisor"}, None),
        (replace(ASKED, each=("post:electrician",), needed=1), 1, {"role:supervisor"}, "no_voice"),
    ],
)
def test_each_word_that_does_not_count_has_its_reason(
    found: Abnormal, person: int, spoken: set[str], why: str | None
) -> None:
    """Who asked, who has no voice, who comes too late; where more are needed than are named, any who lead may fill up."""
    assert gates.why_not(found, person, frozenset(spoken), NOW) == why


kinds_ = st.sampled_from(["role:supervisor", "role:safety_officer", "post:electrician", "role:manager"])
votes_ = st.lists(
    st.builds(Vote, st.integers(1, 6), st.booleans(), st.frozensets(kinds_, max_size=3)), max_size=10
)  # fmt: skip


@given(votes_, st.lists(kinds_, max_size=3, unique=True), st.integers(1, 4))
def test_a_gate_opens_only_by_enough_different_people_with_one_for_each_kind_and_no_no(
    votes: list[Vote], each: list[str], needed: int
) -> None:
    """Open means: nobody's last word is a no, enough others than the asker, and each kind has a person of its own."""
    found = replace(ASKED, needed=max(needed, len(each)), each=tuple(each), asked_by=3)
    view = decide(gates.gate(found), votes)
    last = {vote.person: vote for vote in votes if vote.person != 3}
    if view.state is GateState.OPEN:
        assert all(vote.yes for vote in last.values())
        assert len(last) >= found.needed
        assert _matched(each, list(last.values()))
    else:
        refused = any(not vote.yes for vote in last.values())
        assert refused or len(last) < found.needed or not _matched(each, list(last.values()))


def _matched(kinds: list[str], votes: list[Vote]) -> bool:
    """Whether each kind can have a person of its own: by trying all ways."""
    if not kinds:
        return True
    return any(kinds[0] in v.kinds and _matched(kinds[1:], [o for o in votes if o is not v]) for v in votes)


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_shipped_files_are_clean_and_every_fact_is_recorded_or_said_to_be_planned() -> None:
    """A weight on a fact that nobody records would count nothing, and nobody would see it."""
    assert register.load(None).abnormal
    weights = warning.load(None, FACTS)
    assert {signal.code for signal in weights.signals} == {"overdue", "repeats", "near_misses", "missed", "misled"}


GOOD = register.file_in(None, register.REGISTER).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{colour: red, above: 320}", "{colour: red, above: 160}", "each edge lies under"),
        ("{colour: red, above: 320}", "{colour: rot, above: 320}", "'rot' is none of red"),
        ("{colour: red, above: 320}", "{colour: blue, above: 320}", "a lower band cannot have a worse colour"),
        ("{colour: red, above: 320}", "{colour: red, above: 320, from: 320}", "not both"),
        ("likelihood: [10, 6, 3, 1, 0.5, 0.2, 0.1]", "likelihood: [10, 6, 3, 2]", "no words for 2"),
        ("likelihood: [10, 6, 3, 1, 0.5, 0.2, 0.1]", "likelihood: [1, 6, 3]", "the highest first"),
        ("exposure: [10, 6, 3, 2, 1, 0.5]", "exposure: [10, x]", "'x' is no number above 0"),
        ("red: {days: 1, hours: 4}", "red: {days: 9, hours: 4}", "cannot be checked more rarely"),
        ("red: {days: 1, hours: 4}", "red: {days: 0, hours: 4}", "whole number from 1"),
        ("key_places: 1", "key_place: 1", "did you mean"),
        ('at: "08:00"', 'at: "8 h"', "no time of day"),
        ("method: lec ", "method: kinney ", "neither lec nor matrix"),
        ("needed: 3", "needed: 2", "'each' names 3 people"),
        ('"post:maintenance-electrician"', '"trade:electrician"', "neither role:"),
        ("code: storm", "code: start_up", "a second time"),
        ("code: storm", "code: flood", "no words for 'flood'"),
    ],
)
def test_each_mistake_in_a_register_file_is_named_with_its_line(old: str, new: str, says: str) -> None:
    """Nothing is half taken: with a mistake there is no register."""
    assert old in GOOD
    problems = Problems("register.yaml")
    assert company_of(GOOD.replace(old, new, 1), problems) is None
    assert any(says in str(each) and ":1:1:" not in str(each) for each in problems.found), [
        str(p) for p in problems.found
    ]


WEIGHED = warning.file_in(None, warning.WEIGHTS).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fact: HazardOverdue", "fact: HazardOverdu", 'did you mean "HazardOverdue"'),
        ("{at: 10, clear: 7}", "{at: 10, clear: 11}", "must lie under"),
        ("{at: 20, clear: 15}", "{at: 9, clear: 8}", "over the one before"),
        ("days: 28", "days: 90", "from 1 to 60"),
        ("code: missed", "code: forgotten", "no words for 'forgotten'"),
        ("weight: 3", "weight: -3", "no number above 0"),
        ("by_person: true}", "by_person: yes please}", "must be true or false"),
    ],
)
def test_each_mistake_in_a_weights_file_is_named(old: str, new: str, says: str) -> None:
    """A fact that is not there yet has to say that it is planned."""
    assert old in WEIGHED
    problems = Problems("weights.yaml")
    assert weights_of(WEIGHED.replace(old, new, 1), FACTS, problems) is None
    assert any(says in str(each) for each in problems.found), [str(p) for p in problems.found]
