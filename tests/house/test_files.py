"""How files are kept: short, plainly named, with a docstring; tests that read as sentences; nothing of the workshop
in them.
"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.house.source import BOT, ROOT, modules, plant, syntax

MOST_LINES = 300
REASON = re.compile(r"\blong[:,]? (because|:|since|as)|\blong:", re.IGNORECASE)
"""In the first line of a file that is longer: `... (long because it is one table of cases)`."""
EMPTY = {"util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "common", "misc"}
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
CLOCKS = {"kit.clock", "following", "delivery.leases"}
"""The clocks of what people see; and the leases, which go by database time: on SQLite that is the machine's."""
FOLDERS = ("bot", "tests", "scripts", "bench")


def python_files(root: Path, *folders: str) -> list[Path]:
    """The Python files of some folders, without caches."""
    return [p for folder in folders for p in sorted((root / folder).rglob("*.py")) if "__pycache__" not in p.parts]


def too_long(root: Path) -> list[str]:
    """Files over the limit that give no reason in their first line."""
    found = []
    for path in python_files(root, *FOLDERS):
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > MOST_LINES and not REASON.search(lines[0]):
            found.append(f"{path.relative_to(root)}: {len(lines)} lines")
    return found


def rooms_with_code_in_init(package: Path) -> list[str]:
    """`__init__.py` files that hold anything but a docstring, or not even that."""
    found = []
    for module in modules(package):
        if module.path.name == "__init__.py":
            body = module.tree.body
            if len(body) != 1 or ast.get_docstring(module.tree) is None:
                found.append(str(module.path.relative_to(package)))
    return found


def without_docstring(package: Path) -> list[str]:
    """Modules that do not say in a line what they are."""
    return [module.name for module in modules(package) if not ast.get_docstring(module.tree)]


def empty_names(root: Path) -> list[str]:
    """Modules and classes with a word in their name that says nothing of what they do."""
    found = []
    for path in python_files(root, *FOLDERS):
        names = [path.stem]
        for node in ast.walk(syntax(path)[0]):
            if isinstance(node, ast.ClassDef):
                names.append(node.name)
        for name in names:
            if EMPTY & {word.lower() for word in WORD.findall(name)}:
                found.append(f"{path.relative_to(root)}: {name}")
    return found


def names_that_are_no_sentences(root: Path) -> list[str]:
    """Test functions of fewer than three words, or without a docstring that says why in its first line."""
    found = []
    for path in python_files(root, "tests"):
        for node in ast.walk(syntax(path)[0]):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                where = f"{path.relative_to(root)}:{node.lineno} {node.name}"
                if len(node.name.split("_")) < 4:
                    found.append(f"{where}: is no sentence")
                if not (ast.get_docstring(node) or "").split("\n")[0].strip():
                    found.append(f"{where}: has no docstring")
    return found


def mocks(root: Path) -> list[str]:
    """Tests that replace real parts by mocks."""
    found = []
    for path in python_files(root, "tests"):
        for node in ast.walk(syntax(path)[0]):
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            if any(name.startswith(("unittest.mock", "mock.", "pytest_mock")) or name == "mock" for name in names):
                found.append(f"{path.relative_to(root)}:{node.lineno}")
    return found


def wall_clocks(package: Path) -> list[str]:
    """Readings of the wall clock outside kit/clock.py: what people see depends on `now`, which is an argument."""
    forbidden = {("datetime", name) for name in ("now", "utcnow", "today")} | {("date", "today"), ("time", "time")}
    found = []
    for module in modules(package):
        if module.name in CLOCKS or module.room == "simulator":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if (last, node.func.attr) in forbidden:
                    found.append(f"{module.name}:{node.lineno} {last}.{node.func.attr}()")
    return found


def told_twice(root: Path) -> list[str]:
    """Names that a module gives a value twice: the first is lost, as when two branches are merged."""
    found = []
    for path in python_files(root, *FOLDERS):
        names: list[str] = []
        for node in syntax(path)[0].body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names += [each.id for each in targets if isinstance(each, ast.Name)] if not _adds(node) else []
        found += [f"{path.relative_to(root)}: {name}" for name in sorted(set(names)) if names.count(name) > 1]
    return found


def _adds(node: ast.stmt) -> bool:
    """`TAGS += (...)`, and loops."""
    return not isinstance(node, ast.Assign | ast.AnnAssign)


def test_no_list_of_a_module_is_written_over_by_a_second_one() -> None:
    """Two lists of the jobs of one room: those of the first would be done by nobody."""
    found = told_twice(ROOT)
    assert not found, "\n".join(found)


def test_no_file_is_long_without_a_reason_in_its_first_line() -> None:
    """300 lines: what does not fit usually holds two things."""
    found = too_long(ROOT)
    assert not found, "\n".join(found)


def test_the_init_of_a_room_is_a_docstring_and_nothing_else() -> None:
    """Code there would be a hidden front door."""
    found = rooms_with_code_in_init(BOT)
    assert not found, "\n".join(found)


