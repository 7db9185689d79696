"""What may happen to an incident, what it lacks, which clocks run and when; and that the shipped files say what their facts say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.languages import LANGUAGES
from bot.incidents import rules
from bot.incidents.company import BadClocks, load
from bot.incidents.model import CHOICES, Dossier, Incident, Move, Outcome, Rule, State
from bot.library.shipped import marks, places_of

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
WHOLE = Dossier(True, 1, 1, 1, 1, 0, 1, 0)
SHIPPED = load(None)


@pytest.mark.parametrize(
    ("state", "move", "severe", "to"),
    [
        (State.REPORTED, Move.CLASSIFY, True, State.INVESTIGATING),
        (State.REPORTED, Move.CLASSIFY, False, State.NOTED),
        (State.NOTED, Move.CLASSIFY, True, State.INVESTIGATING),
        (State.NOTED, Move.CLASSIFY, False, State.NOTED),
        (State.INVESTIGATING, Move.CLASSIFY, False, State.INVESTIGATING),
        (State.REVIEW, Move.CLASSIFY, True, State.REVIEW),
        (State.CLOSED, Move.CLASSIFY, True, None),
        (State.NOTED, Move.INVESTIGATE, False, State.INVESTIGATING),
        (State.REPORTED, Move.INVESTIGATE, False, None),
        (State.INVESTIGATING, Move.SUBMIT, False, State.REVIEW),
        (State.NOTED, Move.SUBMIT, False, None),
        (State.INVESTIGATING, Move.SIGN, False, None),
        (State.REVIEW, Move.SIGN, False, State.CLOSED),
        (State.REVIEW, Move.SEND_BACK, False, State.INVESTIGATING),
        (State.CLOSED, Move.SEND_BACK, False, None),
        (State.CLOSED, Move.REOPEN, False, State.INVESTIGATING),
        (State.REVIEW, Move.REOPEN, False, None),
    ],
)
def test_where_a_move_leads(state: State, move: Move, severe: bool, to: State | None) -> None:
    """Nothing is closed but by a signature, and nothing is signed but out of review."""
    assert rules.after(state, move, is_severe=severe) is to


def test_only_a_signature_closes() -> None:
    """Over all states and moves."""
    closing = {(s, m) for s in State for m in Move for severe in (True, False)
               if s is not State.CLOSED and rules.after(s, m, is_severe=severe) is State.CLOSED}  # fmt: skip
    assert closing == {(State.REVIEW, Move.SIGN)}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_asks_for_an_investigation(outcome: Outcome) -> None:
    """From medical treatment on, and each major danger; where the company sets a milder one, from there."""
    hard = {Outcome.DANGER, Outcome.MEDICAL, Outcome.LOST_TIME, Outcome.HOSPITAL, Outcome.LOSS, Outcome.FATAL}
    assert rules.severe(outcome) is (outcome in hard)
    assert rules.severe(outcome, Outcome.NEAR_MISS)


@pytest.mark.parametrize(
    ("change", "move", "lack"),
    [
        ({"owner": False}, Move.SUBMIT, "owner"),
        ({"moments": 0}, Move.SUBMIT, "moments"),
        ({"immediate": 0}, Move.SUBMIT, "immediate"),
        ({"root": 0}, Move.SUBMIT, "root"),
        ({"actions": 0}, Move.SUBMIT, "actions"),
        ({"lessons": 0}, Move.SUBMIT, "lessons"),
        ({"actions_open": 1}, Move.SIGN, "actions_done"),
        ({"clocks_running": 1}, Move.SIGN, "clocks"),
        ({"root": 0}, Move.SIGN, "root"),
    ],
)
def test_what_an_investigation_lacks(change: dict[str, int], move: Move, lack: str) -> None:
    """Each thing for itself; an open action and a running clock hinder the signature, not the review."""
    assert rules.lacks(WHOLE, move) == ()
    assert rules.lacks(replace(WHOLE, **change), move) == (lack,)
    if lack in ("actions_done", "clocks"):
        assert rules.lacks(replace(WHOLE, **change), Move.SUBMIT) == ()


def test_nobody_signs_their_own() -> None:
    """Neither the owner nor the team."""
    of = Incident(1, "k", None, 1, "/1/", None, None, None, None, None, State.REVIEW, 5, None, 0, NOW, None, None)
    assert [rules.may_sign(of, who, [6]) for who in (5, 6, 7)] == [False, False, True]


# --- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jurisdiction", "where", "outcome", "applies"),
    [
        ("US", "US", Outcome.FATAL, True),
        ("US", "US-CA", Outcome.FATAL, True),
        ("US", "USSR", Outcome.FATAL, False),
        ("US", "CN", Outcome.FATAL, False),
        ("US", "", Outcome.FATAL, False),
        ("any", "CN", Outcome.FATAL, True),
        ("US", "US", Outcome.LOSS, False),
    ],
)
def test_which_rule_speaks_of_an_incident(jurisdiction: str, where: str, outcome: Outcome, applies: bool) -> None:
    """By jurisdiction and outcome, and nothing is taken from a neighbour's law."""
    rule = Rule("r", jurisdiction, frozenset({Outcome.FATAL}), 8, {"en": "tell"}, "source")
    assert rules.applies(rule, where, outcome) is applies


