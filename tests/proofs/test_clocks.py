"""Every zone of the world and every change of its clocks in 2026: once a schedule and local date."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from bot.delivery import schedules
from bot.delivery.schedules import Schedule
from tests.proofs.counted import counted
from tests.rules.test_timing import DAY, HOUR, JUMPS, changes, wrong_dates


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_in_every_zone_each_local_date_has_exactly_one_run() -> None:
    """With clocks that are right, and with such as jump an hour or a day forward or back and are put right again."""
    assert len(changes()) > 200
    assert {HOUR, DAY} < set(JUMPS)
    tried = [(zone, change, jump) for zone, change in changes() for jump in JUMPS]
    wrong = {each: found for each in tried if (found := wrong_dates(*each))}
    counted("a zone changes its clocks, the machine's clock jumps", len(tried), len(tried) - len(wrong))
    assert wrong == {}


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_schedule_that_waits_for_the_hands_of_a_clock_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: what is due is what the clock on the wall shows, as simple schedulers do it."""

    def due(schedule: Schedule, now: datetime) -> list[SimpleNamespace]:
        minute, hour, *_ = schedule.timing.split()
        wall = now.astimezone(ZoneInfo(schedule.zone))
        return [SimpleNamespace(name=str(wall.date()))] if (wall.hour, wall.minute) == (int(hour), int(minute)) else []

    monkeypatch.setattr(schedules, "due", due)
    some = changes()[::20]
    wrong = sum(1 for zone, change in some if wrong_dates(zone, change, HOUR))
    counted("a zone changes its clocks, the machine's clock jumps", len(some), len(some) - wrong, sabotaged=True)
    assert wrong
