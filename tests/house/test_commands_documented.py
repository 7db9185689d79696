"""The reference says what the code says: commands, chat commands, ticks, ledger facts, events, metrics."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.house.source import ROOT


def reference() -> ModuleType:
    """scripts/reference.py, which makes the pages."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rooms() -> tuple[Any, ...]:
    """All rooms of the house."""
    return tuple(import_module("bot.features").rooms())


def unnamed(names: set[str], page: str) -> list[str]:
    """Names that a page does not give in backticks."""
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    return sorted(names - set(re.findall(r"`([^`]+)`", text)))


def test_the_pages_of_the_reference_are_what_the_code_says() -> None:
    """Otherwise `make reference` was forgotten."""
    assert reference().out_of_date() == []


def test_every_chat_command_tick_and_fact_is_documented() -> None:
    """Counted from the rooms themselves and not by the script that writes the pages."""
    commands = {f"/{route.command}" for room in rooms() for route in room.routes if route.command}
    ticks = {tick.name for room in rooms() for tick in room.ticks}
    facts = {fact.name for room in rooms() for fact in room.facts}
    assert commands, "no room has a command"
    assert unnamed(commands | ticks, "chat.md") == []
    assert unnamed(facts, "facts.md") == []


def test_every_command_of_the_command_line_is_documented_and_helps() -> None:
    """Each has a line of help, and stands in the page by its full name."""
    import typer

    command = typer.main.get_command(import_module("bot.cli").app)
    found = dict(reference()._commands(command, "davy"))
    assert unnamed(set(found), "cli.md") == []
    assert [name for name, each in found.items() if not (each.help or "").strip()] == []


def test_every_fact_says_what_it_states_and_is_named_in_the_past() -> None:
    """Facts are past tense; their fields are codes."""
    facts = [fact for room in rooms() for fact in room.facts]
    assert [fact.name for fact in facts if not fact.says.strip()] == []
    assert [fact.name for fact in facts if not re.fullmatch(r"[a-z][a-z0-9_.]*|[A-Z][A-Za-z]+", fact.name)] == []


def claimed_twice(offers: Iterable[tuple[str, str]]) -> list[str]:
    """Names that two rooms (or one room twice) give out: (name, room) pairs in, a line a name out."""
    owners: dict[str, list[str]] = {}
    for name, room in offers:
        owners.setdefault(name, []).append(room)
    return [f"{name}: {' and '.join(rooms_)}" for name, rooms_ in owners.items() if len(rooms_) > 1]


def test_every_name_is_given_out_once() -> None:
    """A fact of one name from two rooms would be counted and followed up as one thing; so would a tick or a job.

    Pages of several rooms may share a path (they stand under one another), but not with the same macro.
    """
    found = claimed_twice((fact.name, room.name) for room in rooms() for fact in room.facts)
    found += claimed_twice((tick.name, room.name) for room in rooms() for tick in room.ticks)
    found += claimed_twice((kind, room.name) for room in rooms() for kind in room.jobs)
    found += claimed_twice((f"{page.path} {page.macro}", room.name) for room in rooms() for page in room.pages)
    assert not found, "\n".join(found)


def test_every_subscription_is_to_a_fact_that_exists() -> None:
    """A misspelt one would wait for ever."""
    facts = {fact.name for room in rooms() for fact in room.facts}
    found = [
        f"{sub.room} waits for {sub.fact}" for room in rooms() for sub in room.subscriptions if sub.fact not in facts
    ]
    assert not found, "\n".join(found)


def test_a_name_given_out_twice_is_caught() -> None:
    """By two rooms; by one room twice; not by one room once."""
    assert claimed_twice([("Answered", "learning"), ("Answered", "voice"), ("Read", "learning")]) == [
        "Answered: learning and voice"
    ]
    assert len(claimed_twice([("tick", "learning"), ("tick", "learning")])) == 1


def test_a_page_that_says_something_else_is_caught(tmp_path: Path) -> None:
    """A missing page, and one in which a word was changed by hand."""
    pages = reference()
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    for name, (write, needs) in pages.PAGES.items():
        if pages.there(needs):
            (tmp_path / name).write_text(write(), encoding="utf-8")
    assert pages.out_of_date(tmp_path) == []
    settings = tmp_path / "docs" / "reference" / "settings.md"
    settings.write_text(settings.read_text(encoding="utf-8").replace("8080", "8081"), encoding="utf-8")
    (tmp_path / ".env.example").unlink()
    assert pages.out_of_date(tmp_path) == [".env.example", "docs/reference/settings.md"]
