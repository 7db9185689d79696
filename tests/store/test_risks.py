"""Risks in both databases: who wins, what is told once, what is counted (long because it is all that a risk can meet)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery.tables import LadderRow, OutboxRow
from bot.hazards.model import OVERDUE, REPORTED
from bot.kit.errors import Refused
from bot.kit.hysteresis import Level
from bot.kit.risk import Band, Colour
from bot.learning.model import FACTS as LEARNING
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people.tables import PersonRow
from bot.risks import actions, alarms, bands, checking, company, leaving, mapping, store
from bot.risks.abnormal import actions as abnormal
from bot.risks.abnormal.tables import AbnormalRow
from bot.risks.actions import Entry
from bot.risks.model import Method, Rank, Rating, Risk
from bot.risks.tables import RiskCheckRow, RiskControlRow, RiskRow
from bot.risks.warning import actions as warning
from bot.risks.warning import company as weights
from bot.risks.warning import store as counting
from bot.risks.warning.model import Signal, Weights
from bot.risks.warning.tables import RiskIndexRow, RiskWarningRow
from tests.store.conftest import NOON, Crew

DAY = timedelta(days=1)
KILLS = Rating(Method.LEC, (6, 6, 15))


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    """The shipped files, whatever a test has set before."""
    company.configure(None)
    yield
    company.configure(None)


def enter(session: Session, crew: Crew, key: str = "a", rating: Rating = KILLS, place: int | None = None) -> Risk:
    """The supervisor enters a risk of the team and rates it."""
    entry = Entry(key, crew.team.id, {"en": "Unloading"}, {"en": "falling off the edge"}, place)
    found = actions.identify(session, crew.supervisor, entry, NOON)
    return actions.rate(session, crew.supervisor, found.id, rating, NOON)


def guarded(session: Session, crew: Crew, **more: Any) -> tuple[int, int]:
    """A risk that kills with a control in place that the worker answers for; answers both numbers."""
    found = enter(session, crew, **more)
    kept = actions.add_control(
        session, crew.supervisor, found.id, Rank.ENGINEER, {"en": "Gate closed"}, crew.worker, NOON
    )
    actions.place_control(session, crew.supervisor, kept.id, NOON)
    return found.id, kept.id


def due_of(session: Session, control: int) -> Any:
    """When a control is looked at next."""
    return session.scalar(select(RiskControlRow.due_at).where(RiskControlRow.id == control))


def count(session: Session, kind: str) -> int:
    """How many facts of a kind there are."""
    return session.scalar(select(func.count()).select_from(FactRow).where(FactRow.kind == kind)) or 0


def test_two_who_answer_the_same_look_are_one_and_the_second_is_told_so(writer: Writer, crew: Crew) -> None:
    """The owner says yes, the supervisor no, of the same due time: the first counts, and the look moves on once."""
    risk, control = writer.run(guarded, crew)
    due = writer.run(due_of, control)
    writer.run(checking.answer, crew.worker, control, due, in_place=True, now=due)
    with pytest.raises(Refused) as refused:
        writer.run(checking.answer, crew.supervisor, control, due, in_place=False, now=due)
    assert refused.value.text.key == "risks.checked_before"
    assert writer.run(lambda s: s.scalar(select(func.count()).select_from(RiskCheckRow))) == 1
    assert writer.run(due_of, control) == due + DAY
    assert writer.run(count, "ControlNotInPlace") == 0
    assert writer.run(store.risk, risk).alarmed_at is None


def test_others_can_neither_answer_nor_rate_nor_close(writer: Writer, crew: Crew) -> None:
    """Rights are looked at where they are used: a worker of another team, and the owner of another control."""
    risk, control = writer.run(guarded, crew)
    other = writer.run(_hire_elsewhere, crew)
    due = writer.run(due_of, control)
    for act in (
        lambda s: checking.answer(s, other, control, due, in_place=True, now=due),
        lambda s: actions.rate(s, other, risk, KILLS, NOON),
        lambda s: actions.close(s, crew.worker, risk, NOON),
        lambda s: actions.retire(s, crew.worker, risk, NOON),
        lambda s: actions.add_control(s, other, risk, Rank.PROTECT, {"en": "x"}, other, NOON),
        lambda s: actions.identify(s, crew.worker, Entry("b", crew.team.id, {"en": "x"}, {"en": "y"}), NOON),
        lambda s: alarms.take(s, other, risk, NOON),
    ):
        with pytest.raises(Refused):
            writer.run(act)


def _hire_elsewhere(session: Session, crew: Crew) -> int:
    from bot.people.model import UnitKind

    unit = people.add_unit(session, UnitKind.TEAM, "Storage Team", crew.site, NOON.date())
    return people.add_person(session, "X-1", "Nora Lang", "en", unit, "worker", NOON.date())


def test_a_change_that_was_made_meanwhile_is_not_written_over(writer: Writer, crew: Crew) -> None:
    """Two rate what they saw; the second is asked to look again."""
    found = writer.run(enter, crew)
    writer.run(actions.rate, crew.manager, found.id, Rating(Method.LEC, (1, 6, 15)), NOON)
    with pytest.raises(Refused):
        writer.run(actions.change, found, {"colour": "blue"})
    assert writer.run(store.risk, found.id).colour is Colour.YELLOW


def test_an_alarm_is_raised_once_taken_by_one_and_over_when_somebody_has_looked(writer: Writer, crew: Crew) -> None:
    """Late ticks in any number call once; two press, one wins; confirmed, the ladder is still and the colour back."""
    risk, control = writer.run(guarded, crew)
    late = writer.run(due_of, control) + timedelta(hours=5)
    for _ in range(3):
        writer.run(checking.note_late, late)
    assert writer.run(count, "ControlUnchecked") == 1
    assert writer.run(count, "RiskAlarmed") == 1
    called = select(func.count()).select_from(OutboxRow).where(OutboxRow.key.like(f"risk:{risk}:call:%"))
    assert writer.run(lambda s: s.scalar(called)) == 1
    assert writer.run(store.risk, risk).shown is Colour.RED
    writer.run(alarms.take, crew.supervisor, risk, late)
    with pytest.raises(Refused):
        writer.run(alarms.take, crew.manager, risk, late)
    assert writer.run(store.risk, risk).shown is Colour.RED, "having taken it on is not having looked"
    writer.run(checking.answer, crew.worker, control, writer.run(due_of, control), in_place=True, now=late)
    assert writer.run(store.risk, risk).alarmed_at is None
    assert writer.run(lambda s: s.scalars(select(LadderRow.state)).all()) == ["stopped"]


def test_colours_follow_when_the_company_changes_its_bands_and_looks_come_forward(writer: Writer, crew: Crew) -> None:
    """90 was yellow and looked at weekly; by the other usual mapping it is orange, and is looked at tomorrow."""
    risk, control = writer.run(guarded, crew, rating=Rating(Method.LEC, (1, 6, 15)))
    assert writer.run(due_of, control) > NOON + 6 * DAY
    here = company.company()
    stricter = (Band(Colour.RED, Fraction(160), True), Band(Colour.ORANGE, Fraction(70), True), Band(Colour.BLUE))
    scales = {**here.scales, Method.LEC: replace(here.scales[Method.LEC], bands=stricter)}
    company._company[:] = [replace(here, scales=scales)]
    assert writer.run(bands.recolour, NOON) is False
    assert writer.run(store.risk, risk).colour is Colour.ORANGE
    assert writer.run(due_of, control) < NOON + 2 * DAY
    company.configure(None)
    writer.run(bands.recolour, NOON)
    assert writer.run(store.risk, risk).colour is Colour.YELLOW, "and back, because what is kept are the factors"


def test_a_key_place_has_its_controls_looked_at_every_day(writer: Writer, crew: Crew) -> None:
    """Put on the register of key places, a look of next week comes tomorrow; the map marks the place."""
    place = writer.run(lambda s: people.add_place(s, crew.team.id, "Dock 1", "D-1"))
    _, control = writer.run(guarded, crew, rating=Rating(Method.LEC, (1, 6, 15)), place=place)
    assert writer.run(actions.set_key_place, crew.manager, place, True, NOON)
    assert not writer.run(actions.set_key_place, crew.manager, place, True, NOON)
    assert writer.run(due_of, control) < NOON + 2 * DAY
    [spot] = writer.run(mapping.spots, ("/",), 5)
    assert (spot.key, spot.by) == (True, {"yellow": 1})


def test_what_a_leaver_answered_for_goes_to_who_leads_and_is_asked_anew(writer: Writer, crew: Crew) -> None:
    """Nobody is named as successor: the supervisor gets it."""
    _, control = writer.run(guarded, crew)
    writer.run(
        lambda s: s.execute(PersonRow.__table__.update().values(left_on=NOON.date()).where(PersonRow.id == crew.worker))
    )
    writer.run(leaving.pass_on, {"person": crew.worker}, NOON)
    assert writer.run(store.control, control).owner == crew.supervisor


def test_the_grid_counts_by_the_newest_rating(writer: Writer, crew: Crew) -> None:
    """Two risks, one rated again: it stands where it is now and not where it was."""
    found, _ = writer.run(guarded, crew)
    writer.run(enter, crew, "b")
    writer.run(actions.rate, crew.supervisor, found, Rating(Method.LEC, (0.5, 6, 15)), NOON, residual=True)
    grid = writer.run(mapping.grid, ("/",), Method.LEC)
    cells = {
        (likelihood, consequence): cell.n
        for likelihood, row in zip(grid.likelihoods, grid.rows, strict=True)
        for consequence, cell in zip(grid.consequences, row, strict=True)
        if cell.n
    }
    assert cells == {(6, 15): 1, (0.5, 15): 1}


# --- abnormal ---------------------------------------------------------------------------------------------------------


def test_the_last_two_yeses_at_once_begin_a_state_once(writer: Writer, crew: Crew) -> None:
    """A repeated press, and one after it began, change nothing; the tick ends it once."""
    here = company.company()
    storm = replace(here.kind("storm"), needed=1, each=("role:supervisor",))  # type: ignore[type-var]
    company._company[:] = [replace(here, abnormal=(storm,))]  # type: ignore[arg-type]
    who = {id: writer.run(_person, id) for id in (crew.supervisor, crew.manager)}
    writer.run(abnormal.ask, who[crew.manager], crew.team.id, "storm", "wind", "k", NOON)
    for _ in range(2):
        writer.run(abnormal.answer, who[crew.supervisor], 1, True, NOON)
    assert writer.run(count, "AbnormalStateBegan") == 1
    assert writer.run(count, "AbnormalStateAttempted") == 1, "the second press came too late, and is on record"
    for _ in range(2):
        writer.run(abnormal.expire, NOON + timedelta(hours=25))
    assert writer.run(count, "AbnormalStateEnded") == 1
    assert writer.run(lambda s: s.scalar(select(AbnormalRow.state))) == "ended"


def _person(session: Session, id: int) -> Any:
    from bot.people import store as people_store

    return people_store.person(session, id, NOON)


# --- early warning ----------------------------------------------------------------------------------------------------

ANSWERED = next(kind for kind in LEARNING if kind.name == "QuestionAnswered")


def test_facts_count_where_they_name_a_unit_else_where_whoever_did_it_worked(writer: Writer, crew: Crew) -> None:
    """A named report counts at its place's unit; conditions and time are part of the query; of single people as they work today."""
    near = Signal("near_misses", "HazardReported", 1, 10, {"kind": "nearly"})
    late = Signal("overdue", "HazardOverdue", 3, 10)
    sure = Signal("misled", "QuestionAnswered", 1, 10, {"right": False, "sure": True}, by_person=True)
    weighed = Weights(28, 10, (Level(10, 7),), (near, late, sure))

    def fill(session: Session) -> None:
        for n, (kind, days) in enumerate((("nearly", 1), ("nearly", 27), ("nearly", 29), ("dangerous", 1))):
            body: dict[str, Any] = {"hazard": n, "unit": crew.team.id, "kind": kind, "urgency": None, "files": 0}
            record(session, Fact(REPORTED, f"r{n}", NOON - days * DAY, crew.manager, body=body), NOON)
        record(session, Fact(OVERDUE, "o", NOON - DAY, unit=crew.site.id, body={"hazard": 9, "severity": 3}), NOON)
        for n, (person, right, is_sure) in enumerate(
            (
                (crew.worker, False, True),
                (crew.worker, False, False),
                (crew.worker, True, True),
                (crew.supervisor, False, True),
            )
        ):
            body = {"question": f"q{n}", "version": 1, "mode": "exam", "first": True, "right": right, "sure": is_sure}
            record(session, Fact(ANSWERED, f"a{n}", NOON - DAY, person, body=body), NOON)
        unsure = {"question": "q", "version": 1, "mode": "practice", "first": True}
        record(session, Fact(ANSWERED, "a9", NOON - DAY, crew.worker, body=unsure), NOON)

    writer.run(fill)
    nearly, overdue, misled = writer.run(counting.counts, weighed, NOON)
    assert {unit: each.n for unit, each in nearly.items()} == {crew.team.id: 2}
    assert {unit: each.n for unit, each in overdue.items()} == {crew.site.id: 1}
    assert {unit: (each.n, each.people) for unit, each in misled.items()} == {crew.team.id: (2, 2)}
    assert writer.run(counting.behind, near, [crew.team.id], weighed, NOON) == [
        {"thing": "hazard", "number": 0}, {"thing": "hazard", "number": 1}
    ]  # fmt: skip
    assert writer.run(counting.behind, sure, [crew.team.id], weighed, NOON) == [], "nothing of what single people did"


