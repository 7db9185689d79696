"""What a link in formatted text becomes: a text link, a mention of a person, a custom emoji, a date."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.simulator.complaints import Wrong

DATE_FORMAT = re.compile(r"(?:r|w?[dD]?[tT]?)\Z")


def link_entity(url: str) -> dict[str, Any] | None:
    """`text_mention` for tg://user?id=, `text_link` for a usable link, None for anything else (Telegram drops it)."""
    url = url.strip()
    parts = urlsplit(url)
    if parts.scheme == "tg":
        if parts.netloc == "user":
            user_id = parse_qs(parts.query).get("id", [""])[0]
            if user_id.isdigit() and int(user_id) > 0:
                return {"type": "text_mention", "user": {"id": int(user_id)}}
        return {"type": "text_link", "url": url}
    if not parts.scheme or "://" not in url:
        url = f"http://{url}"
        parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https", "ton"} or " " in host or ("." not in host and host != "localhost"):
        return None
    return {"type": "text_link", "url": url if parts.path or parts.query else f"{url}/"}


def date_time_entity(unix: str, form: str) -> dict[str, Any]:
    """`date_time` from its moment (unix seconds) and its format (r, or w d D t T)."""
    if not unix.isdigit() or int(unix) >= 2**31:
        raise Wrong("can't parse entities: Invalid Unix time specified")
    if not DATE_FORMAT.match(form):
        raise Wrong("can't parse entities: Invalid date-time format specified")
    entity: dict[str, Any] = {"type": "date_time", "unix_time": int(unix)}
    if form:
        entity["date_time_format"] = form
    return entity


def emoji_or_time(url: str) -> dict[str, Any]:
    """What `![text](tg://...)` means in MarkdownV2."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if parts.scheme == "tg" and parts.netloc == "time":
        return date_time_entity(query.get("unix", ""), query.get("format", ""))
    emoji = query.get("id", "")
    if parts.scheme != "tg" or parts.netloc != "emoji":
        raise Wrong("can't parse entities: Custom emoji URL must have an emoji identifier")
    if not emoji.isdigit() or not 0 < int(emoji) < 2**63:
        raise Wrong("can't parse entities: Invalid custom emoji identifier specified")
    return {"type": "custom_emoji", "custom_emoji_id": emoji}
