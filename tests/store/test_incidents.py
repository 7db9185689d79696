"""Incidents on both engines: rights in the query, seals, clocks once, races, leavers (long because it is many small cases)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import show
from bot.incidents import actions, clocks, company, filing, learned, opening, pages, store, telling
from bot.incidents.chat import on_hurt
from bot.incidents.model import ClockState, Control, Entry, Incident, Move, Outcome, State
from bot.incidents.tables import IncidentInjuredRow, IncidentRow
from bot.kit.events import Said
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import UnitKind
from bot.people.tables import LeaveRow, PersonRow, PostRow, UnitRow
from tests.store.conftest import NOON
from tests.store.hazard_crew import Dock, dock, later

__all__ = ["dock"]


@pytest.fixture(autouse=True)
def _shipped() -> None:
    """The shipped clocks and cards, and nobody from whom anything is hidden."""
    company.configure(None, lambda session, hazard: ())


def opened(dock: Dock, key: str = "hurt:1", law: str = "US") -> Incident:
    """Somebody is hurt at the dock."""
    dock.run(lambda s: s.execute(update(UnitRow).values(jurisdiction=law)))
    return dock.run(opening.open_incident, key, dock.unit, dock.path, NOON)  # type: ignore[no-any-return]


def classified(dock: Dock, outcome: Outcome = Outcome.HOSPITAL, law: str = "US") -> Incident:
    """Yusuf said what became of it, and leads."""
    found = opened(dock, law=law)
    dock.run(actions.classify, dock.yusuf, found.id, outcome, later(minutes=1))
    dock.run(actions.lead, dock.yusuf, found.id, dock.yusuf, later(minutes=2))
    return dock.run(store.incident, found.id)  # type: ignore[no-any-return]


def test_an_incident_is_opened_once_a_key(dock: Dock) -> None:
    """A job that runs again makes no second one, and records nothing."""
    assert opened(dock).id == opened(dock).id
    assert len(dock.facts("IncidentOpened")) == 1


def test_who_sees_an_incident(dock: Dock) -> None:
    """Who answers for safety there, in the query; not its supervisors, until they help; a deputy while they stand in."""
    found = classified(dock)

    def see() -> set[int]:
        every = (dock.ana, dock.bao, dock.sam, dock.marta, dock.yusuf, dock.grace, dock.ada)
        return {id for id in every if dock.run(store.listed, id, later(hours=1), 10)}

    assert see() == {dock.yusuf, dock.grace, dock.ada}
    dock.run(actions.join, dock.yusuf, found.id, dock.sam, later(minutes=3))
    assert see() == {dock.yusuf, dock.grace, dock.ada, dock.sam}
    away = {"person_id": dock.grace, "deputy_id": dock.marta, "starts_at": NOON, "ends_at": later(days=1)}
    dock.run(lambda s: s.add(LeaveRow(**away)))
    assert dock.marta in see()
    assert dock.refusal(actions.look, dock.bao, found.id, NOON)[0] == "incidents.not_yours"


def test_a_look_goes_on_record_once_in_ten_minutes(dock: Dock) -> None:
    """By person and time; a refusal leaves nothing."""
    found = classified(dock)
    for minutes in (5, 6, 30):
        dock.run(actions.look, dock.grace, found.id, later(minutes=minutes))
    assert dock.run(store.lookers, found.id) == [(dock.grace, later(minutes=30))]
    assert len(dock.facts("IncidentLookedAt")) == 2


def test_whoever_was_hurt_is_sealed_and_cannot_investigate(dock: Dock) -> None:
    """The row tells nothing without the key; they lose the lead and the sight of it; their own state they see."""
    found = classified(dock)
    dock.run(actions.name_injured, dock.grace, found.id, "T-5", later(minutes=5))
    assert dock.run(store.injured_names, found.id, NOON) == ["Yusuf Demir"]
    assert dock.run(store.incident, found.id).owner is None
    assert dock.run(store.seen_by, found.id, dock.yusuf, NOON) is None
    assert [each.id for each in dock.run(store.of_injured, dock.yusuf)] == [found.id]
    assert dock.refusal(actions.lead, dock.grace, found.id, dock.yusuf, NOON)[0] == "incidents.cannot_work"
    dock.run(actions.name_injured, dock.grace, found.id, "A driver of the supplier", later(minutes=6))
    dock.run(actions.name_injured, dock.grace, found.id, "a driver of the supplier ", later(minutes=7))
    assert dock.run(store.count_injured, found.id) == 2
    dock.run(actions.name_injured, dock.grace, found.id, "T-1", later(minutes=8))
    boxes = dock.run(lambda s: [f"{bytes(r.sealed)!r} {r.mark}" for r in s.scalars(select(IncidentInjuredRow))])
    assert len(boxes) == 3
    assert not any(word in box for box in boxes for word in (str(dock.ana), "supplier", "driver"))
    every = [
        fact.body for kind in ("IncidentOpened", "IncidentClassified", "IncidentLookedAt") for fact in dock.facts(kind)
    ]
    assert not any("supplier" in str(body) or "Demir" in str(body) for body in every)


def test_it_goes_around_whom_its_report_goes_around(dock: Dock) -> None:
    """Grace is not asked, sees nothing, and cannot be given the lead."""
    company.configure(None, lambda session, hazard: (dock.grace,))
    dock.run(lambda s: s.execute(update(UnitRow).values(jurisdiction="US")))
    payload = {
        "key": "hazard:x", "at": NOON.isoformat(), "person": None, "unit": dock.unit, "post": None,
        "body": {"hazard": 7, "unit": dock.unit, "kind": "hurt", "urgency": "now", "files": 0},
    }  # fmt: skip
    dock.run(opening.was_reported, payload, NOON)
    found = dock.run(store.by_key, "hazard:x")
    assert dock.run(store.seen_by, found.id, dock.grace, NOON) is None
    assert dock.told(dock.grace) == []
    assert dock.told(dock.yusuf) == ["incidents.ask_outcome"]
    dock.run(actions.classify, dock.yusuf, found.id, Outcome.MEDICAL, NOON)
    assert dock.refusal(actions.lead, dock.yusuf, found.id, dock.grace, NOON)[0] == "incidents.cannot_work"


def test_a_site_without_anybody_for_safety_asks_the_admin(dock: Dock) -> None:
    """The law does not wait for a post to be filled."""
    found = opened(dock)
    dock.run(
        lambda s: s.execute(
            update(PersonRow).where(PersonRow.id.in_((dock.yusuf, dock.grace))).values(left_on=NOON.date())
        )
    )
    assert dock.run(telling.watch, found, NOON) == [dock.ada]


def test_in_a_group_everybody_reads_the_number(dock: Dock) -> None:
    """Typed there in a fright, it calls for help as well; its buttons are for a chat of one's own."""
    common = {"update_id": 7, "at": NOON, "user": 1, "chat": -5, "person": dock.bao, "message": 3}
    event = Said(text="/hurt", command="hurt", private=False, **common)  # type: ignore[arg-type]
    reply = dock.run(on_hurt, event, NOON)
    assert reply.messages[0].text.key == "incidents.help"
    assert reply.messages[0].buttons == ()
    dock.run(on_hurt, event, later(minutes=1))
    assert len(dock.facts("DangerFound")) == 1


