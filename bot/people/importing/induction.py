"""What a company or a site wants before somebody may work, and what its certificates show: parts of the company file.

The law gives totals and no split by level, so the totals are held against the hours and the split is the company's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.people.importing.nodes import Node

LEVELS = ("company", "workshop", "team")
CONFIRMED_BY = ("supervisor", "trainer", "safety_officer")
BRANCHES = ("ordinary", "high_risk")
SHOWS = ("initials", "name")
MOST_QUESTIONS, MOST_DAYS = 30, 3650


@dataclass(frozen=True)
class Total:
    """Hours that a law wants before work begins, and the fact that says so (with its mark, see content/facts.csv)."""

    hours: int
    fact: str


LAW: Mapping[str, Mapping[str, Total]] = {
    "CN": {"ordinary": Total(24, "TRN-03"), "high_risk": Total(72, "TRN-04")},
}
"""By jurisdiction and branch. `high_risk`: coal and other mines, hazardous chemicals, fireworks, metal smelting."""


def training(node: Node, jurisdiction: str) -> dict[str, Any]:
    """What a unit's `induction` and `certificates` say; empty where it has neither."""
    said: dict[str, Any] = {}
    if (inner := node.inner("induction")) is not None:
        said["induction"] = _induction(inner, jurisdiction)
    if (inner := node.inner("certificates")) is not None:
        inner.only("shows")
        said["certificates"] = {"shows": _one_of(inner, "shows", SHOWS, "initials")}
    return said


def _induction(node: Node, jurisdiction: str) -> dict[str, Any]:
    node.only("since", "branch", "within_days", "levels", "on_new_post", "after_absence", "certificate_months")
    branch = _one_of(node, "branch", BRANCHES, "ordinary")
    levels = _levels(node)
    total = LAW.get(jurisdiction.partition("-")[0], {}).get(branch)
    given = sum(level["hours"] for level in levels)
    if total is not None and given < total.hours:
        node.at("levels").note(
            f"the hours come to {given}; {total.fact} [{jurisdiction}] wants at least {total.hours} before work begins"
        )
    absence = node.inner("after_absence")
    if absence is not None:
        absence.only("days", "levels")
    return {
        "since": _day(node, "since"),
        "branch": branch,
        "within_days": _number(node, "within_days", 30, 1, MOST_DAYS),
        "levels": levels,
        "on_new_post": _some_levels(node, "on_new_post"),
        "absence_days": _number(absence, "days", None, 1, MOST_DAYS) if absence is not None else None,
        "on_return": _some_levels(absence, "levels") if absence is not None else [],
        "months": _number(node, "certificate_months", None, 1, 120),
    }


def _levels(node: Node) -> list[dict[str, Any]]:
    inner = node.inner("levels")
    if inner is None:
        node.note("'levels' is missing: say what the company, the workshop and the team each teach")
        return []
    inner.only(*LEVELS)
    found = []
    for name in LEVELS:
        level = inner.inner(name)
        if level is None:
            inner.note(f"the level {name!r} is missing: there are three, company, workshop and team")
            continue
        level.only("hours", "topics", "questions", "pass", "confirmed_by")
        found.append(
            {
                "level": name,
                "hours": _number(level, "hours", 0, 0, 500) or 0,
                "topics": list(level.words("topics")),
                "questions": _number(level, "questions", 0, 0, MOST_QUESTIONS) or 0,
                "pass": _number(level, "pass", 80, 1, 100),
                "by": _one_of(level, "confirmed_by", CONFIRMED_BY, "trainer" if name == "company" else "supervisor"),
            }
        )
    return found


def _some_levels(node: Node, key: str) -> list[str]:
    words = list(node.words(key))
    for word in words:
        if word not in LEVELS:
            node.at(key).note(f"{word!r} is no level: take of {', '.join(LEVELS)}")
    return [name for name in LEVELS if name in words]


def _one_of(node: Node, key: str, known: tuple[str, ...], default: str) -> str:
    word = node.text(key, default)
    if word not in known:
        node.at(key).note(f"{word!r} is none of {', '.join(known)}")
        return default
    return word


def _number(node: Node, key: str, default: int | None, least: int, most: int) -> int | None:
    word = node.text(key, "")
    if not word:
        return default
    if not word.isascii() or not word.isdigit() or not least <= int(word[:6]) <= most:
        node.at(key).note(f"{word!r} is no whole number from {least} to {most}")
        return default
    return int(word)


def _day(node: Node, key: str) -> str:
    word = node.text(key)
    try:
        return date.fromisoformat(word).isoformat() if word else ""
    except ValueError:
        node.at(key).note(f"{word!r} is no day: write it like 2026-12-01")
        return ""
