"""Server-sent events: who may open a stream, what it says and when it ends."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from bot.hazards import actions as hazards
from bot.hazards.model import Topic
from bot.kit.risk import Severity
from bot.web import actions as door
from bot.web import live
from tests.web.desk import Desk, press

PAGE = "/desk/live?page=/desk&since="


@contextmanager
def stream(client: httpx.Client, page: str = PAGE) -> Iterator[queue.Queue[str]]:
    """The lines of a stream as they come; None of them are made up."""
    lines: queue.Queue[str] = queue.Queue()
    with client.stream("GET", page, timeout=60) as answer:
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"

        def read() -> None:
            try:
                for line in answer.iter_lines():
                    lines.put(line)
            except (httpx.HTTPError, httpx.StreamError):
                pass
            lines.put("END")

        threading.Thread(target=read, daemon=True).start()
        yield lines


def until(lines: queue.Queue[str], wanted: str, seconds: float = 20) -> float:
    """Waits for a line; answers after how many seconds it came."""
    began = time.monotonic()
    while True:
        line = lines.get(timeout=max(0.1, seconds - (time.monotonic() - began)))
        if line == wanted:
            return time.monotonic() - began


def first(lines: queue.Queue[str]) -> None:
    """What is sent at once, because the page was made by nobody knows whom."""
    until(lines, "event: change")


def test_a_change_is_told_at_once_and_many_changes_once_a_second(desk: Desk) -> None:
    """Nothing of it stands in the stream."""
    sam, spill = desk.works.people["Sam Okafor"], desk.works.hazards["spill"]
    with stream(desk.browser("Sam Okafor")) as lines:
        first(lines)
        time.sleep(1.2)
        for topic in (Topic.HEIGHT, Topic.LADDER) * 6:
            desk.house.writer.run(hazards.set_topic, spill, topic, sam, desk.clock.now())
        until(lines, "event: change", 5)
        time.sleep(1.5)
        told = []
        while not lines.empty():
            told.append(lines.get())
        assert told.count("event: change") <= 1, "what follows within the second is one more"
        assert not [line for line in told if "spill" in line or "Oil" in line]


def test_what_a_page_does_not_show_does_not_wake_it(desk: Desk) -> None:
    """A board of dangers is not asked for anew because somebody was named otherwise."""
    with stream(desk.browser("Sam Okafor")) as lines:
        first(lines)
        desk.link("Lin Yao")
        with pytest.raises(queue.Empty):
            until(lines, "event: change", 2)


def test_a_page_that_is_not_behind_is_told_nothing(desk: Desk) -> None:
    """The page itself says how far it is; its stream goes on from there."""
    client = desk.browser("Sam Okafor")
    page = client.get("/desk").text
    address = page.partition('data-stream="')[2].partition('"')[0].replace("&amp;", "&")
    assert address.startswith("/desk/live?page=%2Fdesk&since=")
    with stream(client, address) as lines:
        with pytest.raises(queue.Empty):
            until(lines, "event: change", 2)
    sam, spill = desk.works.people["Sam Okafor"], desk.works.hazards["spill"]
    desk.house.writer.run(hazards.rate, spill, Severity.CRITICAL, sam, desk.clock.now())
    with stream(client, address) as lines:
        assert until(lines, "event: change") < 5


def test_a_stream_is_for_whoever_may_open_its_page(desk: Desk) -> None:
    """And there is none where nobody is signed in, or of an address that shows nothing live."""
    assert desk.browser().get(PAGE).status_code == 401
    assert desk.browser("Ana Morales").get(PAGE).status_code == 403
    sam = desk.browser("Sam Okafor")
    assert sam.get("/desk/live?page=/desk/nowhere").status_code == 403
    assert sam.get("/desk/live").status_code == 403
    assert sam.get(PAGE, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert sam.get(f"/desk/live?page=/desk/units/{desk.works.units['dock'].id}").status_code == 404


def test_signing_out_closes_the_streams_of_that_session(desk: Desk) -> None:
    """Within a second or two, whichever page they stand on; others go on."""
    mine, other = desk.browser("Sam Okafor"), desk.browser("Grace Lind")
    with stream(mine) as lines, stream(other) as others:
        first(lines)
        first(others)
        press(mine, mine.get("/desk").text, "/logout")
        assert until(lines, "event: over") < 5
        until(lines, "END")
        assert "event: over" not in list(others.queue)


def test_a_session_that_runs_out_closes_its_stream(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody does anything: the stream of an open page is no doing."""
    monkeypatch.setattr(live, "LOOK_S", 0.5)
    with stream(desk.browser("Sam Okafor")) as lines:
        first(lines)
        desk.clock.advance(timedelta(hours=9))
        assert until(lines, "event: over") < 10


def test_being_signed_out_everywhere_closes_all_of_them(desk: Desk) -> None:
    """As when a phone is lost."""
    with stream(desk.browser("Sam Okafor")) as one, stream(desk.browser("Sam Okafor")) as two:
        first(one)
        first(two)
        sam = desk.works.people["Sam Okafor"]
        desk.house.writer.run(door.sign_out_everywhere, sam, desk.clock.now())
        assert until(one, "event: over") < 5
        assert until(two, "event: over") < 5


def test_streams_are_limited_by_session_and_by_process(desk: Desk) -> None:
    """Whoever is turned away is told so; the page then goes on asking by itself."""
    client = desk.browser("Sam Okafor")
    with stream(client), stream(client), stream(client), stream(client), stream(client), stream(client):
        assert client.get(PAGE).status_code == 429
        desk.house.live.most = len(desk.house.live)
        assert desk.browser("Grace Lind").get(PAGE).status_code == 429


def test_a_stream_says_that_it_is_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no proxy takes it for dead."""
    monkeypatch.setattr(live, "BEAT_S", 0.5)
    with stream(desk.browser("Sam Okafor")) as lines:
        assert until(lines, ": here") < 5


def test_the_end_of_the_process_ends_all_streams_at_once(desk: Desk) -> None:
    """SIGTERM must not wait for boards that stay open for days."""
    with stream(desk.browser("Sam Okafor")) as one, stream(desk.browser("Grace Lind")) as two:
        first(one)
        first(two)
        desk.house.live.stop()
        assert until(one, "END") < 3
        assert until(two, "END") < 3


def test_another_replica_is_told_what_changed(desk: Desk) -> None:
    """By the bells of the database; what comes from another process wakes this one's boards."""
    told: list[str] = []
    desk.house.live._tell = told.append
    sam, spill = desk.works.people["Sam Okafor"], desk.works.hazards["spill"]
    with stream(desk.browser("Sam Okafor")) as lines:
        first(lines)
        desk.house.writer.run(hazards.rate, spill, Severity.CRITICAL, sam, desk.clock.now())
        until(lines, "event: change")
        assert "live hazards" in told
        time.sleep(1.1)
        desk.house._rung("live hazards")
        assert until(lines, "event: change") < 5


def test_a_page_that_renews_itself_gets_its_parts_alone(desk: Desk) -> None:
    """Without the frame around it: a thousand boards ask for these."""
    client = desk.browser("Sam Okafor")
    whole, parts = client.get("/desk").text, client.get("/desk", headers={"x-refresh": "1"}).text
    assert "<header" in whole
    assert "<header" not in parts
    assert "Oil under press 3" in parts
    assert len(parts) < len(whole)
