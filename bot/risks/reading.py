"""The register file: how a company rates, how often it checks, its abnormal states. Mistakes are collected with their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from fractions import Fraction

from bot.i18n.languages import LANGUAGES
from bot.kit.risk import Band, Bands, Colour, exact, wrong_with
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Problems, meant
from bot.people.model import Role
from bot.risks.model import FACTORS, AbnormalKind, Checking, Company, Method, Scale, Words
from bot.risks.rules import SURE

KNOWN_STEPS: Mapping[Method, Mapping[str, tuple[float, ...]]] = {
    Method.LEC: {
        "likelihood": (10, 6, 3, 1, 0.5, 0.2, 0.1),
        "exposure": (10, 6, 3, 2, 1, 0.5),
        "consequence": (100, 40, 15, 7, 3, 1),
    },
    Method.MATRIX: {"likelihood": (5, 4, 3, 2, 1), "consequence": (5, 4, 3, 2, 1)},
}
"""The steps that Davy has words for."""
KNOWN_KINDS = ("start_up", "shutdown", "storm", "alone_at_night")
"""The abnormal states that Davy has words for."""
MOST_STEPS = 10
BANDS_SAY = {
    "empty": "there must be bands",
    "no_rest": "the last band holds the rest and has neither 'above' nor 'from'; each before it has one of them",
    "order": "the highest band stands first, and each edge lies under the one before",
    "colours": "a lower band cannot have a worse colour than a higher one",
}


def company_of(text: str, problems: Problems) -> Company | None:
    """What a register file says; None where it holds a mistake, which is noted."""
    root = read_yaml(text, problems)
    if root is None:
        return None
    root.only("method", "lec", "matrix", "checks", "abnormal")
    words = root.text("method", "lec")
    if words not in tuple(Method):
        root.at("method").note(f"{words!r} is neither lec nor matrix")
    scales = {method: scale for method in Method if (scale := _scale(root, method)) is not None}
    found = _checks(root)
    decide, kinds = _abnormal(root)
    if problems or found is None:
        return None
    checks, at, key, ladder = found
    return Company(Method(words), scales, checks, at, key, ladder, decide, kinds)


def _scale(root: Node, method: Method) -> Scale | None:
    node = root.inner(method.value)
    if node is None:
        root.note(f"{method.value!r} is missing")
        return None
    node.only(*FACTORS[method], "bands", "never_blue_from", "names")
    steps, names = {}, {}
    given = node.inner("names")
    if given is not None:
        given.only(*FACTORS[method])
    for factor in FACTORS[method]:
        values = [value for word in node.words(factor) if (value := number(node.at(factor), word)) is not None]
        if not 2 <= len(values) <= MOST_STEPS or values != sorted(set(values), reverse=True):
            node.at(factor).note(f"{factor!r} needs 2 to {MOST_STEPS} numbers, the highest first")
        steps[factor] = tuple(values)
        names[factor] = _names(given, factor)
        for value in values:
            if value not in KNOWN_STEPS[method][factor] and f"{value:g}" not in names[factor]:
                node.at(factor).note(f"Davy has no words for {value:g}: give it some under 'names'")
    floor = node.text("never_blue_from", "")
    return Scale(method, steps, _bands(node), number(node, floor) if floor else None, names)


def _names(given: Node | None, factor: str) -> dict[str, Words]:
    inner = given.inner(factor) if given is not None else None
    if inner is None:
        return {}
    return {step: _languages(inner, step) for step in inner.named()}


def _languages(node: Node, key: str) -> Words:
    said = {lang: words for lang, words in node.texts(key).items() if words}
    for lang in said:
        if lang not in LANGUAGES:
            node.at(key).note(f"{lang!r} is none of {', '.join(LANGUAGES)}")
    return {lang: words for lang, words in said.items() if lang in LANGUAGES}


def number(node: Node, word: str) -> float | None:
    """A positive number as it is written; noted where it is none."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 < value < 1_000_000:
        node.note(f"{word!r} is no number above 0")
        return None
    return value


