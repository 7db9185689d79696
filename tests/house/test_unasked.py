"""What nobody asked for is ranked in one table: every send of it names a kind that its room declares."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

from bot.delivery.model import Overflow, UnaskedKind
from bot.features import rooms
from bot.i18n.say import has
from tests.house.source import BOT, modules, plant

PASSED_ON = {"delivery.outbox", "delivery.backlog", "delivery.bulk", "delivery.planning"}
"""Where a kind is an argument."""


def named(package: Path) -> list[tuple[str, str, str]]:
    """(module, line, name) of every kind that is given to a send as `unasked=` or `kind=`."""
    found = []
    for module in modules(package):
        if module.name in PASSED_ON:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                sends = getattr(node.func, "attr", getattr(node.func, "id", "")) in {"send", "send_all", "Broadcast"}
                for word in node.keywords:
                    if word.arg == "unasked" or (sends and word.arg == "kind"):
                        found.append((module.name, f"{node.lineno}", ast.unparse(word.value)))
    return found


def test_every_unasked_message_is_of_a_kind_that_its_room_declares() -> None:
    """Otherwise it would have no rank, and nobody would know when it is late."""
    declared = {kind for room in rooms() for kind in room.unasked}
    wrong, found = [], named(BOT)
    assert found, "somebody sends something"
    for module, line, name in found:
        value = import_module(f"bot.{module}")
        for part in name.split("."):
            value = getattr(value, part, None)
        if not isinstance(value, UnaskedKind) or value not in declared:
            wrong.append(f"{module}:{line} sends {name}, which no room has in its UNASKED")
    assert not wrong, "\n".join(wrong)


def test_every_kind_is_one_of_its_room_and_has_a_title() -> None:
    """Its name begins with the room's; the title is what people read of it while it waits."""
    found = [(room.name, kind) for room in rooms() for kind in room.unasked]
    names = [kind.name for _, kind in found]
    assert len(set(names)) == len(names)
    assert [kind.name for room, kind in found if not kind.name.startswith(f"{room}.")] == []
    assert [kind.name for _, kind in found if not has(kind.title) or not kind.says.strip()] == []
    assert [kind.name for _, kind in found if kind.overflow is not Overflow.LEAVE and not kind.late_after] == []


def test_a_kind_that_is_given_otherwise_is_found(tmp_path: Path) -> None:
    """By keyword, by attribute, in a broadcast; a `kind` of something else is none of it."""
    tree = {
        "gloves/actions.py": "outbox.send(s, to, m, unasked=WANTED)\nPlan(kind=7)\nBroadcast('a', kind=model.NEWS)",
        "delivery/outbox.py": "send(unasked=anything)",
    }
    assert [name for _, _, name in named(plant(tmp_path, tree))] == ["WANTED", "model.NEWS"]
