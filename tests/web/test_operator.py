"""Health and metrics: what a load balancer and a collector are told, and who may ask."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.delivery import leases, outbox
from bot.delivery.outbox import Lane
from bot.delivery.sending_store import SENDER
from bot.kit.replies import Message
from bot.kit.texts import text
from tests import loopback
from tests.flows.house import story
from tests.web.desk import Desk, opened, served


def test_a_house_that_does_not_run_is_not_well(desk: Desk) -> None:
    """The database answers; nobody holds the sender's lease, nobody asks for updates."""
    answer = loopback.get(f"{desk.base}/health")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": True, "sender": False, "receiver": False}


def test_a_held_lease_is_seen_and_an_old_one_is_not(desk: Desk) -> None:
    """Given back, it may be another's for three seconds: a replica that ends makes no other one ill. Then nobody sends."""
    desk.house.writer.run(leases.take, SENDER, "somebody")
    assert loopback.get(f"{desk.base}/health").json()["sender"] is True
    desk.house.writer.run(leases.release, SENDER, "somebody")
    assert loopback.get(f"{desk.base}/health").json()["sender"] is True
    time.sleep(leases.SECONDS + 0.1)
    assert loopback.get(f"{desk.base}/health").json()["sender"] is False
    desk.house.writer.run(leases.take, SENDER, "somebody")
    time.sleep(leases.SECONDS + 0.1)  # its holder fell silent: nobody is about to take it
    assert loopback.get(f"{desk.base}/health").json()["sender"] is False


async def test_a_running_house_is_well_and_counts(database_url: str, tmp_path: Path) -> None:
    """After one message: 200, and the figures of what was done."""
    from bot.web import app as web

    async with story(database_url, tmp_path, rooms=()) as told:
        await told.stranger("Ana")
        await told.says("Ana", "/start")
        with served(web.build(told.house)) as base:
            async with loopback.AsyncClient(base_url=base) as client:
                health = await client.get("/health")
                assert (health.status_code, health.json()["ok"]) == (200, True)
                figures = (await client.get("/metrics")).text
    assert "davy_updates_handled_total 1.0" in figures
    assert "davy_messages_sent_total 1.0" in figures
    assert 'davy_part_running{part="receiver"} 1.0' in figures


def test_metrics_say_what_waits_and_for_how_long(desk: Desk) -> None:
    """By lane; what is planned for later is not late."""
    now = desk.clock.now()
    for lane, key in ((Lane.ALERT, "a"), (Lane.LESSON, "b")):
        message = Message(text("delivery.just", text=key))
        desk.house.writer.run(outbox.send, outbox.to_chat(1), message, lane, now, key=key)
    before = loopback.get(f"{desk.base}/metrics").text
    from datetime import timedelta

    desk.clock.advance(timedelta(seconds=90))
    after = loopback.get(f"{desk.base}/metrics").text
    assert 'davy_outbox_waiting{lane="lesson"} 1.0' in before
    assert 'davy_outbox_oldest_seconds{lane="lesson"} 0.0' in before
    assert 'davy_outbox_oldest_seconds{lane="lesson"} 90.0' in after
    assert 'davy_outbox_waiting{lane="bulk"} 0.0' in after
    assert 'davy_jobs{state="failed"} 0.0' in after


def test_metrics_count_the_writers_commits_once(desk: Desk) -> None:
    """Two readings without work between them give the same numbers."""

    def groups() -> str:
        page = loopback.get(f"{desk.base}/metrics").text
        return next(line for line in page.splitlines() if line.startswith("davy_writer_groups_total"))

    desk.link("Sam Okafor")
    assert groups() == groups() != "davy_writer_groups_total 0.0"


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_metrics_behind_a_proxy_need_the_token(database_url: str, tmp_path: Path, header: str) -> None:
    """A proxy on this machine calls from loopback for anybody."""
    with opened(database_url, tmp_path, metrics_token="a collector's token") as desk:
        proxied = {header: "203.0.113.9"}
        assert loopback.get(f"{desk.base}/metrics").status_code == 200
        assert loopback.get(f"{desk.base}/metrics", headers=proxied).status_code == 403
        wrong = proxied | {"authorization": "Bearer guess"}
        assert loopback.get(f"{desk.base}/metrics", headers=wrong).status_code == 403
        right = proxied | {"authorization": "Bearer a collector's token"}
        assert loopback.get(f"{desk.base}/metrics", headers=right).status_code == 200


def test_a_webhook_call_that_is_no_update_is_refused_and_breaks_nothing(shown: Desk) -> None:
    """Without the secret 403; with it, but without sense, 400."""
    secret = {"x-telegram-bot-api-secret-token": shown.house.webhook_secret}
    assert loopback.post(f"{shown.base}/webhook", content=b"{}").status_code == 403
    for nonsense in (b"", b"{", b"\xff\xfe"):
        assert loopback.post(f"{shown.base}/webhook", content=nonsense, headers=secret).status_code == 400