# --- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "outcome", "codes"),
    [
        ("US", Outcome.FATAL, {"us-osha-death"}),
        ("US", Outcome.HOSPITAL, {"us-osha-serious"}),
        ("US", Outcome.LOST_TIME, set()),
        ("CN", Outcome.LOST_TIME, {"cn-493"}),
        ("UK", Outcome.LOST_TIME, {"uk-riddor-absence"}),
        ("ES", Outcome.FATAL, set()),
    ],
)
def test_the_clocks_of_the_place_start(dock: Dock, law: str, outcome: Outcome, codes: set[str]) -> None:
    """Of its own law alone; where we know none, none is made up."""
    found = classified(dock, outcome, law)
    assert {each.code for each in dock.run(store.clocks, [found.id])[found.id]} == codes


def test_a_worse_outcome_starts_its_clock_from_then_on_and_the_first_goes_on(dock: Dock) -> None:
    """In hospital on the first day, dead on the third: 24 hours from the report, and 8 from when it became known."""
    found = classified(dock)
    dock.run(actions.classify, dock.grace, found.id, Outcome.FATAL, later(days=3))
    dock.run(actions.classify, dock.grace, found.id, Outcome.HOSPITAL, later(days=4))
    dock.run(actions.classify, dock.grace, found.id, Outcome.FATAL, later(days=5))
    due = {each.code: each.due_at for each in dock.run(store.clocks, [found.id])[found.id]}
    assert due == {"us-osha-serious": later(hours=24), "us-osha-death": later(days=3, hours=8)}


