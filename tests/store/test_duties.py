"""Duties in both databases: given once, the nearest list, checks drawn once, sums (long because it is all four parts)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery.tables import OutboxRow
from bot.duties import actions, asking, pages, shipped, store, ticks
from bot.duties.above import above
from bot.duties.checks import actions as checks
from bot.duties.checks import leaving as checks_leaving
from bot.duties.checks.model import Outcome
from bot.duties.checks.tables import DutyCheckRow
from bot.duties.goals import actions as goals
from bot.duties.goals import leaving as goals_leaving
from bot.duties.goals import rules as goal_rules
from bot.duties.goals import store as goal_store
from bot.duties.goals.tables import GoalHandoverRow, GoalStepRow, SafetyGoalRow
from bot.duties.model import Draft, DutyList
from bot.duties.reports import actions as reports
from bot.duties.reports import store as report_store
from bot.duties.tables import DutyGivenRow, DutyListRow
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import render, show
from bot.kit.errors import Refused
from bot.ledger.tables import FactRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import PlacementRow
from tests.store.conftest import NOON, Crew

DAY = timedelta(days=1)


def draft(code: str = "machine-operator") -> Draft:
    """A shipped draft."""
    found = shipped.draft(code)
    assert found is not None
    return found


def sign(
    session: Session, crew: Crew, post: str = "worker", unit: int | None = None, code: str = "machine-operator"
) -> DutyList:
    """The manager signs."""
    return actions.sign(session, crew.manager, post, unit or crew.site.id, draft(code), NOON)


def count(session: Session, row: Any, *which: Any) -> int:
    """How many rows."""
    return session.scalar(select(func.count()).select_from(row).where(*which)) or 0


def kinds(session: Session, kind: str) -> int:
    """How many facts of a kind."""
    return count(session, FactRow, FactRow.kind == kind)


def test_a_list_is_given_once_however_often_the_tick_runs_and_the_same_words_are_no_version(
    writer: Writer, crew: Crew
) -> None:
    """Signing twice, giving ten times: one list, one giving, one message."""
    first = writer.run(sign, crew)
    assert writer.run(sign, crew).id == first.id
    for hours in range(0, 90, 9):
        writer.run(ticks.give_to_all, NOON + timedelta(hours=hours))
        writer.run(ticks.tell, NOON + timedelta(hours=hours))
    assert writer.run(count, DutyListRow) == 1
    assert writer.run(count, DutyGivenRow) == 1
    assert writer.run(kinds, "DutyListGiven") == 1
    assert writer.run(count, OutboxRow, OutboxRow.kind == "duties.yours") == 1


def test_only_who_answers_for_the_unit_signs_and_only_whose_list_it_is_acknowledges(writer: Writer, crew: Crew) -> None:
    """A supervisor does not sign; the second word of the same person is no second fact; another's is refused."""
    for who in (crew.worker, crew.supervisor):
        with pytest.raises(Refused):
            writer.run(actions.sign, who, "worker", crew.team.id, draft(), NOON)
    writer.run(sign, crew)
    given = writer.run(lambda s: store.opened(s, crew.worker, NOON)).id
    with pytest.raises(Refused):
        writer.run(actions.acknowledge, crew.supervisor, given, NOON)
    assert writer.run(actions.acknowledge, crew.worker, given, NOON + DAY)
    assert not writer.run(actions.acknowledge, crew.worker, given, NOON + DAY)
    assert writer.run(kinds, "DutyListAcknowledged") == 1
    [(who, row, _)] = writer.run(lambda s: store.proof(s, ("/",), NOON, 9))
    assert (who.name, row.acknowledged_at) == ("Ana Morales", NOON + DAY)


def test_the_nearest_list_holds_and_a_farther_one_is_taken_back(writer: Writer, crew: Crew) -> None:
    """First the site's list, then the team's own: the worker has one that holds, and it is the team's."""
    far = writer.run(sign, crew)
    near = writer.run(sign, crew, "worker", crew.team.id, "warehouse-worker")
    writer.run(ticks.give_to_all, NOON + timedelta(hours=1))
    rows = writer.run(lambda s: s.scalars(select(DutyGivenRow).order_by(DutyGivenRow.id)).all())
    assert [(row.list_id, row.withdrawn_at is None) for row in rows] == [(far.id, False), (near.id, True)]
    assert writer.run(lambda s: store.of(s, people.person(s, crew.worker, NOON))).id == near.id
    with pytest.raises(Refused):
        writer.run(actions.acknowledge, crew.worker, rows[0].id, NOON)


