"""What earns points, in any order; what a policy may not say; who decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.importing.problems import Problems
from bot.people.model import Grant, Role, Viewer
from bot.rewards import policy, rules
from bot.rewards.bulletin import rules as bulletin
from bot.rewards.bulletin.model import Consent, Honour
from bot.rewards.model import EARNABLE, Appeal, AppealState, Kind, Policy, Row, Rule
from bot.rewards.penalties import rules as penalties
from bot.rewards.penalties.model import Penalty
from bot.rewards.penalties.model import State as Hearing
from bot.rewards.reading import policies_of

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
KNOWN = {*EARNABLE, "HazardReported", "IncidentOpened", "WasAway"}
LESSON = Rule("lesson", ("LessonRead",), {}, 2, 1, 3, {})
DANGER = Rule("danger", ("HazardConfirmed",), {}, 10, 2, 3, {})


def row(kind: Kind, **more: object) -> Row:
    """A row of somebody's."""
    values: dict[str, object] = {
        "id": 1, "person": 7, "unit": 1, "path": "/1/", "amount": 5, "kind": kind, "rule": None, "policy": None, "fact": None,
        "fact_key": None, "refers": None, "reverses": None, "by": None, "reason": None, "on": NOW.date(), "at": NOW,
        "appeal_by": NOW + timedelta(days=14),
    }  # fmt: skip
    return Row(**values | more)  # type: ignore[arg-type]


def sum_of(facts: list[tuple[str, int]]) -> int:
    """Points of facts (kind, day of the month) as they come, one after another."""
    given: list[tuple[str, int]] = []
    total = 0
    for kind, day in facts:
        for rule in rules.matching(Policy(1, date(2026, 1, 1), (LESSON, DANGER)), kind, {}):
            that_day = sum(each == (rule.code, day) for each in given)
            that_month = sum(each[0] == rule.code for each in given)
            if rules.has_room(rule, that_day, that_month):
                given.append((rule.code, day))
                total += rule.points
    return total


FACTS = st.lists(
    st.tuples(st.sampled_from(["LessonRead", "HazardConfirmed", "WasAway"]), st.integers(1, 5)), max_size=25
)


@given(FACTS, st.randoms())
def test_any_order_of_the_same_facts_gives_the_same_points(facts: list[tuple[str, int]], chance: object) -> None:
    """And it is the points times the smaller of the month's limit and the days' own."""
    shuffled = list(facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum_of(shuffled) == sum_of(facts)
    due = 0
    for rule in (LESSON, DANGER):
        days = [sum((kind, day) == (rule.facts[0], that) for kind, day in facts) for that in range(1, 6)]
        due += rule.points * min(rule.per_month, sum(min(rule.per_day, each) for each in days))
    assert sum_of(facts) == due


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), 1),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 1), 2),
        (date(2030, 1, 1), 2),
    ],
)
def test_the_version_of_a_day_is_the_newest_that_has_begun(on: date, version: int | None) -> None:
    """Before the first there is none."""
    found = rules.policy_on([Policy(2, date(2026, 3, 1), ()), Policy(1, date(2026, 1, 1), ())], on)
    assert (found.version if found else None) == version


@pytest.mark.parametrize(
    ("made", "traced"),
    [
        (row(Kind.EARNED, fact="LessonRead", fact_key="read:1", rule="lesson", policy=1), True),
        (row(Kind.EARNED, fact="LessonRead", fact_key="read:1", rule="lesson"), False),
        (row(Kind.HAND, by=3, reason="Taught"), True),
        (row(Kind.HAND, by=3, reason=""), False),
        (row(Kind.PENALTY, reason="x"), False),
        (row(Kind.HELD, by=7, refers=1), True),
        (row(Kind.HELD, by=3, refers=1), False),
        (row(Kind.REVERSED, by=3, reverses=1), True),
        (row(Kind.REVERSED, by=3), False),
    ],
)
def test_a_row_rests_on_a_fact_or_on_somebodys_decision(made: Row, traced: bool) -> None:
    """A row that says neither is a fault."""
    assert rules.traced(made) is traced


