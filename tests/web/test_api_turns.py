"""Whose turn it is to be answered by the API: those who are known do not wait behind those who guess."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.web.api import serving
from bot.web.open import Turnstile
from tests.web.api_house import Programs, opened


def elsewhere(programs: Programs, token: str) -> httpx.Client:
    """A program that calls from another address of this machine."""
    away = httpx.HTTPTransport(local_address="127.0.0.2")
    headers = {"authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{programs.base}/api/v1", headers=headers, transport=away)


def test_whoever_guesses_tokens_takes_no_turn_from_those_who_are_known(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit they wait behind their like: while six of them hang, a right call is answered."""
    monkeypatch.setattr(serving, "WRONG_EACH", 1)
    monkeypatch.setattr(serving, "Turnstile", partial(Turnstile, window=3600.0))  # however slow the machine is
    with opened(database_url, tmp_path) as programs, elsewhere(programs, programs.token("all", "harbour")) as client:
        with programs.client("wrong") as wrong:
            assert [wrong.get("/units", timeout=60).status_code for _ in range(2)] == [401, 429]
        known, hang, hung = serving.Api._known, threading.Event(), threading.Event()

        def slow(self: serving.Api, word: str, now: Any) -> Any:
            if word == "wrong":
                hung.set()
                hang.wait(120)
            return known(self, word, now)

        monkeypatch.setattr(serving.Api, "_known", slow)

        def guess(_: int) -> int:
            with programs.client("wrong") as one:
                return one.get("/units", timeout=180).status_code

        with ThreadPoolExecutor(6) as many:
            guessed = [many.submit(guess, n) for n in range(6)]
            try:
                assert hung.wait(60)
                time.sleep(1)  # so that the others have come as well
                assert client.get("/units", timeout=60).status_code == 200
            finally:
                hang.set()
            assert {each.result() for each in guessed} == {429}
