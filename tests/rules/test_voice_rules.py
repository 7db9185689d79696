"""Decisions about voices: what an answer shares with a question, what of a survey may be shown, until when a pledge holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.languages import LANGUAGES
from bot.voice.interviews import rules as interviews
from bot.voice.interviews.model import Kind, Round
from bot.voice.interviews.model import State as RoundState
from bot.voice.pledge import rules as pledge
from bot.voice.pledge.content import scenes
from bot.voice.pledge.model import HARMS
from bot.voice.proposals import rules as proposals
from bot.voice.proposals.model import Proposal, Stand, Voice
from bot.voice.proposals.model import State as ProposalState
from bot.voice.pulse import rules as pulse
from bot.voice.pulse.content import climate
from bot.voice.pulse.model import FIVE, Figure
from bot.voice.questions import rules as questions
from bot.voice.suggestions import rules as suggestions
from bot.voice.suggestions.model import State, Suggestion

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "stems"),
    [
        ("May I wear GLOVES?", ["may", "wear", "gloves"]),
        ("at a 5", ["5"]),
        ("戴手套吗", ["戴手", "手套", "套吗"]),
        ("坑", ["坑"]),
        ("القفازات", ["قفازات"[:6]]),
        ("Перчатки перчатками", ["перчат"]),
        ("?! …", []),
    ],
)
def test_a_text_is_found_by_the_beginnings_of_its_words(words: str, stems: list[str]) -> None:
    """Without capitals, endings and articles; of Chinese by pairs of signs."""
    assert questions.stems(words) == stems


def test_a_rare_word_says_more_than_a_frequent_one() -> None:
    """And a word that no answer has counts against all of them."""
    common = {"the": 90, "drill": 2, "glove": 3}
    wanted = ["the", "drill", "glove"]
    rare = questions.alike(wanted, {"drill", "glove"}, common, 100)
    assert rare > questions.alike(wanted, {"the", "glove"}, common, 100) > questions.alike(wanted, {"the"}, common, 100)
    assert questions.alike(wanted, set(wanted), common, 100) == pytest.approx(1)
    assert questions.alike(["unheard"], {"drill"}, common, 100) == 0
    assert questions.alike([], {"drill"}, common, 100) == 0


@pytest.mark.parametrize(("rung", "does"), [(0, "remind"), (1, "escalate"), (2, "again"), (9, "again")])
def test_a_question_climbs_once_and_is_then_brought_up_each_week(rung: int, does: str) -> None:
    """A day before the deadline, at it, and after it."""
    step, wait = questions.next_step(rung)
    assert step == does
    assert wait == (timedelta(days=1) if rung == 0 else timedelta(days=7))


# --- surveys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, set()),
        ({1: 4}, set()),
        ({1: 5}, {1}),
        ({1: 5, 2: 5}, {1, 2}),
        ({1: 5, 2: 4}, set()),
        ({1: 5, 2: 0}, {1}),
        ({1: 9, 2: 6, 3: 4}, {1}),
        ({1: 9, 2: 3, 3: 4}, {1}),
        ({1: 9, 2: 2, 3: 2}, set()),
        ({1: 9, 2: 7, 3: 2, 4: 2}, {1}),
        ({1: 9, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}, {1}),
    ],
)
def test_what_is_hidden_cannot_be_worked_out_from_what_is_shown(counts: dict[int, int], shown: set[int]) -> None:
    """A single hidden part, or several of fewer than five together, take the smallest other with them."""
    assert pulse.shown(counts) == shown


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 12), max_size=8))
def test_whatever_the_whole_less_the_shown_parts_is_it_is_of_nobody_or_of_five(counts: dict[int, int]) -> None:
    """Nor is a shown part of fewer than five."""
    shown = pulse.shown(counts)
    left = {part: count for part, count in counts.items() if part not in shown and count}
    assert all(counts[part] >= FIVE for part in shown)
    assert not shown or not left or (len(left) >= 2 and sum(left.values()) >= FIVE)


def test_each_statement_is_judged_for_itself() -> None:
    """Where one has skipped the second, its parts are hidden and those of the first are not."""
    cells = {7: [[0, 0, 0, 1, 4], [0, 0, 0, 0, 4]], 8: [[5, 0, 0, 0, 0], [0, 0, 5, 0, 0]]}
    first, second = pulse.results([{"en": "a"}, {"en": "b"}], cells)
    assert first.whole == Figure(10, 50)
    assert first.parts == {7: Figure(5, 100), 8: Figure(5, 0)}
    assert second.whole == Figure(9, 45), "four of nine, in steps of five"
    assert second.parts == {7: None, 8: None}
    assert [each.whole for each in pulse.results([{"en": "a"}], {})] == [None]


def test_an_answer_is_one_more_in_a_sum() -> None:
    """The sums that were there stay as they are."""
    before = pulse.empty(2)
    assert pulse.added(before, 1, 4) == [[0] * 5, [0, 0, 0, 1, 0]]
    assert before == [[0] * 5, [0] * 5]


@pytest.mark.parametrize(
    ("typed", "good"), [("One\n\n Two ", ["One", "Two"]), ("", []), ("\n".join("abcdefghi"), []), ("x" * 161, [])]
)
def test_own_statements_are_one_a_line(typed: str, good: list[str]) -> None:
    """Not more than eight, none too long."""
    assert pulse.statements(typed) == good


# --- suggestions and proposals ----------------------------------------------------------------------------------------

IDEA = Suggestion(1, 2, 3, "/3/", "A mirror", State.OPEN, "", None, None, None, None, "", NOW, 0)


@pytest.mark.parametrize(
    ("state", "rung", "step"),
    [
        (State.OPEN, 0, "decide"),
        (State.OPEN, 1, "decide_above"),
        (State.DEFERRED, 0, "back"),
        (State.ACCEPTED, 0, "due"),
        (State.ACCEPTED, 3, "overdue"),
        (State.DONE, 0, ""),
        (State.REJECTED, 0, ""),
    ],
)
def test_a_suggestion_is_brought_up_until_it_is_over(state: State, rung: int, step: str) -> None:
    """Undecided, put off, due, overdue; nothing of what is done or was not accepted."""
    assert suggestions.next_step(replace(IDEA, state=state, rung=rung)) == step


def test_a_suggestion_is_overdue_the_day_after_its_day() -> None:
    """Only where it was accepted."""
    given_ = replace(IDEA, state=State.ACCEPTED, due_on=date(2026, 12, 1))
    assert [suggestions.overdue(given_, date(2026, 12, day)) for day in (1, 2)] == [False, True]
    assert not suggestions.overdue(replace(given_, state=State.DONE), date(2026, 12, 2))


AGREES, DISSENTS, SILENT = Voice(1, Stand.AGREES, ""), Voice(2, Stand.DISSENTS, "No"), Voice(3, None, "")
PUT = Proposal(1, 3, "/3/", 9, "Two people", ProposalState.OPEN, NOW, NOW + timedelta(days=7), "", None, None, 0)


@pytest.mark.parametrize(
    ("voices", "days", "state", "may"),
    [
        ([AGREES, DISSENTS], 0, ProposalState.OPEN, True),
        ([AGREES, SILENT], 6, ProposalState.OPEN, False),
        ([AGREES, SILENT], 7, ProposalState.OPEN, True),
        ([AGREES, DISSENTS], 7, ProposalState.DROPPED, False),
    ],
)
def test_a_proposal_is_decided_when_all_have_spoken_or_the_week_is_over(
    voices: list[Voice], days: int, state: ProposalState, may: bool
) -> None:
    """Nobody is passed over by a quick decision, and nobody can hold it up for ever."""
    assert proposals.may_be_decided(replace(PUT, state=state), voices, NOW + timedelta(days=days)) is may
    counted = proposals.counted(voices)
    assert counted["asked"] == counted["agreed"] + counted["dissented"] + counted["silent"] == len(voices)


# --- interviews and the pledge ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step"), [(RoundState.PLANNED, "hold"), (RoundState.HELD, "follow"), (RoundState.CLOSED, "")]
)
def test_interviews_are_brought_up_until_it_is_said_what_changed(state: RoundState, step: str) -> None:
    """First that they are held, then that they are followed up."""
    found = Round(1, 3, "/3/", 9, Kind.OPINION, "Breaks", date(2026, 12, 1), state, "", NOW, 0)
    assert interviews.next_step(found) == step


@pytest.mark.parametrize(
    ("on", "before", "until"),
    [
        (date(2026, 11, 18), None, date(2027, 11, 17)),
        (date(2027, 11, 10), date(2027, 11, 17), date(2028, 11, 17)),
        (date(2028, 1, 1), date(2027, 11, 17), date(2028, 12, 31)),
        (date(2028, 2, 29), None, date(2029, 2, 28)),
    ],
)
def test_a_pledge_holds_a_year_counted_from_the_end_of_one_that_still_holds(
    on: date, before: date | None, until: date
) -> None:
    """Nobody loses days by renewing early."""
    assert pledge.until(on, before) == until


def test_everybody_gets_one_scene_for_each_of_the_four_and_another_one_next_year() -> None:
    """The shipped ones; each has three answers, all in every language."""
    this, next_ = (pledge.scenes(scenes(), 7, year) for year in (2026, 2027))
    assert [scene.harm for scene in this] == list(HARMS)
    assert not {scene.code for scene in this} & {scene.code for scene in next_}
    for scene in scenes():
        assert len(scene.answers) == 3
        assert all(set(words) == set(LANGUAGES) for words in (scene.says, scene.why, *scene.answers))
    assert all(set(words) == set(LANGUAGES) for words in climate())


def test_the_right_answer_stands_nowhere_in_particular() -> None:
    """Over people, scenes and tries each place comes as often as another."""
    at = [
        pledge.order(person, nth, tries, 3).index(0) for person in range(30) for nth in range(4) for tries in range(3)
    ]
    assert [at.count(place) for place in range(3)] == [120, 120, 120]
    assert all(sorted(pledge.order(person, 1, 0, 3)) == [0, 1, 2] for person in range(5))
