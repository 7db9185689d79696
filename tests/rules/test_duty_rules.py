"""Which list holds for whom, gaps, the quiz, the draw of checks, and goals that add up."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.duties import book, rules, sheet, shipped, taking
from bot.duties.checks import rules as checks
from bot.duties.checks.model import Candidate
from bot.duties.goals import rules as goals
from bot.duties.goals.model import Goal, State, Step
from bot.duties.model import Asks, Draft, DutyList, Holder
from bot.duties.reports import rules as reports
from bot.library.shipped import content_path

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
PATHS = ("/1/", "/1/2/", "/1/2/3/", "/1/2/4/", "/1/5/")
POSTS = ("worker", "welder", "leader")
shipped.drafts()  # read once before examples are timed


def of(id: int, post: str, path: str, code: str = "machine-operator") -> DutyList:
    """A shipped draft as a list of a post in a unit."""
    draft = shipped.draft(code)
    assert draft is not None
    return DutyList(
        id, post, int(path.strip("/").split("/")[-1]), path, 1, draft.level, draft.scope, draft.duties, code, 1, NOW
    )


def sample() -> list[DutyList]:
    """The lists of the sample company, each of its rows."""
    with (content_path() / "sample" / "duties.csv").open(encoding="utf-8") as file:
        return [of(at, row["post"], f"/1/{at}/", row["draft"]) for at, row in enumerate(csv.DictReader(file), 10)]


@given(
    st.lists(st.tuples(st.sampled_from(POSTS), st.sampled_from(PATHS)), max_size=12),
    st.lists(st.tuples(st.sampled_from(POSTS), st.sampled_from(PATHS)), unique=True, max_size=8),
)
def test_everybody_has_exactly_one_list_or_is_reported_and_every_list_binds_somebody_or_is_reported(
    held: list[tuple[str, str]], signed: list[tuple[str, str]]
) -> None:
    """However people and lists lie in the tree; and it is the nearest list that holds."""
    people = [Holder(post, path) for post, path in held]
    lists = [of(at, post, path) for at, (post, path) in enumerate(signed)]
    found = rules.gaps(people, lists)
    binding = [(each, rules.nearest(lists, each.post, each.path)) for each in people]
    assert list(found.no_list) == [each for each, one in binding if one is None]
    assert {each.id for each in found.no_person} == {each.id for each in lists} - {one.id for _, one in binding if one}
    for each, one in binding:
        fit = [other for other in lists if other.post == each.post and each.path.startswith(other.path)]
        assert one in fit or not fit
        assert all(len(other.path) <= len(one.path) for other in fit if one)


def test_a_duty_that_comes_from_one_which_nobody_has_is_a_gap() -> None:
    """The operator's duties come from the supervisor's; with that list in force nothing is missing below."""
    operator, supervisor, head = (
        of(1, "worker", "/1/"),
        of(2, "lead", "/1/", "supervisor"),
        of(3, "head", "/1/", "workshop-head"),
    )
    assert {duty.above for _, duty in rules.gaps([], [operator]).no_origin} >= {"supervisor.check", "supervisor.stop"}
    assert [one for one, _ in rules.gaps([], [operator, supervisor, head]).no_origin if one is operator] == []


def test_every_shipped_post_and_every_post_of_the_sample_has_a_quiz() -> None:
    """All posts, whatever the lot: three questions, the right one among four, and one kind of each where it can be."""
    shipped_lists = [of(at, draft.code, "/1/", draft.code) for at, draft in enumerate(shipped.drafts(), 1)]
    for lists in (shipped_lists, sample()):
        for own in lists:
            for seed in map(str, range(12)):
                made = rules.quiz(own, lists, seed)
                assert len(made) == rules.QUESTIONS, own.post
                assert made == rules.quiz(own, lists, seed), "the same lot, the same questions"
                for question in made:
                    _fits(question, own, lists)
                assert len({question.duty for question in made}) == rules.QUESTIONS


def _fits(question, own, lists) -> None:  # type: ignore[no-untyped-def]
    mine = {duty.code for duty in own.duties}
    assert question.duty in mine
    assert len(set(question.options)) == rules.OPTIONS
    right = question.options[question.right]
    if question.asks is Asks.WHOSE:
        assert right == own.post
        matter = question.duty.rpartition(".")[2]
        for post in set(question.options) - {own.post}:
            assert not any(duty.matter == matter for each in lists if each.post == post for duty in each.duties)
    else:
        assert right == question.duty
        others = set(question.options) - {right}
        if question.asks is Asks.MINE:
            assert not others & mine
            assert not {code.rpartition(".")[2] for code in others} & {duty.matter for duty in own.duties}


def test_right_answers_stand_at_every_place() -> None:
    """Whoever always taps A is right no more often than by chance."""
    lists = sample()
    places = Counter(q.right for own in lists for seed in range(60) for q in rules.quiz(own, lists, str(seed)))
    total = places.total()
    assert all(0.2 < places[place] / total < 0.3 for place in range(rules.OPTIONS)), places


def test_a_list_that_stands_alone_still_gives_questions_about_how_it_is_checked() -> None:
    """A company that has signed one list only."""
    own = of(1, "worker", "/1/", "supervisor")
    assert {question.asks for question in rules.quiz(own, [own], "a")} == {Asks.CHECK}


# --- checks -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 30), st.integers(1, 6), st.text("abc123", min_size=1, max_size=6))
def test_the_draw_can_be_done_again_and_nobody_is_drawn_twice_before_everybody_was_once(
    people: int, duties: int, name: str
) -> None:
    """Round after round with the same people."""
    times, each = Counter[int](), Counter[tuple[int, str]]()
    for round in range(12):
        candidates = [
            Candidate(id, times[id], tuple((f"d{n}", each[id, f"d{n}"]) for n in range(duties))) for id in range(people)
        ]
        drawn = checks.draw(candidates, f"{name}:{round}")
        assert drawn == checks.draw(list(reversed(candidates)), f"{name}:{round}"), "their order does not matter"
        assert 1 <= len(drawn) <= max(1, people // 5 + 1)
        times.update(id for id, _ in drawn)
        each.update(drawn)
        counts = [times[id] for id in range(people)]
        assert max(counts) - min(counts) <= 1
        for id in range(people):
            mine = [each[id, f"d{n}"] for n in range(duties)]
            assert max(mine) - min(mine) <= 1


def test_who_was_drawn_lately_rests_and_who_has_no_list_is_not_drawn() -> None:
    """Somebody alone in a unit is not looked at every week."""
    assert checks.draw([Candidate(1, 3, (("a", 0),), rested=False)], "r") == []
    assert checks.draw([Candidate(1, 0, ())], "r") == []


# --- goals ------------------------------------------------------------------------------------------------------------


@st.composite
def company(draw: st.DrawFn) -> tuple[list[Goal], list[Step]]:
    """Goals in a tree (some with a parent that is not among them) and steps of them."""
    made = []
    for id in range(1, draw(st.integers(0, 9)) + 1):
        parent = draw(st.one_of(st.none(), st.integers(1, id - 1) if id > 1 else st.none(), st.just(99)))
        state = draw(st.sampled_from(list(State)))
        due = date(2026, 11, draw(st.integers(1, 30)))
        made.append(Goal(id, 1, "/1/", parent, 7, f"goal {id}", draw(st.integers(1, 20)), due, state))
    steps = draw(
        st.lists(
            st.builds(Step, st.integers(1, 12), st.dates(date(2026, 11, 1), date(2026, 11, 30)), st.integers(1, 50)),
            max_size=30,
        )
    )
    return made, steps


@given(company())
def test_every_figure_of_the_week_is_a_sum_of_rows(found: tuple[list[Goal], list[Step]]) -> None:
    """Counts are counts of goals, steps are sums of steps, and what is done below is counted once in each goal above."""
    made, steps = found
    today = date(2026, 11, 18)
    known = {goal.id for goal in made}
    week = goals.digest(made, steps, today)
    assert week.open + week.reached + week.dropped == len(made) == len(week.lines)
    assert week.overdue == sum(goal.state is State.OPEN and goal.due_on < today for goal in made)
    last = [s for s in steps if s.goal in known and today - timedelta(days=7) <= s.on < today]
    assert week.steps_this_week == sum(s.amount for s in last) == sum(line.this_week for line in week.lines)
    mine = sum(s.amount for s in steps if s.goal in known)
    assert sum(line.own for line in week.lines) == mine
    tops = [line for line in week.lines if line.goal.parent not in known]
    assert sum(line.whole for line in tops) == mine, "the goals at the top hold every step once"
    for line in week.lines:
        below = [other.whole for other in week.lines if other.goal.parent == line.goal.id]
        assert line.whole == line.own + sum(below)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mark the walkway", "mark  the WALKWAY!", True),
        ("标出人行道", "标出 人行道。", True),
        ("Mark the walkway", "Mark the walkways", False),
        ("!", "?", False),
    ],
)
def test_two_orders_are_the_same_whatever_their_capitals_spaces_and_marks(one: str, other: str, same: bool) -> None:
    """In one unit; in another unit it is another item."""
    assert (goals.item(1, one) == goals.item(1, other)) is same
    assert goals.item(1, one) != goals.item(2, one)


def test_months_and_places_are_worked_out() -> None:
    """The month before the first of January is December of the year before; a place is kept to three decimals."""
    assert reports.month_before(date(2027, 1, 1)) == "2026-12"
    assert reports.bounds("2026-12")[1] == datetime(2027, 1, 1, tzinfo=UTC)
    assert reports.coarse(41.88312) == 41.883


# --- files ------------------------------------------------------------------------------------------------------------


def test_what_is_exported_is_read_again_as_it_was() -> None:
    """As a table and as YAML, all shipped drafts."""
    entries = [
        sheet.Entry("worker" if at else "lead", "Site", _bare(draft)) for at, draft in enumerate(shipped.drafts()[:2])
    ]
    known = sheet.Known(
        {"Site": "en"}, frozenset({"worker", "lead"}), frozenset(d.above for e in entries for d in e.draft.duties)
    )
    for name, data in (("duties.xlsx", book.exported(entries, "zh")), ("duties.yaml", book.flat(entries))):
        found = taking.INTAKE.read(name, data, known)
        assert not found.broken, found.broken
        assert found.wrong == []
        assert found.entries == entries


def _bare(draft):  # type: ignore[no-untyped-def]
    return Draft("", draft.level, {}, draft.scope, draft.duties)


def test_a_yaml_file_says_line_and_column_of_each_mistake() -> None:
    """An unknown level, a code that is none, a key that nobody reads, a tab."""
    known = sheet.Known({"Site": "en"}, frozenset({"worker"}))
    head = "lists:\n  - post: worker\n    unit: Site\n    level: planet\n    duties:\n"
    text = head + "      - {code: No code, duty: {en: A}, check: {en: B}}\n"
    found = sheet.read_tree("a.yaml", text.encode(), known)
    assert [(each.code, each.where) for each in found.wrong] == [("bad_level", "4:12"), ("bad_code", "6:16")]
    assert (
        "nobody reads 'dutys'"
        in sheet.read_tree("a.yaml", b"lists:\n  - {post: worker, unit: Site, dutys: []}\n", known).broken
    )
    assert sheet.read_tree("a.yaml", b"lists:\n\t- x\n", known).broken.startswith("2:1")
    assert sheet.read_tree("a.yaml", b"", known).broken
