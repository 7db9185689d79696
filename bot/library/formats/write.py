"""The one way out: a bank as a file of any format, and what of it that file does not say.

What was written is read again at once. A question that does not come back as it was is named: nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.library.content import question_content
from bot.library.formats.aiken_bank import write_aiken
from bot.library.formats.csv_writing import write_csv
from bot.library.formats.gift_writing import write_gift
from bot.library.formats.moodle_writing import write_moodle
from bot.library.formats.read import read_bank
from bot.library.formats.sheets import Lists
from bot.library.formats.template import bank_workbook
from bot.library.formats.yaml_bank import write_yaml
from bot.library.formats.zip_bank import Open, write_zip
from bot.library.kinds.spot import SpotPayload
from bot.library.model import Bank, Problem, Question

ENDINGS: Mapping[str, str] = {
    "xlsx": ".xlsx",
    "csv": ".csv",
    "yaml": ".yaml",
    "gift": ".gift",
    "aiken": ".aiken.txt",
    "moodle": ".xml",
    "zip": ".zip",
}
"""Every format, with how the names of its files end."""
NAMES: Mapping[str, str] = {
    "xlsx": "Excel",
    "csv": "CSV",
    "yaml": "YAML",
    "gift": "GIFT",
    "aiken": "Aiken",
    "moodle": "Moodle XML",
    "zip": "Zip",
}
"""What people call them, in every language."""
_NO_LISTS = Lists()


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its bytes and name. `left_out` are the ids of questions that are not in it, `in_part` of those that lost something.

    `pictures` is the number of questions whose picture stays behind.
    """

    data: bytes
    name: str
    left_out: tuple[str, ...] = ()
    in_part: tuple[str, ...] = ()
    pictures: int = 0


def _nothing(_: str) -> None:
    return None


def export(
    bank: Bank,
    format: str,
    language: str = "en",
    lists: Lists = _NO_LISTS,
    open_picture: Open = _nothing,
    problems: Sequence[Problem] = (),
) -> Exported:
    """A bank in a format. `language` is that of a workbook's notes, which lists `problems` too. KeyError for a format

    that there is not.
    """
    writers: Mapping[str, Callable[[Bank], bytes]] = {
        "xlsx": lambda each: bank_workbook(each, language, lists, problems),
        "csv": write_csv,
        "yaml": write_yaml,
        "gift": write_gift,
        "aiken": write_aiken,
        "moodle": write_moodle,
        "zip": lambda each: write_zip(each, write_yaml, open_picture),
    }
    data = writers[format](bank)
    name = f"{bank.id}{ENDINGS[format]}"
    back = read_bank(name, data, bank.language)[0]
    left_out, in_part = _compared(bank, back, format)
    gone = 0
    for each in bank.questions:
        if isinstance(each.payload, SpotPayload) and each.id not in left_out:
            gone += format != "zip" or open_picture(each.payload.picture) is None
    return Exported(data, name, left_out, in_part, gone)


def _compared(bank: Bank, back: Bank | None, format: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the questions that did not come back, and of those that came back as something else."""
    if format == "aiken":  # it has no ids: the questions come back in their order
        stems = [each.stem.get(bank.language) for each in back.questions] if back else []
        there = [each for each in bank.questions if each.stem.get(bank.language) in stems and each.kind == "one"]
        ids = {each.id for each in there}
        return tuple(each.id for each in bank.questions if each.id not in ids), tuple(each.id for each in there)
    found = {each.id: each for each in back.questions} if back else {}
    left_out = tuple(each.id for each in bank.questions if each.id not in found)
    changed = (each.id for each in bank.questions if each.id in found and _content(each) != _content(found[each.id]))
    return left_out, tuple(changed)


def _content(question: Question) -> dict[str, Any]:
    """What is compared; a picture has another name within a zip."""
    content = question_content(question)
    if isinstance(question.payload, SpotPayload):
        content["payload"] = content["payload"] | {"picture": ""}
    return content
