"""The answers of another program's question as the fields of our kinds: what counts as right, and what is said of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.library.formats.found import FULL, NONE, NOTHING, Found, Given, number
from bot.library.reading import Node

if TYPE_CHECKING:
    from bot.library.formats.foreign import Gathering

Fields = dict[str, Node]
_WILD = re.compile(r"(?<!\\)\*")
_STAR = re.compile(r"\\\*")
"""Moodle's sign for any words, and how it is written where it is meant as a star."""
_ROUNDED = Decimal("0.1")
"""A third of the points is written as 33.333."""


def fields(found: Found, told: Gathering) -> Fields | None:
    """The fields of the question's payload, and its explanation where only an answer has one; None: it was skipped."""
    return _READERS[found.kind](found, told)


def _options(found: Found, told: Gathering) -> Fields | None:
    """One option is right: the one with full points."""
    right = [each for each in found.answers if each.percent >= FULL]
    if len(right) > 1:
        told.reading.note("either_right", found.place, n=len(right))
        return None
    _note_parts(found, told, [each for each in found.answers if NOTHING < each.percent < FULL])
    return _listed(found, right, told)


def _several(found: Found, told: Gathering) -> Fields | None:
    """Every option with points is right; all of them must be chosen, and no other."""
    right = [each for each in found.answers if each.percent > NOTHING]
    if len({each.percent.quantize(_ROUNDED) for each in right}) > 1:
        _note_parts(found, told, right)
    if len(right) > 1:
        told.count("all_or_nothing", found.place)
    return _listed(found, right, told)


def _note_parts(found: Found, told: Gathering, some: Sequence[Given]) -> None:
    for each in some:
        told.reading.note("weight_dropped", each.text.place, percent=f"{each.percent.normalize():f}")


def _listed(found: Found, right: Sequence[Given], told: Gathering) -> Fields:
    base = told.reading.language
    options = []
    for given in found.answers:
        entries = {"text": found.said("option", given.text, base)}
        if given in right:
            entries["right"] = Node("true", given.text.place)
        elif _is_belief(found, given.feedback, told):
            entries["misconception"] = found.said("misconception", given.feedback, base)
        options.append(Node(entries, given.text.place))
    _explain(found, [each.feedback for each in right], told)
    return {"options": Node(tuple(options), found.place)}


def _truth(found: Found, told: Gathering) -> Fields:
    entries: Fields = {"answer": Node("true" if found.truth else "false", found.place)}
    for given in found.answers:
        if given.percent <= NOTHING and _is_belief(found, given.feedback, told):
            entries["misconception"] = found.said("misconception", given.feedback, told.reading.language)
    _explain(found, [each.feedback for each in found.answers if each.percent > NOTHING], told)
    return entries


def _is_belief(found: Found, feedback: Node, told: Gathering) -> bool:
    """Whether what stands beside a wrong answer is the belief behind it, as in an export of ours.

    Elsewhere such a text mostly says what is true: quoted as a mistaken belief it would teach the opposite.
    """
    if feedback.value and not found.carried:
        told.count("feedback_left_out", feedback.place, example=str(feedback.value)[:80])
    return bool(feedback.value and found.carried)


def _explain(found: Found, feedback: Sequence[Node], told: Gathering) -> None:
    """What is said to who is right: the explanation where there is none, else it is named as left out."""
    said = list({each.value: each for each in feedback if each.value}.values())
    if said and not found.explanation.value:
        found.explanation = said.pop(0)
    for each in said:
        if each.value != found.explanation.value:
            told.reading.note("feedback_dropped", each.place, words=str(each.value)[:60])


def _pairs(found: Found, told: Gathering) -> Fields:
    """Each left side with its partner; a partner without a left side goes with nothing."""
    base = told.reading.language
    pairs, others = [], []
    for given in found.answers:
        right = found.said("right", given.partner, base)
        if given.text.value:
            entries = {"left": found.said("left", given.text, base), "right": right}
            beliefs = found.beside("belief of", str(given.text.value), given.text.place)
            pairs.append(Node(entries | ({"misconception": beliefs} if beliefs.value else {}), given.text.place))
        elif given.partner.value:
            others.append(right)
    return {"pairs": Node(tuple(pairs), found.place), "others": Node(tuple(others) or None, found.place)}


