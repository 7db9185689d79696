"""Whether somebody is cleared as of a moment, what is missing, and when a certificate is good: tables of cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.learning.certificates import rules as certificates
from bot.learning.certificates.model import Shown, Status
from bot.learning.induction import badges, rules
from bot.learning.induction.model import (
    Because,
    Done,
    Exemption,
    Induction,
    Level,
    Need,
    Reason,
    Standing,
    Step,
)
from bot.people.model import Grant, Role, Viewer

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
NEEDS = (
    Need(Level.COMPANY, 8, ("TRN",), 4, 80, Role.TRAINER),
    Need(Level.WORKSHOP, 4, (), 0, 80, Role.SUPERVISOR),
    Need(Level.TEAM, 0, (), 0, 80, Role.SUPERVISOR),
)
FIRST = Induction(1, 7, Because.NEW, START, date(2026, 3, 16), NEEDS, 3, "worker")
ALL = (
    Step(1, Level.COMPANY, Done.EXAM, START + DAY, share=90),
    Step(1, Level.COMPANY, Done.HOURS, START + DAY, 5, 300),
    Step(1, Level.COMPANY, Done.HOURS, START + 2 * DAY, 5, 180),
    Step(1, Level.WORKSHOP, Done.HOURS, START + 3 * DAY, 6, 240),
    Step(1, Level.TEAM, Done.HOURS, START + 4 * DAY, 6, 0),
)
EXEMPT = Exemption(1, 7, Reason.ESCORTED, "with Sam", 5, START, START + DAY)


def test_nobody_who_was_never_asked_is_cleared_or_not() -> None:
    """Neither yes nor no."""
    found = rules.clearance((), (), (), START)
    assert found.standing is Standing.NOT_ASKED
    assert found.may_work is None


def test_each_step_leaves_less_and_the_last_one_clears_as_of_any_moment() -> None:
    """The same rows answer for every day: the exam, hours that add up, one confirmation."""
    told = [
        [(each.level.value, each.exam, each.minutes, each.confirmation) for each in found.missing]
        for days in range(5)
        for found in [rules.clearance((FIRST,), ALL, (), START + days * DAY)]
    ]
    company, workshop, team = ("company", True, 480, False), ("workshop", False, 240, False), ("team", False, 0, True)
    assert told[0] == [company, workshop, team]
    assert told[1] == [("company", False, 180, False), workshop, team]
    assert told[2] == [workshop, team]
    assert told[3] == [team]
    assert told[4] == []
    done = rules.clearance((FIRST,), ALL, (), START + 9 * DAY)
    assert (done.standing, done.since) == (Standing.CLEARED, START + 4 * DAY)
    assert rules.clearance((FIRST,), ALL, (), START - DAY).standing is Standing.NOT_ASKED


def test_the_newest_induction_counts_and_older_steps_do_not_help() -> None:
    """Another post: cleared until then, not cleared from then on."""
    again = Induction(2, 7, Because.NEW_POST, START + 30 * DAY, date(2026, 5, 1), NEEDS[1:], 3, "driver")
    both = (FIRST, again)
    assert rules.clearance(both, ALL, (), START + 29 * DAY).standing is Standing.CLEARED
    after = rules.clearance(both, ALL, (), START + 30 * DAY)
    assert (after.standing, after.because) == (Standing.NOT_CLEARED, Because.NEW_POST)
    assert [each.level for each in after.missing] == [Level.WORKSHOP, Level.TEAM]


@pytest.mark.parametrize(
    ("after", "ended", "standing"),
    [
        (timedelta(0), None, Standing.EXCEPTION),
        (DAY - timedelta(seconds=1), None, Standing.EXCEPTION),
        (DAY, None, Standing.NOT_CLEARED),
        (timedelta(hours=5), START + timedelta(hours=4), Standing.NOT_CLEARED),
        (timedelta(hours=3), START + timedelta(hours=4), Standing.EXCEPTION),
    ],
)
def test_an_exemption_holds_for_its_time_and_never_makes_cleared(
    after: timedelta, ended: datetime | None, standing: Standing
) -> None:
    """It ends by itself, or earlier by hand; what is missing stays missing."""
    exempt = Exemption(1, 7, Reason.ESCORTED, "with Sam", 5, START, START + DAY, ended)
    found = rules.clearance((FIRST,), (), (exempt,), START + after)
    assert found.standing is standing
    assert len(found.missing) == 3


def test_an_exemption_adds_nothing_to_whoever_is_cleared() -> None:
    """Cleared is cleared."""
    late = Exemption(1, 7, Reason.ESCORTED, "with Sam", 5, START, START + 10 * DAY)
    assert rules.clearance((FIRST,), ALL, (late,), START + 5 * DAY).standing is Standing.CLEARED


@pytest.mark.parametrize(
    ("right", "asked", "share", "passed"),
    [(4, 5, 80, True), (3, 5, 80, False), (0, 0, 1, False), (2, 3, 66, True), (2, 3, 67, False)],
)
def test_an_exam_is_passed_by_its_share_and_not_by_rounding(right: int, asked: int, share: int, passed: bool) -> None:
    """Two of three are less than 67 %."""
    assert rules.passes(right, asked, share) is passed


def viewer(person: int, role: Role, path: str) -> Viewer:
    """Somebody with one role over one unit."""
    return Viewer(person, path, (Grant(role, 1, path),))


@pytest.mark.parametrize(
    ("who", "confirms", "exempts", "asks"),
    [
        (viewer(1, Role.SUPERVISOR, "/1/2/3/"), True, False, True),
        (viewer(1, Role.SUPERVISOR, "/1/2/4/"), False, False, False),
        (viewer(7, Role.SUPERVISOR, "/1/2/"), False, False, True),
        (viewer(1, Role.TRAINER, "/1/"), True, False, True),
        (viewer(1, Role.SAFETY_OFFICER, "/1/2/"), True, True, True),
        (viewer(7, Role.SAFETY_OFFICER, "/1/2/"), False, False, True),
        (viewer(1, Role.HR, "/1/"), False, False, True),
        (viewer(1, Role.MANAGER, "/1/9/"), False, False, False),
        (Viewer(1, "/1/2/3/"), False, False, False),
    ],
)
def test_who_may_confirm_except_and_ask(who: Viewer, confirms: bool, exempts: bool, asks: bool) -> None:
    """Person 7 in the team /1/2/3/: nobody for themselves, nobody of another place."""
    assert rules.may_confirm(who, 7, "/1/2/3/", NEEDS[1]) is confirms
    assert rules.may_exempt(who, 7, "/1/2/3/") is exempts
    assert rules.may_ask(who, 7, "/1/2/3/") is asks


def test_a_level_is_kept_and_read_back_the_same() -> None:
    """What was set when somebody began is what they are held to."""
    assert tuple(rules.need_from(rules.need_to(need)) for need in NEEDS) == NEEDS


@pytest.mark.parametrize("badge", ["L-2001", "0042", "工号 7", "A.B/7", "_x", "w"])
def test_the_code_of_a_badge_is_read_back_whatever_it_holds(badge: str) -> None:
    """And fits a deep link: 64 of letters, digits, underscore, hyphen."""
    token = badges.token(badge)
    assert badges.read(token) == badge
    assert token[0] == "w"
    assert len(token) <= 64
    assert all(c.isascii() and (c.isalnum() or c in "_-") for c in token)
    assert badges.read("w_%%") == ""


TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("expires_on", "revoked", "status"),
    [
        (None, False, Status.VALID), (TODAY, False, Status.VALID), (TODAY - DAY, False, Status.EXPIRED),
        (None, True, Status.REVOKED), (TODAY - DAY, True, Status.REVOKED),
    ],
)  # fmt: skip
def test_a_certificate_is_good_on_its_last_day_and_withdrawn_stays_withdrawn(
    expires_on: date | None, revoked: bool, status: Status
) -> None:
    """The last day counts."""
    assert certificates.status(expires_on, START if revoked else None, TODAY) is status


@pytest.mark.parametrize(
    ("left", "reminded", "due"),
    [
        (31, None, None), (30, None, 30), (29, 30, None), (7, 30, 7), (3, None, 7), (0, 7, None), (-1, 7, -1),
        (-9, None, -1), (-9, -1, None),
    ],
)  # fmt: skip
def test_a_reminder_comes_three_times_and_stops_by_itself(left: int, reminded: int | None, due: int | None) -> None:
    """What was missed is not made up for: only the nearest one goes out."""
    assert certificates.reminder_due(TODAY + left * DAY, reminded, TODAY) == due


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ana Morales", "A. M."), ("周敏", "周＊"), ("欧阳周敏", "欧＊＊＊"), ("Ngozi", "N."), ("محمد العلي", "م. ا.")],
)  # fmt: skip
def test_the_public_page_shows_initials_in_any_script(name: str, shown: str) -> None:
    """And the name where the company says so."""
    assert certificates.shown_name(name, Shown.INITIALS) == shown
    assert certificates.shown_name(name, Shown.NAME) == name