def test_whoever_comes_back_to_a_post_on_the_same_day_has_the_list_again(writer: Writer, crew: Crew) -> None:
    """Moved by mistake and back."""
    writer.run(sign, crew)
    post = update(PlacementRow).where(PlacementRow.person_id == crew.worker)
    writer.run(lambda s: s.execute(post.values(post="clerk")))
    writer.run(ticks.give_to_all, NOON + timedelta(hours=1))
    assert writer.run(lambda s: store.opened(s, crew.worker, NOON)) is None
    writer.run(lambda s: s.execute(post.values(post="worker")))
    writer.run(ticks.give_to_all, NOON + timedelta(hours=2))
    assert writer.run(lambda s: store.opened(s, crew.worker, NOON)) is not None


def test_who_is_above_whom(writer: Writer, crew: Crew) -> None:
    """A worker: the supervisor. The supervisor: the manager. A second supervisor of the same team is no one's superior there."""

    def ask(session: Session, who: int) -> list[int]:
        found = people.person(session, who, NOON)
        assert found is not None
        return [each.id for each in above(session, found, NOON)]

    assert writer.run(ask, crew.worker) == [crew.supervisor]
    assert writer.run(ask, crew.supervisor) == [crew.manager]
    assert writer.run(ask, crew.manager) == []

    def equal(session: Session) -> int:
        other = people_actions.add_person(
            session, "T-9", "Omar Haddad", "en", crew.team, "team leader", date(2026, 1, 1)
        )
        people_actions.grant(session, other, Role.SUPERVISOR, crew.team.id, NOON)
        people_actions.open_account(session, other, 1009, 1009, NOON)
        return other

    other = writer.run(equal)
    assert writer.run(ask, crew.worker) == [crew.supervisor, other]
    assert writer.run(ask, other) == [crew.manager]


def test_a_check_is_drawn_once_answered_once_and_only_by_whoever_was_asked(writer: Writer, crew: Crew) -> None:
    """Whoever has not acknowledged cannot be drawn: nobody is checked on what they were never told."""
    writer.run(sign, crew)
    assert writer.run(checks.draw, crew.team, "2026-11-23", NOON) == 0
    given = writer.run(lambda s: store.opened(s, crew.worker, NOON)).id
    writer.run(actions.acknowledge, crew.worker, given, NOON)
    assert writer.run(checks.draw, crew.team, "2026-11-23", NOON) == 1
    writer.run(_five_more, crew)
    assert writer.run(checks.draw, crew.team, "2026-11-23", NOON + DAY) == 0, (
        "who comes meanwhile does not change the draw"
    )
    writer.run(checks.draw, crew.team, "2026-11-30", NOON + 7 * DAY)
    drawn = writer.run(lambda s: s.scalars(select(DutyCheckRow.person_id)).all())
    assert len(set(drawn)) == len(drawn) > 1, "whoever was drawn rests for some weeks"
    id = writer.run(lambda s: s.scalar(select(func.min(DutyCheckRow.id))))
    with pytest.raises(Refused):
        writer.run(checks.answer, crew.manager, id, Outcome.DONE, NOON)
    writer.run(checks.answer, crew.supervisor, id, Outcome.NOT_DONE, NOON)
    with pytest.raises(Refused):
        writer.run(checks.answer, crew.supervisor, id, Outcome.DONE, NOON)
    with pytest.raises(Refused):
        writer.run(checks.reply, crew.supervisor, id, "no", NOON)
    writer.run(checks.reply, crew.worker, id, "The tool was missing", NOON)
    with pytest.raises(Refused):
        writer.run(checks.reply, crew.worker, id, "And more", NOON)


def _five_more(session: Session, crew: Crew) -> None:
    for number in range(5):
        people_actions.add_person(
            session, f"N-{number}", f"Worker {number}", "en", crew.team, "worker", date(2026, 1, 1)
        )
        session.flush()
    ticks.give_to_all(session, NOON)
    for id in session.scalars(select(DutyGivenRow.id).where(DutyGivenRow.acknowledged_at.is_(None))).all():
        given = store.given(session, id)
        assert given is not None
        actions.acknowledge(session, given.person, id, NOON)