def test_an_index_is_kept_by_day_and_a_crossing_is_told_once_however_often_it_is_worked_out(
    writer: Writer, crew: Crew
) -> None:
    """Two workers note the same crossing: one row, one fact, one message each."""
    weights._weights[:] = [Weights(28, 10, (Level(10, 7),), (Signal("overdue", "HazardOverdue", 9, 10),))]

    def fill(session: Session) -> None:
        for n in range(4):
            people.add_person(session, f"C-{n}", f"Crew {n}", "en", crew.team, "worker", NOON.date() - DAY)
        record(session, Fact(OVERDUE, "o", NOON - DAY, unit=crew.team.id, body={"hazard": 9, "severity": 3}), NOON)

    writer.run(fill)
    found = writer.run(warning.read, NOON)
    assert found[crew.team.id].value == 15.0
    for _ in range(2):
        writer.run(warning.note, [found[crew.team.id]], {}, NOON)
    assert writer.run(count, "EarlyWarningRaised") == 1
    assert writer.run(lambda s: s.scalar(select(func.count()).select_from(RiskWarningRow))) == 1
    assert writer.run(lambda s: s.scalar(select(func.count()).select_from(RiskIndexRow))) == 1
    told = select(OutboxRow.person_id).where(OutboxRow.key.like("warning:%")).order_by(OutboxRow.person_id)
    assert writer.run(lambda s: s.scalars(told).all()) == sorted((crew.supervisor, crew.manager))