@pytest.mark.parametrize(
    ("able", "tried", "next_one"),
    [
        ([1, 2, 3], [], 1),
        ([1, 2, 3], [1], 2),
        ([1, 2, 3], [1, 2, 3], 1),
        ([1, 2], [1, 2, 1], 2),
        ([1], [1], 1),
        ([], [1], None),
    ],
)
def test_an_appeal_goes_to_the_next_and_begins_anew(able: list[int], tried: list[int], next_one: int | None) -> None:
    """The same one twice in a row only where there is nobody else."""
    assert rules.next_decider(able, tried) == next_one


def test_who_may_appeal_and_when() -> None:
    """Oneself, in time, and not against the end of an appeal or a held reward."""
    assert rules.may_appeal(row(Kind.PENALTY), 7, NOW)
    assert not rules.may_appeal(row(Kind.PENALTY), 8, NOW)
    assert not rules.may_appeal(row(Kind.PENALTY), 7, NOW + timedelta(days=14))
    assert not rules.may_appeal(row(Kind.CORRECTED), 7, NOW)
    assert not rules.may_appeal(row(Kind.HELD), 7, NOW)
    assert not rules.may_appeal(row(Kind.REVERSED, appeal_by=None), 7, NOW)


def test_an_appeal_is_late_once_it_is_due_or_was_passed_on() -> None:
    """And never after it was decided."""
    open_one = Appeal(1, 1, 7, "/1/", "", NOW, 3, NOW, 0, (3,), AppealState.OPEN, None, None, None)
    assert rules.is_late(open_one, NOW)
    assert not rules.is_late(open_one, NOW - timedelta(seconds=1))


# --- the policy file --------------------------------------------------------------------------------------------------

WORDS = "{en: A lesson., zh: 一课。, es: Una lección., ar: درس., ru: Урок.}"


def file(**changed: str) -> str:
    """A policy of one rule, with some of its lines changed or added."""
    lines = {
        "code": "lesson",
        "facts": "[LessonRead]",
        "points": "2",
        "per_day": "1",
        "per_month": "20",
        "words": WORDS,
    } | changed
    rule = "\n".join(f"        {key}: {said}" for key, said in lines.items()).lstrip()
    return f"versions:\n  - version: 1\n    from: 2026-01-01\n    rules:\n      - {rule}\n"


def wrong(text: str) -> str:
    """What is said about a file."""
    problems = Problems("policy.yaml")
    found = policies_of(text, KNOWN, problems)
    assert bool(found) != bool(problems)
    return "\n".join(str(each) for each in problems.found)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"facts": "[IncidentOpened]"}, "policy.yaml:6:16: 'IncidentOpened' is about harm"),
        ({"facts": "[HazardReported]"}, "a report is never penalised, and it earns points only once somebody else has"),
        ({"facts": "[WasAway]"}, "'WasAway' is nothing that somebody did well"),
        ({"facts": "[LessonReed]"}, "no room records 'LessonReed'"),
        ({"facts": "[]"}, "points always rest on a fact"),
        ({"points": "-5"}, "a rule never takes points: reporting is never penalised"),
        ({"points": "0"}, "from 1 to 100"),
        ({"facts": "[HazardReported]", "points": "-5"}, "a report is never penalised"),
        ({"absent": "IncidentOpened"}, "nothing is given for what did not happen"),
        ({"days_since": "30"}, "nothing is given for what did not happen"),
        ({"code": "no-accidents"}, "no points for the absence of injuries"),
        ({"words": WORDS.replace("A lesson.", "A month without an accident.")}, "no points for the absence of injuries"),
        ({"words": WORDS.replace("一课。", "本月无事故。")}, "no points for the absence of injuries"),
        ({"words": WORDS.replace("Una lección.", "Un mes sin accidentes.")}, "no points for the absence of injuries"),
        ({"words": WORDS.replace("Урок.", "Месяц без травм.")}, "no points for the absence of injuries"),
        ({"words": WORDS.replace("درس.", "شهر بلا حوادث.")}, "no points for the absence of injuries"),
        ({"words": "{en: A lesson.}"}, "missing: ar, es, ru, zh"),
        ({"per_day": "100"}, "'per_day' must be a whole number"),
        ({"per_month": "~"}, "'per_month' is missing"),
        ({"wher": "{real: false}"}, "nobody reads 'wher' (did you mean \"where\"?)"),
    ],
)  # fmt: skip
def test_a_policy_that_would_reward_silence_or_punish_reports_is_refused(changed: dict[str, str], said: str) -> None:
    """With its place and a reason in plain words, like any other mistake."""
    found = wrong(file(**changed))
    if said.startswith("missing: "):
        assert all(lang in found for lang in ("ar", "es", "ru", "zh"))
    else:
        assert said in found


