"""Example bots of foreign libraries run against the simulator: a client that works with Telegram works here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import loopback
from tests.proofs.counted import counted
from tests.simulator.examples import fetch, stories, stories_others
from tests.simulator.examples.talk import Talk

ROOT = Path(__file__).parents[3]
STORIES = {**vars(stories), **vars(stories_others)}
LINES = [
    line.split()
    for line in (Path(__file__).parent / "examples.txt").read_text().splitlines()
    if line[:1] not in {"#", ""}
]
TOKENS = {
    file_story: f"{9_000_001 + place}:example-bot-token"
    for place, file_story in enumerate((ln[0], ln[1]) for ln in LINES)
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The simulator as a process of its own, as anybody would start it."""
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "bot.simulator", "--port", str(port), "--any-token", "--no-flood-control"]
    process = subprocess.Popen(command, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            try:
                loopback.get(f"{address}/sim/bots", trust_env=False)
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _cases() -> list[Any]:
    """One bot of each library with every run, all of them with `make prove`."""
    firsts = {library: next(line for line in LINES if line[0] == library) for library, *_ in LINES}
    return [
        pytest.param(
            *line, id=f"{line[0]}-{Path(line[1]).stem}", marks=() if line in firsts.values() else pytest.mark.prove
        )
        for line in LINES
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("library", "file", "story"), _cases())
def test_an_example_bot_runs_against_the_simulator(
    base: str, tmp_path: Path, library: str, file: str, story: str
) -> None:
    """It answers as its source says, and not one of its calls is refused."""
    token = TOKENS[library, file]
    try:
        path, environment = fetch.prepare(library, file, base, token, tmp_path)
    except fetch.NoRegistry as problem:
        pytest.skip(f"no package registry to fetch {library} from: {problem}")
    loopback.post(f"{base}/sim/bots", json={"token": token}, trust_env=False)
    talk = Talk(base, int(token.split(":")[0]))
    arguments: list[str] = []
    if story == "one_message":
        talk.say("/start")
        arguments = ["--token", token, "--chat-id", str(talk.person)]
    with (tmp_path / "bot.log").open("wb") as log:
        bot = subprocess.Popen(
            ["node" if library == "grammy" else sys.executable, str(path), *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
        try:
            if not arguments:
                started = lambda: polled(talk) or bot.poll() is not None  # noqa: E731
                talk.until(
                    started, "the bot to ask for updates", patience=60
                )  # importing a library takes a busy machine long
            STORIES[story](talk)
        except AssertionError as failure:
            output = (tmp_path / "bot.log").read_text("utf-8", "replace")[-3000:]
            raise AssertionError(f"{failure}\n--- the bot's output ---\n{output}") from None
        finally:
            bot.kill()
            bot.wait(10)
    calls = talk.calls()
    refused = [call for call in calls if not call["ok"]]
    counted("a call of a foreign bot, to the simulator", len(calls), len(calls) - len(refused))
    assert refused == []


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_call_that_telegram_would_refuse_is_noticed(base: str) -> None:
    """The sabotage: a bot that writes to somebody who is not there."""
    token = "9000900:example-bot-token"
    loopback.post(f"{base}/sim/bots", json={"token": token}, trust_env=False)
    loopback.post(f"{base}/bot{token}/sendMessage", json={"chat_id": 404404, "text": "anybody?"}, trust_env=False)
    calls = Talk(base, 9000900).calls()
    refused = [call for call in calls if not call["ok"]]
    counted("a call of a foreign bot, to the simulator", len(calls), len(calls) - len(refused), sabotaged=True)
    assert refused


def polled(talk: Talk) -> bool:
    """Whether the bot waits for updates."""
    return any(item["bot"] == talk.bot and item["polled"] for item in talk.http.get("/sim/queue").json()["items"])


def test_at_least_five_examples_of_each_library_are_listed() -> None:
    """And each listed story exists."""
    for library in ("python-telegram-bot", "aiogram", "pyTelegramBotAPI"):
        assert sum(line[0] == library for line in LINES) >= 5
    assert {story for _, _, story in LINES} <= STORIES.keys()