def test_a_clock_is_settled_once_by_whoever_may(dock: Dock) -> None:
    """With a reference, or a reason; the second who presses is told."""
    found = classified(dock)
    (clock,) = dock.run(store.clocks, [found.id])[found.id]
    told = {"by": dock.bao, "id": clock.id, "state": ClockState.REPORTED, "words": "4711", "at": None, "now": NOON}

    def refused(**other: Any) -> str:
        return dock.refusal(clocks.settle, *(told | other).values())[0]

    assert refused() == "incidents.not_yours"
    assert refused(by=dock.grace, words="") == "incidents.reference_needed"
    assert refused(by=dock.grace, state=ClockState.NOT_REPORTABLE, words="no") == "incidents.reason_needed"
    dock.run(clocks.settle, dock.grace, clock.id, ClockState.REPORTED, "OSHA 4711", later(hours=30), later(hours=31))
    assert refused(by=dock.yusuf) == "incidents.clock_over"
    settled = dock.run(store.clock, clock.id)
    assert (settled.state, settled.by, settled.words) == (ClockState.REPORTED, dock.grace, "OSHA 4711")
    assert dock.facts("StatutoryClockSettled")[0].body["late"] is True


def test_clocks_after_a_long_silence_are_brought_up_once(dock: Dock) -> None:
    """Two days down: not two reminders and the end, but the end alone; looked at again nothing more."""
    found = classified(dock)
    for hours in (48, 49):
        dock.run(clocks.look, later(hours=hours))
    assert [key for key in dock.told(dock.yusuf) if "clock" in key] == ["incidents.clock_missed"]
    assert dock.told(dock.ada)[-1] == "incidents.clock_missed"
    assert len(dock.facts("StatutoryClockMissed")) == 1
    assert dock.run(store.clocks, [found.id])[found.id][0].missed_at == later(hours=48)


def test_days_left_wait_for_the_morning_and_hours_left_do_not(dock: Dock) -> None:
    """RIDDOR's 15 days: the first reminder keeps to the budget and quiet hours."""
    classified(dock, Outcome.LOST_TIME, "UK")
    dock.run(clocks.look, later(hours=181))
    (row,) = dock.rows(dock.yusuf, "incidents.clock_reminder")
    assert row.unasked
    assert row.kind == "incidents.clock"


# --- the end of an investigation --------------------------------------------------------------------------------------


def test_two_who_lead_at_once(dock: Dock) -> None:
    """Both saw it without an owner; the later one's write does not count unseen."""
    found = opened(dock)
    dock.run(actions.classify, dock.yusuf, found.id, Outcome.MEDICAL, NOON)
    seen = dock.run(store.incident, found.id)
    dock.run(actions.change, seen, NOON, owner_id=dock.yusuf)
    assert dock.refusal(actions.change, seen, NOON, owner_id=dock.grace)[0] == "incidents.changed"


def test_who_gave_the_lead_away_does_not_sign_either(dock: Dock) -> None:
    """They found out what is to be signed: they are of the team from then on."""
    found = classified(dock, Outcome.MEDICAL)
    dock.run(actions.lead, dock.yusuf, found.id, dock.grace, later(minutes=3))
    assert dock.run(store.members, found.id) == [dock.yusuf]
    dock.run(lambda s: s.execute(update(IncidentRow).values(state=State.REVIEW.value)))
    for who in (dock.yusuf, dock.grace):
        assert dock.refusal(actions.step, who, found.id, Move.SIGN, later(minutes=4))[0] == "incidents.not_your_own"
    assert dock.run(actions.step, dock.ada, found.id, Move.SIGN, later(minutes=5)).state is State.CLOSED


