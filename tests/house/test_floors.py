"""Who may import whom: the floors, the order of files in a room, and where Telegram and I/O may be spoken of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.source import BOT, imports, modules, plant

SIBLINGS = frozenset(
    {
        *("onboarding", "handover", "learning", "activities", "hazards", "incidents", "risks", "inspections"),
        *("emergencies", "duties", "compliance", "voice", "rewards", "resources", "sensors"),
    }
)
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"kit"}),
    frozenset({"settings", "following", "outward", "i18n", "db"}),
    frozenset({"people"}),
    frozenset({"ledger", "media"}),
    frozenset({"delivery"}),
    frozenset({"library"}),
    SIBLINGS,
    frozenset({"assessment", "privacy"}),
    frozenset({"analysis"}),
    frozenset({"backup"}),
    frozenset({"web"}),
    frozenset({"features"}),
    frozenset({"app"}),
    frozenset({"serving", "logs", "looking"}),
    frozenset({"demo", "doctor", "setting_up"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
APART = "simulator"
"""Imports nothing of ours; only those who put a program together import it."""
COMPOSERS = frozenset({"app", "serving", "demo", "cli"})

ROWS = ({"model"}, {"rules"}, {"tables"}, {"store"}, {"actions"}, {"chat", "ticks", "pages", "api"})
ROW = {name: row for row, names in enumerate(ROWS) for name in names}

PURE_FILES = {"model", "rules"}
OUTSIDE = frozenset(
    {
        *("sqlalchemy", "alembic", "psycopg", "sqlite3", "aiohttp", "httpx", "telegram", "starlette", "uvicorn"),
        *("socket", "ssl", "asyncio", "subprocess", "requests", "urllib.request", "aiomqtt"),
    }
)


def floors_broken(package: Path) -> list[str]:
    """Every import that goes up, or sideways to a sibling."""
    broken = []
    for module in modules(package):
        if not module.room:
            continue
        if module.room not in LEVEL and module.room != APART:
            broken.append(f"{module.name} has no floor: add it to FLOORS in tests/house/test_floors.py")
            continue
        for found in imports(module, package):
            other = found.parts[0] if found.parts else None
            if other is None or other == module.room:
                continue
            where = f"{module.path.name}:{found.line} {module.name} imports {found.target}"
            if APART in (module.room, other):
                if not (other == APART and module.room in COMPOSERS):
                    broken.append(f"{where}: the simulator stands apart")
            elif other == "features" and module.room != "app":
                broken.append(f"{where}: features is imported by app alone")
            elif other not in LEVEL:
                broken.append(f"{where}: there is no floor for {other}")
            elif LEVEL[other] >= LEVEL[module.room]:
                broken.append(f"{where}: {'a sibling' if LEVEL[other] == LEVEL[module.room] else 'a higher floor'}")
    return broken


def rows_broken(package: Path) -> list[str]:
    """Inside a room: a file that imports one of its own row or a later one (chat from store is fine, store from chat
    not).
    """
    broken = []
    for module in modules(package):
        if module.file not in ROW or module.room == APART:
            continue
        for found in imports(module, package):
            if len(found.parts) < 2 or found.parts[0] != module.room or found.parts[:-1] != module.parts[:-1]:
                continue
            other = found.parts[-1]
            if other in ROW and other != module.file and ROW[other] >= ROW[module.file]:
                broken.append(f"{module.name}:{found.line} imports {found.target}")
    return broken


def telegram_outside_delivery(package: Path) -> list[str]:
    """Every import of python-telegram-bot outside delivery/, and of any other bot library anywhere."""
    broken = []
    for module in modules(package):
        for found in imports(module, package):
            top = found.target.split(".")[0]
            if (top == "telegram" and module.room != "delivery") or top in {
                "aiogram",
                "telebot",
                "pyrogram",
                "telethon",
            }:
                broken.append(f"{module.name}:{found.line} imports {found.target}")
    return broken


def io_in_pure_files(package: Path) -> list[str]:
    """Imports of databases and networks in kit/ and in every model.py and rules.py; there also of impure files of
    ours.
    """
    broken = []
    for module in modules(package):
        pure_file = module.file in PURE_FILES and module.room != APART
        if module.room != "kit" and not pure_file:
            continue
        for found in imports(module, package):
            outside = any(found.target == name or found.target.startswith(f"{name}.") for name in OUTSIDE)
            ours = pure_file and found.parts and found.parts[0] != "kit" and found.parts[-1] in set(ROW) - PURE_FILES
            if outside or ours:
                broken.append(f"{module.name}:{found.line} imports {found.target}")
    return broken


def test_every_import_goes_down_and_siblings_do_not_meet() -> None:
    """kit < i18n, db < people < ledger, media < delivery < library < the siblings < assessment < web < features < app
    < cli.
    """
    found = floors_broken(BOT)
    assert not found, "\n".join(found)


def test_a_file_imports_only_from_rows_above_it_in_its_room() -> None:
    """model < rules < tables < store < actions < chat, ticks, pages."""
    found = rows_broken(BOT)
    assert not found, "\n".join(found)


def test_telegram_is_spoken_only_in_delivery() -> None:
    """Rooms speak in events and replies, so that a second channel is a second adapter."""
    found = telegram_outside_delivery(BOT)
    assert not found, "\n".join(found)


def test_kit_models_and_rules_touch_no_database_and_no_network() -> None:
    """A decision is a value; its test is a table of cases."""
    found = io_in_pure_files(BOT)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"kit/clock.py": "from bot.people.model import Person"}, "a higher floor"),
        ({"hazards/chat.py": "from bot.learning.actions import assign", "learning/actions.py": ""}, "a sibling"),
        ({"ledger/store.py": "import bot.media.store", "media/store.py": ""}, "a sibling"),
        (
            {"people/store.py": "def f():\n    from bot.delivery import outbox", "delivery/outbox.py": ""},
            "a higher floor",
        ),
        ({"people/store.py": "from ..delivery import outbox", "delivery/outbox.py": ""}, "a higher floor"),
        ({"simulator/state.py": "from bot.kit.clock import now"}, "stands apart"),
        ({"learning/ticks.py": "import bot.simulator.state"}, "stands apart"),
        ({"cli.py": "from bot import features", "features.py": ""}, "by app alone"),
        ({"gossip/chat.py": ""}, "has no floor"),
    ],
)
def test_an_import_upwards_or_sideways_is_caught(tmp_path: Path, files: dict[str, str], says: str) -> None:
    """Each way of breaking the floors, in a tree of two files; also inside functions and by relative imports."""
    broken = floors_broken(plant(tmp_path, files))
    assert len(broken) == 1
    assert says in broken[0]


def test_an_import_downwards_is_not_caught(tmp_path: Path) -> None:
    """The rule does not simply refuse everything."""
    tree = {
        "app.py": "from bot import features\nfrom bot.simulator import state",
        "features.py": "from bot.hazards import chat",
        "hazards/chat.py": "from bot.delivery import outbox\nfrom bot.hazards import actions\nimport json",
        "hazards/actions.py": "from bot.people.store import person",
        "delivery/outbox.py": "",
        "people/store.py": "",
        "simulator/state.py": "from bot.simulator import clock",
        "simulator/clock.py": "",
    }
    assert floors_broken(plant(tmp_path, tree)) == []


@pytest.mark.parametrize(
    "files",
    [
        {"hazards/store.py": "from bot.hazards.actions import report", "hazards/actions.py": ""},
        {"hazards/rules.py": "from bot.hazards import store", "hazards/store.py": ""},
        {"hazards/ticks.py": "from bot.hazards.chat import on_photo", "hazards/chat.py": ""},
    ],
)
def test_an_import_against_the_rows_is_caught(tmp_path: Path, files: dict[str, str]) -> None:
    """store from actions, rules from store, ticks from chat."""
    assert len(rows_broken(plant(tmp_path, files))) == 1


@pytest.mark.parametrize(
    "line", ["import telegram", "from telegram.error import BadRequest", "from aiogram import Bot"]
)
def test_telegram_in_a_room_is_caught(tmp_path: Path, line: str) -> None:
    """However it is imported."""
    assert len(telegram_outside_delivery(plant(tmp_path, {"hazards/chat.py": line}))) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"kit/clock.py": "import asyncio"},
        {"hazards/rules.py": "from sqlalchemy.orm import Session"},
        {"hazards/model.py": "from urllib.request import urlopen"},
        {"hazards/rules.py": "from bot.people import store", "people/store.py": ""},
    ],
)
def test_io_in_a_rule_is_caught(tmp_path: Path, files: dict[str, str]) -> None:
    """A loop in kit, a session in a rule, a download in a model, another room's store in a rule."""
    assert len(io_in_pure_files(plant(tmp_path, files))) == 1
