"""Machines that see what nobody sees: gas at a tank, a sensor that falls silent, maintenance; by signed call and over MQTT."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.hazards.tables import HazardRow
from bot.ledger.tables import FactRow
from bot.sensors.tables import ReadingRow, SensorRow
from bot.web.hooks import secret_of, signature
from tests.flows.house import Story, words
from tests.flows.sensors_company import count, plant
from tests.loopback import AsyncClient

SECRET = "a story's secret that is long enough"


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The same, by signed call alone."""
    async with plant(database_url, tmp_path) as made:
        yield made


async def calls(s: Story, said: Any, *, source: str = "gateway", secret: str = "", at: int = 0, copies: int = 1) -> Any:
    """The gateway calls, signed; answers (status, JSON) of the last copy."""
    body, at = json.dumps(said).encode(), at or int(time.time())
    head = {"Davy-Time": str(at), "Davy-Signature": signature(secret or secret_of(SECRET, source), at, source, body)}
    async with AsyncClient(base_url=s.house.settings.address) as http:
        for _ in range(copies):
            answer = await http.post(f"/hooks/sensors/{source}", content=body, headers=head)
    await s.settle()
    return answer.status_code, answer.json()


async def measures(s: Story, value: float, sensor: str = "o2") -> dict[str, Any]:
    """The gateway brings one value of this moment."""
    status, said = await calls(s, {"sensor": sensor, "value": value, "at": s.now.isoformat()})
    assert status == 200
    return dict(said)


async def test_gas_rings_once_gets_worse_and_stays_open_when_it_is_normal_again(s: Story) -> None:
    """Sam is called at the warning; at the alarm, which nobody had taken on, he is called again; normal is said on the card."""
    assert await measures(s, 20.9) == {"taken": 1, "known_before": 0, "late": 0, "unknown": [], "refused": []}
    assert await s.news("Sam") == []
    await s.forward(minutes=1)
    await measures(s, 19.8)
    (told,) = await s.news("Sam")
    assert "Oxygen at dock 1: warning. Oxygen: 19.8\u00a0%; the warning limit is 20\u00a0%" in told
    assert "found by a device or a check" in told
    assert "Loading dock 1" in told
    await s.forward(minutes=1)
    await measures(s, 19.2)
    assert any("alarm. Oxygen: 19.2" in said for said in await s.news("Sam"))
    assert await count(s, HazardRow) == 1
    await s.presses("Sam", "Acknowledge")
    for _ in range(3):
        await s.forward(minutes=6)
        await measures(s, 20.9)
    assert await s.news("Tomasz") == []
    card = [words(m) for m in await s.screen("Sam") if "Oxygen at dock 1" in words(m)][-1]
    assert "is normal again since" in card
    assert "critical" in card
    assert await s.ask(lambda session: session.scalar(select(HazardRow.state))) == "acknowledged"
    assert await count(s, FactRow, FactRow.kind == "SensorCalmed") == 1


async def test_nobody_answers_a_sensor_and_the_next_are_called(s: Story) -> None:
    """The ladder is that of every danger."""
    await measures(s, 18.0)
    await s.news("Tomasz")
    await s.forward(minutes=10)
    assert any("Oxygen at dock 1" in said for said in await s.news("Tomasz"))


async def test_flapping_copies_and_late_values_make_one_danger(s: Story) -> None:
    """Forty values around the limit, each delivered three times, and an older one at the end."""
    for minute in range(40):
        value = {"sensor": "o2", "value": 19.9 if minute % 2 else 20.9, "at": s.now.isoformat()}
        await calls(s, value, copies=3)
        await s.forward(seconds=30)
    status, said = await calls(s, {"sensor": "o2", "value": 5, "at": "2026-11-18T15:06:10+00:00"})
    assert (status, said["late"]) == (200, 1)
    assert await count(s, HazardRow) == 1
    assert await count(s, ReadingRow) == 41
    assert await count(s, FactRow, FactRow.kind == "DangerFound") == 1


async def test_a_silent_sensor_is_an_alarm_and_says_when_it_is_back(s: Story) -> None:
    """After a quarter of an hour without a word Sam hears of it, once; the card says that it is heard again."""
    await measures(s, 20.9)
    await s.forward(minutes=14)
    assert await s.news("Sam") == []
    await s.forward(minutes=1)
    (told,) = await s.news("Sam")
    assert "Oxygen at dock 1 (Oxygen) has said nothing since" in told
    await s.presses("Sam", "Acknowledge")
    await s.forward(minutes=60)
    assert await count(s, HazardRow) == 1
    await measures(s, 20.9)
    assert any("is heard again since" in words(m) for m in await s.screen("Sam"))
    await s.forward(minutes=15)
    assert await count(s, HazardRow) == 2


async def test_maintenance_has_a_reason_and_an_end_and_what_is_dangerous_then_rings(s: Story) -> None:
    """Sam mutes it for an hour; nothing rings meanwhile, neither the value nor the silence; at the end it does."""
    await measures(s, 20.9)
    await s.says("Sam", "/sensors")
    assert "Sensors in your area: 1" in await s.sees("Sam")
    await s.presses("Sam", "Oxygen at dock 1")
    assert "Alarm at 19.5\u00a0% and below, 23.5\u00a0% and above" in await s.sees("Sam")
    await s.presses("Sam", "Mute")
    await s.presses("Sam", "1 hour")
    await s.says("Sam", "x")
    assert "A few words, please" in await s.sees("Sam")
    await s.says("Sam", "Calibration, Bao stands by with a hand meter")
    assert "Under maintenance until" in await s.sees("Sam")
    await s.news("Sam")
    await s.forward(minutes=5)
    await measures(s, 12.0)
    await s.forward(minutes=50)
    assert await count(s, HazardRow) == 0
    await s.forward(minutes=5)
    assert any("alarm. Oxygen: 12" in said for said in await s.news("Sam"))
    assert await count(s, FactRow, FactRow.kind == "SensorUnmuted") == 1


