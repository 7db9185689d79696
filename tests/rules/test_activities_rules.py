"""How campaigns are written, when what is due, who wins, and what reports and looking mean together: tables of cases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.activities import rules
from bot.activities.model import Danger, Entry, Judged, Reading, Verdict, Wave
from bot.activities.statistics import Pairs

WORDS = "Hands out\nWe look at every guard.\n? When?\n+ Locked off\n- Always"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (WORDS, ""),
        ("Hands out\nWe look at every guard.", ""),
        ("Only a title", "words"),
        (WORDS.replace("+ Locked off\n", ""), "right"),
        (WORDS.replace("- Always", "+ Always"), "right"),
        (WORDS.replace("- Always", ""), "wrong"),
        (WORDS.replace("- Always", "- locked OFF"), "same"),
        (WORDS + "\n? Why?\n+ So\n- No" * 3, "many"),
        (WORDS.replace("Hands out", "H" * 81), "long"),
        (WORDS.replace("We look", "We look " * 100), "long"),
        ("手不进压力机\n每天检查防护罩。\n？什么时候？\n＋上锁以后\n－总是", ""),
    ],
)
def test_a_campaign_is_read_as_it_is_typed(typed: str, why: str) -> None:
    """Marks of Chinese and Arabic keyboards are read too; what is missing is said by one word."""
    found, missing = rules.read(typed)
    assert missing == why
    assert (found is None) == bool(why)


def test_each_language_has_to_ask_as_much() -> None:
    """Otherwise its readers would be measured otherwise."""
    one, other = rules.read(WORDS)[0], rules.read(WORDS + "\n- Never")[0]
    assert one is not None
    assert other is not None
    assert rules.same_questions({"en": one, "es": one})
    assert not rules.same_questions({"en": one, "es": other})


def test_answers_stand_in_another_order_each_time() -> None:
    """So that nobody learns the place of the right one; for one person and time it is always the same."""
    written, _ = rules.read(WORDS + "\n- Never\n- On Mondays")
    assert written is not None
    [question] = written.questions
    orders = {tuple(rules.answers(question, 1, 0, wave, person)) for wave in Wave for person in range(30)}
    assert len(orders) > 12
    assert all(sum(right for _, right in order) == 1 for order in orders)


def test_a_staggered_start_gives_each_team_its_own_time() -> None:
    """Two weeks apart, as long for each; the verdict waits for the last one's weeks and for its reports to be confirmed."""
    order = [(9, "/1/9/"), (7, "/1/7/"), (8, "/1/8/")]
    starts = rules.staggered(order, date(2027, 1, 4), 14, 2)
    assert [(each.unit, each.starts_on.day, each.ends_on.isoformat()) for each in starts] == [
        (9, 4, "2027-01-17"), (7, 18, "2027-01-31"), (8, 1, "2027-02-14"),
    ]  # fmt: skip
    assert rules.measured_on(starts) == date(2027, 2, 1) + 8 * (date(2027, 1, 8) - date(2027, 1, 1)) + rules.SETTLE
    assert rules.window(Wave.BEFORE, starts[1], 6) == (date(2027, 1, 11), date(2027, 1, 17))
    assert rules.window(Wave.AFTER, starts[1], 6) == (date(2027, 2, 1), date(2027, 2, 10))
    assert rules.window(Wave.LATER, starts[1], 6) == (date(2027, 3, 14), date(2027, 3, 28))


def entry(id: int, votes: int, state: Judged = Judged.IN) -> Entry:
    """An entry with so many votes."""
    return Entry(id, 1, id, "", None, state, votes, datetime(2027, 1, id, tzinfo=UTC))


def test_the_jury_is_asked_about_the_one_with_the_most_votes_that_it_has_not_refused() -> None:
    """What it lets not in is never a candidate; the older one goes first where votes are equal."""
    assert rules.candidate([entry(1, 2), entry(2, 3), entry(3, 3)]).id == 2  # type: ignore[union-attr]
    assert rules.candidate([entry(1, 2), entry(2, 3, Judged.NOT_WON), entry(3, 9, Judged.OUT)]).id == 1  # type: ignore[union-attr]
    assert rules.candidate([entry(1, 2), entry(2, 3, Judged.WON)]) is None
    assert rules.candidate([entry(1, 5, Judged.WAITING)]) is None


