"""Scripted faults: what the bot hears, and what really happened."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import TOKEN, Api


def last(api: Api) -> dict[str, Any]:
    """The last line of the log."""
    line: dict[str, Any] = api.get("calls")["items"][-1]
    return line


def send(api: Api, person: int) -> dict[str, Any]:
    """One message; the answer."""
    return api.call("sendMessage", chat_id=person, text="x")


@pytest.mark.parametrize(("kind", "code"), [("429", 429), ("500", 500), ("403", 403)])
@pytest.mark.parametrize("effect", [False, True])
def test_an_error_answer_comes_before_or_after_the_effect(api: Api, kind: str, code: int, effect: bool) -> None:
    """The log says which."""
    person = api.person()
    api.post("faults", [{"kind": kind, "method": "sendMessage", "times": 1, "effect": effect}])
    assert send(api, person)["error_code"] == code
    assert (last(api)["fault"], last(api)["took_effect"]) == (kind, effect)
    assert len(api.seen(person)) == 1 + effect
    assert send(api, person)["ok"] is True


@pytest.mark.parametrize("kind", ["reset", "timeout", "truncate"])
@pytest.mark.parametrize("effect", [False, True])
def test_a_broken_connection_comes_before_or_after_the_effect(api: Api, kind: str, effect: bool) -> None:
    """The bot cannot tell the two apart; the log can."""
    person = api.person()
    api.post("faults", [{"kind": kind, "method": "sendMessage", "times": 1, "effect": effect, "seconds": 0.2}])
    with pytest.raises(httpx.TransportError):
        send(api, person)
    assert (last(api)["fault"], last(api)["took_effect"]) == (kind, effect)
    assert len(api.seen(person)) == 1 + effect


def test_a_slow_answer_is_slow_and_right(api: Api) -> None:
    """Nothing else is wrong with it."""
    person = api.person()
    api.post("faults", [{"kind": "slow", "seconds": 0.3, "times": 1}])
    began = time.monotonic()
    assert send(api, person)["ok"] is True
    assert time.monotonic() - began >= 0.3


def test_a_share_of_calls_is_struck_reproducibly(api: Api) -> None:
    """The same seed strikes the same calls."""
    person = api.person()

    def pattern() -> list[bool]:
        api.http.delete("/sim/faults")
        api.post("faults", [{"kind": "500", "share": 0.5, "seed": 7, "chat": person}])
        return [send(api, person)["ok"] for _ in range(20)]

    first = pattern()
    assert first == pattern()
    assert 3 < sum(first) < 17
    assert api.ok("getMe"), "other chats and methods go on"


def test_faults_leave_getupdates_alone_unless_named(api: Api) -> None:
    """A bot that cannot even ask learns nothing."""
    api.post("faults", [{"kind": "500"}])
    assert api.ok("getUpdates") == []
    api.post("faults", [{"kind": "500", "method": "getUpdates"}])
    assert api.call("getUpdates")["error_code"] == 500


def test_a_wrong_fault_is_explained(api: Api) -> None:
    """Unknown kinds, fields, shares."""
    assert "not one of" in api.misuse("faults", [{"kind": "gremlin"}])[1]
    assert "unknown in a fault" in api.misuse("faults", [{"kind": "500", "chance": 1}])[1]
    assert "between 0 and 1" in api.misuse("faults", [{"kind": "500", "share": 7}])[1]


def test_every_call_is_logged_in_order_and_on_disk(run: Callable[..., Api], tmp_path: Path) -> None:
    """Numbered from 1, flushed before the answer leaves."""
    path = tmp_path / "calls.jsonl"
    api = run(log=path)
    api.post("bots", token=TOKEN)
    person = api.person()
    send(api, person)
    api.call("sendMessage", chat_id=1, text="nobody")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines == api.get("calls")["items"]
    assert lines[-2]["message_ids"] == [2]
    assert (lines[-1]["ok"], lines[-1]["error_code"], lines[-1]["took_effect"]) == (False, 400, False)
    assert api.get("calls", after=len(lines) - 1)["items"] == lines[-1:]


def test_a_bot_killed_in_the_middle_of_its_request_did_not_call(api: Api) -> None:
    """Half a request is no call; the simulator lives on."""
    person = api.person()
    before = len(api.get("calls")["items"])
    body = json.dumps({"chat_id": person, "text": "x" * 500}).encode()
    head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    port = int(api.base.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(head.encode() + body[:100])
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    time.sleep(0.1)
    assert len(api.get("calls")["items"]) == before
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(head.encode() + body)
    time.sleep(0.1)
    assert last(api)["took_effect"] is True


SENDER = """
import http.client, itertools, json, sys
port, path, person = sys.argv[1:]
server = http.client.HTTPConnection("127.0.0.1", int(port))
for number in itertools.count():
    body = json.dumps({"chat_id": int(person), "text": str(number)})
    server.request("POST", path, body, {"Content-Type": "application/json"})
    server.getresponse().read()
"""


@pytest.mark.parametrize("after", [0.01, 0.05, 0.13])
def test_a_killed_bot_leaves_a_log_that_tells_what_happened(
    run: Callable[..., Api], tmp_path: Path, after: float
) -> None:
    """SIGKILL between or within calls: what the log says took effect is what the person sees, and no more."""
    path = tmp_path / "calls.jsonl"
    api = run(log=path)
    api.post("bots", token=TOKEN)
    person = api.person()
    port = api.base.rsplit(":", 1)[1]
    bot = subprocess.Popen([sys.executable, "-c", SENDER, port, f"/bot{TOKEN}/sendMessage", str(person)])
    until = time.monotonic() + 20
    while len(api.seen(person)) < 5:
        assert time.monotonic() < until, "the bot never spoke"
        time.sleep(0.01)
    time.sleep(after)
    bot.kill()
    bot.wait()
    time.sleep(0.1)
    seen = [m["message_id"] for m in api.seen(person)[1:]]
    logged = [json.loads(line) for line in path.read_text().splitlines()]
    effects = [call["message_ids"][0] for call in logged if call["method"] == "sendMessage" and call["took_effect"]]
    assert seen == effects
    assert [m["text"] for m in api.seen(person)[1:]] == [str(n) for n in range(len(seen))]
    assert send(api, person)["ok"] is True
