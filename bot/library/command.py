"""`davy check FILE...`: the answer a trainer would get in the chat, on a terminal. Operator output, in English."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from bot.i18n.say import say
from bot.library.checks import check_banks, checked_bank, in_file_order
from bot.library.lesson_checks import check_lesson
from bot.library.model import Bank, Problem, Severity
from bot.library.shipped import known_content, pictures_path, quizzes_path

BANK_ENDINGS = (".yaml", ".yml", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls")
LESSONS = "lessons"


def check_files(paths: Iterable[Path], as_json: bool, out: TextIO, language: str = "en") -> int:
    """Check banks, lessons and folders of them; 1 when there is any error, 2 when a path is not there, else 0.

    One `file:line:column: message [code]` a problem (`file:Sheet!H7: message [code]` in a workbook), or JSON.
    """
    known = known_content()
    problems: list[Problem] = []
    banks: list[Bank] = []
    lessons: dict[Path, None] = {}
    missing: list[Path] = []
    for path in _files(paths, missing):
        if path.suffix == ".md":
            lessons[path.parent] = None
            continue
        try:
            data = path.read_bytes()
        except OSError:
            problems.append(Problem("unreadable", str(path)))
            continue
        bank, found = checked_bank(str(path), data, language, known, is_shipped(path))
        problems += found
        if bank is not None:
            banks.append(bank)
    for folder in lessons:
        problems += check_lesson(folder, _pictures(folder), known, shipped=is_shipped(folder))
    problems += check_banks(banks)
    problems.sort(key=in_file_order)
    _write(problems, missing, len(banks) + len(lessons), as_json, out, language)
    if missing:
        return 2
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0


def is_shipped(path: Path) -> bool:
    """Whether a file is part of what Davy ships, which is held to more; the bad examples are not."""
    parents = path.resolve().parents
    return quizzes_path().resolve() == path.resolve().parent or pictures_path().resolve().parent in parents


def _files(paths: Iterable[Path], missing: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file())
            yield from (each for each in inside if _is_wanted(each, path))
        elif path.is_file():
            yield path
        else:
            missing.append(path)


def _is_wanted(path: Path, top: Path) -> bool:
    """In a folder: lessons, and banks but for tables beside the facts; nothing of the deliberately bad examples."""
    between = path.relative_to(top).parts[:-1]
    if "bad" in between:
        return False
    content = any((top.joinpath(*between[:depth]) / "facts.csv").is_file() for depth in range(len(between) + 1))
    return _is_lesson(path) or (path.suffix.casefold() in BANK_ENDINGS and not content)


def _is_lesson(path: Path) -> bool:
    return path.suffix == ".md" and path.parent.parent.name == LESSONS


def _pictures(folder: Path) -> Path:
    """The pictures belonging to a lesson's folder: beside `lessons/`, else those that are shipped."""
    beside = folder.resolve().parent.parent / "pictures"
    return beside if beside.is_dir() else pictures_path()


def place_text(problem: Problem) -> str:
    """`file:line:column`, or `file:Sheet!H7`."""
    if problem.cell:
        return f"{problem.file}:{problem.cell}"
    return f"{problem.file}:{problem.line or 1}:{problem.column or 1}"


def sentence(problem: Problem, language: str = "en") -> str:
    """What is wrong and what to do, in a language."""
    params: dict[str, Any] = dict(problem.params)
    return str(say(problem.text_key, language, **params))


def _write(
    problems: Sequence[Problem], missing: Sequence[Path], checked: int, as_json: bool, out: TextIO, language: str
) -> None:
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if as_json:
        listed = [_as_json(problem, language) for problem in problems]
        gone = [str(path) for path in missing]
        answer = {"checked": checked, "errors": errors, "missing": gone, "problems": listed}
        json.dump(answer, out, ensure_ascii=False, indent=2)
        out.write("\n")
        return
    for path in missing:
        out.write(f"{path}: there is no such file or folder\n")
    for problem in problems:
        mark = "warning: " if problem.severity is Severity.WARNING else ""
        out.write(f"{place_text(problem)}: {mark}{sentence(problem, language)} [{problem.code}]\n")
    warnings = len(problems) - errors
    out.write(f"{checked} checked: {_count(errors, 'error')}, {_count(warnings, 'warning')}\n")


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _as_json(problem: Problem, language: str) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "cell": problem.cell,
        "code": problem.code,
        "severity": problem.severity.value,
        "message": sentence(problem, language),
        "params": dict(problem.params),
    }