def test_a_quiz_is_answered_by_its_owner_once_a_question(writer: Writer, crew: Crew) -> None:
    """Two presses of the same question: one fact."""
    writer.run(sign, crew)
    who = writer.run(people.person, crew.worker, NOON)
    other = writer.run(people.person, crew.supervisor, NOON)
    writer.run(asking.begin, who, NOON)
    writer.run(asking.answer, who, 1, 0, 2, NOON)
    for wrong in ((who, 0, 1), (other, 1, 1), (who, 1, 7), (who, 9, 0)):
        with pytest.raises(Refused):
            writer.run(asking.answer, wrong[0], 1, wrong[1], wrong[2], NOON)
    assert writer.run(kinds, "DutyQuizAnswered") == 1


def test_a_report_is_asked_once_sent_once_and_read_only_from_directly_above(writer: Writer, crew: Crew) -> None:
    """The manager reads the supervisor's; the worker nobody's."""
    who = writer.run(people.person, crew.supervisor, NOON)
    assert writer.run(reports.ask, who, "2026-10", NOON)
    assert not writer.run(reports.ask, who, "2026-10", NOON + DAY)
    words = {"done": "Talks", "seen": "Wet floor", "promised": "A drain"}
    with pytest.raises(Refused):
        writer.run(reports.send, writer.run(people.person, crew.manager, NOON), 1, words, NOON)
    assert not writer.run(reports.send, who, 1, words, NOON).late
    with pytest.raises(Refused):
        writer.run(reports.send, who, 1, words, NOON)
    assert [each.id for each in writer.run(report_store.below, crew.manager, "2026-10", NOON)] == [1]
    assert writer.run(report_store.below, crew.worker, "2026-10", NOON) == []


# --- goals ------------------------------------------------------------------------------------------------------------


def a_goal(
    session: Session, crew: Crew, words: str, owner: int, parent: int | None = None, key: str = "", target: int = 30
) -> int:
    """The supervisor sets a goal for the team."""
    due = NOON.date() + 30 * DAY
    return goals.set_goal(
        session, crew.supervisor, key or words, crew.team.id, words, target, due, owner, parent, NOON
    ).id


@pytest.mark.parametrize("seed", range(4))
def test_the_weeks_figures_are_those_of_the_rows_whatever_was_done(writer: Writer, crew: Crew, seed: int) -> None:
    """Goals set, steps noted (some twice, under the same key), goals given up and handed over, by chance."""
    chance = random.Random(seed)
    people_here, made, now = [crew.worker, crew.supervisor], list[int](), NOON
    for turn in range(40):
        now += timedelta(hours=chance.randrange(1, 20))
        deed, key = chance.choice(("set", "step", "step", "step", "drop", "hand")), f"k{chance.randrange(25)}"
        try:
            if deed == "set" or not made:
                parent = chance.choice([None, *made])
                made.append(writer.run(a_goal, crew, f"goal {turn}", chance.choice(people_here), parent))
            elif deed == "step":
                owner = writer.run(goal_store.goal, made[-1 - chance.randrange(len(made))]).owner
                writer.run(goals.step, owner, chance.choice(made), chance.randrange(1, 9), key, now)
            elif deed == "drop":
                writer.run(goals.drop, crew.supervisor, chance.choice(made), now)
            else:
                number = writer.run(
                    goals.ask_handover, crew.manager, chance.choice(made), chance.choice(people_here), now
                )
                for side in people_here:
                    writer.run(goals.answer_handover, side, number, chance.random() < 0.7, now)
        except Refused:
            pass
    _adds_up(writer, crew, now)


