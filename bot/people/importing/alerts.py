"""Who is called how soon about a danger, by when it must be gone, and whose word certain steps need: parts of the company file."""

from __future__ import annotations

import re
from typing import Any

from bot.people.importing.nodes import Node

LEVELS = ("low", "medium", "high", "critical")
KINDS = ("supervisor", "safety_officer", "manager", "above")
"""Whose word a gate may ask for; `above` is anybody who holds more than a supervisor."""
BARRED = ("stopper", "fixer")
"""Whose yes a release may be closed to: whoever stopped the work, whoever did the job on what was dangerous."""
RUNG = re.compile(
    r"(?P<who>supervisor|manager|site|admin|group|webhook|post:[\w.-]{1,40}|person:[\w./-]{1,40}"
    r"|email:[^\s:@]+@[^\s:@]+)(?: (?P<wait>\d{1,4}))?"
)
WAIT = 10
MOST_RUNGS, MOST_WAIT, MOST_HOURS = 12, 1440, 24 * 366


def alerts(node: Node) -> dict[str, Any]:
    """What a unit's `alerts` says; empty where it has none."""
    inner = node.inner("alerts")
    if inner is None:
        return {}
    inner.only("ladder", "due_hours", "major", "release", "currency")
    said: dict[str, Any] = {}
    if (ladder := inner.inner("ladder")) is not None:
        ladder.only("all", *LEVELS)
        read = {level: _rungs(ladder, level) for level in ("all", *LEVELS)}
        said["ladder"] = {level: rungs for level, rungs in read.items() if rungs}
    if (hours := inner.inner("due_hours")) is not None:
        hours.only(*LEVELS)
        read_hours = {level: _number(hours, level, 1, MOST_HOURS) for level in LEVELS if hours.text(level, "")}
        said["due_hours"] = {level: value for level, value in read_hours.items() if value}
    for gate in ("major", "release"):
        if (named := inner.inner(gate)) is not None:
            said[gate] = _gate(named, BARRED if gate == "release" else ())
    if inner.text("currency", ""):
        said["currency"] = inner.text("currency", "")[:8]
    return said


def _rungs(ladder: Node, level: str) -> list[list[Any]]:
    """Rungs as [who, minutes to wait]."""
    words = ladder.words(level)
    found: list[list[Any]] = []
    for word in words:
        read = RUNG.fullmatch(word)
        if read is None:
            how = "like: supervisor 10, group 5, post:team-leader 10, person:BADGE 10, manager, site, admin, email:ADDRESS"
            ladder.at(level).note(f"{word!r} is no rung; write it {how}")
            continue
        wait = int(read["wait"] or WAIT)
        if not 1 <= wait <= MOST_WAIT:
            ladder.at(level).note(f"{word!r}: a rung waits 1 to {MOST_WAIT} minutes")
        found.append([read["who"], wait])
    if len(words) > MOST_RUNGS:
        ladder.at(level).note(f"a ladder has at most {MOST_RUNGS} rungs")
    if found and not any(who.partition(":")[0] not in ("email", "webhook", "group") for who, _ in found):
        ladder.at(level).note(
            "a ladder needs at least one rung of people: supervisor, manager, site, admin, post: or person:"
        )
    return found


def _gate(node: Node, may_bar: tuple[str, ...]) -> dict[str, Any]:
    node.only("needed", "kinds", *(("bar",) if may_bar else ()))
    kinds = node.words("kinds")
    for kind in kinds:
        if kind not in KINDS:
            node.at("kinds").note(f"{kind!r} is none of {', '.join(KINDS)}")
    needed = _number(node, "needed", 1, 5) or 1
    if needed < len(kinds):
        node.at("needed").note(f"{needed} people cannot be of {len(kinds)} kinds")
    barred = node.words("bar") if may_bar else ()
    for who in barred:
        if who not in may_bar:
            node.at("bar").note(f"{who!r} is none of {', '.join(may_bar)}")
    return {"needed": needed, "kinds": list(kinds)} | ({"bar": list(barred)} if barred else {})


def _number(node: Node, name: str, least: int, most: int) -> int | None:
    said = node.text(name, "")
    if said.isascii() and said.isdigit() and least <= int(said) <= most:
        return int(said)
    node.at(name).note(f"{name!r} must be a whole number from {least} to {most}")
    return None
