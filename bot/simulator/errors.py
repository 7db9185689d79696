"""What the simulator answers when it says no, in Telegram's own words."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A Bot API error answer: HTTP status and `error_code`, `description`, optional `parameters` (retry_after, ...)."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Misuse(Exception):
    """A wrong request on the control side (/sim/...): answered `{"error": ...}` with a 4xx status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def bad(text: str) -> Refusal:
    """A 400 with Telegram's prefix. The first letter is lowered as its server does, unless it is a CODE_LIKE_THIS."""
    if len(text) > 1 and not (text[1] == "_" or text[1].isupper()):
        text = text[0].lower() + text[1:]
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    """A 403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {text}")


def too_many(seconds: int) -> Refusal:
    """A 429 as flood control words it."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def not_played(method: str) -> Refusal:
    """A method of the Bot API that the simulator knows but does not play: never a made-up success."""
    return Refusal(501, f"Not Implemented: the simulator does not play {method}")
