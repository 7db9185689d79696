"""A simulator behind a real HTTP server on a free port, and a client that speaks to both of its sides."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.simulator.app import Simulator, build
from bot.simulator.flood import Rates
from bot.simulator.running import threaded
from tests import loopback

TOKEN = "4242:simulator-test-token"


class Api:
    """Both sides of a running simulator: `call` is the bot's, `get` and `post` are /sim/..."""

    def __init__(self, simulator: Simulator, base: str) -> None:
        self.simulator = simulator
        self.base = base
        self.http = loopback.Client(base_url=base, timeout=20, trust_env=False, verify=False)

    def call(self, method: str, /, files: Any = None, token: str = TOKEN, **params: Any) -> dict[str, Any]:
        """One Bot API call; the whole answer."""
        url = f"/bot{token}/{method}"
        if files is not None:
            return self.http.post(url, data=params, files=files).json()
        return self.http.post(url, json=params).json()

    def ok(self, method: str, /, **params: Any) -> Any:
        """One call that must succeed; its result."""
        answer = self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method: str, /, **params: Any) -> str:
        """One call that must fail; its description."""
        answer = self.call(method, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    def get(self, path: str, **query: Any) -> Any:
        """GET /sim/...; must succeed."""
        response = self.http.get(f"/sim/{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: Any = None, /, **fields: Any) -> Any:
        """POST /sim/...; must succeed."""
        response = self.http.post(f"/sim/{path}", json=fields if body is None else body)
        assert response.status_code == 200, response.text
        return response.json()

    def misuse(self, path: str, body: Any = None, /, **fields: Any) -> tuple[int, str]:
        """POST /sim/... that must fail: status and message."""
        response = self.http.post(f"/sim/{path}", json=fields if body is None else body)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["error"]

    def person(self, name: str = "Ada", **fields: Any) -> int:
        """A person who has started the bot; the update is confirmed."""
        user: int = self.post("users", first_name=name, **fields)["id"]
        self.post("messages", {"from": user, "text": "/start"})
        self.updates()
        return user

    def updates(self, **params: Any) -> list[dict[str, Any]]:
        """Take and confirm what waits."""
        found: list[dict[str, Any]] = self.ok("getUpdates", **params)
        if found:
            self.ok("getUpdates", offset=found[-1]["update_id"] + 1, limit=1)
        return found

    def seen(self, chat: int, **query: Any) -> list[dict[str, Any]]:
        """The messages of a chat as the person sees them."""
        items: list[dict[str, Any]] = self.get(f"chats/{chat}/messages", **query)["items"]
        return items


@pytest.fixture
def run() -> Iterator[Callable[..., Api]]:
    """Starts simulators with options of `build`; all are stopped at the end."""
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> Api:
            options.setdefault("rates", Rates.unlimited())
            simulator = build(**options)
            api = Api(simulator, stack.enter_context(threaded(simulator, wait=False)))
            stack.callback(api.http.close)
            return api

        yield start


@pytest.fixture
def api(run: Callable[..., Api]) -> Api:
    """A simulator with one bot and no flood control."""
    started = run()
    started.post("bots", token=TOKEN, username="davy_bot")
    return started
