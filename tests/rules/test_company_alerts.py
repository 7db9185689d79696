"""What the company file says of alerts: ladders, limits in time, gates; every mistake with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.people.importing.company import company_of
from bot.people.importing.problems import Problems

ROOT = Path(__file__).parents[2]
TOP = "company: {code: C, name: Works}\nsites:\n  - code: S\n    name: Main\n"


def read(alerts: str) -> tuple[dict[str, object], list[str]]:
    """What a site's alerts come to, and what is wrong with them."""
    problems = Problems("c.yaml")
    found = company_of("c.yaml", TOP + "    " + alerts.replace("\n", "\n    "), problems)
    return dict(found.units[1].alerts), [str(problem) for problem in problems.found]


def test_the_howto_shows_what_can_be_read() -> None:
    """Its example, as it stands there."""
    page = (ROOT / "docs" / "howto" / "alert-outside-telegram.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    said, wrong = read(shown[1].rstrip())
    assert wrong == []
    assert said["ladder"]["all"][1] == ["group", 5]  # type: ignore[index]
    assert said["ladder"]["critical"][-1] == ["webhook", 10]  # type: ignore[index]
    assert said["due_hours"] == {"critical": 4, "high": 24, "medium": 72, "low": 336}
    assert said["major"] == {"needed": 2, "kinds": ["supervisor", "above"]}
    assert said["currency"] == "USD"


@pytest.mark.parametrize(
    ("alerts", "says"),
    [
        ("alerts: {ladder: {all: [boss 10]}}", "'boss 10' is no rung"),
        ("alerts: {ladder: {all: [supervisor 0]}}", "waits 1 to 1440 minutes"),
        ("alerts: {ladder: {all: [group 5, webhook]}}", "at least one rung of people"),
        ("alerts: {ladder: {worst: [admin]}}", "worst"),
        ("alerts: {due_hours: {high: soon}}", "whole number from 1"),
        ("alerts: {major: {needed: 1, kinds: [supervisor, above]}}", "cannot be of 2 kinds"),
        ("alerts: {release: {needed: 1, kinds: [friend]}}", "'friend' is none of"),
        ("alerts: {release: {needed: 1, kinds: [above], bar: [everybody]}}", "'everybody' is none of stopper, fixer"),
        ("alerts: {major: {needed: 1, kinds: [above], bar: [fixer]}}", "bar"),
    ],
)
def test_a_mistake_is_told(alerts: str, says: str) -> None:
    """In words, at its place."""
    _, wrong = read(alerts)
    assert any(says in line for line in wrong), wrong
