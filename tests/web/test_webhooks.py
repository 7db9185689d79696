"""Other programs are told of what happened, signed, and only of what is theirs (long because much can go wrong)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.hazards import actions as hazards
from bot.hazards.model import Report
from bot.kit.endpoints import Scope
from bot.kit.risk import Severity
from bot.people import actions as people
from bot.people.model import Role
from bot.web.webhooks import actions, store
from bot.web.webhooks.model import State
from bot.web.webhooks.tables import WebhookCallRow
from tests.web.api_house import Programs, opened

WORDS = "A hose has come off the pump"


@dataclass
class Listener:
    """A program that is called, and what it answers: a status, or one by webhook id."""

    url: str = ""
    status: int = 204
    answers: dict[str, int] = field(default_factory=dict)
    location: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def said(self) -> list[dict[str, Any]]:
        """The bodies that came, in their order."""
        return [json.loads(body) for _, body in self.calls]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Another program, on a real port."""
    made = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.calls.append((headers, body))
            self.send_response(made.answers.get(headers["webhook-id"], made.status))
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def programs(database_url: str, tmp_path: Path) -> Iterator[Programs]:
    """A house that may call addresses inside."""
    with opened(database_url, tmp_path, webhook_inside=True) as made:
        yield made


def subscribe(
    programs: Programs,
    url: str,
    *scopes: Scope,
    name: str = "ehs",
    unit: str = "harbour",
    event: str = "hazard.reported",
) -> str:
    """A webhook that Grace answers for; its secret."""
    where, grace = [programs.works.units[unit].id], programs.works.people["Grace Lind"]
    given = [Scope.HAZARDS, *scopes]
    make = actions.make_webhook
    secret = programs.house.writer.run(make, name, url, grace, where, [event], given, programs.clock.now())
    assert secret is not None
    return secret


def report(programs: Programs, unit: str = "dock", key: int = 1, *, named: bool = True) -> int:
    """Ana reports a danger."""
    here = programs.works.units[unit]
    made = Report(f"e{key:031x}", here.id, here.path, words=WORDS)
    ana, now = programs.works.people["Ana Morales"], programs.clock.now()
    return programs.house.writer.run(hazards.report_hazard, made, ana, now, named=named).id


def settle(programs: Programs) -> int:
    """What follows from facts, and then what is due to be told; answers how many calls were tried."""

    async def both() -> int:
        await programs.house.worker.run_jobs()
        return await programs.house.webhooks.send_due()

    return asyncio.run(both())


def states(programs: Programs) -> dict[str, int]:
    """How many calls stand how."""

    def count(session: Session) -> dict[str, int]:
        rows = session.execute(select(WebhookCallRow.state, func.count()).group_by(WebhookCallRow.state))
        return {row[0]: row[1] for row in rows}

    return programs.house.writer.run(count)


def test_a_danger_is_told_once_signed_and_without_names_or_words(programs: Programs, listener: Listener) -> None:
    """What the other side needs to check the signature is in the headers; a second round sends nothing."""
    secret = subscribe(programs, listener.url)
    hazard = report(programs)
    assert settle(programs) == 1
    settle(programs)
    [(headers, body)] = listener.calls
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == expected
    said = json.loads(body)
    assert said["type"] == "hazard.reported"
    assert said["data"]["id"] == hazard
    assert said["data"]["words"] is None
    assert said["data"]["reporter"] is None
    assert "Ana" not in body.decode()
    assert "W-0" not in body.decode()
    assert states(programs) == {State.SENT.value: 1}


def test_names_and_words_are_told_where_the_scopes_say_so(programs: Programs, listener: Listener) -> None:
    """And never who reported without a name."""
    subscribe(programs, listener.url, Scope.NAMES, Scope.WORDS)
    report(programs)
    report(programs, key=2, named=False)
    settle(programs)
    by_number = sorted((each["data"] for each in listener.said()), key=lambda each: each["id"])
    assert [each["words"] for each in by_number] == [WORDS, WORDS]
    assert [each["reporter"] for each in by_number] == [{"badge": "W-0", "name": "Ana Morales"}, None]


def test_another_sites_webhook_hears_nothing(programs: Programs, listener: Listener) -> None:
    """Nor does one that asked for another event."""
    subscribe(programs, listener.url, unit="lingang")
    subscribe(programs, listener.url, name="other", event="hazard.verified")
    report(programs)
    assert settle(programs) == 0
    assert listener.calls == []


def test_a_danger_that_is_hidden_from_somebody_is_told_to_no_program(programs: Programs, listener: Listener) -> None:
    """A report about a supervisor stays with those who are called about it."""
    subscribe(programs, listener.url)
    here = programs.works.units["dock"]
    about = Report("9" * 32, here.id, here.path, words=WORDS, hidden_from=(programs.works.people["Sam Okafor"],))
    programs.house.writer.run(hazards.report_hazard, about, programs.works.people["Ana Morales"], programs.clock.now())
    settle(programs)
    assert listener.calls == []
    assert states(programs) == {State.DROPPED.value: 1}


