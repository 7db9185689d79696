"""The gate over a database: who begins, who confirms, what is lost and when, and that nothing counts twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.learning.induction import actions, exams, store, ticks, waiting
from bot.learning.induction.model import Because, Level, Reason, Standing
from bot.learning.induction.tables import InductionRow, InductionStepRow
from bot.ledger.tables import FactRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import LeaveRow, PlacementRow
from tests.store.gate_crew import HOUR, gated, through, viewer
from tests.store.learning_house import NOW, who

DAY = timedelta(days=1)


def test_whoever_was_here_before_the_gate_is_not_asked(database_url: str) -> None:
    """The same event begins an induction for one who came after, once, whichever of joining and payroll comes first."""
    with gated(database_url) as session:
        ana, sam = who(session, "D-1", NOW), who(session, "S-1", NOW)
        early = NOW.date().replace(year=2025)
        session.execute(update(PlacementRow).where(PlacementRow.person_id == sam.id).values(starts_on=early))
        for person in (ana.id, sam.id, ana.id, 999_999):
            ticks.on_new(session, {"person": person}, NOW)
        assert list(session.scalars(select(InductionRow.person_id))) == [ana.id]
        assert store.clearance(session, sam.id, NOW).standing is Standing.NOT_ASKED


def test_who_left_and_came_back_is_new_again(database_url: str) -> None:
    """A gap in employment: what was done years ago clears nobody."""
    with gated(database_url) as session:
        ana = through(session)
        left, back = NOW.date() + DAY, NOW.date() + 30 * DAY
        mine = PlacementRow.person_id == ana.id
        session.execute(update(PlacementRow).where(mine).values(ends_on=left))
        assert store.employed_since(session, ana.id) is None
        session.add(PlacementRow(person_id=ana.id, unit_id=ana.unit, post=ana.post, starts_on=back))
        session.flush()
        assert store.employed_since(session, ana.id) == back
        later = NOW + 31 * DAY
        ticks.on_new(session, {"person": ana.id}, later)
        found = store.clearance(session, ana.id, later)
        assert (found.standing, found.because, len(found.missing)) == (Standing.NOT_CLEARED, Because.NEW, 3)


def test_changing_posts_or_going_away_gets_nobody_around_a_level(database_url: str) -> None:
    """Not through with it, then an absence: what was missing is still missing, and an exception is over."""
    with gated(database_url) as session:
        ana, yun = who(session, "D-1", NOW), viewer(session, "S-2")
        actions.begin(session, ana, Because.NEW, "new:1", NOW)
        actions.confirm(session, yun, ana.id, Level.WORKSHOP, 60, NOW, "1")
        actions.exempt(session, yun, ana.id, Reason.ESCORTED, "with Sam", 7, NOW)
        actions.begin_return(session, ana.id, 1, (NOW - 100 * DAY, NOW), NOW + HOUR)
        found = store.clearance(session, ana.id, NOW + HOUR)
        assert (found.standing, found.because) == (Standing.NOT_CLEARED, Because.RETURN)
        assert [each.level for each in found.missing] == [Level.COMPANY, Level.TEAM]
        assert [each.id for each in store.waiting(session, viewer(session, "S-1"), NOW)] == [ana.id]


def test_where_nothing_is_set_nobody_is_asked(database_url: str) -> None:
    """Lingang Works has set no gate."""
    with gated(database_url) as session:
        ticks.on_new(session, {"person": who(session, "L-1", NOW).id}, NOW)
        assert session.scalar(select(func.count()).select_from(InductionRow)) == 0


def test_hours_are_confirmed_once_and_only_by_who_may(database_url: str) -> None:
    """The same message twice, two leaders after one another, oneself, another crew's leader, the trainer's part."""
    with gated(database_url) as session:
        ana = who(session, "D-1", NOW)
        actions.begin(session, ana, Because.NEW, "new:1", NOW)
        sam, yun = viewer(session, "S-1"), viewer(session, "S-2")
        for by, level, why in (
            (viewer(session, "D-1"), Level.WORKSHOP, "oneself"),
            (viewer(session, "L-1"), Level.WORKSHOP, "another site"),
            (sam, Level.COMPANY, "not a team leader's to confirm"),
        ):
            with pytest.raises(Refused):
                actions.confirm(session, by, ana.id, level, 60, NOW, why)
        actions.confirm(session, yun, ana.id, Level.COMPANY, 60, NOW, "7:1")
        actions.confirm(session, yun, ana.id, Level.COMPANY, 60, NOW, "7:1")
        assert session.scalar(select(func.sum(InductionStepRow.minutes))) == 60
        actions.confirm(session, yun, ana.id, Level.COMPANY, 480, NOW, "7:2")
        assert session.scalar(select(func.sum(InductionStepRow.minutes))) == 120, "no more than was asked for"
        with pytest.raises(Refused):
            actions.confirm(session, sam, ana.id, Level.COMPANY, 60, NOW, "8:1")
        missing = store.clearance(session, ana.id, NOW).missing
        assert next((each.level, each.exam, each.minutes) for each in missing) == (Level.COMPANY, True, 0)


def test_clearance_is_answered_as_of_any_day_and_its_facts_are_kept_once(database_url: str) -> None:
    """Before, between, after; the ledger has each level and the end once, without a name."""
    with gated(database_url) as session:
        ana = through(session)
        asked = {hours: store.clearance(session, ana.id, NOW + hours * HOUR).standing for hours in (-1, 0, 5)}
        assert asked == {-1: Standing.NOT_ASKED, 0: Standing.CLEARED, 5: Standing.CLEARED}
        row = store.newest(session, ana.id)
        assert row is not None
        actions.settle(session, ana, row, NOW + DAY)
        kinds = [kind for kind in session.scalars(select(FactRow.kind)) if "Induction" in kind or "Clear" in kind]
        assert sorted(kinds) == ["ClearedToWork", *["InductionLevelDone"] * 3, "InductionStarted"]


def test_another_post_takes_the_clearance_away_and_the_same_post_elsewhere_does_not(database_url: str) -> None:
    """Only what the company says comes again; the newcomer who moves before the end goes on."""
    with gated(database_url) as session:
        ana = through(session)
        ticks.on_moved(session, {"person": ana.id}, NOW + DAY)
        assert store.clearance(session, ana.id, NOW + DAY).standing is Standing.CLEARED
        session.execute(update(PlacementRow).where(PlacementRow.person_id == ana.id).values(post="driver"))
        session.expire_all()
        ticks.on_moved(session, {"person": ana.id}, NOW + DAY)
        ticks.on_moved(session, {"person": ana.id}, NOW + DAY)
        found = store.clearance(session, ana.id, NOW + DAY)
        assert (found.standing, found.because) == (Standing.NOT_CLEARED, Because.NEW_POST)
        assert [each.level for each in found.missing] == [Level.TEAM]
        assert store.clearance(session, ana.id, NOW).standing is Standing.CLEARED, "yesterday she was"


@pytest.mark.parametrize(("days", "standing"), [(89, Standing.CLEARED), (91, Standing.NOT_CLEARED)])
def test_a_long_absence_takes_it_away_where_the_company_says_so(
    database_url: str, days: int, standing: Standing
) -> None:
    """By the day on which somebody is back; a tick that runs again begins nothing anew."""
    with gated(database_url) as session:
        ana = through(session)
        later = NOW + (days + 1) * DAY
        session.add(LeaveRow(person_id=ana.id, starts_at=NOW + DAY, ends_at=later))
        session.flush()
        for hours in (-1, 1, 2):
            ticks.notice_returns(session, later + hours * HOUR)
        assert store.clearance(session, ana.id, later - HOUR).standing is Standing.CLEARED
        assert store.clearance(session, ana.id, later + 3 * HOUR).standing is standing


def test_an_exception_needs_words_and_the_right_person_and_can_be_ended(database_url: str) -> None:
    """Not the team leader, not for whoever is cleared or was never asked; ended by hand it is over at once."""
    with gated(database_url) as session:
        ana, sam, yun = who(session, "D-1", NOW), viewer(session, "S-1"), viewer(session, "S-2")
        with pytest.raises(Refused):
            actions.exempt(session, yun, ana.id, Reason.ESCORTED, "with Sam", 1, NOW)
        actions.begin(session, ana, Because.NEW, "new:1", NOW)
        for by, words, days in ((sam, "with Sam", 1), (yun, " ", 1), (yun, "with Sam", 30)):
            with pytest.raises(Refused):
                actions.exempt(session, by, ana.id, Reason.ESCORTED, words, days, NOW)
        actions.exempt(session, yun, ana.id, Reason.ESCORTED, "with Sam", 3, NOW)
        found = store.clearance(session, ana.id, NOW + HOUR)
        assert found.standing is Standing.EXCEPTION
        assert found.exception is not None
        assert (found.exception.words, found.exception.by) == ("with Sam", yun.person)
        with pytest.raises(Refused):
            actions.end_exemption(session, sam, found.exception.id, NOW + HOUR)
        actions.end_exemption(session, yun, found.exception.id, NOW + HOUR)
        assert store.clearance(session, ana.id, NOW + HOUR).standing is Standing.NOT_CLEARED
        with pytest.raises(Refused):
            actions.end_exemption(session, yun, found.exception.id, NOW + 2 * HOUR)


def test_the_day_that_comes_near_is_said_once(database_url: str) -> None:
    """To the newcomer and to who leads them; to nobody who is through, or has left."""
    with gated(database_url) as session:
        ana = who(session, "D-1", NOW)
        actions.begin(session, ana, Because.NEW, "new:1", NOW)
        for days in (1, 10, 11, 12, 20):
            ticks.remind_of_days(session, NOW + days * DAY)
        said = select(OutboxRow.person_id).where(OutboxRow.kind == "learning.induction.due")
        assert list(session.scalars(said)).count(ana.id) == 1


def test_an_exam_holds_what_is_asked_for_and_three_tries_a_day(database_url: str) -> None:
    """Begun twice it is the same; another try has other questions; exam questions are not practice."""
    with gated(database_url) as session:
        ana = who(session, "D-1", NOW)
        actions.begin(session, ana, Because.NEW, "new:1", NOW)
        first = exams.begin(session, ana, Level.COMPANY, NOW)
        assert exams.begin(session, ana, Level.COMPANY, NOW).id == first.id
        seen: list[set[str]] = []
        for _ in range(3):
            given = exams.begin(session, ana, Level.COMPANY, NOW)
            seen.append(store.asked_before(session, [given.id]))
            from bot.learning.actions import finish

            finish(session, given, NOW)
        assert [len(each) for each in seen] == [4, 4, 4]
        assert not seen[0] & seen[1]
        with pytest.raises(Refused):
            exams.begin(session, ana, Level.COMPANY, NOW)
        assert exams.begin(session, ana, Level.COMPANY, NOW + DAY).id
        with pytest.raises(Refused):
            exams.begin(session, ana, Level.TEAM, NOW)


def test_leaders_find_their_people_and_nobody_elses(database_url: str) -> None:
    """By a part of the name or the badge; whoever leads nobody finds nobody; Today counts for the leader."""
    with gated(database_url) as session:
        ana = who(session, "D-1", NOW)
        actions.begin(session, ana, Because.NEW, "new:1", NOW)
        sam, worker = viewer(session, "S-1"), viewer(session, "D-2")
        assert [each.id for each in store.found(session, sam, "ana o", NOW)] == [ana.id]
        assert [each.id for each in store.found(session, sam, "d-1", NOW)] == [ana.id]
        assert store.found(session, sam, "Chen", NOW) == []
        assert store.found(session, sam, "L-1", NOW) == []
        assert store.found(session, worker, "Ana", NOW) == []
        assert [each.id for each in store.waiting(session, sam, NOW)] == [ana.id]
        assert [text.key for text, _ in waiting.today(session, sam.person, NOW)] == ["learning.induction.people_wait"]
        assert [text.key for text, _ in waiting.today(session, ana.id, NOW)] == ["learning.induction.line"]
        other = people.unit(session, who(session, "L-1", NOW).unit)
        assert other is not None
        far = people_actions.add_person(session, "S-9", "Bo Li", "zh", other, "team-leader", NOW.date())
        people_actions.grant(session, far, Role.SUPERVISOR, other.id, NOW - HOUR)
        assert store.waiting(session, viewer(session, "S-9"), NOW) == []
