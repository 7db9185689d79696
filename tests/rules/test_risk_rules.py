"""Rating, bands and their edges, when a control is looked at, what closes a risk (long because it is tables of cases)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.hysteresis import Level, level_of
from bot.kit.hysteresis import wrong_with as wrong_levels
from bot.kit.risk import Band, Colour, band_of, exact, score, worse, wrong_with
from bot.risks import rules
from bot.risks.company import load
from bot.risks.model import Control, Held, Method, Rank, Rating, Risk, Standing

COMPANY = load(None)
LEC, MATRIX = COMPANY.scales[Method.LEC], COMPANY.scales[Method.MATRIX]
NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
RED, ORANGE, YELLOW, BLUE = Colour


def lec(likelihood: float, exposure: float, consequence: float) -> Rating:
    """A LEC rating."""
    return Rating(Method.LEC, (likelihood, exposure, consequence))


# --- scores and bands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "product"),
    [
        ((3, 6, 15), 270),
        ((6, 6, 40), 1440),
        ((1, 3, 7), 21),
        ((0.5, 2, 15), 15),
        ((1, 6, 15), 90),
        ((0.1, 3, 100), 30),
        ((0.2, 1, 100), 20),
        ((0.1, 0.5, 1), Fraction(1, 20)),
    ],
)
def test_a_score_is_the_exact_product_of_its_factors(factors: tuple[float, ...], product: float) -> None:
    """0.1 x 3 x 100 is 30 and not a hair more: a hair decides at an edge."""
    assert score(factors) == product


@pytest.mark.parametrize(
    ("edge", "under", "on", "over"),
    [(320, ORANGE, ORANGE, RED), (160, YELLOW, YELLOW, ORANGE), (70, BLUE, BLUE, YELLOW)],
)
def test_a_score_on_an_edge_of_the_shipped_lec_bands_belongs_below(
    edge: int, under: Colour, on: Colour, over: Colour
) -> None:
    """`above: 320`: 320 is not in it. Sources differ on who owns an edge, so the file says it."""
    hair = Fraction(1, 1000)
    assert [band_of(LEC.bands, Fraction(edge) + d) for d in (-hair, Fraction(0), hair)] == [under, on, over]


@pytest.mark.parametrize("product", [1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 25])
def test_every_product_of_the_matrix_has_its_colour(product: int) -> None:
    """1-4 blue, 5-9 yellow, 10-16 orange, 17-25 red; `from: 17`: 17 itself would be in it."""
    expected = BLUE if product <= 4 else YELLOW if product <= 9 else ORANGE if product <= 16 else RED
    assert band_of(MATRIX.bands, Fraction(product)) is expected


def test_the_other_usual_colours_of_lec_can_be_said() -> None:
    """160 and above red, 70 to 160 orange, 20 to 70 yellow: with `from` the edge belongs above."""
    bands = (
        Band(RED, Fraction(160), True),
        Band(ORANGE, Fraction(70), True),
        Band(YELLOW, Fraction(20), True),
        Band(BLUE),
    )
    assert [band_of(bands, Fraction(n)) for n in (160, 159, 70, 69, 20, 19)] == [
        RED,
        ORANGE,
        ORANGE,
        YELLOW,
        YELLOW,
        BLUE,
    ]


LIKELY, OFTEN, BAD = (st.sampled_from(LEC.steps[name]) for name in ("likelihood", "exposure", "consequence"))


@given(LIKELY, OFTEN, BAD)
def test_every_rating_has_one_colour_and_it_is_that_of_its_interval(
    likelihood: float, exposure: float, bad: float
) -> None:
    """All 7 x 6 x 6 ratings fall into exactly one of the intervals, counted in thousandths."""
    thousandths = prod(round(each * 1000) for each in (likelihood, exposure, bad))
    edges = [int(320e9), int(160e9), int(70e9)]
    expected = Colour(list(Colour)[sum(thousandths <= edge for edge in edges)])
    assert band_of(LEC.bands, score((likelihood, exposure, bad))) is expected


@given(st.tuples(LIKELY, OFTEN, BAD, LIKELY, OFTEN, BAD))
def test_a_rating_that_is_higher_in_nothing_is_never_of_a_worse_colour(steps: tuple[float, ...]) -> None:
    """Monotone: who lowers a factor never gets a worse colour, also with the floor for what kills."""
    one, other = sorted_pairs(steps)
    assert rules.colour_of(LEC, lec(*one)).grade >= rules.colour_of(LEC, lec(*other)).grade


def sorted_pairs(steps: tuple[float, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Two ratings, the first lower or equal in each factor."""
    pairs = [sorted(pair) for pair in zip(steps[:3], steps[3:], strict=True)]
    return tuple(low for low, _ in pairs), tuple(high for _, high in pairs)


