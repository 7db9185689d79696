"""Every setting is explained where an operator looks: .env.example and docs/reference/settings.md; and nothing else
is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.settings import Settings, file_variables
from tests.house.source import ROOT

VARIABLE = re.compile(r"\bDAVY_[A-Z0-9_]+\b")
NOT_SETTINGS = re.compile(r"^DAVY_(PYTHON|CHROMIUM|TEST_|LIVE_)")
"""Variables of the set-up and of the tests, not of the program."""


def variables() -> set[str]:
    """The names under which the program reads its settings."""
    return {f"DAVY_{name.upper()}" for name in Settings.model_fields}


def undocumented(names: Iterable[str], text: str) -> list[str]:
    """Settings that a text does not name."""
    return sorted(set(names) - set(VARIABLE.findall(text)))


def unknown(names: Iterable[str], text: str) -> list[str]:
    """What a text names as a setting and is none."""
    known = {*names, *file_variables()}
    return sorted(name for name in set(VARIABLE.findall(text)) - known if not NOT_SETTINGS.match(name))


def test_every_setting_says_what_it_does() -> None:
    """Its description is what both pages are made from."""
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").strip()] == []


def test_every_setting_is_in_the_example_and_in_the_reference() -> None:
    """`make reference` writes both."""
    for page in (".env.example", "docs/reference/settings.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert undocumented(variables(), text) == [], page
        assert unknown(variables(), text) == [], page


def test_no_page_speaks_of_a_setting_that_is_gone() -> None:
    """README, CONTRIBUTING and everything under docs/ and deploy/."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.*")]
    wrong = {}
    for page in pages:
        if page.name != "CHANGELOG.md" and page.suffix in {".md", ".yaml", ".yml", ".service", ".env", ".toml"}:
            found = unknown(variables(), page.read_text(encoding="utf-8"))
            if found:
                wrong[str(page.relative_to(ROOT))] = found
    assert wrong == {}


def test_a_setting_that_is_missing_or_made_up_is_caught() -> None:
    """One left out, one invented; a variable of the tests is no setting."""
    text = "DAVY_PORT is the port, DAVY_PROT is not; DAVY_TEST_DATABASE is for tests"
    assert undocumented({"DAVY_PORT", "DAVY_HOST"}, text) == ["DAVY_HOST"]
    assert unknown({"DAVY_PORT", "DAVY_HOST"}, text) == ["DAVY_PROT"]
