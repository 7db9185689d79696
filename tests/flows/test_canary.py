"""With everything logged and errors forced, neither the token nor a name nor words of people stand where they must not."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Text, cast, select

from bot import logs
from bot.delivery.tables import ParkedRow
from bot.features import rooms
from bot.kit.events import Said
from bot.kit.room import Route
from bot.onboarding.sample import load_sample
from tests.flows.house import TOKEN, listen_anew, story
from tests.proofs.counted import SABOTAGED, counted

WORDS = "kestrel-quarry-words"
FIRST = "Canarina"
WORKER = "L-1042"


def fails(session, event: Said, now):  # type: ignore[no-untyped-def]
    """A handler that raises with what the person wrote in its hands, as a mistake of ours would."""
    from sqlalchemy import text

    session.execute(text("INSERT INTO nowhere (words) VALUES (:words)"), {"words": event.text})


def tells(session, event: Said, now):  # type: ignore[no-untyped-def]
    """The sabotage: one that says what it had in its hands."""
    raise RuntimeError(f"cannot handle {event.text}")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Everything that is logged, at DEBUG, by us and by the libraries."""
    heard = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", heard)
    monkeypatch.setattr(sys, "stderr", heard)
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure("DEBUG", "json")
    listen_anew()
    logging.getLogger().setLevel(logging.DEBUG)
    yield heard
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)
    monkeypatch.undo()
    logs.configure("ERROR")
    listen_anew()


@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_no_token_no_name_and_no_words_in_logs_pages_metrics_or_errors(
    database_url: str, tmp_path: Path, logged: io.StringIO, sabotaged: bool
) -> None:
    """A handler that raises, a Telegram that breaks off, a page that is not there. Sabotaged, the handler tells."""
    broken = tuple(
        replace(room, routes=(*room.routes, Route(tells if sabotaged else fails, command="broken")))
        if room.name == "onboarding"
        else room
        for room in rooms()
    )
    async with story(database_url, tmp_path, rooms=broken, prepare=load_sample) as s:
        worker = await s.employee(WORKER)
        name = worker.name.split()[0]
        await s.stranger(FIRST)
        await s.says(FIRST, f"{WORDS} from outside")
        await s.says(name, f"/broken {WORDS}")
        await s.says(name, WORDS)
        await s.forward(hours=1)
        errors = await s.ask(lambda session: [e or "" for e in session.scalars(select(ParkedRow.error))])
        parked = await s.ask(lambda session: list(session.scalars(select(cast(ParkedRow.body, Text)))))
        pages = []
        async with aiohttp.ClientSession() as http:
            for path in ("/health", "/metrics", "/nowhere", "/login?token=x", f"/hazards?{WORDS}"):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(s.house.settings.address + path) as answer:
                        pages.append(await answer.text())
    assert any(errors), "nothing failed, so nothing was tried"
    told = logged.getvalue()
    assert sabotaged or "nowhere" in told or "no such table" in told or "does not exist" in told, (
        "the error was not logged"
    )
    secret = TOKEN.split(":")[1]
    places = {"log": told, "errors": "\n".join(errors), "pages": "\n".join(pages)}
    canaries = (secret, WORDS, FIRST, worker.name, "a story's secret")
    hits = [
        f"{c} stands in the {where}: {_around(what, c)}"
        for where, what in places.items()
        for c in canaries
        if c in what
    ]
    tried = len(places) * len(canaries)
    counted("a token, names and words in logs, errors and pages", tried, tried - len(hits), sabotaged=sabotaged)
    assert bool(hits) is sabotaged, hits
    assert secret not in "\n".join(parked)


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[max(0, at - 200) : at + 100]
