"""Facility, discrimination, times, and when a question teaches nothing: tables of cases, checked against the definitions."""

from __future__ import annotations

import random
from statistics import mean, pstdev

import pytest

from bot.analysis.model import Answered, Figures, Group, Reason, Reported, Spot
from bot.analysis.rules import discrimination, figures, heat, idle, median, missed, reasons, spots, top_wrong

EDGES = (0, 10, 20)


def test_discrimination_is_the_correlation_of_being_right_with_the_rest() -> None:
    """Computed from sums by group, it is Pearson's correlation computed person by person."""
    chance = random.Random(7)
    people = [(chance.random() < 0.6, chance.choice([0.0, 0.25, 0.5, 0.75, 1.0])) for _ in range(80)]
    groups = [
        Group("q", 1, right, (0,), None, len(some), len(some), sum(some), sum(x * x for x in some))
        for right in (True, False)
        for some in [[known for was, known in people if was is right]]
    ]
    rights, known = [float(r) for r, _ in people], [k for _, k in people]
    products = mean((r - mean(rights)) * (k - mean(known)) for r, k in zip(rights, known, strict=True))
    count, found = discrimination(groups)
    assert count == 80
    assert found == pytest.approx(products / (pstdev(rights) * pstdev(known)))


def test_it_is_a_whole_one_where_right_and_rest_are_the_same() -> None:
    """Whoever is right knows all else, whoever is wrong nothing; the other way round it is minus one."""
    knows, lost = (
        Group("q", 1, True, (0,), None, 10, 10, 10.0, 10.0),
        Group("q", 1, False, (1,), None, 10, 10, 0.0, 0.0),
    )
    assert discrimination([knows, lost]) == (20, pytest.approx(1.0))
    turned = [Group("q", 1, False, (1,), None, 10, 10, 10.0, 10.0), Group("q", 1, True, (0,), None, 10, 10, 0.0, 0.0)]
    assert discrimination(turned) == (20, pytest.approx(-1.0))


@pytest.mark.parametrize(
    "groups",
    [
        [Group("q", 1, True, (0,), None, 9, 9, 5.0, 4.0)],
        [Group("q", 1, True, (0,), None, 9, 0), Group("q", 1, False, (1,), None, 9, 0)],
        [Group("q", 1, True, (0,), None, 9, 9, 4.5, 2.25), Group("q", 1, False, (1,), None, 9, 9, 4.5, 2.25)],
    ],
    ids=["all right", "nobody answered others", "all know the same"],
)
def test_it_says_nothing_where_nothing_can_be_told(groups: list[Group]) -> None:
    """No number is made up."""
    assert discrimination(groups)[1] is None


def test_figures_keep_versions_apart_and_count_choices() -> None:
    """Two versions are two lines; a choice taken together with another counts for both."""
    found = figures(
        [
            Group("q", 2, True, (0, 2), 1, 3),
            Group("q", 1, False, (1,), 0, 4),
            Group("q", 2, False, (2,), None, 2),
            Group("q", 2, False, None, 2, 1),
        ],
        EDGES,
    )
    assert [(f.version, f.count, f.right, dict(f.taken)) for f in found] == [(1, 4, 0, {1: 4}), (2, 6, 3, {0: 3, 2: 5})]
    assert [f.timed for f in found] == [4, 4]


@pytest.mark.parametrize(
    ("times", "seconds"),
    [([0, 0, 0], None), ([4, 0, 0], 5.0), ([2, 2, 0], 10.0), ([1, 2, 1], 15.0), ([0, 0, 2], 30.0)],
)
def test_the_median_lies_within_its_bucket(times: list[int], seconds: float | None) -> None:
    """Evenly spread within; the last bucket ends at its double."""
    assert median(times, EDGES) == seconds


def counted(right: int, count: int, apart: float | None = None, compared: int = 0, **taken: int) -> Figures:
    """Figures of a question; `a=3`: three took the first choice."""
    return Figures("q", 1, count, right, compared, apart, taken={"abcd".index(k): n for k, n in taken.items()})


@pytest.mark.parametrize(
    ("found", "wrong", "said"),
    [
        (counted(19, 19), (), ()),
        (counted(20, 20), (1,), (Reason.EVERYBODY,)),
        (counted(1, 20, b=19), (1,), (Reason.NOBODY,)),
        (counted(0, 40, -0.5, 40, b=20, c=20), (1, 2, 3), (Reason.NOBODY, Reason.IDLE)),
        (counted(20, 40, -0.01, 30, b=20), (1,), (Reason.AGAINST,)),
        (counted(20, 40, -0.01, 29, b=20), (1,), ()),
        (counted(20, 40, 0.09, 40, b=20), (1,), (Reason.FLAT,)),
        (counted(20, 40, 0.1, 40, b=20), (1,), ()),
        (counted(20, 40, 0.4, 40, b=19, c=1), (1, 2), (Reason.IDLE,)),
        (counted(20, 40, 0.4, 40, b=18, c=2), (1, 2), ()),
    ],
)
def test_a_question_that_teaches_nothing_is_named_with_its_reason(
    found: Figures, wrong: tuple[int, ...], said: tuple[Reason, ...]
) -> None:
    """Nothing is said under twenty answers, nothing of telling apart under thirty people."""
    assert reasons(found, idle(found, wrong)) == said


def test_the_wrong_choice_that_most_took_is_the_belief() -> None:
    """The first of equals; none where nobody was wrong."""
    assert top_wrong(counted(2, 10, a=2, b=3, c=5), (1, 2)) == 2
    assert top_wrong(counted(2, 10, a=2, b=4, c=4), (1, 2)) == 1
    assert top_wrong(counted(10, 10, a=10), (1, 2)) is None
    assert missed([]) == []


def test_a_team_of_four_is_never_on_the_map() -> None:
    """Not even by what was found there: its row would tell what one of four believes."""
    reported = [Reported(1, "LAD", 2, 1), Reported(2, "LAD", 2, 1)]
    found = spots(
        [Answered(1, "LAD", 4, 9, 9), Answered(2, "LAD", 5, 5, 1), Answered(3, "LAD", 90, 90, 29)], reported, {}
    )
    assert [(spot.unit, spot.hazards, spot.overdue) for spot in found] == [(2, 2, 1)]


def test_where_more_meets_is_hotter() -> None:
    """Wrong, found and overdue before wrong alone, whatever the share."""
    meets, alone = Answered(1, "LAD", 9, 18, 6), Answered(2, "FIR", 9, 9, 9)
    found = spots([alone, meets], [Reported(1, "LAD", 1, 1)], {})
    assert [(spot.unit, heat(spot)) for spot in found] == [(1, 3), (2, 1)]
    assert heat(Spot(1, "LAD", 9, 10, 3)) == 0
