"""The weights file. Mistakes are collected with their place."""

from __future__ import annotations

from collections.abc import Collection

from bot.i18n.languages import LANGUAGES
from bot.kit.hysteresis import Level, wrong_with
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Problems, meant
from bot.risks.reading import number, whole
from bot.risks.warning.model import Signal, Weights

KNOWN_SIGNALS = ("overdue", "repeats", "near_misses", "missed", "misled")
"""The signals that Davy has words for."""
MOST_DAYS = 60
"""Bodies of older facts lie elsewhere: a longer window would have to read history for each index."""
MOST_SIGNALS = 30


def weights_of(text: str, facts: Collection[str], problems: Problems) -> Weights | None:
    """What a weights file says; None where it holds a mistake, which is noted. `facts` are those that some room records."""
    root = read_yaml(text, problems)
    if root is None:
        return None
    root.only("days", "per", "levels", "signals")
    days, per = whole(root, "days", MOST_DAYS), whole(root, "per", 10_000)
    levels = tuple(_levels(root))
    if wrong := wrong_with(levels):
        said = {"clear": "'clear' must lie under 'at'", "order": "each level must lie over the one before"}
        root.at("levels").note(said[wrong])
    signals = tuple(each for each in (_signal(item, facts) for item in root.items("signals")) if each is not None)
    if not problems and not 1 <= len(signals) <= MOST_SIGNALS:
        root.at("signals").note(f"there must be 1 to {MOST_SIGNALS} signals")
    if not problems and not levels:
        root.note("'levels' is missing")
    return None if problems else Weights(days, per, levels, signals)


def _levels(root: Node) -> list[Level]:
    found = []
    for item in root.items("levels"):
        item.only("at", "clear")
        at, clear = number(item.at("at"), item.text("at")), number(item.at("clear"), item.text("clear"))
        if at is not None and clear is not None:
            found.append(Level(at, clear))
    return found


def _signal(item: Node, facts: Collection[str]) -> Signal | None:
    item.only("code", "fact", "where", "weight", "most", "by_person", "planned", "names")
    code, fact = item.text("code"), item.text("fact")
    names = {lang: words for lang, words in item.texts("names").items() if lang in LANGUAGES and words}
    if code not in KNOWN_SIGNALS and not names:
        item.at("code").note(f"Davy has no words for {code!r}: give it some under 'names'{meant(code, KNOWN_SIGNALS)}")
    planned, by_person = _flag(item, "planned"), _flag(item, "by_person")
    if fact not in facts and not planned:
        hint = meant(fact, sorted(facts)) or "; if a room will record it, say planned: true"
        item.at("fact").note(f"no room records {fact!r}{hint}")
    where = {key: _value(words) for key, words in item.texts("where").items()}
    weight = number(item.at("weight"), item.text("weight"))
    most = whole(item, "most", 10_000)
    return None if weight is None else Signal(code, fact, weight, most, where, by_person, names)


def _flag(item: Node, key: str) -> bool:
    word = item.text(key, "false").lower()
    if word not in ("true", "false"):
        item.at(key).note(f"{key!r} must be true or false")
    return word == "true"


def _value(word: str) -> str | bool:
    return word == "true" if word in ("true", "false") else word
