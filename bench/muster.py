"""A muster of a whole company: calls in the order wardens first, answers at 1,000 a second, the board beside them.

`python -m bench muster [--people 10000] [--engine sqlite] [--answers 1000] [--rates 1000,30] [--seconds 15]`

With the limit lifted everybody is called and then everybody answers. At Telegram's 30 calls a second the calls alone take five
and a half minutes: there a window is measured, with the calls still waiting, and answers come as fast. The board is late by
how long the first answer that it does not count had been given when the next board came.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bench import company
from bench.presses import databases
from bench.processes import contender, until
from bench.standin import FIRST, StandIn, deliver
from bench.terms import SECRET
from bot.db.engine import connect
from bot.people import actions as people
from bot.people.model import Role

COMMANDER = 1
"""Starts it and has the board; on leave, so that their phone holds nothing but the board."""
_chat = re.compile(rb'"chat_id":\s*(\d+)')
_board = re.compile(r"safe: <b>(\d+)</b>\n.*?help: <b>(\d+)</b>\n.*?site: <b>(\d+)</b>\n.*?for: <b>(\d+)</b>\n= (\d+)")


@dataclass
class Muster:
    """What was seen at one rate. Times are seconds."""

    engine: str
    rate: float
    called: int
    calling_s: float
    wrong_order: int
    answered: float
    p99: float
    lags: list[float]
    cpu: float
    """Seconds of processor an answer, with all that was done beside."""
    told: dict[str, Any]


def furnish(url: str, count: int) -> None:
    """The first of each team leads it; the commander leads everybody and is away."""
    now = company.datetime.now(company.UTC)
    engine = connect(url)
    with Session(engine) as session, session.begin():
        company.lead(session, 1, -(-count // company.TEAM), now)
        top = session.query(company.UnitRow).filter_by(kind="company").one()
        people.grant(session, COMMANDER, Role.MANAGER, top.id, now)
        people.go_away(session, COMMANDER, now, None, None)
    engine.dispose()


def presses(count: int) -> list[bytes]:
    """One answer of everybody but the commander, mixed so that all teams answer at the same time."""
    order = sorted(range(2, count + 1), key=lambda n: (n * 7919) % count)
    return [_press(FIRST + at, person) for at, person in enumerate(order)]


def _press(number: int, person: int) -> bytes:
    said = ("safe", "safe", "safe", "safe", "safe", "safe", "safe", "absent")[person % 8]
    chat = company.PHONE + person
    user = {"id": chat, "is_bot": False, "first_name": f"Ana {person}", "language_code": "en"}
    message = {"message_id": 10, "date": 1763640000, "chat": {"id": chat, "type": "private"}, "text": "DRILL"}
    query = {"id": str(number), "from": user, "message": message, "chat_instance": "-1", "data": f"mu.a:1:{said}"}
    return json.dumps({"update_id": number, "callback_query": query}).encode()


async def muster(url: str, engine: str, rate: float, given: argparse.Namespace) -> Muster:
    """One muster of everybody."""
    lifted = rate > 100
    async with StandIn(presses(given.people)) as standin, contextlib.AsyncExitStack() as stack:
        standin.times = []
        davy = await stack.enter_async_context(
            contender("davy", standin.url, url, webhook=True, rate=rate, muster=COMMANDER)
        )
        begun = time.perf_counter()
        davy.go()
        want = given.people - 1
        if lifted:
            await until(lambda: len(_calls(standin)) >= want, 120)
        else:
            await asyncio.sleep(given.seconds)
        called = _calls(standin)
        calling_s = (called[-1][0] if called else time.perf_counter()) - begun
        posting = asyncio.create_task(deliver(standin, [davy.url], SECRET))
        stack.callback(posting.cancel)
        pace = asyncio.create_task(standin.pace(given.answers))
        stack.callback(pace.cancel)
        first, cpu = time.perf_counter(), davy.cpu
        # at 30 a second the whole is not waited for, but all answers are taken in
        await until(lambda: len(standin.answered) >= len(standin.updates), 90)
        ended, cpu = max(standin.answered.values(), default=first), davy.cpu - cpu
        await asyncio.sleep(2.5)
        told = await davy.finish()
    ordered = sorted(standin.latencies(first, ended)) or [0.0]
    return Muster(
        engine, rate, len(called), calling_s, _wrong(called), len(standin.answered) / max(0.1, ended - first),
        ordered[int(0.99 * len(ordered))], _lags(standin), cpu / max(1, len(standin.answered)), told["muster"],
    )  # fmt: skip


def _calls(standin: StandIn) -> list[tuple[float, int]]:
    """When each call left, and to whom: what has its answers as keys. What is sent to the commander is the board."""
    found = []
    for at, method, body in standin.times or ():
        if method != b"sendMessage" or b"mu.a:" not in body:
            continue  # other rooms have something to say at some hours
        if (chat := _chat.search(body)) and int(chat[1]) != company.PHONE + COMMANDER:
            found.append((at, int(chat[1]) - company.PHONE))
    return found


def _wrong(called: Sequence[tuple[float, int]]) -> int:
    """How many wardens were called after somebody who is none."""
    leads = [(person - 1) % company.TEAM == 0 for _, person in called]
    first_other = leads.index(False) if False in leads else len(leads)
    return sum(leads[first_other:])


def _lags(standin: StandIn) -> list[float]:
    """How long the first answer that a board did not count stood uncounted, for each board until the next.

    Raises AssertionError where a board's parts are not its roster, or the last one does not count everybody.
    """
    times, lags, before = sorted(standin.answered.values()), [], 0
    for at, method, body in standin.times or ():
        chat = _chat.search(body)
        if method != b"editMessageText" or chat is None or int(chat[1]) != company.PHONE + COMMANDER:
            continue
        found = _board.search(json.loads(body)["text"])
        assert found is not None, body
        safe, help_, absent, silent, roster = (int(each) for each in found.groups())
        assert safe + help_ + absent + silent == roster
        if before < len(times) and times[before] < at:
            lags.append(at - times[before])
        before = safe + help_ + absent
    assert before == len(times), (before, len(times))
    return lags


def measure(given: argparse.Namespace) -> list[str]:
    """The table."""
    lines = [
        "| muster | calls a second allowed | called | in s | wardens after others | answers a second | answer p99 ms "
        "| processor an answer, ms | board edits | board late, p50 / max s | accounted / roster at the end |",
        "|---" * 11 + "|",
    ]
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    with databases(engines, given.people, partial(furnish, count=given.people)) as made:
        for engine in engines:
            for rate in (float(each) for each in given.rates.split(",")):
                seen = asyncio.run(muster(made.url(engine, "davy"), engine, rate, given))
                print(f"  {engine} {rate:g}: {seen.told}", file=sys.stderr, flush=True)
                lines.append(row(seen, given.people))
    return lines


def row(seen: Muster, count: int) -> str:
    """A line of the table."""
    late = sorted(seen.lags) or [0.0]
    told = seen.told
    return (
        f"| {count:,} people, {seen.engine} | {seen.rate:g} | {seen.called:,} | {seen.calling_s:.1f} | {seen.wrong_order} | "
        f"{seen.answered:,.0f} | {1000 * seen.p99:,.0f} | {1000 * seen.cpu:.2f} | "
        f"{len(seen.lags)} | {late[len(late) // 2]:.2f} / {late[-1]:.2f} | "
        f"{told['roster'] - told['silent']:,} / {told['roster']:,} |"
    )


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--answers", type=float, default=1000, help="answers a second")
    parser.add_argument("--rates", default="1000,30", help="calls a second that are allowed")
    parser.add_argument("--seconds", type=float, default=15, help="of calling at a rate that would take minutes")
