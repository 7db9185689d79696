"""What is kept of pictures that become questions: faces are covered before anybody sees them."""

from __future__ import annotations

from bot.kit.privacy import TRAINERS, Held

HELD = (
    Held(
        "spot",
        "a picture of a danger as a question",
        sees=TRAINERS,
        by="sure_by",
        texts="pictures shown grid",
        plain="covers marks chosen",
    ),
    Held(
        "spot_picture",
        "which picture was used already",
        texts="",
        plain="",
    ),
)