edges_ = st.lists(st.integers(1, 10_000), min_size=1, max_size=4, unique=True).map(
    lambda some: sorted(some, reverse=True)
)


@given(edges_, st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 10_001))
def test_bands_own_every_score_once_whoever_owns_the_edges(edges: list[int], inclusive: list[bool], found: int) -> None:
    """No gap and no overlap, which once swallowed a whole band in a program that was seen."""
    colours = sorted([*Colour, BLUE], key=lambda colour: colour.grade)
    bands = (
        *(Band(colours[at], Fraction(edge), inclusive[at]) for at, edge in enumerate(edges)),
        Band(colours[len(edges)]),
    )
    assert wrong_with(bands) is None
    at = next(
        i for i, edge in enumerate([*edges, None]) if edge is None or found > edge or (inclusive[i] and found == edge)
    )
    assert band_of(bands, Fraction(found)) is bands[at].colour


@pytest.mark.parametrize(
    ("bands", "wrong"),
    [
        ((), "empty"),
        ((Band(RED, Fraction(5)),), "no_rest"),
        ((Band(RED), Band(BLUE)), "no_rest"),
        ((Band(RED, Fraction(5)), Band(ORANGE, Fraction(5)), Band(BLUE)), "order"),
        ((Band(RED, Fraction(5)), Band(ORANGE, Fraction(9)), Band(BLUE)), "order"),
        ((Band(BLUE, Fraction(5)), Band(RED)), "colours"),
        ((Band(RED, Fraction(5)), Band(ORANGE, Fraction(5), True), Band(BLUE)), None),
        ((Band(RED, Fraction(5), True), Band(ORANGE, Fraction(5)), Band(BLUE)), "order"),
        ((Band(RED, Fraction(5)), Band(RED, Fraction(3)), Band(BLUE)), None),
    ],
)
def test_bands_that_cannot_be_used_are_refused(bands: tuple[Band, ...], wrong: str | None) -> None:
    """A hole at the bottom, an order that hides a band, a colour that gets worse downwards."""
    assert wrong_with(bands) == wrong


def test_no_band_for_a_score_is_a_fault_that_is_said() -> None:
    """A score that nobody owns is no colour at all, rather than the best one."""
    with pytest.raises(ValueError, match="no band"):
        band_of((Band(RED, Fraction(5)),), Fraction(1))


@pytest.mark.parametrize(
    ("rating", "colour"),
    [
        (lec(0.1, 0.5, 15), YELLOW),
        (lec(0.1, 0.5, 7), BLUE),
        (lec(6, 6, 15), RED),
        (Rating(Method.MATRIX, (1, 4)), YELLOW),
        (Rating(Method.MATRIX, (1, 3)), BLUE),
        (Rating(Method.MATRIX, (1, 5)), YELLOW),
    ],
)
def test_what_can_kill_is_never_blue_however_unlikely(rating: Rating, colour: Colour) -> None:
    """A product averages a catastrophe away; the floor does not let it."""
    assert rules.colour_of(COMPANY.scales[rating.method], rating) is colour


