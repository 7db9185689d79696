"""What is kept of signing in without Telegram."""

from __future__ import annotations

from bot.kit.privacy import OPERATOR, Erase, Held, Kind

HELD = (
    Held(
        "tablet",
        "devices at which people sign in, and who enrolled them",
        by="enrolled_by revoked_by",
        plain="name token_hash",
    ),
    Held(
        "pin",
        "somebody's PIN, hashed",
        sees=OPERATOR,
        kind=Kind.EMPLOYMENT,
        erase=Erase.DELETE,
        of="person_id",
        plain="salt hash",
    ),
    Held(
        "pin_try",
        "wrong PINs, counted against guessing",
        plain="subject",
    ),
    Held(
        "door_code",
        "a code to choose a PIN, or to enrol a device",
        kind=Kind.ACCESS,
        erase=Erase.DELETE,
        of="person_id",
        by="made_by",
        plain="name",
        since="expires_at",
    ),
    Held(
        "seat",
        "who is signed in before a screen",
        kind=Kind.ACCESS,
        erase=Erase.DELETE,
        of="person_id",
        texts="said",
        since="expires_at",
    ),
)