def test_the_worst_stands_first_and_nothing_of_other_units(writer: Writer, crew: Crew) -> None:
    """By colour, alarmed first within it; scope is in the query, also of a path that only begins alike."""
    low = writer.run(enter, crew, "low", Rating(Method.LEC, (1, 1, 1)))
    high = writer.run(enter, crew, "high")
    found = [each.id for each, _ in writer.run(store.risks, (crew.team.path,), 10)]
    assert found == [high.id, low.id]
    writer.run(lambda s: actions.identify(s, crew.supervisor, Entry("u", crew.team.id, {"en": "x"}, {"en": "y"}), NOON))
    counted = writer.run(store.counts, (crew.team.path,))
    assert counted == {"red": 1, "orange": 0, "yellow": 0, "blue": 1, "unrated": 1, "alarmed": 0}
    shown = ("red", "unrated", "blue")
    kept = [len(writer.run(store.risks, (crew.team.path,), 10, colour=colour)) for colour in (*shown, "alarmed")]
    assert kept == [1, 1, 1, 0]
    assert writer.run(store.risks, (f"{crew.team.path}9/",), 10) == []
    assert writer.run(store.risks, (), 10) == []
    assert writer.run(lambda s: s.scalars(select(RiskRow.code).order_by(RiskRow.id)).all()) == ["D-1", "D-2", "D-3"]