@pytest.mark.parametrize(
    ("rating", "fits"),
    [
        (lec(6, 6, 15), True),
        (lec(5, 6, 15), False),
        (Rating(Method.LEC, (6, 6)), False),
        (Rating(Method.MATRIX, (5, 5)), False),
    ],
)
def test_only_steps_of_the_company_are_a_rating(rating: Rating, fits: bool) -> None:
    """A forged or old button cannot bring a step in that the file does not have."""
    assert rules.fits(LEC, rating) is fits


def test_the_worse_of_two_colours_is_the_one_with_the_lower_grade() -> None:
    """Red is 1."""
    assert worse(RED, BLUE) is RED
    assert worse(BLUE, YELLOW) is YELLOW
    assert exact("0.1") == Fraction(1, 10)


# --- closing ----------------------------------------------------------------------------------------------------------

RISK = Risk(
    1, "D-1", 1, "/1/", None, {"en": "a"}, None, {}, {"en": "b"}, None, lec(6, 6, 15), lec(0.5, 6, 15), YELLOW, RED,
    Standing.OPEN, 1, 1, NOW, NOW, None,
)  # fmt: skip
PLACED = Control(
    1, 1, Rank.ENGINEER, {"en": "c"}, 1, None, Held.IN_PLACE, NOW - timedelta(days=1), NOW, NOW, None, None, None, None
)  # fmt: skip


@pytest.mark.parametrize(
    ("risk", "controls", "why"),
    [
        (RISK, [PLACED], None),
        (replace(RISK, inherent=None), [PLACED], "unrated"),
        (RISK, [], "no_control"),
        (RISK, [replace(PLACED, held=Held.RETIRED)], "no_control"),
        (RISK, [replace(PLACED, held=Held.PLANNED, in_place_at=None)], "no_control"),
        (RISK, [PLACED, replace(PLACED, id=2, held=Held.PLANNED, in_place_at=None)], "planned"),
        (RISK, [replace(PLACED, late_at=NOW)], "troubled"),
        (RISK, [replace(PLACED, missing_at=NOW)], "troubled"),
        (replace(RISK, residual=None, rerated_at=None), [PLACED], "not_rerated"),
        (RISK, [replace(PLACED, in_place_at=NOW + timedelta(seconds=1))], "not_rerated"),
        (replace(RISK, colour=RED), [PLACED], "red"),
    ],
)
def test_a_risk_is_closed_only_with_its_effect_rated_after_the_newest_control(
    risk: Risk, controls: list[Control], why: str | None
) -> None:
    """Each thing that may be missing has its own word."""
    assert rules.why_not_closed(risk, controls) == why


def test_an_effect_is_never_higher_than_the_risk_was() -> None:
    """Controls make no task more dangerous; and methods are not compared."""
    assert rules.is_lower(lec(1, 6, 15), lec(6, 6, 15))
    assert rules.is_lower(lec(6, 6, 15), lec(6, 6, 15))
    assert not rules.is_lower(lec(10, 6, 15), lec(6, 6, 15))
    assert not rules.is_lower(Rating(Method.MATRIX, (1, 1)), lec(6, 6, 15))


# --- checks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stake", "own", "key", "days", "hours"),
    [
        (RED, None, False, 1, 4),
        (RED, 7, False, 1, 4),
        (ORANGE, None, False, 1, 8),
        (YELLOW, None, False, 7, 24),
        (YELLOW, 3, False, 3, 24),
        (YELLOW, 90, False, 90, 24),
        (YELLOW, 90, True, 1, 24),
        (BLUE, None, False, 30, 48),
        (BLUE, None, True, 1, 48),
    ],
)
def test_larger_and_major_risks_and_key_places_are_looked_at_every_day(
    stake: Colour, own: int | None, key: bool, days: int, hours: int
) -> None:
    """Nobody can set a major risk's control to once a week; a key place asks every day of all of them."""
    found = rules.interval(COMPANY, stake, timedelta(days=own) if own else None, key)
    assert (found.every, found.answer_within) == (timedelta(days=days), timedelta(hours=hours))