def _adds_up(writer: Writer, crew: Crew, now: Any) -> None:
    found = writer.run(lambda s: goal_store.seen_by(s, crew.manager, now, NOON - DAY))
    steps = writer.run(goal_store.steps, [each.id for each in found])
    today = now.date()
    week = goal_rules.digest(found, steps, today)
    states = dict(
        writer.run(lambda s: s.execute(select(SafetyGoalRow.state, func.count()).group_by(SafetyGoalRow.state)).all())
    )
    assert (week.open, week.reached, week.dropped) == tuple(
        states.get(name, 0) for name in ("open", "reached", "dropped")
    )
    sums = dict(
        writer.run(
            lambda s: s.execute(
                select(GoalStepRow.goal_id, func.sum(GoalStepRow.amount)).group_by(GoalStepRow.goal_id)
            ).all()
        )
    )
    assert {line.goal.id: line.own for line in week.lines if line.own} == sums
    since = select(func.coalesce(func.sum(GoalStepRow.amount), 0)).where(
        GoalStepRow.on_date >= today - 7 * DAY, GoalStepRow.on_date < today
    )
    assert week.steps_this_week == writer.run(lambda s: s.scalar(since))
    reached = [line for line in week.lines if line.goal.state.value == "reached"]
    assert all(line.own >= line.goal.target for line in reached)
    assert writer.run(count, SafetyGoalRow, SafetyGoalRow.open_item.is_not(None)) == week.open
    assert writer.run(count, GoalHandoverRow, GoalHandoverRow.open_goal.is_not(None)) == writer.run(
        count, GoalHandoverRow, GoalHandoverRow.state == "asked"
    )


def test_the_same_press_counts_once_and_a_reached_goal_takes_no_more(writer: Writer, crew: Crew) -> None:
    """A redelivered press has the same key."""
    goal = writer.run(a_goal, crew, "Mark the walkway", crew.worker, target=3)
    for again in range(3):
        writer.run(goals.step, crew.worker, goal, 1, "press:7", NOON + timedelta(seconds=again))
    assert writer.run(goal_store.done, goal) == 1
    assert writer.run(goals.step, crew.worker, goal, 2, "press:8", NOON).state.value == "reached"
    with pytest.raises(Refused):
        writer.run(goals.step, crew.worker, goal, 1, "press:9", NOON)
    assert writer.run(kinds, "GoalReached") == 1


def test_a_second_order_is_refused_until_the_first_is_settled(writer: Writer, crew: Crew) -> None:
    """The same words in other capitals; once it is given up, it can be ordered again."""
    first = writer.run(a_goal, crew, "Mark the walkway", crew.worker)
    with pytest.raises(Refused) as refused:
        writer.run(a_goal, crew, "MARK the walkway.", crew.supervisor, None, "other")
    assert refused.value.text.key == "duties.goals.has_owner"
    assert refused.value.text.params["name"] == "Ana Morales"
    writer.run(goals.drop, crew.supervisor, first, NOON)
    writer.run(a_goal, crew, "Mark the walkway", crew.supervisor, None, "third")


def test_a_goal_that_was_settled_meanwhile_is_not_handed_over(writer: Writer, crew: Crew) -> None:
    """One yes, then it is given up: the second yes comes too late, and the owner stays."""
    goal = writer.run(a_goal, crew, "Mark the walkway", crew.worker)
    number = writer.run(goals.ask_handover, crew.worker, goal, crew.supervisor, NOON)
    writer.run(goals.drop, crew.manager, goal, NOON)
    with pytest.raises(Refused):
        writer.run(goals.answer_handover, crew.supervisor, number, True, NOON)
    assert writer.run(goal_store.goal, goal).owner == crew.worker
    with pytest.raises(Refused):
        writer.run(goals.step, crew.worker, goal, 1, "k", NOON)


def test_a_stranger_to_a_handover_says_nothing_and_one_side_cannot_speak_twice(writer: Writer, crew: Crew) -> None:
    """Two yeses of the same side are no two sides."""
    goal = writer.run(a_goal, crew, "Mark the walkway", crew.worker)
    number = writer.run(goals.ask_handover, crew.manager, goal, crew.supervisor, NOON)
    with pytest.raises(Refused):
        writer.run(goals.answer_handover, crew.manager, number, True, NOON)
    assert writer.run(goals.answer_handover, crew.supervisor, number, True, NOON) == "asked"
    with pytest.raises(Refused):
        writer.run(goals.answer_handover, crew.supervisor, number, True, NOON)
    assert writer.run(goal_store.goal, goal).owner == crew.worker
    assert writer.run(goals.answer_handover, crew.worker, number, True, NOON) == "done"
    assert writer.run(goal_store.goal, goal).owner == crew.supervisor