def test_a_version_begins_with_a_month_and_versions_stand_in_order() -> None:
    """Otherwise the order of facts within a month would decide."""
    assert "first day of a month" in wrong(file().replace("2026-01-01", "2026-01-15"))
    twice = file() + dedent(file()).split("\n", 1)[1].replace("    from", "    from")
    assert "higher number" in wrong(twice)


def test_a_good_policy_is_read_and_the_shipped_one_is_good() -> None:
    """With `where`; and what ships."""
    assert not wrong(file(where="{real: false}"))
    [shipped] = policy.load(None, KNOWN)
    assert {fact for rule in shipped.rules for fact in rule.facts} <= set(EARNABLE)
    assert policy.from_json(policy.to_json(shipped.rules)) == shipped.rules


@pytest.mark.parametrize(
    "words", ["zero incidents", "30 days since the last one", "cero accidentes", "零事故", "без аварий", "بدون إصابات"]
)
def test_praise_of_silence_is_found(words: str) -> None:
    """The usual ways to say it, in every language."""
    assert rules.praises_silence(words)


@pytest.mark.parametrize(
    "words",
    [
        "Taught the newcomers",
        "Put the guard back after the accident drill",
        "教新同事锁闭",
        "Enseñó a dos colegas",
        "Помощь новичкам",
    ],
)
def test_praise_of_what_was_done_is_not(words: str) -> None:
    """Also where a word of harm stands in it."""
    assert not rules.praises_silence(words)


@pytest.mark.parametrize("words", ["She reported it", "reportó el peligro", "他上报了", "Он сообщил", "قدّم بلاغاً"])
def test_words_about_reporting_are_found(words: str) -> None:
    """Such a penalty is refused."""
    assert rules.about_reporting(words)


# --- hearings and the bulletin ----------------------------------------------------------------------------------------


def who(person: int, *roles: Role) -> Viewer:
    """Somebody with roles over everything."""
    return Viewer(person, "/1/", tuple(Grant(role, 1, "/1/") for role in roles))


@pytest.mark.parametrize(
    ("viewer", "replied", "days", "may"),
    [
        (who(3, Role.HR), True, 0, True),
        (who(3, Role.HR), False, 4, False),
        (who(3, Role.HR), False, 5, True),
        (who(3, Role.SUPERVISOR), True, 0, False),
        (who(9, Role.HR), True, 0, False),
        (who(7, Role.MANAGER), True, 0, False),
    ],
)
def test_who_decides_a_penalty_and_when(viewer: Viewer, replied: bool, days: int, may: bool) -> None:
    """A second person (9 proposed it, 7 is concerned), after an answer or five days."""
    found = Penalty(
        1, 7, 1, "/1/", 5, "", 9, NOW, NOW + penalties.REPLY, "x" if replied else None, NOW if replied else None,
        Hearing.OPEN, None, None, None, None,
    )  # fmt: skip
    assert penalties.may_decide(found, viewer, NOW + timedelta(days=days)) is may


@pytest.mark.parametrize(
    ("consent", "allowed", "shown"),
    [(Consent.YES, True, True), (Consent.YES, False, False), (Consent.ASKED, True, False), (Consent.NO, True, False)],
)
def test_a_name_is_shown_only_where_the_unit_and_the_person_allow_it(
    consent: Consent, allowed: bool, shown: bool
) -> None:
    """Silence is no yes."""
    assert bulletin.shows_name(Honour(1, 7, "/1/", "2026-11", "x", 3, consent), allowed) is shown


def test_a_figure_of_fewer_than_five_people_is_kept() -> None:
    """However many points they got."""
    assert bulletin.figures([("lesson", 40, 5), ("fix", 40, 4)]) == [
        {"rule": "lesson", "count": 40}, {"rule": "fix", "count": None},
    ]  # fmt: skip
    assert bulletin.month_before(date(2027, 1, 15)) == "2026-12"
    assert bulletin.bounds("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
