"""`davy check FILE...` and `davy export bank`: what a trainer would get in the chat, on a terminal. Operator output, in English."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy.orm import Session
from typer import BadParameter

from bot.db.engine import connect
from bot.i18n.say import say
from bot.library import store
from bot.library.checks import check_banks, checked_bank, in_file_order
from bot.library.exporting import picture
from bot.library.formats.read import read_bank
from bot.library.formats.sheets import Lists
from bot.library.formats.write import ENDINGS, NAMES, export
from bot.library.lesson_checks import check_lesson
from bot.library.model import Bank, Problem, Severity
from bot.library.shipped import known_content, pictures_path, quizzes_path
from bot.media import store as media
from bot.settings import Settings

BANK_ENDINGS = (".yaml", ".yml", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".gift", ".xml", ".aiken", ".zip")
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


def export_bank(settings: Settings, which: str, format: str, out: Path, told: TextIO) -> int:
    """Writes a live bank (by its id), or the bank in a file (by its path), in a format; answers how many questions it has.

    What the file does not say is told, a line each. Raises BadParameter: no such bank or format; OSError: the file cannot be
    written, and an older one of that name is left as it was.
    """
    if format not in ENDINGS:
        raise BadParameter(f"there is no format {format!r}; choose {', '.join(ENDINGS)}", param_hint="--format")
    path = Path(which)
    bank = read_bank(which, path.read_bytes())[0] if path.is_file() else _live(settings, which)
    if bank is None or not bank.questions:
        raise BadParameter(f"there is no live bank and no readable file {which!r}", param_hint="BANK")
    known = known_content()
    lists = Lists(sorted(known.topics), sorted(known.lessons or ()))
    made = export(bank, format, settings.language, lists, picture)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(made.data)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    for id in made.left_out:
        told.write(f"{id}: not in the file, {NAMES[format]} cannot say it\n")
    for id in made.in_part:
        told.write(f"{id}: in the file, but not all of it\n")
    if made.pictures:
        told.write(f"{_count(made.pictures, 'picture')} not in the file; choose zip to have them with it\n")
    return len(bank.questions) - len(made.left_out)


def _live(settings: Settings, id: str) -> Bank | None:
    media.use(settings.data_dir / "media")
    engine = connect(settings.database_url, readers=1)
    try:
        with engine.connect().execution_options(read_only=True) as connection, Session(connection) as session:
            return store.bank(session, id)
    finally:
        engine.dispose()
