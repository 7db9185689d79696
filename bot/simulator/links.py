"""What a link in formatted text becomes: a text link, a mention of a person, a custom emoji, a date."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from bot.simulator.complaints import Wrong

DIGITS = re.compile(r"[0-9]{1,19}\Z")
DATE_FORMAT = re.compile(r"(?:r|w?[dD]?[tT]?)\Z")


def number_below(text: str, limit: int) -> int | None:
    """The number that decimal digits spell, None for anything else and for what is not below the limit."""
    number = int(text) if DIGITS.match(text) else limit
    return number if number < limit else None


def split_url(url: str) -> SplitResult | None:
    """The parts of an address; None where it cannot be read at all (half a bracket, an impossible port)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def link_entity(url: str) -> dict[str, Any] | None:
    """`text_mention` for tg://user?id=, `text_link` for a usable link, None for anything else (Telegram drops it)."""
    url = url.strip()
    parts = split_url(url)
    if parts is None:
        return None
    if parts.scheme == "tg":
        if parts.netloc == "user":
            user_id = parse_qs(parts.query).get("id", [""])[0]
            if number_below(user_id, 2**63):
                return {"type": "text_mention", "user": {"id": int(user_id)}}
        return {"type": "text_link", "url": url}
    if not parts.scheme or "://" not in url:
        url = f"http://{url}"
        parts = split_url(url)
    host = (parts.hostname or "") if parts else ""
    if (
        parts is None
        or parts.scheme not in {"http", "https", "ton"}
        or " " in host
        or ("." not in host and host != "localhost")
    ):
        return None
    return {"type": "text_link", "url": url if parts.path or parts.query else f"{url}/"}


def date_time_entity(unix: str, form: str) -> dict[str, Any]:
    """`date_time` from its moment (unix seconds) and its format (r, or w d D t T)."""
    if number_below(unix, 2**31) is None:
        raise Wrong("can't parse entities: Invalid Unix time specified")
    if not DATE_FORMAT.match(form):
        raise Wrong("can't parse entities: Invalid date-time format specified")
    entity: dict[str, Any] = {"type": "date_time", "unix_time": int(unix)}
    if form:
        entity["date_time_format"] = form
    return entity


def emoji_or_time(url: str) -> dict[str, Any]:
    """What `![text](tg://...)` means in MarkdownV2."""
    parts = split_url(url) or urlsplit("")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if parts.scheme == "tg" and parts.netloc == "time":
        return date_time_entity(query.get("unix", ""), query.get("format", ""))
    emoji = query.get("id", "")
    if parts.scheme != "tg" or parts.netloc != "emoji":
        raise Wrong("can't parse entities: Custom emoji URL must have an emoji identifier")
    if not number_below(emoji, 2**63):
        raise Wrong("can't parse entities: Invalid custom emoji identifier specified")
    return {"type": "custom_emoji", "custom_emoji_id": emoji}