@given(st.floats(0.1, 2000), st.lists(st.floats(0, 1.3), min_size=1, max_size=30))
def test_a_clock_is_brought_up_at_most_twice_and_never_after_its_end(hours: float, looks: list[float]) -> None:
    """However often it is looked at, in order."""
    due, reminded = NOW + timedelta(hours=hours), 0
    for share in sorted(looks):
        now = NOW + (due - NOW) * share
        if rules.reminder_due(NOW, due, reminded, now):
            assert now < due
            assert now >= NOW + (due - NOW) * rules.SHARES[reminded]
            reminded += 1
    assert reminded <= len(rules.SHARES)
    upcoming = rules.next_look(NOW, due, reminded)
    assert upcoming is not None
    assert upcoming <= due


def test_a_clock_counts_from_when_it_became_known() -> None:
    """The first outcome from the report on; a worse one that becomes known later from then on. Without a time none is looked at."""
    later = NOW + timedelta(days=3)
    assert rules.clock_starts(NOW, True, later) == NOW
    assert rules.clock_starts(NOW, False, later) == later
    assert rules.next_look(NOW, None, 0) is None
    assert not rules.reminder_due(NOW, None, 0, later)


# --- typed ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "at", "rest"),
    [
        ("08:05 the rope slipped", datetime(2026, 11, 18, 14, 5, tzinfo=UTC), "the rope slipped"),
        ("8.05: the rope", datetime(2026, 11, 18, 14, 5, tzinfo=UTC), "the rope"),
        ("٠٨:٠٥ انزلق الحبل", datetime(2026, 11, 18, 14, 5, tzinfo=UTC), "انزلق الحبل"),
        ("2026-11-17 23:59 night", datetime(2026, 11, 18, 5, 59, tzinfo=UTC), "night"),
        ("the rope slipped", None, "the rope slipped"),
        ("23:59 not yet", None, "not yet"),
        ("99:99 no time", None, "99:99 no time"),
        ("2026-13-40 08:00 no day", None, "2026-13-40 08:00 no day"),
        ("08:05", datetime(2026, 11, 18, 14, 5, tzinfo=UTC), ""),
    ],
)
def test_a_time_in_front_of_what_was_typed(said: str, at: datetime | None, rest: str) -> None:
    """On the wall clock of the site, in any digits; what has not been yet is no moment of it."""
    assert rules.when_said(said, date(2026, 11, 18), "America/Chicago", NOW) == (at, rest)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_without_a_fault(said: str) -> None:
    """And a time that is found has been."""
    at, _ = rules.when_said(said, date(2026, 11, 18), "America/Chicago", NOW)
    assert at is None or at <= NOW


# --- the shipped files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", SHIPPED.cards, ids=lambda card: card.code)
def test_a_first_aid_card_is_whole_in_every_language_and_names_facts(card) -> None:  # type: ignore[no-untyped-def]
    """No figures in it: courses differ, and whoever has learnt it follows what they learnt. One is the number of a section."""
    for words in (card.name, *card.steps):
        assert set(words) == set(LANGUAGES)
        figures = {tuple(re.findall(r"\d+", each)) for each in words.values()}
        assert figures <= {(), ("4",)}, words
    assert set(card.facts) <= set(marks())


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.code)
def test_a_shipped_clock_follows_a_fact_of_its_own_jurisdiction(rule: Rule) -> None:
    """And says when no official text of it was seen."""
    assert rule.fact is not None
    fact = marks()[rule.fact]
    assert places_of(fact.jurisdiction) == {rule.jurisdiction}
    assert rule.seen is ("P:" in fact.mark)
    assert set(rule.what) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("code", "hours"),
    [("us-osha-death", 8), ("us-osha-serious", 24), ("cn-493", 1), ("cn-major-danger", None),
     ("uk-riddor-serious", 10 * 24), ("uk-riddor-absence", 15 * 24)],
)  # fmt: skip
def test_the_times_of_the_shipped_clocks(code: str, hours: float | None) -> None:
    """As the fact base has them: 1904.39, Order 493, RIDDOR; where it names no time there is none."""
    rule = SHIPPED.rule(code)
    assert rule is not None
    assert rule.hours == hours


def test_every_outcome_that_can_be_chosen_is_no_danger_and_terms_name_facts() -> None:
    """A major danger is judged on its hazard and nowhere else."""
    assert Outcome.DANGER not in CHOICES
    assert {term.fact for term in SHIPPED.terms} <= set(marks())


def test_a_file_of_the_company_takes_the_place_of_ours_and_its_mistakes_come_with_their_places(tmp_path: Path) -> None:
    """All at once; the operator sees them before the bot starts."""
    own = tmp_path / "clocks.yaml"
    own.write_text(
        "investigate_from: first_aid\nrules:\n  - {code: house, jurisdiction: US, outcomes: [first_aid], hours: 2,"
        " source: house rule 7, what: {en: Tell the works council}}\n"
    )
    found = load(tmp_path)
    assert [rule.code for rule in found.rules] == ["house"]
    assert found.investigated_from is Outcome.FIRST_AID
    assert len(found.cards) == len(SHIPPED.cards)
    own.write_text(
        "rules:\n  - {code: a b, jurisdiction: US, outcomes: [fatl], hours: soon, fact: XXX-99, what: {en: Tell}}\n"
        "  - {code: c, jurisdiction: US, outcomes: [fatal], what: {en: Tell}}\n"
    )
    with pytest.raises(BadClocks) as caught:
        load(tmp_path)
    said = str(caught.value)
    for part in (
        "no spaces",
        "'fatl' is no outcome",
        "must be a number of hours",
        "'XXX-99' is no fact",
        "'source' is missing",
    ):
        assert part in said, said
