"""The weights in force, put here once by the composition root."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bot.people.importing.problems import Problems
from bot.risks.company import BadRegister, file_in, text_of
from bot.risks.warning.model import Weights
from bot.risks.warning.reading import weights_of

WEIGHTS = "weights.yaml"
_weights: list[Weights] = []


def load(folder: Path | None, facts: Collection[str]) -> Weights:
    """The weights file of a folder. Raises BadRegister with all its mistakes."""
    path = file_in(folder, WEIGHTS)
    problems = Problems(str(path))
    text = text_of(path, problems)
    found = weights_of(text, facts, problems) if not problems else None
    if found is None:
        raise BadRegister("\n".join(str(each) for each in problems.found) or f"{path}: the file is empty")
    return found


def configure(folder: Path | None, facts: Collection[str]) -> None:
    """Sets the weights of this process; `facts` are those that some room records. Raises BadRegister."""
    _weights[:] = [load(folder, facts)]


def weights() -> Weights:
    """The weights in force."""
    return _weights[0]
