"""Inspections in both databases: once a plan and day, one who wins, versions that stay, guests that see one visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import show
from bot.inspections import actions, doing, looking, pages, scheduling, shipped, store, walks, wanted
from bot.inspections.actions import Plan
from bot.inspections.model import Checklist, Item, Origin, Section, State
from bot.inspections.tables import ChecklistRow, InspectionRow, SpotDrawRow, WantedCheckRow
from bot.inspections.visits import actions as visiting
from bot.inspections.visits import guests
from bot.inspections.visits import pages as visit_pages
from bot.inspections.visits import store as visits
from bot.inspections.visits.actions import Entry
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.ledger.tables import FactRow
from bot.people import store as people
from tests.store.conftest import NOON, Crew

LIST = Checklist(
    "dock", {"en": "Dock"}, "HSK", (Section({"en": "All"}, (Item("a", {"en": "A"}), Item("b", {"en": "B"}))),)
)
CHANGED = Checklist("dock", {"en": "Dock"}, "HSK", (Section({"en": "All"}, (Item("a", {"en": "A, anew"}),)),))
HOUR = timedelta(hours=1)


def shelved(session: Session, crew: Crew, now: datetime = NOON) -> int:
    """The manager puts a list on the shelf and stands for it."""
    actions.put(session, [LIST], crew.manager, now)
    kept = store.by_code(session, "dock")
    assert kept is not None
    actions.adopt(session, crew.manager, kept.id, kept.version, now)
    return kept.id


def refused(writer: Writer, do: Callable[..., Any], *args: Any, **more: Any) -> str:
    """Why an action is refused; the transaction is undone."""
    with pytest.raises(Refused) as told:
        writer.run(do, *args, **more)
    return told.value.text.key


def count(session: Session, kind: str) -> int:
    """How many facts of a kind there are."""
    return session.scalar(select(func.count()).select_from(FactRow).where(FactRow.kind == kind)) or 0


def walked(session: Session, person: int, checklist: int, values: str, now: datetime, key: str) -> int:
    """Somebody goes through the list of their own accord, with one answer a letter (p, f)."""
    who = people.person(session, person, now)
    assert who is not None
    id = doing.begin_own(session, who, checklist, None, key, now)
    doing.begin(session, person, id, now)
    for at, letter in enumerate(values):
        doing.answer(session, person, id, at, "pass" if letter == "p" else "fail", now)
        if letter == "f":
            doing.go_on(session, person, id, at, now)
    doing.finish(session, person, id, now)
    return id


def test_a_plan_makes_one_inspection_a_day_however_often_it_is_looked_at(writer: Writer, crew: Crew) -> None:
    """And none where nobody stands for the list; what is late is one fact."""
    id = writer.run(shelved, crew)
    zone = crew.team.zone
    minute = NOON.astimezone(ZoneInfo(zone)).hour * 60
    what = Plan(id, crew.team.id, None, None, "1234567", minute, 2 * HOUR)
    writer.run(actions.plan, crew.supervisor, what, "k", NOON)
    assert writer.run(actions.plan, crew.supervisor, what, "k", NOON) is None, "the same tap"
    for _ in range(3):
        writer.run(scheduling.begin_planned, NOON)
        writer.run(scheduling.ask_due, NOON)
    assert writer.run(lambda session: session.scalar(select(func.count()).select_from(InspectionRow))) == 1
    for _ in range(2):
        writer.run(scheduling.note_missed, NOON + 3 * HOUR)
    assert writer.run(count, "InspectionMissed") == 1
    assert refused(writer, doing.begin, crew.supervisor, 1, NOON + 3 * HOUR) == "inspections.over"


def test_an_inspection_keeps_its_version_and_a_new_one_is_used_when_somebody_stands_for_it(
    writer: Writer, crew: Crew
) -> None:
    """What was begun ends with the words it began with."""
    id = writer.run(shelved, crew)

    def begin(session: Session) -> int:
        who = people.person(session, crew.worker, NOON)
        assert who is not None
        made = doing.begin_own(session, who, id, None, "w1", NOON)
        doing.begin(session, crew.worker, made, NOON)
        return made

    first = writer.run(begin)
    writer.run(actions.put, [CHANGED], crew.manager, NOON)
    found = writer.run(walks.walk, first)
    assert len(found.list.items) == 2
    assert writer.run(actions.usable, id, crew.team.path).used == 1, "the old one goes on being used"
    assert refused(writer, actions.adopt, crew.supervisor, id, 2, NOON) == "inspections.only_safety"
    assert refused(writer, actions.adopt, crew.manager, id, 1, NOON) == "inspections.changed_meanwhile"
    writer.run(actions.adopt, crew.manager, id, 2, NOON)
    assert refused(writer, actions.adopt, crew.manager, id, 2, NOON) == "inspections.changed_meanwhile"
    assert writer.run(actions.usable, id, crew.team.path).used == 2
    assert len(writer.run(walks.walk, first).list.items) == 2
    assert writer.run(count, "ChecklistAdopted") == 2


def test_an_answer_counts_once_and_a_danger_is_handed_over_once(writer: Writer, crew: Crew) -> None:
    """A second press, a press on an old screen, ending twice: refused, and nothing doubled."""
    id = writer.run(shelved, crew)
    made = writer.run(walked, crew.worker, id, "fp", NOON, "w1")
    assert writer.run(count, "DangerFound") == 1
    assert refused(writer, doing.finish, crew.worker, made, NOON) == "inspections.changed_meanwhile"
    assert refused(writer, doing.answer, crew.worker, made, 0, "pass", NOON) == "inspections.changed_meanwhile"
    assert refused(writer, doing.answer, crew.manager, made, 0, "pass", NOON) == "inspections.not_yours"
    row = writer.run(lambda session: session.get(InspectionRow, made))
    assert (row.state, row.passed, row.failed) == (State.DONE.value, 1, 1)


def test_the_shipped_lists_come_once_and_a_changed_one_of_the_companys_own_is_left_alone(
    writer: Writer, crew: Crew
) -> None:
    """Loaded twice they are there once."""
    n = len(shipped.shipped())
    assert writer.run(shipped.load, NOON) == n
    assert writer.run(shipped.load, NOON) == 0
    ladder = next(each for each in shipped.shipped() if each.code == "ladder")
    own = Checklist(ladder.code, ladder.title, ladder.topic, ladder.sections[:1])

    def change(session: Session) -> None:
        known = store.by_code(session, "ladder")
        assert known is not None
        actions.publish(session, known, own, crew.manager, NOON)

    writer.run(change)
    assert writer.run(shipped.load, NOON) == 0
    assert (
        writer.run(lambda session: session.scalar(select(ChecklistRow.version).where(ChecklistRow.code == "ladder")))
        == 2
    )


def test_a_week_is_drawn_once_and_ending_the_rule_draws_no_more(writer: Writer, crew: Crew) -> None:
    """Three a week from now on; twice looked at, drawn once."""
    id = writer.run(shelved, crew)
    writer.run(actions.set_spot, crew.manager, id, crew.team.id, 3, NOON)
    assert refused(writer, actions.set_spot, crew.supervisor, id, crew.team.id, 3, NOON) == "inspections.not_yours"
    for _ in range(2):
        writer.run(scheduling.draw_weeks, NOON)
    drawn = writer.run(lambda session: session.scalars(select(SpotDrawRow)).all())
    assert len(drawn) == 1
    spots = writer.run(
        lambda session: session.scalars(select(InspectionRow).where(InspectionRow.origin == Origin.SPOT.value)).all()
    )
    assert len(spots) == len(drawn[0].drawn)
    writer.run(actions.set_spot, crew.manager, id, crew.team.id, 0, NOON)
    writer.run(scheduling.draw_weeks, NOON + timedelta(days=7))
    assert writer.run(lambda session: session.scalar(select(func.count()).select_from(SpotDrawRow))) == 1


def test_signs_name_their_rows_and_the_person_never_sees_their_own(writer: Writer, crew: Crew) -> None:
    """Six times all in order within a second, while the supervisor found something: fast and always the same."""
    id = writer.run(shelved, crew)
    writer.run(walked, crew.supervisor, id, "fp", NOON, "s1")
    for at in range(6):
        last = writer.run(walked, crew.worker, id, "pp", NOON + at * HOUR, f"w{at}")

    def seen(session: Session) -> tuple[list[dict[str, Any]], bool, bool]:
        found = walks.walk(session, last)
        assert found is not None
        mine = looking.may_see_signs(session, crew.worker, found, NOON)
        return looking.signs_of(session, found), looking.may_see_signs(session, crew.supervisor, found, NOON), mine

    signs, leads, own = writer.run(seen)
    assert [each["kind"] for each in signs] == ["fast", "answers"]
    assert (signs[1]["count"], signs[1]["of"], signs[1]["failed"], signs[1]["small"]) == (6, 1, 1, True)
    assert (leads, own) == (True, False)


def test_two_who_answer_one_question_are_one_and_the_other_hears_who(writer: Writer, crew: Crew) -> None:
    """`CheckWanted` asked twice is one question."""
    what = Finding(
        "incident:1:1",
        "incidents",
        crew.team.id,
        crew.team.path,
        Message(text("inspections.asked_handed")),
        Severity.LOW,
    )
    writer.run(findings.ask_to_check, what, NOON)
    for _ in range(2):
        writer.run(wanted.ask, {"body": {"finding": what.key}}, NOON)
    assert writer.run(lambda session: session.scalar(select(func.count()).select_from(WantedCheckRow))) == 1
    writer.run(wanted.answer, crew.supervisor, 1, "y", NOON)
    assert refused(writer, wanted.answer, crew.manager, 1, "n", NOON) == "inspections.answered_before"
    assert refused(writer, wanted.answer, crew.worker, 1, "n", NOON) == "inspections.not_yours"
    for _ in range(2):
        writer.run(wanted.hand_over_left, NOON + HOUR)
    assert writer.run(count, "DangerFound") == 1


def visit_with(session: Session, crew: Crew, key: str) -> int:
    """A visit with one finding for which the supervisor answers."""
    id = visiting.open_visit(
        session, crew.manager, crew.site.id, "Inspectorate", "Guards", date(2026, 11, 18), key, NOON
    )
    entry = Entry(
        f"{key}:1", f"finding of {key}", "1910.212", None, Severity.HIGH, crew.supervisor, NOON + timedelta(days=7)
    )
    visiting.log(session, crew.manager, id, entry, NOON)
    return id


def test_a_guests_link_opens_one_visit_until_its_end_and_every_try_is_noted(writer: Writer, crew: Crew) -> None:
    """Another visit is not read by it; over, it opens nothing and says so."""
    one, other = writer.run(visit_with, crew, "a"), writer.run(visit_with, crew, "b")
    assert one != other
    assert refused(writer, guests.invite, crew.supervisor, one, 24, NOON) == "inspections.visits.not_yours"
    link, address = writer.run(guests.invite, crew.manager, one, 24, NOON)
    query = {"secret": address.rpartition("/")[2]}
    seen = writer.run(visit_pages.guest, None, query, NOON)
    assert [each["words"] for each in seen["visit"]["findings"]] == ["finding of a"]
    assert writer.run(visit_pages.guest, None, query, NOON + 24 * HOUR)["state"] == "ended"
    assert writer.run(visit_pages.guest, None, query, NOON + 24 * HOUR)["visit"] is None
    writer.run(guests.note_view, query, NOON)
    writer.run(guests.note_view, {"secret": "0" * 32}, NOON)
    assert len(writer.run(visits.views, link)) == 1
    writer.run(guests.revoke, crew.manager, link, NOON)
    assert refused(writer, guests.revoke, crew.manager, link, NOON) == "inspections.visits.changed_meanwhile"
    assert writer.run(visit_pages.guest, None, query, NOON)["state"] == "revoked"


def test_a_visit_ends_only_when_its_findings_are_over_and_a_finding_is_closed_once(writer: Writer, crew: Crew) -> None:
    """The supervisor puts it right, the manager closes it; the second close is refused."""
    id = writer.run(visit_with, crew, "a")
    assert refused(writer, visiting.close_visit, crew.manager, id, NOON) == "inspections.visits.still_open"
    assert refused(writer, visiting.correct, crew.manager, 1, "done", NOON) == "inspections.visits.not_now"
    writer.run(visiting.correct, crew.supervisor, 1, "done", NOON)
    writer.run(visiting.close, crew.manager, 1, NOON)
    assert refused(writer, visiting.close, crew.manager, 1, NOON) == "inspections.visits.other_closes"
    writer.run(visiting.close_visit, crew.manager, id, NOON)


def test_every_page_is_said_in_every_language(writer: Writer, crew: Crew) -> None:
    """The board with signs and draws, one inspection, the visits, a guest's page in each of its states."""
    id = writer.run(shelved, crew)
    writer.run(actions.set_spot, crew.manager, id, crew.team.id, 3, NOON)
    writer.run(scheduling.draw_weeks, NOON)
    made = writer.run(walked, crew.worker, id, "fp", NOON, "w1")
    visit = writer.run(visit_with, crew, "a")
    _, address = writer.run(guests.invite, crew.manager, visit, 24, NOON)
    query = {"secret": address.rpartition("/")[2]}
    later = NOON + timedelta(days=14)

    def gathered(session: Session) -> list[tuple[str, str, dict[str, Any]]]:
        viewer = people.viewer(session, crew.manager, NOON)
        assert viewer is not None
        one = pages.one(session, viewer, {"id": made}, NOON)
        whole = visit_pages.one(session, viewer, {"id": visit}, NOON)
        assert one is not None
        assert whole is not None
        found = [("inspections", "board", pages.board(session, viewer, {}, later)), ("inspections", "one", one)]
        assert found[0][2]["draws"][0]["same"] is True
        found += [
            ("inspections/visits", "listing", visit_pages.listing(session, viewer, {}, NOON)),
            ("inspections/visits", "one", whole),
        ]
        found += [("inspections/visits", "guest", visit_pages.guest(session, None, query, at)) for at in (NOON, later)]
        return [*found, ("inspections/visits", "guest", visit_pages.guest(session, None, {"secret": "x"}, NOON))]

    for room, macro, values in writer.run(gathered):
        for lang in LANGUAGES:
            assert show(f"{room}/pages.html.j2", macro, lang, **values)
