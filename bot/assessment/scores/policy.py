"""Reading a policy file. Every mistake is told at once; what would reward silence or punish reports is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.assessment.scores.model import Measure, Policy, Weight
from bot.i18n.languages import LANGUAGES
from bot.kit import yaml_text
from bot.library.shipped import content_path
from bot.settings import BadSettings

NAME = "policy.yaml"
KEYS = frozenset({"version", "says", "least_opportunities", "grace_days", "measures", "posts"})
WEIGHTS = {"weight": (0, 100), "full": (1, 100), "floor": (0, 99), "least": (1, 1000)}
HARM = re.compile(
    r"injur|incident|accident|harm|hurt|lost.?time|report|hazard|danger|near.?miss|silence", re.IGNORECASE
)
MOST_VERSION = 40
_policy: list[Policy] = []


class BadPolicy(BadSettings):
    """A policy with mistakes; a line for each."""


def configure(path: Path | None) -> None:
    """Sets the policy of this process: the company's own file, or the shipped one. Raises BadPolicy."""
    chosen = path or content_path() / "scoring" / NAME
    try:
        text = chosen.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{chosen}: cannot be read as UTF-8 text") from error
    try:
        _policy[:] = [read(text)]
    except BadPolicy as error:
        raise BadPolicy("\n".join(f"{chosen}: {line}" for line in str(error).splitlines())) from error


def policy() -> Policy:
    """The policy in force."""
    if not _policy:
        configure(None)
    return _policy[0]


def read(text: str) -> Policy:
    """The policy in a text. Raises BadPolicy with a line for each mistake."""
    try:
        said = yaml_text.read(text)
    except yaml.YAMLError as error:
        raise BadPolicy(f"no YAML: {error}") from error
    wrong: list[str] = []
    if not isinstance(said, dict):
        raise BadPolicy("the file must have keys: version, says, measures")
    wrong += [f"nobody reads {key!r}" for key in said if key not in KEYS]
    version = str(said.get("version") or "")
    if not 0 < len(version) <= MOST_VERSION or " " in version:
        wrong.append(f"'version' must be a word of at most {MOST_VERSION} letters, like 2027-1")
    given = said.get("says")
    says: dict[str, Any] = given if isinstance(given, dict) else {}
    missing = [lang for lang in LANGUAGES if not str(says.get(lang) or "").strip()]
    if missing:
        wrong.append(f"'says' must explain the policy in every language; missing: {', '.join(missing)}")
    usual = _measures(said.get("measures"), "measures", {}, wrong)
    posts = said.get("posts") or {}
    if not isinstance(posts, dict):
        wrong.append("'posts' must be a map, like {team-leader: {leading: {weight: 20}}}")
        posts = {}
    by_post = {str(post): _measures(given, f"posts.{post}", usual, wrong) for post, given in posts.items()}
    least, grace = (_whole(said, key, low, high, usually, wrong) for key, low, high, usually in (
        ("least_opportunities", 1, 1000, 10), ("grace_days", 0, 31, 3),
    ))  # fmt: skip
    if wrong:
        raise BadPolicy("\n".join(wrong))
    return Policy(version, {lang: str(says[lang]).strip() for lang in LANGUAGES}, usual, by_post, least, grace, text)


def _measures(given: Any, where: str, usual: Mapping[Measure, Weight], wrong: list[str]) -> dict[Measure, Weight]:
    """The weights of a map; what it leaves out is as usual, and what it leaves out of an entry too."""
    found = dict(usual)
    if not isinstance(given, dict):
        wrong.append(f"{where!r} must be a map, like {{lessons: {{weight: 30}}}}")
        return found
    for name, entry in given.items():
        if name not in list(Measure):
            why = (
                ": a score is never made of injuries or reports, nor of there being none"
                if HARM.search(str(name))
                else ""
            )
            wrong.append(f"{where}: there is no measure {name!r}{why}; there are {', '.join(Measure)}")
            continue
        if not isinstance(entry, dict):
            wrong.append(f"{where}.{name} must be a map, like {{weight: 30}}")
            continue
        wrong += [f"{where}.{name}: nobody reads {key!r}" for key in entry if key not in WEIGHTS]
        measure = Measure(name)
        before = usual.get(measure, Weight(0))
        values = {
            key: _whole(entry, key, low, high, getattr(before, key), wrong, f"{where}.{name}.")
            for key, (low, high) in WEIGHTS.items()
        }
        found[measure] = Weight(**values)
    if not any(each.weight for each in found.values()):
        wrong.append(f"{where}: no measure has a weight")
    return found


def _whole(
    said: Mapping[str, Any], key: str, low: int, high: int, usually: int, wrong: list[str], where: str = ""
) -> int:
    given = said.get(key, usually)
    if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
        wrong.append(f"{where}{key} must be a whole number from {low} to {high}")
        return usually
    return given