def test_what_a_leaver_led_and_had_to_do_passes_on(dock: Dock) -> None:
    """To the successor; without one the actions go to who leads there, and the lead is asked for again."""
    found = classified(dock)
    made = dock.run(filing.set_action, dock.yusuf, found.id, Control.ENGINEER, "a guard", dock.yusuf, 7, NOON)
    dock.run(lambda s: s.execute(update(PersonRow).where(PersonRow.id == dock.yusuf).values(successor_id=dock.grace)))
    dock.run(filing.pass_on, {"person": dock.yusuf}, NOON)
    assert dock.run(store.incident, found.id).owner == dock.grace
    assert dock.run(store.action, made.id).owner == dock.grace
    dock.run(filing.pass_on, {"person": dock.grace}, NOON)
    assert dock.run(store.incident, found.id).owner is None
    assert dock.run(store.action, made.id).owner in (dock.sam, dock.marta)
    assert dock.run(lambda s: s.scalar(select(IncidentRow.ask_at))) is not None


def test_whoever_does_something_about_it_reads_that_and_nothing_more(dock: Dock) -> None:
    """Bao has a guard to put up: he may say it is done, and opens nothing."""
    found = classified(dock)
    made = dock.run(filing.set_action, dock.yusuf, found.id, Control.ENGINEER, "a guard", dock.bao, 7, NOON)
    assert dock.refusal(actions.look, dock.bao, found.id, NOON)[0] == "incidents.not_yours"
    assert dock.refusal(filing.done, dock.ana, made.id, NOON)[0] == "incidents.not_yours"
    dock.run(filing.done, dock.bao, made.id, NOON)
    assert dock.refusal(filing.done, dock.bao, made.id, NOON)[0] == "incidents.done_already"


def test_an_answer_of_a_like_place_counts_once(dock: Dock) -> None:
    """The first look counts; an answer to something else of no concern here changes nothing."""
    found = classified(dock)
    storage = dock.run(_storage, found)
    dock.run(filing.enter, dock.yusuf, found.id, Entry.LESSON, "Look at the hooks", NOON)
    dock.run(lambda s: s.execute(update(IncidentRow).values(topic="LIF")))
    assert dock.run(learned.ask_like_places, dock.yusuf, found.id, NOON) == 1
    assert dock.run(learned.ask_like_places, dock.yusuf, found.id, NOON) == 0
    key = f"incident:{found.id}:{storage}"
    for finding, order in (("check:9", False), (key, True), (key, False)):
        dock.run(learned.answered, {"at": NOON.isoformat(), "body": {"finding": finding, "in_order": order}}, NOON)
    (check,) = dock.run(lambda s: [(c.in_order, c.answered_at) for c in store.checks(s, found.id)])
    assert check == (True, NOON)


def _storage(session: Session, found: Incident) -> int:
    """A team whose people learn about lifting first."""
    site = next(unit for unit in people_store.units(session) if unit.name == "Warehouse")
    team = people.add_unit(session, UnitKind.TEAM, "Storage Team", site, NOON.date())
    session.add(PostRow(code="rigger", name="Rigger", topics=["LIF"]))
    session.flush()
    people.add_person(session, "T-9", "Marek Zielinski", "en", team, "rigger", NOON.date())
    return team.id


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_the_dashboard_lists_them_within_scope(dock: Dock, lang: str) -> None:
    """Yusuf reads the register and the clock that runs; for Sam, who leads the dock, there is nothing; nobody hurt is named."""
    found = classified(dock)
    dock.run(actions.name_injured, dock.grace, found.id, "T-2", NOON)

    def look(session: Session, who: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
        viewer = people_store.viewer(session, who, NOON)
        assert viewer is not None
        return pages.register(session, viewer, {}, later(hours=1)), pages.running(session, viewer, {}, later(hours=1))

    register, clock = dock.run(look, dock.yusuf)
    assert clock is not None
    told = show("incidents/pages.html.j2", "incidents", lang, **register) + show(
        "incidents/pages.html.j2", "clocks", lang, **clock
    )
    assert "Yusuf Demir" in told
    assert "29 CFR 1904.39" in told
    assert "Bao" not in told
    register, clock = dock.run(look, dock.sam)
    assert (register["rows"], clock) == ([], None)