def _bands(node: Node) -> Bands:
    bands: list[Band] = []
    for item in node.items("bands"):
        item.only("colour", "above", "from")
        colour = item.text("colour")
        if colour not in tuple(Colour):
            item.note(f"{colour!r} is none of {', '.join(Colour)}{meant(colour, tuple(Colour))}")
            return ()
        above, starts = item.text("above", ""), item.text("from", "")
        if above and starts:
            item.note("a band has 'above' or 'from', not both")
        bands.append(Band(Colour(colour), _edge(item, above or starts), bool(starts)))
    if wrong := wrong_with(tuple(bands)):
        node.at("bands").note(BANDS_SAY[wrong])
    return tuple(bands)


def _edge(node: Node, word: str) -> Fraction | None:
    value = number(node, word) if word else None
    return exact(value) if value is not None else None


def _checks(root: Node) -> tuple[dict[Colour, Checking], time, timedelta, timedelta] | None:
    node = root.inner("checks")
    if node is None:
        root.note("'checks' is missing")
        return None
    node.only("at", "key_places", "ladder_minutes", *Colour)
    checks = {}
    for colour in Colour:
        inner = node.inner(colour.value)
        if inner is None:
            node.note(f"{colour.value!r} is missing: how often is a control of such a risk looked at?")
            continue
        inner.only("days", "hours")
        days, hours = whole(inner, "days", SURE.days), whole(inner, "hours", 24 * 14)
        checks[colour] = Checking(timedelta(days=days), timedelta(hours=hours))
    every = [checks[colour].every for colour in Colour if colour in checks]
    if every != sorted(every):
        node.note("a worse colour cannot be checked more rarely than a better one")
    word = node.text("at", "08:00")
    try:
        at = time.fromisoformat(word if len(word) == 5 else "?")
    except ValueError:
        node.at("at").note(f'{word!r} is no time of day: write it in quotes, like "08:00"')
        at = time(8)
    key = timedelta(days=whole(node, "key_places", SURE.days))
    return checks, at, key, timedelta(minutes=whole(node, "ladder_minutes", 1440))


def whole(node: Node, key: str, most: int) -> int:
    """A whole number from 1; noted where it is none, and 1 then."""
    word = node.text(key)
    if word.isascii() and word.isdigit() and 1 <= int(word) <= most:
        return int(word)
    node.at(key).note(f"{key!r} must be a whole number from 1 to {most}")
    return 1


def _abnormal(root: Node) -> tuple[timedelta, tuple[AbnormalKind, ...]]:
    node = root.inner("abnormal")
    if node is None:
        return timedelta(hours=8), ()
    node.only("decide_hours", "kinds")
    kinds: list[AbnormalKind] = []
    for item in node.items("kinds"):
        item.only("code", "names", "hours", "needed", "each")
        code, names = item.text("code"), _languages(item, "names")
        if not code.replace("_", "").isalnum() or not code.isascii() or len(code) > 20:
            item.at("code").note(f"{code!r} is no code: up to 20 letters, digits and '_'")
        if code in {kind.code for kind in kinds}:
            item.at("code").note(f"the code {code!r} is used a second time")
        if code not in KNOWN_KINDS and not names:
            item.note(f"Davy has no words for {code!r}: give it some under 'names'")
        each, needed = item.words("each"), whole(item, "needed", 10)
        for kind in each:
            _voice(item, kind)
        if len(each) > needed:
            item.note(f"'each' names {len(each)} people, but only {needed} are needed")
        kinds.append(AbnormalKind(code, names, timedelta(hours=whole(item, "hours", 24 * 31)), needed, each))
    return timedelta(hours=whole(node, "decide_hours", 24 * 7)), tuple(kinds)


def _voice(node: Node, kind: str) -> None:
    what, _, which = kind.partition(":")
    if what == "post" and which:
        return
    if what == "role" and which in tuple(Role) and which != Role.EMPLOYEE:
        return
    node.at("each").note(f"{kind!r} is neither role:<a role that leads> nor post:<code of a post>")
