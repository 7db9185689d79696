"""Mini App init data, signed as Telegram signs it, so that the page can open a web_app button."""

from __future__ import annotations

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
    key = hmac.new(b"WebAppData", bot.token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    world.web_app_queries[fields["query_id"]] = (bot.id, user.id)
    return urlencode(fields)


def web_app_url(url: str, data: str) -> str:
    """The address a web_app button opens, with the init data behind the `#` as Telegram puts it."""
    glue = "&" if "#" in url else "#"
    return f"{url}{glue}tgWebAppData={quote(data, safe='')}&tgWebAppVersion=9.6&tgWebAppPlatform=web"
