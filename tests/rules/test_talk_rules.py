"""Toolbox talks: who is expected, how long one was, how often a message changes, and what may be shown of answers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.i18n.say import render
from bot.learning.talks import rules, showing
from bot.learning.talks.model import Asking, State, Talk
from bot.library.kinds.one import KIND
from bot.library.kinds.options import OptionsPayload
from bot.library.model import Option, Question
from bot.people.model import Shift, Unit, UnitKind
from bot.people.rules import Presence

AT = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
DAY = Shift("day", "Day", time(8), time(16))
NIGHT = Shift("night", "Night", time(22), time(6))
DOCK = Unit(4, 2, UnitKind.TEAM, "Dock Team", "/1/2/4/", "UTC", "US", "en")
TALK = Talk(1, 1, -7, DOCK, "dry-floor", 1, State.OPEN, 9, AT, AT, None, None, 1, None)


@pytest.mark.parametrize(
    ("presence", "hour", "minute", "expected"),
    [
        (Presence(DAY, DAY, False), 9, 0, True),
        (Presence(DAY, DAY, False), 7, 20, True),
        (Presence(DAY, DAY, False), 7, 10, False),
        (Presence(DAY, DAY, False), 16, 40, True),
        (Presence(DAY, DAY, False), 17, 0, False),
        (Presence(DAY, DAY, True), 9, 0, False),
        (Presence(None, DAY, False), 9, 0, False),
        (Presence(None, NIGHT, False), 5, 30, True),
        (Presence(NIGHT, NIGHT, False), 21, 30, True),
        (Presence(NIGHT, NIGHT, False), 12, 0, False),
    ],
)
def test_who_is_expected_is_at_work_or_nearly(presence: Presence, hour: int, minute: int, expected: bool) -> None:
    """Talks are held where shifts meet; whoever is on leave, off or of another shift has missed nothing."""
    assert rules.is_expected(presence, AT.replace(hour=hour, minute=minute), "UTC") is expected


@pytest.mark.parametrize(
    ("last", "closed", "minutes"),
    [(0, 0, 1), (4, 5, 5), (4, 14, 14), (4, 15, 4), (12, 240, 12), (90, 95, 60), (0, 240, 1)],
)
def test_a_talk_lasted_until_it_was_closed_or_forgotten(last: int, closed: int, minutes: int) -> None:
    """Hours in which nobody tapped are no training; nor is more than an hour."""
    assert rules.minutes(AT, AT + timedelta(minutes=last), AT + timedelta(minutes=closed)) == minutes


def test_thirty_taps_in_a_second_are_two_edits() -> None:
    """The first at once, the others together after the gap; a later one waits for nothing."""
    edits, at = [], None
    for tap in range(30):
        at = rules.next_edit(at, AT + timedelta(seconds=tap / 30))
        edits.append(at)
    assert sorted(set(edits)) == [AT, AT + rules.EDIT_GAP]
    later = AT + timedelta(minutes=1)
    assert rules.next_edit(at, later) == later
    busy, at = set[datetime](), None
    for tap in range(600):
        at = rules.next_edit(at, AT + timedelta(seconds=tap / 10))
        busy.add(at)
    assert len(busy) <= 11, "a minute of taps without pause; Telegram allows 20"


def test_two_of_one_name_are_told_apart() -> None:
    """For the leader's eyes only."""
    assert rules.first_names(["Ana Ortiz", "Ana Morales", "Kofi Mensah", "陈梅"]) == [
        "Ana O.",
        "Ana M.",
        "Kofi",
        "陈梅",
    ]
    assert rules.first_names([]) == []


@pytest.mark.parametrize(
    ("answered", "right", "shows"),
    [(0, 0, False), (4, 2, False), (4, 4, False), (5, 0, False), (5, 1, False), (5, 2, True), (8, 8, True)],
)
def test_a_share_is_shown_only_where_it_gives_nobody_away(answered: int, right: int, shows: bool) -> None:
    """From five answers on; and never that nearly all were wrong, which would be each of them."""
    options = (Option({"en": "Run"}), Option({"en": "Walk"}, right=True))
    found = Question("q", KIND.name, "EVA", {"en": "What now?"}, OptionsPayload(options), {"en": "It is safer."})
    message = showing.question_over(TALK, Asking(1, "q", 1, (0, 1), answered, right), found)
    assert message.text is not None
    said = str(render(message.text, "en"))
    assert "Right: <b>B.</b> Walk" in said
    assert "It is safer." in said
    assert ("%" in said) is shows
    assert not message.buttons
