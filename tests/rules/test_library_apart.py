"""Strangers' files are read in a process of their own, which is stopped: by time, by memory, by what a parser cannot survive."""

from __future__ import annotations

import base64
import os
import sys
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.library import checking
from bot.library.apart import Reader, Stopped
from bot.media import store as media

ENDLESS = """
import re
from bot.library import apart_child
from bot.library.formats import read
read.decode = lambda data: re.match(r"(a+)+$", "a" * 64 + "b")
apart_child.main()
"""
"""The child with a parser whose regular expression has no end."""
GREEDY = """
from bot.library import apart_child
from bot.library.formats import read
read.decode = lambda data: "x" * (1 << 40)
apart_child.main()
"""
WAITING = "import time; time.sleep(60)"
LEAVING = """
import sys
from pathlib import Path
from bot.library import apart_child
if not Path(sys.argv[1]).exists():
    Path(sys.argv[1]).touch()
    sys.stdin.buffer.read(8)
    sys.exit()
apart_child.main()
"""
"""The child that was about to end because nothing came; its second time it stays."""
DYING = "import os, sys; sys.stdin.buffer.read(8); os.kill(os.getpid(), 11)"


def request(name: str, data: bytes) -> dict[str, Any]:
    """Asks for a file to be checked."""
    return {"do": "check", "name": name, "lang": "en", "data": base64.b64encode(data).decode()}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The process as it is used, started once for these tests."""
    found = Reader()
    yield found
    found.close()


GIFT = b"::One::Is it off? {TRUE}"


def test_one_process_reads_one_file_after_the_other_and_knows_no_secret(reader: Reader) -> None:
    """It is started once; nothing of our environment but where programs lie goes with it."""
    os.environ["DAVY_TEST_SECRET"] = "4242:token"
    try:
        first = reader.ask(request("x.gift", GIFT))
        pid = reader.pid
        second = reader.ask(request("x.gift", GIFT))
    finally:
        del os.environ["DAVY_TEST_SECRET"]
    assert first == second
    assert list(first["bank"]["questions"]) == ["x-one"]
    assert reader.pid == pid
    if Path("/proc/self/environ").exists():
        assert b"4242" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_an_endless_regular_expression_is_stopped_and_the_next_file_is_read() -> None:
    """The process is ended with it; another one is there for whoever comes next."""
    reader = Reader((sys.executable, "-c", ENDLESS), seconds=1.5)
    began = time.monotonic()
    with pytest.raises(Stopped) as stopped:
        reader.ask(request("x.gift", GIFT))
    assert stopped.value.code == "took_too_long"
    assert time.monotonic() - began < 60
    assert reader.pid is None
    reader._command = (sys.executable, "-m", "bot.library.apart_child")
    assert reader.ask(request("x.gift", GIFT))["bank"]
    reader.close()


def test_a_reader_that_only_waits_is_stopped_too() -> None:
    """The processor's time does not pass then, so the clock on the wall ends it, some times later."""
    reader = Reader((sys.executable, "-c", WAITING), seconds=0.2)
    with pytest.raises(Stopped) as stopped:
        reader.ask(request("x.gift", GIFT))
    assert stopped.value.code == "took_too_long"
    assert reader.pid is None


def test_a_file_that_comes_while_the_reader_is_leaving_is_read_by_the_next(tmp_path: Path) -> None:
    """A process that ends because nothing came is no fault of the file."""
    reader = Reader((sys.executable, "-c", LEAVING, str(tmp_path / "left")))
    assert reader.ask(request("x.gift", GIFT))["bank"]
    reader.close()


def test_whatever_wants_too_much_memory_is_stopped() -> None:
    """By the bound that the process has set for itself."""
    reader = Reader((sys.executable, "-c", GREEDY))
    with pytest.raises(Stopped) as stopped:
        reader.ask(request("x.gift", GIFT))
    assert (stopped.value.code, stopped.value.params) == ("too_much_memory", {"limit": 400})
    assert reader.pid is None


def test_a_parser_that_dies_is_a_problem_and_not_our_end() -> None:
    """As when a library written in C breaks."""
    reader = Reader((sys.executable, "-c", DYING))
    with pytest.raises(Stopped) as stopped:
        reader.ask(request("x.gift", GIFT))
    assert stopped.value.code == "checker_ended"


def bombs() -> dict[str, tuple[bytes, str]]:
    """Small files that would be large: by name, with the code that answers them."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    xml = f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY e0 "ha">{entities}]><quiz>&e11;</quiz>'
    aliases = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    zeros = BytesIO()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bank.csv", b"\0" * 90_000_000)
    lying = bytearray(zeros.getvalue())
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    deep = "<quiz>" + "<a>" * 100_000
    return {
        "entities.xml": (xml.encode(), "xml_forbidden"),
        "aliases.yaml": (aliases.encode(), "yaml_alias"),
        "zeros.zip": (zeros.getvalue(), "zip_bomb"),
        "lying.zip": (bytes(lying), "broken_zip"),
        "deep.xml": (deep.encode(), "too_deep"),
        "deep.yaml": (b"[" * 100_000, "too_deep"),
        "braces.gift": (b"{" * 1_000_000, "gift_brace"),
    }


@pytest.mark.parametrize("name", list(bombs()))
def test_a_file_that_would_grow_is_told_what_it_is(name: str, reader: Reader) -> None:
    """Each by the limit made for it, before the time that a file has is over; the process goes on."""
    data, code = bombs()[name]
    found = reader.ask(request(name, data))
    assert code in [each["code"] for each in found["problems"]]
    assert reader.pid is not None


def test_a_stopped_file_is_answered_in_the_persons_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of it is taken; the sentence says so, and what to do."""
    media.use(tmp_path)
    monkeypatch.setattr(checking, "READER", Reader((sys.executable, "-c", ENDLESS), seconds=1.6))
    found = checking.check({"media": media.put(GIFT, "x.gift"), "name": "x.gift", "lang": "es"})
    assert found.bank is None
    (problem,) = found.problems
    assert not found.clean
    said = {lang: str(say(problem.text_key, lang, **dict(problem.params))) for lang in LANGUAGES}  # type: ignore[arg-type]
    assert said["en"].startswith("I stopped reading this file after 2 seconds. Nothing was taken from it.")
    assert "No se tomó nada de él" in said["es"]
    assert "什么也没有导入" in said["zh"]
