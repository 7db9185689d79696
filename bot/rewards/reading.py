"""The policy file. Mistakes are collected with their place, and a policy that would reward silence is told so in plain words."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from bot.i18n.languages import LANGUAGES
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Problems, meant
from bot.rewards import rules
from bot.rewards.model import Policy, Rule

MOST_POINTS, MOST_DAY, MOST_MONTH, MOST_RULES = 100, 20, 300, 40
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEYS = ("code", "facts", "where", "points", "per_day", "per_month", "words")
ABSENT = re.compile(r"absen|without|unless|no_|none|zero|free|silen|quiet|days_since", re.IGNORECASE)
"""Keys by which somebody may try to reward what did not happen."""


def policies_of(text: str, known: Collection[str], problems: Problems) -> tuple[Policy, ...]:
    """All versions of a policy file; nothing where it holds a mistake, which is noted. `known`: facts that some room records."""
    root = read_yaml(text, problems)
    if root is None:
        return ()
    root.only("versions")
    found: list[Policy] = []
    for item in root.items("versions"):
        policy = _version(item, known)
        if found and policy and (policy.version <= found[-1].version or policy.since <= found[-1].since):
            item.note("versions stand in order: each has a higher number and a later beginning than the one before")
        found += [policy] if policy else []
    if not found and not problems:
        root.note("'versions' is missing")
    return () if problems else tuple(found)


def _version(item: Node, known: Collection[str]) -> Policy | None:
    item.only("version", "from", "rules")
    number = _whole(item, "version", 10_000)
    since = _day(item)
    if since is not None and since.day != 1:
        item.at("from").note(
            "a version is in force from the first day of a month: otherwise the order in which facts arrive would decide"
        )
    found = [_rule(each, known) for each in item.items("rules")]
    codes = [each.code for each in found]
    for each, node in zip(codes, item.items("rules"), strict=True):
        if codes.count(each) > 1:
            node.at("code").note(f"{each!r} stands here twice")
    if not 1 <= len(found) <= MOST_RULES:
        item.note(f"there must be 1 to {MOST_RULES} rules")
    return Policy(number, since, tuple(found)) if since is not None else None


def _rule(item: Node, known: Collection[str]) -> Rule:
    for key in item.named():
        if key not in KEYS and ABSENT.search(key):
            item.at(key).note(
                f"{key!r}: nothing is given for what did not happen. Whoever is rewarded for a quiet book keeps it quiet"
            )
    item.only(*KEYS, *(key for key in item.named() if key not in KEYS and ABSENT.search(key)))
    code, facts = item.text("code"), item.words("facts")
    if code and not CODE.fullmatch(code):
        item.at("code").note(f"{code!r}: small letters, digits and hyphens, at most 40")
    if not facts:
        item.at("facts").note("'facts' is missing: points always rest on a fact")
    for fact in facts:
        wrong = rules.wrong_fact(fact, known) or (
            f"no room records {fact!r}{meant(fact, known)}" if fact not in known else None
        )
        if wrong:
            item.at("facts").note(wrong)
    words = {lang: said for lang, said in item.texts("words").items() if lang in LANGUAGES and said}
    if missing := [lang for lang in LANGUAGES if lang not in words]:
        item.at("words").note(f"a rule is explained in every language; missing: {', '.join(missing)}")
    for said in (code.replace("-", " "), *words.values()):
        if rules.praises_silence(said):
            item.at("words").note(
                f"{said!r}: no points for the absence of injuries or reports. Whoever is rewarded for a quiet book keeps it quiet"
            )
    return Rule(
        code, facts, {key: _value(said) for key, said in item.texts("where").items()}, _points(item),
        _whole(item, "per_day", MOST_DAY), _whole(item, "per_month", MOST_MONTH), words,
    )  # fmt: skip


def _points(item: Node) -> int:
    said = item.text("points")
    if re.fullmatch(r"-\d+", said):
        item.at("points").note(
            "a rule never takes points: reporting is never penalised, and a penalty needs a hearing (/penalty)"
        )
        return 0
    return _whole(item, "points", MOST_POINTS)


def _whole(item: Node, key: str, most: int) -> int:
    said = item.text(key)
    if said and (not re.fullmatch(r"[0-9]{1,6}", said) or not 1 <= int(said) <= most):
        item.at(key).note(f"{key!r} must be a whole number from 1 to {most}")
        return 0
    return int(said or 0)


def _day(item: Node) -> date | None:
    said = item.text("from")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        item.at("from").note("'from' must be a day like 2026-01-01")
        return None


def _value(word: str) -> str | bool:
    return word == "true" if word in ("true", "false") else word