def test_what_is_undone_is_not_told(programs: Programs, listener: Listener) -> None:
    """The call belongs to the transaction of the fact: where that fails, there is neither."""
    subscribe(programs, listener.url)
    here, now = programs.works.units["dock"], programs.clock.now()

    def fail(session: Session) -> None:
        hazards.report_hazard(session, Report("8" * 32, here.id, here.path), programs.works.people["Ana Morales"], now)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        programs.house.writer.run(fail)
    assert settle(programs) == 0


def test_nothing_is_written_for_programs_while_none_listens(programs: Programs) -> None:
    """A house without webhooks has no more to do for each fact than to look whether there are any."""
    report(programs)
    settle(programs)
    assert states(programs) == {}


def test_a_call_that_fails_comes_again_later_with_the_same_id(programs: Programs, listener: Listener) -> None:
    """Not at once, and what waited behind it comes then too."""
    subscribe(programs, listener.url)
    listener.status = 503
    report(programs)
    report(programs, key=2)
    assert settle(programs) == 1
    assert settle(programs) == 0, "one that does not answer is not asked for each call"
    listener.status = 200
    programs.clock.advance(timedelta(seconds=31))
    assert settle(programs) == 2
    ids = [headers["webhook-id"] for headers, _ in listener.calls]
    assert len(ids) == 3
    assert len(set(ids)) == 2
    assert states(programs) == {State.SENT.value: 2}


def test_a_call_that_is_never_taken_holds_up_no_other_and_is_given_up(programs: Programs, listener: Listener) -> None:
    """The one that the other side chokes on is tried for three days; the others pass it."""
    subscribe(programs, listener.url)
    report(programs)
    settle(programs)
    poison = programs.house.writer.run(lambda session: session.scalar(select(func.min(WebhookCallRow.id))))
    listener.calls.clear()
    report(programs, key=2)
    listener.answers[f"msg_{poison + 1}"] = 500
    report(programs, key=3)
    settle(programs)
    for _ in range(4):
        programs.clock.advance(timedelta(hours=2))
        settle(programs)
    assert states(programs) == {State.SENT.value: 2, State.WAITING.value: 1}
    programs.clock.advance(timedelta(days=3))
    settle(programs)
    assert states(programs) == {State.SENT.value: 2, State.DEAD.value: 1}
    assert programs.house.writer.run(store.counts) == {("ehs", "sent"): 2, ("ehs", "dead"): 1}


def test_whoever_says_gone_is_not_called_again_for_it(programs: Programs, listener: Listener) -> None:
    """410 is an answer for ever."""
    subscribe(programs, listener.url)
    listener.status = 410
    report(programs)
    settle(programs)
    assert states(programs) == {State.DEAD.value: 1}


def test_a_redirect_is_not_followed(programs: Programs, listener: Listener) -> None:
    """What is signed for one address does not go to the next."""
    subscribe(programs, listener.url)
    listener.status, listener.location = 307, listener.url.replace("/hook", "/elsewhere")
    report(programs)
    settle(programs)
    assert len(listener.calls) == 1
    assert states(programs) == {State.WAITING.value: 1}


def test_a_webhook_falls_silent_when_nobody_answers_for_it(programs: Programs, listener: Listener) -> None:
    """Who made it is an administrator no more; what waited is dropped, what happens later is not put down at all."""
    subscribe(programs, listener.url)
    report(programs)
    company, grace = programs.works.units["harbour"].parent, programs.works.people["Grace Lind"]
    assert company is not None
    asyncio.run(programs.house.worker.run_jobs())
    programs.house.writer.run(people.revoke, grace, Role.ADMIN, company, programs.clock.now())
    report(programs, key=2)
    settle(programs)
    assert listener.calls == []
    assert states(programs) == {State.DROPPED.value: 1}


def test_what_is_removed_is_told_nothing_more(programs: Programs, listener: Listener) -> None:
    """Also what waited for it."""
    subscribe(programs, listener.url)
    report(programs)
    asyncio.run(programs.house.worker.run_jobs())
    assert programs.house.writer.run(actions.remove_webhook, "ehs", programs.clock.now())
    assert settle(programs) == 0
    assert listener.calls == []


def test_one_event_after_another_is_told_of_one_danger(programs: Programs, listener: Listener) -> None:
    """Acknowledged and rated, each with how it stands when the call is made."""
    for number, name in enumerate(("acknowledged", "rated")):
        subscribe(programs, listener.url, name=f"n{number}", event=f"hazard.{name}")
    hazard, sam, now = report(programs), programs.works.people["Sam Okafor"], programs.clock.now()
    programs.house.writer.run(hazards.acknowledge, hazard, sam, now)
    programs.house.writer.run(hazards.rate, hazard, Severity.HIGH, sam, now)
    settle(programs)
    assert sorted(each["type"] for each in listener.said()) == ["hazard.acknowledged", "hazard.rated"]
    assert {each["data"]["severity"] for each in listener.said()} == {int(Severity.HIGH)}


def test_a_danger_is_told_where_it_is_and_not_where_its_reporter_works(programs: Programs, listener: Listener) -> None:
    """Ana of the harbour sees something at the other site: its webhook hears of it, that of her own site does not."""
    subscribe(programs, listener.url, name="there", unit="lingang")
    subscribe(programs, listener.url, name="here")
    hazard = report(programs, unit="line")
    settle(programs)
    assert [each["data"]["id"] for each in listener.said()] == [hazard]
    assert states(programs) == {State.SENT.value: 1}