def test_who_leaves_leaves_no_goal_without_an_owner_and_no_check_without_somebody_to_look(
    writer: Writer, crew: Crew
) -> None:
    """The worker's goal goes to the supervisor; what the supervisor was to look at goes to the manager."""
    goal = writer.run(a_goal, crew, "Mark the walkway", crew.worker)
    number = writer.run(goals.ask_handover, crew.manager, goal, crew.supervisor, NOON)
    writer.run(sign, crew)
    given = writer.run(lambda s: store.opened(s, crew.worker, NOON)).id
    writer.run(actions.acknowledge, crew.worker, given, NOON)
    writer.run(checks.draw, crew.team, "2026-11-23", NOON)

    def leave(session: Session, who: int) -> None:
        people_actions.leave_company(session, [who], NOON.date(), NOON)
        for follow in (goals_leaving.pass_on, checks_leaving.pass_on):
            follow(session, {"person": who}, NOON)

    writer.run(leave, crew.supervisor)
    assert writer.run(lambda s: s.scalar(select(DutyCheckRow.checker_id))) == crew.manager
    with pytest.raises(Refused):
        writer.run(goals.answer_handover, crew.worker, number, True, NOON)
    writer.run(leave, crew.worker)
    assert writer.run(goal_store.goal, goal).owner == crew.manager
    assert writer.run(count, DutyCheckRow) == 0


def test_the_page_shows_a_leader_their_own_units_and_nothing_of_others(writer: Writer, crew: Crew) -> None:
    """In every language; who is behind by name, who acknowledged with version and time, what was seen of a duty."""
    writer.run(sign, crew)
    writer.run(sign, crew, "welder", None, "welder")
    given = writer.run(lambda s: store.opened(s, crew.worker, NOON)).id

    def page(session: Session, who: int, lang: str) -> str:
        viewer = people.viewer(session, who, NOON)
        assert viewer is not None
        values = pages.duties(session, viewer, {}, NOON)
        return str(show("duties/pages.html.j2", "duties", lang, csrf="a word", **values))

    seen = writer.run(page, crew.supervisor, "en")
    assert "Ana Morales" in seen.split("Who has not acknowledged")[1]
    assert "team leader · Dock Team · 1" in seen
    assert "site manager" not in seen, "the manager does not work in the supervisor's team"
    assert "welder · Harbour Works" not in seen
    assert "site manager · Harbour Works · 1" in writer.run(page, crew.manager, "en")
    assert "welder · Harbour Works" in writer.run(page, crew.manager, "en"), "that list binds nobody"

    writer.run(actions.acknowledge, crew.worker, given, NOON)
    writer.run(checks.draw, crew.team, "2026-11-23", NOON)
    id = writer.run(lambda s: s.scalar(select(DutyCheckRow.id)))
    writer.run(checks.answer, crew.supervisor, id, Outcome.PARTLY, NOON)
    writer.run(checks.reply, crew.worker, id, "The tool was missing", NOON)
    writer.run(reports.ask, writer.run(people.person, crew.supervisor, NOON), "2026-10", NOON)
    for lang in LANGUAGES:
        seen = writer.run(page, crew.manager, lang)
        assert "The tool was missing" in seen
        assert "Sam Okafor" in seen
    assert "version 1" in writer.run(page, crew.manager, "en").split("Who has acknowledged what")[1]
    assert writer.run(lambda s: pages.photo(s, people.viewer(s, crew.manager, NOON), {"ref": "nothing"}, NOON)) is None


def test_a_quiz_goes_on_in_the_words_it_was_made_from(writer: Writer, crew: Crew) -> None:
    """A new version comes between two questions: no code stands where words should."""
    writer.run(sign, crew)
    who = writer.run(people.person, crew.worker, NOON)
    writer.run(asking.begin, who, NOON)
    first = draft()
    other = Draft(first.code, first.level, first.title, first.scope, draft("welder").duties)
    writer.run(lambda s: actions.sign(s, crew.manager, "worker", crew.site.id, other, NOON))
    for number in range(3):
        message = writer.run(asking.answer, who, 1, number, 0, NOON)
        said = str(render(message.text, "en"))
        assert "machine-operator." not in said
        assert "." in said