def test_a_look_falls_due_at_the_companys_hour_on_the_clock_of_the_unit_also_when_clocks_change() -> None:
    """Eight in Chicago is 13:00 UTC in summer and 14:00 in winter."""
    before = datetime(2026, 10, 31, 20, tzinfo=UTC)
    assert rules.next_due(COMPANY, timedelta(days=1), before, "America/Chicago") == datetime(
        2026, 11, 1, 14, tzinfo=UTC
    )
    summer = datetime(2026, 7, 1, 20, tzinfo=UTC)
    assert rules.next_due(COMPANY, timedelta(days=1), summer, "America/Chicago") == datetime(2026, 7, 2, 13, tzinfo=UTC)
    assert COMPANY.check_at == time(8)


@pytest.mark.parametrize(
    ("stake", "control", "why"),
    [
        (RED, PLACED, None),
        (RED, replace(PLACED, late_at=NOW), "late"),
        (ORANGE, replace(PLACED, missing_at=NOW), "missing"),
        (ORANGE, replace(PLACED, missing_at=NOW, late_at=NOW), "missing"),
        (YELLOW, replace(PLACED, late_at=NOW), None),
        (BLUE, replace(PLACED, missing_at=NOW), None),
        (RED, replace(PLACED, late_at=NOW, held=Held.RETIRED), None),
    ],
)
def test_only_where_much_is_at_stake_an_unconfirmed_control_turns_the_risk_red(
    stake: Colour, control: Control, why: str | None
) -> None:
    """By the colour without controls: a residual blue rests on the very control that nobody confirmed."""
    assert rules.alarm(stake, [control]) == why
    assert replace(RISK, alarmed_at=NOW).shown is RED
    assert RISK.stake is RED


@pytest.mark.parametrize(
    ("said", "two"),
    [
        ("Unloading: falls off the edge", ("Unloading", "falls off the edge")),
        ("卸货：从月台边缘坠落", ("卸货", "从月台边缘坠落")),
        ("Unloading – falls - deep", ("Unloading", "falls - deep")),
        ("Unloading\nfalls", ("Unloading", "falls")),
        ("Unloading", ("Unloading", "")),
        ("at 10:30 unloading", ("at 10:30 unloading", "")),
    ],
)
def test_one_line_is_parted_into_the_work_and_what_can_hurt(said: str, two: tuple[str, str]) -> None:
    """By the first colon, dash or line break; a time of day parts nothing."""
    assert rules.in_two(said) == two


# --- levels -----------------------------------------------------------------------------------------------------------

TWO = (Level(10, 7), Level(20, 15))


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        (0, 9.9, 0), (0, 10, 1), (0, 25, 2), (1, 9, 1), (1, 7, 1), (1, 6.9, 0), (2, 15, 2), (2, 14.9, 1), (2, 6, 0), (2, 8, 1),
        (1, 20, 2), (5, 20, 2), (5, 0, 0),
    ],
)  # fmt: skip
def test_a_level_is_left_only_under_its_own_end(before: int, value: float, after: int) -> None:
    """Between `clear` and `at` nothing changes; a file that lost a level keeps nobody on it."""
    assert level_of(TWO, before, value) == after


@given(st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_what_trembles_around_a_limit_is_told_once(values: list[float]) -> None:
    """Two rises to a level always have a value under its end between them."""
    before, low = 0, [True, True]
    for value in values:
        after = level_of(TWO, before, value)
        for at in range(before, after):
            assert low[at], "risen twice without an end between"
            low[at] = False
        for at, level in enumerate(TWO):
            low[at] = low[at] or value < level.clear
        before = after


def test_levels_that_cannot_be_used_are_refused() -> None:
    """An end at or over the beginning would be told again and again."""
    assert wrong_levels([Level(10, 10)]) == "clear"
    assert wrong_levels([Level(20, 15), Level(10, 7)]) == "order"
    assert wrong_levels([Level(10, 9), Level(20, 8)]) == "order"
    assert wrong_levels(TWO) is None
