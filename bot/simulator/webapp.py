"""Mini App init data, signed as Telegram signs it, so that the page can open a web_app button.

There are two signatures: one with the bot's token, and one with Telegram's own Ed25519 key. Telegram's key is nobody's but
Telegram's: here it is one that this world made for itself, whose public half `GET /sim/webapp/key` tells.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import quote, urlencode

from bot.simulator.state import Bot, User
from bot.simulator.world import World


def init_data(world: World, bot: Bot, user: User, start_param: str | None = None) -> str:
    """The query string that a Mini App finds in `Telegram.WebApp.initData`."""
    fields = {
        "query_id": world.unique("AA"),
        "user": json.dumps(
            {k: v for k, v in user.api().items() if k != "is_bot"} | {"allows_write_to_pm": True},
            ensure_ascii=False,
            separators=(",", ":"),
        ),
        "auth_date": str(world.clock.unix()),
    }
    if start_param:
        fields["start_param"] = start_param
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    signed = world.web_app_key.sign(f"{bot.token.partition(':')[0]}:WebAppData\n{text}".encode())
    fields["signature"] = base64.urlsafe_b64encode(signed).decode().rstrip("=")
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", bot.token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    world.web_app_queries[fields["query_id"]] = (bot.id, user.id)
    return urlencode(fields)


def public_key(world: World) -> str:
    """The public half of the key that signs init data here, in hexadecimal."""
    return world.web_app_key.public_key().public_bytes_raw().hex()


def web_app_url(url: str, data: str) -> str:
    """The address a web_app button opens, with the init data behind the `#` as Telegram puts it."""
    glue = "&" if "#" in url else "#"
    return f"{url}{glue}tgWebAppData={quote(data, safe='')}&tgWebAppVersion=9.6&tgWebAppPlatform=web"
