"""Whatever is sent to /sim/..., the answer says what is wrong with it; and no other site may send it."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.simulator.conftest import Api

FILE = {"name": "a.txt", "data": "aGk=", "mime_type": "text/plain", "duration": 3}
ODD: list[Any] = [None, True, -1, 0, "abc", "²", "--5", "", [], [1], [{}], {}, {"a": 1}, 1.5, 1e308, 2**70, "9" * 5000]
BROKEN = [
    b"{",
    b"[" * 100_000,
    b"\xff",
    b'{"text": "\\ud800"}',
    b'{"advance": NaN}',
    b'{"advance": 1e999}',
    b"[]",
    b"1",
    b"null",
]
# Each call with fields it takes; the ids (person, group, poll) are filled in.
CALLS: dict[str, dict[str, Any]] = {
    "bots": {"token": "77:abcdef", "username": "x_bot", "first_name": "B", "reads_all": True},
    "users": {"first_name": "Bo", "username": "bobby", "language_code": "en", "label": "l", "zone": "UTC", "id": 7},
    "groups": {"title": "T", "members": ["PERSON"], "supergroup": True, "bots": [], "id": -5},
    "messages": {"from": "PERSON", "chat": "PERSON", "bot": 4242, "text": "hi", "entities": [], "reply_to": 1},
    "messages?": {"from": "PERSON", "document": FILE, "caption": "c", "forward_origin": {}, "silent": True},
    "messages??": {"from": "PERSON", "media_group": [{"type": "document", **FILE}, {"type": "photo", **FILE}]},
    "messages???": {"from": "PERSON", "location": {"latitude": 1, "longitude": 2}},
    "messages????": {"from": "PERSON", "poll": {"question": "q", "options": ["a"]}},
    "presses": {"from": "PERSON", "chat": "PERSON", "message_id": 2, "data": "a", "forge": True},
    "votes": {"from": "PERSON", "poll_id": "POLL", "option_ids": [0]},
    "edits": {"from": "PERSON", "message_id": 1, "text": "t"},
    "reactions": {"from": "PERSON", "message_id": 1, "emoji": "x", "reaction": []},
    "blocks": {"user": "PERSON", "blocked": False, "bot": 4242},
    "members": {"chat": "GROUP", "user": "PERSON", "status": "member", "by": "PERSON"},
    "migrations": {"chat": "GROUP"},
    "updates": {"update": {}, "raw": "x", "bot": 4242},
    "inline_queries": {"from": "PERSON", "query": "q", "offset": "", "bot": 4242},
    "inline_results": {"from": "PERSON", "inline_query_id": "1", "result_id": "2"},
    "clock": {"advance": 1, "to": "2030-01-01T00:00:00+00:00"},
    "clock/followers": {"url": "x"},
    "faults": {"kind": "slow", "share": 0, "method": "x", "chat": 1, "retry_after": 1, "seconds": 0, "seed": 1},
    "rates": {"chat_per_second": None, "chat_burst": 1, "group_per_minute": None, "overall_per_second": None},
}


@pytest.mark.parametrize("path", CALLS)
def test_whatever_is_sent_is_done_or_explained(api: Api, path: str) -> None:
    """200, or 4xx with an error in words; never a crash, and nothing that makes later calls of the bot fail."""
    person = api.person()
    group = api.post("groups", title="Crew", members=[person])["id"]
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    api.ok("sendMessage", chat_id=person, text="x", reply_markup=keyboard)
    poll = api.ok("sendPoll", chat_id=person, question="q", options=["a", "b"])["poll"]["id"]
    text = json.dumps(CALLS[path])
    for name, value in {"PERSON": person, "GROUP": group, "POLL": poll}.items():
        text = text.replace(f'"{name}"', json.dumps(value))
    good = json.loads(text)
    bodies = [json.dumps({**good, name: odd}) for name in good for odd in ODD]
    unexplained = []
    for body in [*BROKEN, *bodies]:
        answer = api.http.post(f"/sim/{path.rstrip('?')}", content=body, headers={"Content-Type": "application/json"})
        if answer.status_code != 200 and not (400 <= answer.status_code < 500 and answer.json()["error"]):
            unexplained.append((body[:200], answer.status_code))
    assert unexplained == []
    api.http.delete("/sim/faults")
    assert api.call("sendMessage", chat_id=person, text="still here").get("error_code") != 500
    assert api.get("calls")["items"]


@pytest.mark.parametrize("word", ["²", "--5", "abc", "9" * 5000])
def test_a_number_in_an_address_that_is_none_is_explained(api: Api, word: str) -> None:
    """Ids of chats, people and bots, and where to begin."""
    person = api.person()
    for path in (
        f"chats/{word}",
        f"chats/{word}/messages",
        f"chats/{person}/messages?after={word}",
        f"chats/{person}/messages?bot={word}",
        f"chats/{person}/commands?user={word}",
        f"webapp?user={word}",
        f"calls?after={word}",
        f"files/{word}",
    ):
        answer = api.http.get(f"/sim/{path}")
        assert 400 <= answer.status_code < 500, path
        assert answer.json()["error"]


def test_a_wrong_fault_or_rate_is_refused_before_it_can_harm_a_call(api: Api) -> None:
    """They are used in the middle of the bot's calls, where nobody could explain them."""
    assert "times" in api.misuse("faults", [{"kind": "500", "times": "twice"}])[1]
    assert "above 0" in api.misuse("rates", overall_per_second=0)[1]
    assert "must be a number" in api.misuse("rates", chat_per_second="fast")[1]
    assert api.post("rates", chat_per_second=2.5)["chat_per_second"] == 2.5
    assert api.ok("getMe")