async def test_maintenance_may_end_early_and_only_by_those_who_lead_there(s: Story) -> None:
    """Bao, who works there, sees no sensors; Sam ends it and what is dangerous rings at once."""
    await measures(s, 20.9)
    await s.says("Sam", "/sensors")
    for tap in ("Oxygen at dock 1", "Mute", "4 hours"):
        await s.presses("Sam", tap)
    await s.says("Sam", "New cable")
    await s.says("Bao", "/sensors")
    assert "There is no sensor in your area" in await s.sees("Bao")
    message = (await s.screen("Bao"))[-1]
    data = await s.ask(
        lambda session: f"sn:unmute:{session.scalar(select(SensorRow.id).where(SensorRow.code == 'o2'))}"
    )
    forged = {"from": s.chat("Bao"), "chat": s.chat("Bao"), "message_id": message["message_id"], "data": data}
    await s.post("/sim/presses", forged | {"forge": True})
    await s.settle()
    await s.forward(minutes=1)
    await measures(s, 12.0)
    assert await count(s, HazardRow) == 0
    await s.presses("Sam", "End maintenance")
    assert await count(s, HazardRow) == 1


async def test_a_fixed_and_checked_danger_is_told_to_the_room_that_found_it(s: Story) -> None:
    """The fact says which finding it was, and that it is gone; and that there is nobody to ask about it."""
    await measures(s, 18.0)
    assert not any("Ask" in label for label in await s.buttons("Sam"))
    for tap in ("Acknowledge", "Assign", "Bao"):
        await s.presses("Sam", tap)
    for tap in ("Fixed", "No photo possible"):
        await s.presses("Bao", tap)
    await s.says("Bao", "Fan was off")
    await s.presses("Sam", "gone")
    bodies = await s.ask(
        lambda session: list(session.scalars(select(FactRow.body).where(FactRow.kind == "DangerCleared")))
    )
    assert [(body["room"], body["gone"]) for body in bodies] == [("sensors", True)]
    assert await s.violations() == []


async def test_only_a_signed_call_of_these_minutes_is_taken(s: Story) -> None:
    """A wrong secret, another's secret, an old signature, a changed body, a refused source: nothing is kept, and why is said."""
    said = {"sensor": "o2", "value": 10, "at": s.now.isoformat()}
    assert await calls(s, said, secret="guess") == (401, {"error": "the signature is wrong"})
    assert (await calls(s, said, secret=secret_of(SECRET, "another")))[0] == 401
    status, why = await calls(s, said, at=int(time.time()) - 301)
    assert (status, why["error"]) == (401, "Davy-Time is more than five minutes away from now")
    async with AsyncClient(base_url=s.house.settings.address) as http:
        assert (await http.post("/hooks/sensors/gateway", content=b"{}")).status_code == 401
        assert (await http.post("/hooks/nothing/gateway", content=b"{}")).status_code == 404
        at = int(time.time())
        head = {"Davy-Time": str(at), "Davy-Signature": signature(secret_of(SECRET, "gateway"), at, "gateway", b"{}")}
        assert (await http.post("/hooks/sensors/gateway", content=b"{ }", headers=head)).status_code == 401
        assert (await http.post("/hooks/sensors/gateway", content=b"x" * 1_100_000, headers=head)).status_code == 413
        odd = {b"Davy-Time": "²".encode("latin-1"), b"Davy-Signature": b"x"}  # a digit that is no number
        assert (await http.post("/hooks/sensors/gateway", content=b"{}", headers=odd)).status_code == 401
    assert await count(s, ReadingRow) == 0
    status, told = await calls(s, {"sensor": "o2", "value": "much"})
    assert (status, told) == (400, {"error": 'reading 1: "value" is to be a number'})


async def test_what_is_unknown_is_named_and_the_rest_is_taken(s: Story) -> None:
    """A typing mistake in one code of a gateway's list does not lose the others."""
    at = s.now.isoformat()
    told = {"readings": [{"sensor": "o2", "value": 18, "at": at}, {"sensor": "02", "value": 18, "at": at}]}
    status, said = await calls(s, told)
    assert (status, said["taken"], said["unknown"]) == (200, 1, ["02"])
    future = {"sensor": "o2", "value": 18, "at": "2026-11-18T16:05:00+00:00"}
    assert (await calls(s, future))[1]["refused"] == [{"sensor": "o2", "why": "from_the_future"}]


async def test_wrong_calls_are_answered_so_often_and_no_more(database_url: str, tmp_path: Path) -> None:
    """Whoever tries secrets is turned away after thirty a minute; a source that was refused stays out."""
    async with plant(database_url, tmp_path, hooks_refused="stolen, other") as s:
        assert (await calls(s, {"sensor": "o2", "value": 1}, source="stolen"))[0] == 401
        statuses = [(await calls(s, {}, secret="guess"))[0] for _ in range(31)]
        assert statuses.count(429) >= 1
        assert (await calls(s, {"sensor": "o2", "value": 21, "at": s.now.isoformat()}))[0] == 200
