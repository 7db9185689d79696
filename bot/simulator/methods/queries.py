"""getUpdates, webhooks, getMe, and answers to what people pressed or typed."""

from __future__ import annotations

import re

from bot.simulator.errors import bad
from bot.simulator.links import split_url
from bot.simulator.methods.registry import Call, RawResult, plays
from bot.simulator.state import Json
from bot.simulator.updates import SET_WEBHOOK

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
PORTS = {443, 80, 88, 8443}


@plays("getMe")
def get_me(call: Call) -> Json:
    return call.bot.me()


@plays("logOut", "close")
def log_out(call: Call) -> bool:
    call.bot.queue.interrupt()
    return True


@plays("getUpdates")
async def get_updates(call: Call) -> RawResult:
    """Confirmed by offset; the answer is the updates' own text, so that raw ones arrive as they were put in."""
    queue = call.bot.queue
    if "allowed_updates" in call.args:
        queue.allowed = call.args["allowed_updates"]
    call.world.close_due()
    found = await queue.poll(call.get("offset", 0), call.get("limit", 100), max(0, call.get("timeout", 0)))
    return RawResult(f"[{','.join(update.text for update in found)}]")


@plays("setWebhook")
def set_webhook(call: Call) -> bool:
    url = call.get("url", "")
    if not url:
        return delete_webhook(call)
    parts = split_url(url)
    if parts is None or not parts.hostname:
        raise bad("bad webhook: invalid webhook URL specified")
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not loopback and (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if "secret_token" in call.args and not SECRET.match(call.args["secret_token"]):
        raise bad("secret token contains unallowed characters")
    _set_up(call, url)
    return True


def _set_up(call: Call, url: str) -> None:
    queue = call.bot.queue
    if "allowed_updates" in call.args:
        queue.allowed = call.args["allowed_updates"]
    if call.get("drop_pending_updates"):
        queue.waiting.clear()
    queue.webhook_url = url
    queue.interrupt(SET_WEBHOOK)
    call.world.webhooks.start(call.bot, url, call.get("secret_token"), call.get("max_connections", 40))


@plays("deleteWebhook")
def delete_webhook(call: Call) -> bool:
    queue = call.bot.queue
    queue.webhook_url = ""
    call.world.webhooks.stop(call.bot)
    if call.get("drop_pending_updates"):
        queue.waiting.clear()
    return True


@plays("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    queue = call.bot.queue
    queue.expire()
    info: Json = {"url": queue.webhook_url, "has_custom_certificate": False, "pending_update_count": len(queue.waiting)}
    if queue.webhook_url:
        info.update(call.world.webhooks.info(call.bot))
    if queue.allowed:
        info["allowed_updates"] = queue.allowed
    return info


@plays("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    world = call.world
    press = world.presses.get(call.args["callback_query_id"])
    now = world.clock.now().timestamp()
    if press is None or press.bot_id != call.bot.id or press.answer is not None or now - press.at > world.press_seconds:
        raise bad(TOO_OLD)
    url = call.get("url")
    if url and not url.startswith(("https://t.me/", "http://t.me/", "tg://")):
        raise bad("URL_INVALID")
    press.answer = {"text": call.get("text", ""), "show_alert": bool(call.get("show_alert")), "url": url}
    world.events.send(
        "answer", chat=press.user_id, bot=call.bot.id, callback_query_id=press.id, user=press.user_id, **press.answer
    )
    return True