def _words(found: Found, told: Gathering) -> Fields | None:
    """The first answer with full points, the others as other words for it; those without points are known to be wrong."""
    base = told.reading.language
    taken, wrong = [], []
    for given in found.answers:
        words = str(given.text.value or "")
        text = given.text._replace(value=_STAR.sub("*", words) or None)
        if NOTHING < given.percent < FULL:
            _note_parts(found, told, [given])
        elif _WILD.search(words):
            if given.percent >= FULL:
                told.reading.note("wildcard", given.text.place, words=words[:60])
            _drop(given, told)
        elif given.percent >= FULL:
            taken.append(replace(given, text=text))
        elif text.value:
            entries = {"text": found.said("option", text, base)}
            if _is_belief(found, given.feedback, told):
                entries["misconception"] = found.said("misconception", given.feedback, base)
            wrong.append(Node(entries, given.text.place))
        else:
            _drop(given, told)
    if not taken:
        told.skip(found.written or "short", found.place)
        return None
    _explain(found, [each.feedback for each in taken], told)
    others = {base: Node(tuple(each.text for each in taken[1:]) or None, found.place, found.place)}
    kept = found.carried.get("synonyms", {})
    others |= {
        language: Node(tuple(Node(word, found.place) for word in words), found.place, found.place)
        for language, words in kept.items()
        if language != base
    }
    return {
        "answer": found.said("answer", taken[0].text, base),
        "synonyms": Node({name: node for name, node in others.items() if node.value} or None, found.place),
        "wrong": Node(tuple(wrong) or None, found.place),
    }


def _drop(given: Given, told: Gathering) -> None:
    """What was said after an answer that is not taken."""
    if given.feedback.value:
        told.reading.note("feedback_dropped", given.feedback.place, words=str(given.feedback.value)[:60])


def _number(found: Found, told: Gathering) -> Fields | None:
    """One number with what may be missing from it; a range is its middle and half its width."""
    full = [each for each in found.answers if each.percent >= FULL]
    if len(full) > 1:
        told.reading.note("either_right", found.place, n=len(full))
        return None
    _note_parts(found, told, [each for each in found.answers if NOTHING < each.percent < FULL])
    if not full:
        told.reading.note("no_right_option", found.place)
        return None
    value, tolerance = _range(full[0])
    if value is None or tolerance is None:
        told.reading.note("expected_amount", full[0].text.place, field="number")
        return None
    wrong = []
    for given in found.answers:
        at = _range(given)[0] if given.percent <= NOTHING else None
        if at is not None:
            entries = {"number": Node(f"{at:f}", given.text.place)}
            if _is_belief(found, given.feedback, told):
                entries["misconception"] = found.said("misconception", given.feedback, told.reading.language)
            wrong.append(Node(entries, given.text.place))
        elif given.percent <= NOTHING:
            _drop(given, told)
    _explain(found, [full[0].feedback], told)
    units = found.carried.get("units", {})
    base = told.reading.language
    unit = found.beside("unit", "", found.place)
    if found.unit.value and (
        not isinstance(unit.value, Mapping) or unit.value.get(base, NONE).value != found.unit.value
    ):
        unit = found.unit
    return {
        "number": Node(f"{value:f}", full[0].text.place),
        "tolerance": Node(f"{tolerance:f}", full[0].text.place),
        "unit": unit,
        "units": Node({name: Node(factor, found.place, found.place) for name, factor in units.items()} or None),
        "wrong": Node(tuple(wrong) or None, found.place),
    }


def _range(given: Given) -> tuple[Decimal | None, Decimal | None]:
    """The number and its tolerance in `5`, `5:0.1` and `4.9..5.1`."""
    text = str(given.text.value or "")
    low, dots, high = text.partition("..")
    if dots:
        first, last = number(low), number(high)
        if first is None or last is None:
            return None, None
        return (first + last) / 2, abs(last - first) / 2
    value, colon, beside = text.partition(":")
    tolerance = number(beside) if colon else number(str(given.tolerance.value or "0"))
    return number(value), abs(tolerance) if tolerance is not None else None


def _steps(found: Found, told: Gathering) -> Fields:
    """Steps in the order in which they stand."""
    base = told.reading.language
    steps = []
    for given in found.answers:
        entries = {"text": found.said("option", given.text, base)}
        beliefs = found.beside("belief of", str(given.text.value or ""), given.text.place)
        steps.append(Node(entries | ({"misconception": beliefs} if beliefs.value else {}), given.text.place))
    return {"steps": Node(tuple(steps), found.place)}


_Reader = Callable[[Found, "Gathering"], "Fields | None"]
_READERS: Mapping[str, _Reader] = {
    "one": _options,
    "several": _several,
    "true_false": _truth,
    "match": _pairs,
    "short": _words,
    "number": _number,
    "order": _steps,
}
