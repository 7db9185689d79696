"""Sensors over MQTT, with a real broker: what came while nobody listened, garbage, a broker that goes away."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.hazards.tables import HazardRow
from bot.sensors.tables import ReadingRow
from tests.flows.house import Story, story
from tests.flows.sensors_company import ROOMS, count, plant
from tests.loopback import unused_address

BROKER = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin")
mqtt = pytest.mark.skipif(BROKER is None, reason="mosquitto is not installed (scripts/system-packages test)")


@contextmanager
def broker(folder: Path, port: str) -> Iterator[None]:
    """mosquitto on a port of the loopback, with names and passwords; what it holds outlives it."""
    (folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\nuser root\n",
        encoding="utf-8",
    )
    assert BROKER is not None
    process = subprocess.Popen([BROKER, "-c", str(folder / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


async def publishes(port: str, *messages: tuple[str, Any]) -> None:
    """A machine says something: (topic's last part, value)."""
    import aiomqtt

    for attempt in range(50):
        try:
            async with aiomqtt.Client("127.0.0.1", int(port)) as client:
                for sensor, value in messages:
                    said = value if isinstance(value, bytes) else json.dumps(value)
                    await client.publish(f"davy/sensors/{sensor}", said, qos=1)
            return
        except aiomqtt.MqttError:
            assert attempt < 49
            await asyncio.sleep(0.1)


async def heard(s: Story, many: int) -> None:
    """Waits until so many messages were taken in."""
    async with asyncio.timeout(20):
        while await count(s, ReadingRow) < many:
            await asyncio.sleep(0.05)
    await s.settle()


@mqtt
async def test_what_is_said_over_mqtt_rings_also_what_came_while_nobody_listened(
    database_url: str, tmp_path: Path
) -> None:
    """A bare number is enough; garbage is passed over; while Davy is away the broker keeps what comes, each counts once."""
    port = unused_address().rpartition(":")[2]
    url = f"mqtt://127.0.0.1:{port}"
    with broker(tmp_path, port):
        async with plant(database_url, tmp_path, mqtt_url=url) as s:
            async with asyncio.timeout(20):
                while s.house.sensors is None or not s.house.sensors.connected:
                    await asyncio.sleep(0.05)
            await publishes(port, ("o2", b"\xff not a number"), ("o2", 20.9), ("nobody", 1))
            await heard(s, 1)
            assert s.house.sensors.unreadable == 1
            await s.forward(minutes=1)
            await publishes(port, ("o2", {"value": 18.5, "at": s.now.isoformat(), "id": "a"}))
            await heard(s, 2)
            assert any("alarm. Oxygen: 18.5" in said for said in await s.news("Sam"))
            later = s.now.isoformat()
        one = {"value": 70, "at": later, "id": "b"}
        await publishes(port, ("far", one), ("far", one))
        at = datetime.fromisoformat(later)
        async with story(database_url, tmp_path / "again", rooms=ROOMS, at=at, mqtt_url=url) as again:
            await heard(again, 3)
            assert await count(again, HazardRow) == 2


@mqtt
async def test_the_broker_may_go_and_come_back(database_url: str, tmp_path: Path) -> None:
    """Davy calls it again by itself, and goes on."""
    port = unused_address().rpartition(":")[2]
    async with plant(database_url, tmp_path, mqtt_url=f"mqtt://127.0.0.1:{port}") as s:
        for number in (1, 2):
            with broker(tmp_path, port):
                async with asyncio.timeout(30):
                    while s.house.sensors is None or not s.house.sensors.connected:
                        await asyncio.sleep(0.05)
                await s.forward(minutes=1)
                await publishes(port, ("o2", {"value": 20.9, "at": s.now.isoformat()}))
                await heard(s, number)
            async with asyncio.timeout(30):
                while s.house.sensors.connected:
                    await asyncio.sleep(0.05)
