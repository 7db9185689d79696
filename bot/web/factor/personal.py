"""What is kept of second factors."""

from __future__ import annotations

from bot.kit.privacy import SEALED, Erase, Held, Kind

HELD = (
    Held(
        "second_factor", "to know again whose phone makes the codes", sees=SEALED, kind=Kind.EMPLOYMENT,
        erase=Erase.DELETE, of="person_id", plain="secret",
    ),
    Held(
        "recovery_code", "to let somebody in whose phone is lost", kind=Kind.EMPLOYMENT, erase=Erase.DELETE,
        of="person_id", plain="code_hash",
    ),
)  # fmt: skip