def test_every_module_says_what_it_is() -> None:
    """One line at its top."""
    found = without_docstring(BOT)
    assert not found, "\n".join(found)


def test_names_say_what_things_do() -> None:
    """No utils, helpers, manager, service, common."""
    found = empty_names(ROOT)
    assert not found, "\n".join(found)


def test_every_test_is_a_sentence_with_a_docstring() -> None:
    """The list of tests reads as a description of the product."""
    found = names_that_are_no_sentences(ROOT)
    assert not found, "\n".join(found)


def test_tests_use_the_real_parts() -> None:
    """No mocks: a mocked part agrees with everything."""
    found = mocks(ROOT)
    assert not found, "\n".join(found)


def test_time_is_an_argument_everywhere() -> None:
    """The wall clock is read in kit/clock.py and nowhere else."""
    found = wall_clocks(BOT)
    assert not found, "\n".join(found)


def test_nothing_but_the_project_is_in_the_project() -> None:
    """No absolute paths of the machine it was written on, no names of package hosts."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = [ROOT / name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else []
    marks = [r"/wo" r"rk/(main|shared|notes)", r"\.\./sha" r"red\b", r"/opt/py" r"pi", r"/ro" r"ot/"]
    patterns = re.compile("|".join(marks))
    found = []
    for path in files:
        if path.suffix in {".py", ".md", ".txt", ".toml", ".yaml", ".yml", ".sh", ".j2", ".csv", ""} and path.is_file():
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in patterns.finditer(text)]
    assert not found, "\n".join(found)


def test_a_long_file_is_caught_unless_it_says_why(tmp_path: Path) -> None:
    """301 lines without a reason; the same with one."""
    long = '"""A table of cases{}."""\n' + "x = 1\n" * 300
    plant(tmp_path, {"bot/a.py": long.format(""), "bot/b.py": long.format(" (long because it is one table)")})
    assert too_long(tmp_path) == ["bot/a.py: 301 lines"]


def test_a_list_that_is_written_over_is_caught(tmp_path: Path) -> None:
    """Once plain, once with its type; what is added to is not."""
    plant(tmp_path, {"bot/a.py": "JOBS = {1: 2}\nJOBS: dict[int, int] = {}\nT = (1,)\nT += (2,)\n"})
    assert told_twice(tmp_path) == ["bot/a.py: JOBS"]


@pytest.mark.parametrize("content", ["", '"""Doc."""\nfrom bot.x import y', "# only a comment"])
def test_an_init_with_more_or_less_than_a_docstring_is_caught(tmp_path: Path, content: str) -> None:
    """Empty, with a re-export, with a comment only."""
    tree = plant(tmp_path, {"hazards/__init__.py": content, "people/__init__.py": '"""Persons."""'})
    assert rooms_with_code_in_init(tree) == ["hazards/__init__.py"]


def test_a_module_without_a_docstring_is_caught(tmp_path: Path) -> None:
    """A comment is not one."""
    assert without_docstring(plant(tmp_path, {"kit/a.py": "# a\nx = 1", "kit/b.py": '"""B."""'})) == ["kit.a"]


def test_an_empty_name_is_caught_however_it_is_written(tmp_path: Path) -> None:
    """As a module, as part of a class; but not inside another word (Commonality)."""
    tree = {
        "bot/utils.py": "",
        "bot/a.py": "class QuizManager: ...\nclass StringHelper: ...\nclass Commonality: ...\n",
    }
    assert empty_names(plant(tmp_path, tree)) == [
        "bot/a.py: QuizManager",
        "bot/a.py: StringHelper",
        "bot/utils.py: utils",
    ]


def test_a_test_that_is_no_sentence_is_caught(tmp_path: Path) -> None:
    """Too short a name, no docstring, and both."""
    tree = {
        "tests/test_a.py": 'def test_fixer():\n    """Why."""\n'
        "def test_a_fixer_cannot_verify(): ...\n"
        'def test_a_fixer_cannot_verify_it():\n    """Why."""\n'
    }
    found = names_that_are_no_sentences(plant(tmp_path, tree))
    assert [line.split(" ", 1)[1] for line in found] == [
        "test_fixer: is no sentence",
        "test_a_fixer_cannot_verify: has no docstring",
    ]


def test_a_mock_is_caught_however_it_comes_in(tmp_path: Path) -> None:
    """By module, by name."""
    tree = {
        "tests/a.py": "import unittest.mock",
        "tests/b.py": "from unittest import mock",
        "tests/c.py": "import json",
    }
    assert mocks(plant(tmp_path, tree)) == ["tests/a.py:1", "tests/b.py:1"]


def test_a_reading_of_the_wall_clock_is_caught(tmp_path: Path) -> None:
    """datetime.now, date.today, time.time; monotonic time and the clock itself are free."""
    tree = {
        "kit/clock.py": "from datetime import datetime\ndatetime.now()",
        "people/a.py": "datetime.datetime.now()\ndatetime.date.today()\ntime.time()\ntime.monotonic()",
    }
    assert len(wall_clocks(plant(tmp_path, tree))) == 3
