"""The answers of another program's question as the fields of our kinds: what counts as right, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.library.formats.found import FULL, NONE, NOTHING, Found, Given, number
from bot.library.reading import Node

if TYPE_CHECKING:
    from bot.library.formats.foreign import Gathering

Fields = dict[str, Node]
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
        elif given.feedback.value:
            _count_belief(found, given.feedback, told)
            entries["misconception"] = found.said("misconception", given.feedback, base)
        options.append(Node(entries, given.text.place))
    _explain(found, [each.feedback for each in right], told)
    return {"options": Node(tuple(options), found.place)}


def _truth(found: Found, told: Gathering) -> Fields:
    entries: Fields = {"answer": Node("true" if found.truth else "false", found.place)}
    for given in found.answers:
        if given.percent <= NOTHING and given.feedback.value:
            _count_belief(found, given.feedback, told)
            entries["misconception"] = found.said("misconception", given.feedback, told.reading.language)
    _explain(found, [each.feedback for each in found.answers if each.percent > NOTHING], told)
    return entries


def _count_belief(found: Found, feedback: Node, told: Gathering) -> None:
    """Elsewhere such a text mostly corrects; here it is quoted as what people wrongly believe. Ours are beliefs already."""
    if not found.carried:
        told.count("feedback_as_belief", feedback.place, example=str(feedback.value)[:80])


def _explain(found: Found, feedback: Sequence[Node], told: Gathering) -> None:
    """What is said to who is right: the explanation where there is none, else it is named as left out."""
    said = list({each.value: each for each in feedback if each.value}.values())
    if said and not found.explanation.value:
        found.explanation = said.pop(0)
    for each in said:
        if each.value != found.explanation.value:
            told.reading.note("feedback_dropped", each.place, words=str(each.value)[:60])


_Reader = Callable[[Found, "Gathering"], "Fields | None"]
_READERS: Mapping[str, _Reader] = {"one": _options, "several": _several, "true_false": _truth}
__all__ = ["NONE", "fields", "number"]
