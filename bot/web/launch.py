"""What Telegram says of whoever opens the Mini App, and whether it is Telegram that says so. Pure.

Two signatures are asked for. The HMAC shows that the data are for this bot; it can be made by whoever has the bot's token. The
Ed25519 signature is made with Telegram's own key: with a stolen token alone nobody signs in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import init_data_py as telegram_data
from init_data_py.errors import ExpiredError, InvalidInitDataError

HOLDS = timedelta(minutes=5)
AHEAD = timedelta(seconds=30)
"""So far another machine's clock may be before ours."""
MOST = 4096


class NotProven(Exception):
    """Why a launch is not taken: `old`, or `wrong`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Keys:
    """What the two signatures are held against. `public` is in hexadecimal; None: Telegram's own."""

    token: str
    public: str | None = None


@dataclass(frozen=True)
class Launch:
    """Proven init data: whose account it is, a name for it that is the same however it was written, and when it is too old."""

    user: int
    used: bytes
    until: datetime


def proven(said: str, keys: Keys, now: datetime) -> Launch:
    """The launch that init data tell of. Raises NotProven."""
    if len(said) > MOST:
        raise NotProven("wrong")
    try:
        data = telegram_data.validate_by_hash(said, keys.token, expires_in=HOLDS, now=now)
        bot = int(keys.token.partition(":")[0])
        telegram_data.validate_by_signature(data, bot, public_key=keys.public, expires_in=HOLDS, now=now)
    except ExpiredError:
        raise NotProven("old") from None
    except InvalidInitDataError:
        raise NotProven("wrong") from None
    if data.user is None or data.issued_at > now + AHEAD:
        raise NotProven("wrong")
    # by the hash that was checked and not by the text: the same data can be written in many ways
    return Launch(data.user.id, hashlib.sha256(data.hash.encode()).digest(), data.issued_at + HOLDS)