def test_what_a_person_writes_is_held_to_telegrams_lengths(api: Api) -> None:
    """Also when they change it, and also under a picture."""
    person = api.person()
    said = api.post("messages", {"from": person, "text": "hello"})["message_id"]
    assert "4096" in api.misuse("messages", {"from": person, "text": "x" * 4097})[1]
    assert "4096" in api.misuse("edits", {"from": person, "message_id": said, "text": "x" * 4097})[1]
    assert "empty" in api.misuse("edits", {"from": person, "message_id": said, "text": " "})[1]
    assert "1024" in api.misuse("messages", {"from": person, "document": FILE, "caption": "x" * 1025})[1]
    wrong = [{"type": "bold", "offset": 3, "length": 99}]
    assert "wrong entities" in api.misuse("messages", {"from": person, "text": "hello", "entities": wrong})[1]
    assert api.seen(person)[-1]["text"] == "hello"


def test_another_site_in_the_same_browser_cannot_drive_the_simulator(api: Api) -> None:
    """A browser says where a request comes from; bots and tests say nothing of the kind."""
    stranger = {"Sec-Fetch-Site": "cross-site"}
    answer = api.http.post("/sim/users", json={"first_name": "Mallory"}, headers=stranger)
    assert (answer.status_code, api.get("users")["items"]) == (403, [])
    assert api.http.get("/sim/bots", headers=stranger).status_code == 403
    assert api.http.get("/sim/bots", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_file_that_is_a_page_runs_nothing_here(api: Api) -> None:
    """Opened by itself it would otherwise speak for the page and, in the demo, for the dashboard."""
    person = api.person()
    page = {"name": "x.html", "data": "PHNjcmlwdD48L3NjcmlwdD4=", "mime_type": "text/html"}
    api.post("messages", {"from": person, "document": page})
    answer = api.http.get(f"/sim/files/{api.seen(person)[-1]['document']['file_id']}")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_follower_of_the_clock_is_on_this_machine(api: Api) -> None:
    """Whatever an address looks like at first sight."""
    for url in ("http://127.0.0.1:80@example.com/", "http://127.0.0.1.example.com:80/", "http://127.0.0.1:x/"):
        assert "127.0.0.1" in api.misuse("clock/followers", url=url)[1]


def test_two_who_move_the_clock_come_one_after_the_other(api: Api) -> None:
    """Neither move is lost or done in the midst of the other."""
    before = api.get("clock")["unix"]
    movers = [threading.Thread(target=api.post, args=("clock", {"advance": 3600})) for _ in range(4)]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()
    assert 4 * 3600 <= api.get("clock")["unix"] - before < 4 * 3600 + 60
