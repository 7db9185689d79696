"""Schedules as rows: each date begun once, planned slice by slice, paused, changed, caught up; and for whom they are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import audience, schedules, timing
from bot.delivery.audience import Audience
from bot.delivery.schedules import Missed, Run, Schedule, Slice
from bot.delivery.tables import ScheduleRow, ScheduleRunRow
from bot.kit.clock import instant
from bot.people.tables import LeaveRow, PersonRow
from tests.store.conftest import NOON, Crew

HOUR = timedelta(hours=1)
DAILY = Schedule("digest", "digest", "30 2 * * *", "Europe/Madrid")


def _note(session: Session, schedule: Schedule, run: Run, now: datetime) -> Slice:
    """A plan of three slices of ten."""
    return Slice(run.cursor + 10, 10, run.cursor < 20)


def _work(writer: Writer, now: datetime) -> int:
    """How many slices a tick runs."""
    count = 0
    while writer.run(lambda session: schedules.work("digest", _note, session, now)):
        count += 1
    return count


def _runs(writer: Writer) -> list[tuple[str, int, str]]:
    query = select(ScheduleRunRow.key, ScheduleRunRow.planned, ScheduleRunRow.state).order_by(ScheduleRunRow.key)
    return writer.run(lambda session: [tuple(row) for row in session.execute(query)])


def test_a_schedule_runs_once_a_local_date_whatever_the_clock_does(writer: Writer) -> None:
    """Set back an hour, it does not run again; the next day it does."""
    writer.run(schedules.put, DAILY)
    at = instant(date(2026, 10, 25), time(2, 30), "Europe/Madrid")
    assert [_work(writer, at), _work(writer, at + HOUR), _work(writer, at + 25 * HOUR)] == [3, 0, 3]
    expected = [("run:digest:2026-10-25", 30, "done"), ("run:digest:2026-10-26", 30, "done")]
    assert _runs(writer) == expected


def test_a_run_goes_on_where_it_was_interrupted(writer: Writer) -> None:
    """The cursor stands in the row, so a restart in the middle repeats nobody and forgets nobody."""
    writer.run(schedules.put, DAILY)
    at = instant(date(2026, 10, 25), time(2, 30), "Europe/Madrid")
    writer.run(lambda session: schedules.work("digest", _note, session, at))
    assert _runs(writer) == [("run:digest:2026-10-25", 10, "running")]
    assert _work(writer, at + 5 * HOUR) == 2, "also when it would be too late to begin"
    assert _runs(writer) == [("run:digest:2026-10-25", 30, "done")]


def test_what_is_paused_does_not_run_and_goes_on_with_the_next_date(writer: Writer) -> None:
    """What came due meanwhile is left out."""
    writer.run(schedules.put, DAILY)
    assert writer.run(schedules.pause, "digest", NOON)
    at = instant(date(2026, 11, 19), time(2, 30), "Europe/Madrid")
    assert _work(writer, at) == 0
    assert writer.run(schedules.pause, "digest", None)
    assert _work(writer, at + 3 * HOUR) == 0
    assert _work(writer, at + 24 * HOUR) == 3


def test_after_three_days_down_only_the_newest_is_caught_up_unless_each_was_asked_for(writer: Writer) -> None:
    """One run, or three: the schedule says which."""
    writer.run(schedules.put, Schedule("digest", "digest", "30 2 * * *", catch_up=timedelta(days=3)))
    assert _work(writer, NOON) == 3
    each = Schedule("digest", "digest", "30 2 * * *", missed=Missed.EACH, catch_up=timedelta(days=3))
    writer.run(schedules.put, each)
    assert _work(writer, NOON) == 6
    assert [key[-10:] for key, _, _ in _runs(writer)] == ["2026-11-16", "2026-11-17", "2026-11-18"]


def test_an_operators_changes_to_a_schedule_stay(writer: Writer) -> None:
    """What comes with the program is put in once."""
    schedules.declare(DAILY)
    try:
        assert [each.key for each in writer.run(schedules.all_schedules, "digest")] == ["digest"]
        writer.run(schedules.put, Schedule("digest", "digest", "0 9 * * 1", "UTC", Audience(roles=("supervisor",))))
        [found] = writer.run(schedules.all_schedules, "digest")
        assert (found.timing, found.zone, str(found.audience)) == ("0 9 * * 1", "UTC", "roles supervisor")
    finally:
        schedules._declared.pop("digest")


@pytest.mark.parametrize(("line", "zone"), [("0 8 * *", "UTC"), ("0 8 * * *", "Mars/Olympus")])
def test_a_schedule_that_means_nothing_is_not_saved(writer: Writer, line: str, zone: str) -> None:
    """And says what to write."""
    with pytest.raises(ValueError, match=r"five fields|no time zone"):
        writer.run(schedules.put, Schedule("digest", "digest", line, zone))
    assert writer.run(lambda session: session.scalars(select(ScheduleRow)).all()) == []


@pytest.mark.parametrize(
    ("took", "expected"),
    [(0.01, 2000), (0.04, 1000), (0.08, 500), (1.0, 500), (0.0, 2000)],
    ids=lambda value: str(value),
)
def test_a_slice_takes_as_many_people_as_the_writer_has_time_for(took: float, expected: int) -> None:
    """Forty milliseconds, never more than twice as many as before, and never so few that they would take no less time."""
    assert schedules.next_step(1000, took) == expected


def test_an_audience_is_found_by_unit_role_post_and_shift(writer: Writer, crew: Crew) -> None:
    """Each named thing narrows it; who is away, has left or cannot be reached is not in it."""

    def who(chosen: Audience) -> set[int]:
        query = audience.members(chosen, NOON)
        found = writer.run(lambda session: session.execute(query, {"on": NOON.date()}).all())
        return {row.id for row in found}

    writer.run(lambda session: session.get_one(PersonRow, crew.worker).__setattr__("shift", "day"))
    everyone = {crew.worker, crew.supervisor, crew.manager}
    assert who(Audience()) == everyone
    assert who(Audience(paths=(crew.team.path,))) == {crew.worker, crew.supervisor}
    assert who(Audience(roles=("supervisor", "manager"))) == {crew.supervisor, crew.manager}
    assert who(Audience(paths=(crew.team.path,), roles=("manager",))) == set()
    assert who(Audience(posts=("worker",))) == {crew.worker}
    assert who(Audience(shifts=("day",))) == {crew.worker}
    writer.run(lambda session: session.add(LeaveRow(person_id=crew.worker, starts_at=NOON - HOUR)))
    assert crew.worker not in who(Audience())


def test_an_audience_is_kept_as_it_was(writer: Writer) -> None:
    """A field of a newer version is refused rather than written to too many people."""
    chosen = Audience(("/1/4/",), posts=("worker", "driver"))
    assert audience.from_json(audience.to_json(chosen)) == chosen
    assert audience.to_json(Audience()) == {}
    with pytest.raises(TypeError):
        audience.from_json({"moods": ["good"]})


def test_the_next_times_are_told_in_their_order() -> None:
    """Across the end of summer time."""
    coming = timing.coming(timing.parse("30 2 * * *"), "Europe/Madrid", instant(date(2026, 10, 24), time(3), "UTC"), 2)
    assert [f"{each.at:%d %H:%M}" for each in coming] == ["25 00:30", "26 01:30"]
