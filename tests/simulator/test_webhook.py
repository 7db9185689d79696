"""Webhook mode: the secret, the order by key, growing delays, a method in the reply's body."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.simulator.conftest import Api


class Hook:
    """A bot's webhook: notes what came when, and answers as told."""

    def __init__(self) -> None:
        self.came: list[tuple[float, dict[str, Any], str | None]] = []
        self.answers: Callable[[dict[str, Any]], tuple[int, Any]] = lambda update: (200, None)
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.came.append((time.monotonic(), update, self.headers.get("X-Telegram-Bot-Api-Secret-Token")))
                status, body = hook.answers(update)
                raw = json.dumps(body).encode() if body is not None else b""
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def wait(self, count: int, seconds: float = 5.0) -> list[dict[str, Any]]:
        """The updates, once so many came."""
        until = time.monotonic() + seconds
        while len(self.came) < count and time.monotonic() < until:
            time.sleep(0.01)
        return [update for _, update, _ in self.came]


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A listening webhook."""
    made = Hook()
    yield made
    made.server.shutdown()


def test_updates_are_delivered_with_the_secret_and_confirmed_by_200(api: Api, hook: Hook) -> None:
    """And then they are gone."""
    person = api.person()
    api.ok("setWebhook", url=hook.url, secret_token="s3cret-_")
    api.post("messages", {"from": person, "text": "hello"})
    assert hook.wait(1)[0]["message"]["text"] == "hello"
    assert hook.came[0][2] == "s3cret-_"
    time.sleep(0.1)
    info = api.ok("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (hook.url, 0)


def test_a_failed_delivery_is_repeated_with_growing_delays(api: Api, hook: Hook) -> None:
    """1, 2, 4 ... seconds (shortened here); the error is in getWebhookInfo."""
    api.simulator.world.webhooks.first_delay = 0.1
    person = api.person()
    tries = iter([500, 503, 500, 200])
    hook.answers = lambda update: (next(tries), None)
    api.ok("setWebhook", url=hook.url)
    api.post("messages", {"from": person, "text": "again"})
    assert len(hook.wait(4)) == 4
    gaps = [b - a for (a, _, _), (b, _, _) in zip(hook.came, hook.came[1:], strict=False)]
    assert gaps[0] >= 0.09
    assert gaps[1] >= 0.19
    assert gaps[2] >= 0.39
    assert api.ok("getWebhookInfo")["last_error_message"] == "Wrong response from the webhook: 500"


def test_one_chat_waits_for_its_failed_update_and_others_do_not(api: Api, hook: Hook) -> None:
    """First in, first out by key: messages by chat, presses by person."""
    api.simulator.world.webhooks.first_delay = 0.5
    one, two = api.person(), api.person("Bea")
    sent = api.ok(
        "sendMessage", chat_id=one, text="?", reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    )
    failed: list[int] = []

    def answers(update: dict[str, Any]) -> tuple[int, Any]:
        if update.get("message", {}).get("text") == "first" and not failed:
            failed.append(1)
            return 500, None
        return 200, None

    hook.answers = answers
    api.ok("setWebhook", url=hook.url)
    api.post("messages", {"from": one, "text": "first"})
    api.post("messages", {"from": one, "text": "second"})
    hook.wait(1)
    api.post("messages", {"from": two, "text": "other"})
    api.post("presses", {"from": one, "message_id": sent["message_id"], "data": "a"})
    order = [u["message"]["text"] if "message" in u else "press" for u in hook.wait(5)]
    assert sorted(order[1:3]) == ["other", "press"], "another chat, and the same person's press, do not wait"
    assert order[3:] == ["first", "second"]


def test_a_method_in_the_reply_is_executed_and_logged(api: Api, hook: Hook) -> None:
    """Nobody sees its result."""
    person = api.person()
    hook.answers = lambda update: (200, {"method": "sendMessage", "chat_id": person, "text": "from the reply"})
    api.ok("setWebhook", url=hook.url)
    api.post("messages", {"from": person, "text": "hello"})
    hook.wait(1)
    until = time.monotonic() + 3
    while api.seen(person)[-1]["text"] != "from the reply" and time.monotonic() < until:
        time.sleep(0.02)
    line = api.get("calls")["items"][-1]
    assert (line["method"], line["via"], line["ok"]) == ("sendMessage", "webhook", True)


def test_what_makes_no_webhook_is_refused(api: Api) -> None:
    """https outside of this machine, Telegram's ports, allowed characters."""
    assert api.refused("setWebhook", url="http://example.com/").endswith("An HTTPS URL must be provided for webhook")
    assert api.refused("setWebhook", url="https://example.com:8444/").endswith("only on ports 80, 88, 443 or 8443")
    for url in ("https://example.com:99999/", "https://[x/", "https:///hook"):
        assert api.refused("setWebhook", url=url).startswith("Bad Request: bad webhook")
    assert api.refused("setWebhook", url="https://example.com/", secret_token="no!").endswith("unallowed characters")
    assert api.refused("setWebhook", url="https://example.com/", max_connections=101).startswith(
        "Bad Request: max_connections"
    )


def test_deleting_the_webhook_keeps_what_waits(api: Api, hook: Hook) -> None:
    """Unless it is told to drop it."""
    person = api.person()
    hook.answers = lambda update: (500, None)
    api.ok("setWebhook", url=hook.url)
    api.post("messages", {"from": person, "text": "kept"})
    hook.wait(1)
    api.ok("deleteWebhook")
    assert api.ok("getUpdates")[0]["message"]["text"] == "kept"
    api.ok("deleteWebhook", drop_pending_updates=True)
    assert api.ok("getUpdates") == []


def test_a_bot_in_another_process_follows_the_clock(api: Api, hook: Hook) -> None:
    """It is told the time, and waited for, before the move is answered; when it has gone it is forgotten."""
    api.post("clock/followers", url=hook.url)
    moved = api.post("clock", advance=3600)["now"]
    assert hook.came[0][1]["now"][:16] == moved[:16]
    hook.server.shutdown()
    hook.server.server_close()
    api.post("clock", advance=1)
    assert api.simulator.followers == []
    assert api.misuse("clock/followers", url="http://example.com/")[0] == 400
