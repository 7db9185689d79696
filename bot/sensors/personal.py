"""What is kept of sensors: machines, and who muted one."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (
    Held(
        "sensor",
        "what a machine measures, and who muted it",
        sees=UNIT,
        by="muted_by",
        texts="muted_why",
        plain="names measures symbol",
    ),
    Held(
        "sensor_reading",
        "values",
        plain="",
    ),
)
