"""What the company set for its register, put here once by the composition root."""

from __future__ import annotations

from pathlib import Path

from bot.library.shipped import content_path
from bot.people.importing.problems import Place, Problems
from bot.risks.model import Company, Scale
from bot.risks.reading import company_of
from bot.settings import BadSettings

REGISTER = "register.yaml"
_company: list[Company] = []


class BadRegister(BadSettings):
    """A file of the company's holds mistakes; a line for each, with its place. Shown to the operator as it is."""


def shipped() -> Path:
    """Where the files lie that Davy comes with."""
    return content_path() / "risks"


def file_in(folder: Path | None, name: str) -> Path:
    """The company's own file, or the shipped one where it has none of that name."""
    own = folder / name if folder is not None else None
    return own if own is not None and own.exists() else shipped() / name


def text_of(path: Path, problems: Problems) -> str:
    """What a file says; noted where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        problems.note(Place(), "the file cannot be read as UTF-8 text")
        return ""


def load(folder: Path | None) -> Company:
    """The register file of a folder. Raises BadRegister with all its mistakes."""
    path = file_in(folder, REGISTER)
    problems = Problems(str(path))
    text = text_of(path, problems)
    found = company_of(text, problems) if not problems else None
    if found is None:
        raise BadRegister("\n".join(str(each) for each in problems.found) or f"{path}: the file is empty")
    return found


def configure(folder: Path | None) -> None:
    """Sets the tables, bands, checks and abnormal states of this process. Raises BadRegister."""
    _company[:] = [load(folder)]


def company() -> Company:
    """The settings in force."""
    if not _company:
        configure(None)
    return _company[0]


def scale(method: str) -> Scale:
    """How a method rates."""
    return next(each for each in company().scales.values() if each.method == method)
