"""Sensors from a table: every mistake with its place, all or nothing, over what was there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.library.shipped import content_path
from bot.onboarding.sample import load_sample
from bot.people.importing.problems import Problems
from bot.sensors.importing import import_sensors
from bot.sensors.tables import SensorRow
from tests.store.conftest import NOON

HEAD = "sensor,name,unit,place,measures,symbol,warn_high,alarm_high,back,silent_minutes,closed\n"
BAD = HEAD + (
    "a b,A,Harbour Works,,temperature,C,35,,,,\n"
    "a,A,Harbor Works,,temperature,C,35,,,,\n"
    "a,A,Harbour Works,,temperature,C,35,,,,\n"
    "c,C,Harbour Works,HW-DOCK-9,warmth,C,x,,,-1,perhaps\n"
    "d,D,Harbour Works,,temperature,C,60,35,,,\n"
    "e,E,Harbour Works,,temperature,C,,,,,\n"
)


def test_every_mistake_of_a_table_has_its_place_and_nothing_is_written(writer: Writer, tmp_path: Path) -> None:
    """Codes, units, places, kinds, numbers, the order of limits, a sensor that could never say anything."""
    path = tmp_path / "sensors.csv"
    path.write_text(BAD, encoding="utf-8")

    def tried(session: Session) -> tuple[int, Problems, int]:
        load_sample(session, NOON)
        problems = Problems(str(path))
        done = import_sensors(session, path, NOON, problems)
        return done, problems, len(session.scalars(select(SensorRow)).all())

    done, problems, rows = writer.run(tried)
    assert (done, rows) == (0, 0)
    said = "\n".join(map(str, problems.found))
    for word in (
        "no code",
        'did you mean "Harbour Works"?',
        "has a row already",
        "HW-DOCK-",
        "none of oxygen",
        "no number",
    ):
        assert word in said
    for word in ("no whole number", "write yes", "d: limits must rise", "e: has no limit"):
        assert word in said
    assert {each.place.line for each in problems.found} == {2, 3, 4, 5, 6, 7}


def test_the_sample_s_sensors_come_in_and_again_with_other_limits(writer: Writer, tmp_path: Path) -> None:
    """The second time the rows are changed and not doubled; a closed one is gone and can come back."""
    sample = content_path() / "sample" / "sensors.csv"

    def twice(session: Session) -> tuple[int, list[tuple[str, int | None, bool]]]:
        load_sample(session, NOON)
        problems = Problems("sensors.csv")
        first = import_sensors(session, sample, NOON, problems)
        path = tmp_path / "again.csv"
        path.write_text(HEAD + "spray-temp,Booth,Lingang Works,,temperature,C,40,,,5,yes\n", encoding="utf-8")
        import_sensors(session, path, NOON + timedelta(days=1), problems)
        assert not problems.found
        rows = session.scalars(select(SensorRow).order_by(SensorRow.code))
        return first, [(row.code, row.silent_s, row.closed_at is not None) for row in rows]

    assert writer.run(twice) == (
        4,
        [("dock-lel", 900, False), ("spray-temp", 300, True), ("tank-lel", 900, False), ("weld-o2", 900, False)],
    )