def test_the_prize_list_begins_with_the_approved_one_and_as_many_votes_share_a_place() -> None:
    """Refused for the prize is not out of the list; left out by the jury is."""
    found = rules.prize_list(
        [
            entry(1, 4, Judged.NOT_WON),
            entry(2, 3, Judged.WON),
            entry(3, 1),
            entry(4, 1),
            entry(5, 0),
            entry(6, 8, Judged.OUT),
        ]
    )
    assert [(place, each.id) for place, each in found] == [(1, 2), (2, 1), (3, 3), (3, 4), (5, 5)]


@pytest.mark.parametrize(
    ("yes", "no", "jury", "to"),
    [
        (1, 0, 2, Judged.IN), (2, 0, 2, Judged.WON), (1, 1, 2, Judged.NOT_WON), (1, 1, 3, Judged.IN),
        (2, 1, 3, Judged.WON), (1, 2, 3, Judged.NOT_WON), (2, 2, 5, Judged.IN), (2, 3, 5, Judged.NOT_WON),
    ],
)  # fmt: skip
def test_more_than_half_of_the_jury_has_to_say_yes(yes: int, no: int, jury: int, to: Judged) -> None:
    """Once that cannot be any more, it is refused and the next is asked about."""
    assert rules.verdict_of_jury(yes, no, jury) is to


F, M, W, S = Verdict.FEW, Verdict.MORE, Verdict.FEWER, Verdict.OPEN


@pytest.mark.parametrize(
    ("reports", "looks", "reading"),
    [
        (M, S, Reading.MORE_REPORTING), (M, F, Reading.MORE_REPORTING), (M, M, Reading.MORE_DANGER),
        (S, M, Reading.MORE_DANGER), (M, W, Reading.LESS_DANGER), (W, W, Reading.LESS_DANGER),
        (W, S, Reading.LESS_REPORTING), (W, F, Reading.LESS_REPORTING), (S, S, Reading.NOTHING), (F, S, Reading.NOTHING),
        (F, F, Reading.FEW), (Verdict.EARLY, M, Reading.EARLY),
    ],
)  # fmt: skip
def test_reports_alone_are_never_read_as_danger(reports: Verdict, looks: Verdict, reading: Reading) -> None:
    """More danger or less is said by looking alone; reports say how much is said."""
    assert rules.reading(reports, looks) is reading


@pytest.mark.parametrize(
    ("after", "before", "ready", "verdict"),
    [
        (20, 60, True, Verdict.FEWER), (60, 20, True, Verdict.MORE), (42, 45, True, Verdict.OPEN),
        (2, 40, True, Verdict.FEW), (20, 60, False, Verdict.EARLY),
    ],
)  # fmt: skip
def test_there_is_no_verdict_from_too_few_or_before_its_day(
    after: int, before: int, ready: bool, verdict: Verdict
) -> None:
    """42 events are too few even where they look impressive: the number was set before anybody looked."""
    found = rules.compare(after, 1000, before, 1000, ready=ready)
    assert (found.verdict, found.needed) == (verdict, 77)
    assert found.ratio is not None
    assert found.ratio.low < after / before < found.ratio.high


def test_without_any_exposure_there_is_no_ratio() -> None:
    """Nobody worked there, or nobody inspected: nothing is divided by nothing."""
    assert rules.compare(0, 0, 0, 100, ready=True).verdict is Verdict.FEW
    assert rules.compare(3, 0, 2, 0, ready=False).ratio is None


def test_few_people_give_no_verdict_however_much_they_learned() -> None:
    """12 of 12 learned it: 42 are needed. With 60 there is one, with its interval."""
    few = rules.learned(Wave.AFTER, Pairs(0, 0, 12, 0), None, ready=True)
    assert (few.verdict, few.needed) == (Verdict.FEW, 42)
    many = rules.learned(Wave.AFTER, Pairs(20, 3, 22, 15), None, ready=True)
    assert many.verdict is Verdict.MORE
    assert many.change is not None
    assert many.change.low > 0.1


def test_milder_reports_are_told_from_chance() -> None:
    """20 of 40 severe before, 20 of 120 after: milder. 2 of 4 and 1 of 4 say nothing."""

    def some(severe: int, of: int) -> list[Danger]:
        return [Danger("/1/", date(2027, 1, 1), False, 3 if n < severe else 1, True) for n in range(of)]

    assert rules.milder(rules.mix(some(20, 40), some(20, 120)))
    assert not rules.milder(rules.mix(some(2, 4), some(1, 4)))
    assert rules.mix([], some(1, 2)).change is None
