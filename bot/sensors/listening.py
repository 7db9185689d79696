"""Readings over MQTT. A message is acknowledged to the broker only after its effects are committed: a restart loses nothing.

The topic's last part is the sensor's code where the message does not say: `plant/gas-1` with the payload `18.9` is enough.
One process listens at a time (the holder of a lease); the broker keeps what comes while nobody does, because the session is a
persistent one with a name of its own.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger("davy.sensors")
AGAIN_S = (1.0, 60.0)
"""The first and the longest wait before the broker is called again."""
BROKEN = 5
"""After so many tries a message that cannot be written is left to the broker, which brings it again after the next connection."""

Take = Callable[[bytes, str], Awaitable[None]]
"""Takes a payload and the sensor that its topic names; returns once it is committed, or raises what keeps it from being so."""


class NoMqtt(RuntimeError):
    """The library for MQTT is not installed; the text says how."""


def client(url: str, name: str):  # type: ignore[no-untyped-def]
    """A client for `mqtt://USER:PASSWORD@HOST:PORT` (`mqtts://` with TLS). Raises NoMqtt."""
    try:
        import aiomqtt
    except ImportError as error:
        raise NoMqtt("DAVY_MQTT_URL is set, but MQTT is not installed: pip install 'davy[mqtt]'") from error
    parts = urlsplit(url)
    secure = parts.scheme == "mqtts"
    made = aiomqtt.Client(
        parts.hostname or "localhost",
        parts.port or (8883 if secure else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        identifier=f"davy-{name}",
        clean_session=False,
        tls_context=ssl.create_default_context() if secure else None,
        timeout=10,
    )
    made._client.manual_ack_set(True)  # aiomqtt has no word of its own for it; the library below does
    return made


class Listener:
    """Listens to one topic of one broker until it is cancelled; comes back by itself after the broker went away."""

    def __init__(self, url: str, topic: str, name: str, take: Take) -> None:
        self._url, self._topic, self._name, self._take = url, topic, name, take
        self.connected = False
        self.taken = self.unreadable = 0

    async def run(self) -> None:
        """Until cancelled."""
        import aiomqtt

        wait = AGAIN_S[0]
        while True:
            try:
                async with client(self._url, self._name) as broker:
                    await broker.subscribe(self._topic, qos=1)
                    self.connected, wait = True, AGAIN_S[0]
                    log.info("listening to sensors", topic=self._topic)
                    async for message in broker.messages:
                        await self._one(broker, message)
            except aiomqtt.MqttError as error:
                log.warning("the broker went away", error=str(error), again_in=wait)
            finally:
                self.connected = False
            await asyncio.sleep(wait)
            wait = min(wait * 2, AGAIN_S[1])

    async def _one(self, broker, message) -> None:  # type: ignore[no-untyped-def]
        from bot.sensors.receiving import Unreadable

        sensor = str(message.topic).rpartition("/")[2]
        payload = message.payload if isinstance(message.payload, bytes) else str(message.payload).encode()
        for attempt in range(1, BROKEN + 1):
            try:
                await self._take(payload, sensor)
                self.taken += 1
                break
            except Unreadable as error:
                self.unreadable += 1
                log.warning("a reading cannot be read", topic=str(message.topic), error=str(error))
                break
            except Exception as error:
                log.error("a reading could not be kept", error=repr(error)[:200], attempt=attempt)
                if attempt == BROKEN:
                    return  # not acknowledged: the broker still has it
                await asyncio.sleep(attempt)
        if message.qos:
            broker._client.ack(message.mid, message.qos)
