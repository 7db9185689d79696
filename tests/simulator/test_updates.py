"""Updates wait until they are confirmed, are forgotten when they are too old, and go to one poller at a time."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest

from tests import loopback
from tests.simulator.conftest import TOKEN, Api


def say(api: Api, person: int, *texts: str) -> list[int]:
    """Update ids of what a person says."""
    return [api.post("messages", {"from": person, "text": text})["update_id"] for text in texts]


def texts(updates: list[dict[str, Any]]) -> list[str]:
    """What was said."""
    return [update["message"]["text"] for update in updates]


def test_an_update_comes_again_until_a_higher_offset_confirms_it(api: Api) -> None:
    """Asking twice gives it twice; asking beyond it forgets it."""
    person = api.person()
    first, _ = say(api, person, "one", "two")
    assert texts(api.ok("getUpdates")) == texts(api.ok("getUpdates", offset=0)) == ["one", "two"]
    assert texts(api.ok("getUpdates", limit=1)) == ["one"]
    assert texts(api.ok("getUpdates", offset=first + 1)) == ["two"]
    assert texts(api.ok("getUpdates")) == ["two"]
    assert api.get("queue")["waiting"] == 1


def test_a_negative_offset_drops_the_backlog(api: Api) -> None:
    """-1 keeps the newest alone."""
    person = api.person()
    say(api, person, "one", "two", "three")
    assert texts(api.ok("getUpdates", offset=-1)) == ["three"]
    assert texts(api.ok("getUpdates")) == ["three"]


def test_messages_are_kept_a_day_and_presses_150_seconds(api: Api) -> None:
    """By the simulator's clock."""
    person = api.person()
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
    message = api.ok("sendMessage", chat_id=person, text="press", reply_markup=markup)
    say(api, person, "hello")
    api.post("presses", {"from": person, "message_id": message["message_id"], "data": "x"})
    assert api.get("queue")["waiting"] == 2
    api.post("clock", advance=151)
    assert texts(api.ok("getUpdates")) == ["hello"]
    api.post("clock", advance=24 * 3600)
    assert api.ok("getUpdates") == []


def test_a_long_poll_is_answered_as_soon_as_something_happens(api: Api) -> None:
    """Not at the end of its time."""
    person = api.person()
    threading.Timer(0.3, lambda: say(api, person, "now")).start()
    began = time.monotonic()
    assert texts(api.ok("getUpdates", timeout=10)) == ["now"]
    assert 0.2 < time.monotonic() - began < 3


def test_a_second_poller_ends_the_first_with_409(api: Api) -> None:
    """The newer one goes on."""
    person = api.person()
    answers: list[dict[str, Any]] = []
    first = threading.Thread(target=lambda: answers.append(api.call("getUpdates", timeout=10)))
    first.start()
    time.sleep(0.3)
    threading.Timer(0.3, lambda: say(api, person, "for the second")).start()
    assert texts(api.ok("getUpdates", timeout=10)) == ["for the second"]
    first.join(5)
    assert answers[0]["error_code"] == 409
    assert answers[0]["description"].startswith("Conflict: terminated by other getUpdates request")


def test_a_poller_that_hangs_up_loses_nothing(api: Api) -> None:
    """What nobody confirmed waits for the next."""
    person = api.person()
    with pytest.raises(httpx.ReadTimeout):
        loopback.get(f"{api.base}/bot{TOKEN}/getUpdates", params={"timeout": 20}, timeout=0.3)
    say(api, person, "still here")
    assert texts(api.ok("getUpdates")) == ["still here"]


def test_allowed_updates_are_remembered_and_work_forward_only(api: Api) -> None:
    """A kind that is not asked for is never queued; what waits already stays."""
    person = api.person()
    say(api, person, "before")
    assert texts(api.ok("getUpdates", allowed_updates=["callback_query"])) == ["before"]
    assert say(api, person, "not asked for") == [None]
    assert len(api.ok("getUpdates")) == 1
    api.ok("getUpdates", allowed_updates=[])
    assert say(api, person, "again")[0] is not None


def test_reactions_come_only_when_asked_for(api: Api) -> None:
    """message_reaction is off unless allowed_updates names it."""
    person = api.person()
    message = api.ok("sendMessage", chat_id=person, text="like it")
    deed = {"from": person, "message_id": message["message_id"], "emoji": "👍"}
    assert api.post("reactions", deed)["update_id"] is None
    api.ok("getUpdates", allowed_updates=["message_reaction"])
    assert api.post("reactions", {**deed, "emoji": "🔥"})["update_id"] is not None
    update = api.updates()[-1]["message_reaction"]
    assert (update["old_reaction"][0]["emoji"], update["new_reaction"][0]["emoji"]) == ("👍", "🔥")


def test_raw_updates_go_in_as_they_are(api: Api) -> None:
    """Well-formed ones get an update_id; raw text may be anything."""
    given = api.post("updates", update={"message": {"nonsense": True}})
    assert api.updates() == [{"update_id": given["update_id"], "message": {"nonsense": True}}]
    api.post("updates", raw='{"update_id": $UPDATE_ID, "message": {"text"')
    body = api.http.get(f"/bot{TOKEN}/getUpdates").text
    assert body.endswith('"message": {"text"]}')


def test_a_webhook_shuts_out_getupdates(api: Api) -> None:
    """Both at once is a conflict."""
    api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert api.refused("getUpdates").startswith("Conflict: can't use getUpdates method while webhook is active")
    api.ok("deleteWebhook")
    assert api.ok("getUpdates") == []


def test_setting_a_webhook_ends_a_waiting_poller_in_its_own_words(api: Api) -> None:
    """As the open-source server words it: nobody is to look for a second poller that does not exist."""
    answers: list[dict[str, Any]] = []
    poller = threading.Thread(target=lambda: answers.append(api.call("getUpdates", timeout=10)))
    poller.start()
    while not api.get("queue")["items"][0]["polled"]:
        time.sleep(0.01)
    api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    poller.join(5)
    assert (answers[0]["error_code"], answers[0]["description"]) == (409, "Conflict: terminated by setWebhook request")


def test_a_poll_that_was_hung_up_on_is_in_the_log(api: Api) -> None:
    """It confirmed what came before its offset, so it took effect."""
    person = api.person()
    (first,) = say(api, person, "one")
    query = {"timeout": 20, "offset": first + 1}
    with pytest.raises(httpx.ReadTimeout):
        loopback.get(f"{api.base}/bot{TOKEN}/getUpdates", params=query, timeout=0.1)
    until = time.monotonic() + 3
    while not (line := api.get("calls")["items"][-1]).get("hung_up") and time.monotonic() < until:
        time.sleep(0.01)
    assert (line["method"], line["hung_up"], line["took_effect"]) == ("getUpdates", True, True)
    assert api.get("queue")["waiting"] == 0
