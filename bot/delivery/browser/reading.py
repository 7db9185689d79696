"""What a form of the page sends, as an update like any other: it can be parked, tried again and known when it comes twice.

    {"update_id": -4611..., "browser": {"user": {"id": ...}, "kind": "pressed", "at": "...", ...}}

The numbers are negative, so that none is ever Telegram's, and made from the form: the same form sent twice is one update.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.delivery import telegram
from bot.delivery.browser.model import CHANNEL
from bot.kit.events import AnyEvent, FileRef, Pressed, Said, Sent, Unread, Voted

BODY = "browser"
LOWEST = -(2**62)
_BITS = 30


def update_of(chat: int, now: datetime, form: str, kind: str, **said: Any) -> dict[str, Any]:
    """An update. `form` names the form that was sent, of this very session: seconds of its making, a dot, and chance."""
    return {
        "update_id": number_of(chat, form, kind, repr(sorted(said.items()))),
        BODY: {"user": {"id": chat}, "kind": kind, "at": now.isoformat(), **said},
    }


def number_of(chat: int, form: str, *parts: str) -> int:
    """The number of an update: later forms have higher ones, so that what waits for a parked one keeps its order."""
    made = hashlib.sha256("\x1f".join((str(chat), form, *parts)).encode()).digest()
    begun = form.partition(".")[0]
    seconds = int(begun) if begun.isascii() and begun.isdigit() and len(begun) < 11 else 0
    return LOWEST + (min(seconds, 2**31) << _BITS) + int.from_bytes(made[:4]) % int(2**_BITS)


def read(update: Mapping[str, Any]) -> AnyEvent | Unread:
    """An update of the page as an event."""
    number, body = int(update["update_id"]), update[BODY]
    chat = int(body["user"]["id"])
    common: dict[str, Any] = {
        "update_id": number, "at": datetime.fromisoformat(body["at"]), "user": chat, "chat": chat, "channel": CHANNEL,
        "message": body.get("message"),
    }  # fmt: skip
    if body["kind"] == "pressed":
        captioned = bool(body.get("captioned"))
        return Pressed(data=str(body["data"]), callback=f"browser:{number}", captioned=captioned, **common)
    common["message"] = common["message"] or abs(number) % 2**53
    if body["kind"] == "voted":
        return Voted(poll=str(body["poll"]), options=tuple(int(each) for each in body["options"]), **common)
    if body["kind"] == "sent":
        file = FileRef(**body["file"])
        return Sent(file=file, caption=str(body.get("caption") or ""), album=body.get("album"), **common)
    if body["kind"] == "said":
        words = str(body["text"])
        command, args = telegram.command_of(words)
        return Said(text=words, command=command, args=args, **common)
    return Unread(number, "unknown form")
