"""A trainer's file as it was found: read and checked apart, its pictures kept. Blocking; outside any transaction."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.library.apart import READER, Stopped
from bot.library.content import as_bank
from bot.library.model import Bank, Place, Problem, Severity
from bot.media import store as media


@dataclass(frozen=True)
class Checked:
    """A file as it was found: its bank where one could be read, all problems, and the marked workbook's ref."""

    bank: Bank | None
    problems: Sequence[Problem]
    marked: str | None = None
    lessons: Sequence[tuple[str, dict[str, Any]]] = ()
    """Lessons of a workbook, (id, content of a draft); then there is no bank."""
    quoted: Mapping[str, str] = field(default_factory=dict)
    """What stands in the file where something is to be said: by line (`12`) or cell (`Questions!H7`)."""

    @property
    def clean(self) -> bool:
        """Whether nothing keeps it from being published; advice does not."""
        return (self.bank is not None or bool(self.lessons)) and not any(
            each.severity is Severity.ERROR for each in self.problems
        )


def check(payload: Mapping[str, Any]) -> Checked:
    """Reads and checks the file of a job; what cannot be read in time and memory is a problem like any other."""
    name = str(payload["name"])
    data = base64.b64encode(media.open_ref(str(payload["media"]))).decode()
    try:
        found = READER.ask({"do": "check", "name": name, "lang": payload["lang"], "data": data})
    except Stopped as stopped:
        return Checked(None, [Problem(stopped.code, name, params=stopped.params)])
    problems = [
        Problem(each["code"], each["file"], line, column, cell, each["params"], Severity(each["severity"]))
        for each in found["problems"]
        for line, column, cell in [each["place"]]
    ]
    marked = media.put(base64.b64decode(found["marked"]), "marked.xlsx") if found["marked"] else None
    lessons = [(each["id"], each["content"]) for each in found.get("lessons", ())]
    return Checked(_bank(found, name), problems, marked, lessons, found.get("quoted") or {})


def _bank(found: Mapping[str, Any], name: str) -> Bank | None:
    if found["bank"] is None:
        return None
    moved = _keep(found["pictures"])
    for each in found["bank"]["questions"].values():
        if (picture := each["payload"].get("picture")) in moved:
            each["payload"]["picture"] = moved[picture]
    bank = as_bank(found["bank"], name)
    places = {id: {"id": Place(*place)} for id, place in found["places"].items()}
    return replace(bank, questions=tuple(replace(each, places=places.get(each.id, {})) for each in bank.questions))


def _keep(pictures: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Keeps the pictures that are new here; answers under which other ref a picture of another Davy is kept."""
    moved = {}
    for each in pictures:
        if each["kept"] and _is_here(each["kept"]):
            continue
        ref = media.put(base64.b64decode(each["data"]), "picture.jpg")
        if each["kept"]:
            moved[each["kept"]] = ref
    return moved


def _is_here(ref: str) -> bool:
    try:
        return bool(media.open_ref(ref))
    except media.NoSuchFile:
        return False
