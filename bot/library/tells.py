"""Whether right answers give themselves away over a whole bank: by length, by position, by always being true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bot.library.kinds.registry import kind_of
from bot.library.model import LETTERS, Question

LONGEST_SHARE = 0.35
LEAST = 10
"""Fewer questions than this say nothing about habits."""
ONE_WAY_SHARE = 0.75
_CHI_SQUARE_95 = (0.0, 3.84, 5.99, 7.81, 9.49, 11.07)
"""Critical values at 5 % by degrees of freedom."""


def check_tells(questions: Sequence[Question], languages: Sequence[str], add: Callable[..., None]) -> None:
    """Tell `add(code, None, **params)` of each habit."""
    for language in languages:
        longest, n = longest_is_right(questions, language)
        if n >= LEAST and len(longest) > LONGEST_SHARE * n:
            share = round(100 * len(longest) / n)
            limit = round(100 * LONGEST_SHARE)
            ids = ", ".join(longest[:10])
            add("longest_is_right", None, language=language, share=share, n=n, limit=limit, ids=ids)
    counts, uneven = right_positions(questions)
    if uneven:
        listed = ", ".join(f"{LETTERS[at]}: {counts[at]}" for at in sorted(counts))
        add("right_positions_uneven", None, counts=listed, n=sum(counts.values()))
    true, n = statements(questions)
    if n >= LEAST and not (1 - ONE_WAY_SHARE) * n <= true <= ONE_WAY_SHARE * n:
        add("true_false_uneven", None, yes=true, n=n)


def longest_is_right(questions: Sequence[Question], language: str) -> tuple[list[str], int]:
    """The ids of questions whose one right option is longer than every other, and the number of questions looked at."""
    ids, n = [], 0
    for question in questions:
        kind = kind_of(question)
        lengths = [len(choice.text.get(language, "")) for choice in kind.choices(question.payload)]
        right = kind.right_positions(question.payload)
        if kind.many or not kind.polls or len(right) != 1 or not all(lengths) or len(lengths) < 2:
            continue
        n += 1
        if lengths[right[0]] > max(length for at, length in enumerate(lengths) if at != right[0]):
            ids.append(question.id)
    return ids, n


def right_positions(questions: Sequence[Question]) -> tuple[Counter[int], bool]:
    """How often each position is the right one, and whether that is uneven (chi-square at 5 %)."""
    counts: Counter[int] = Counter()
    expected: dict[int, float] = {}
    for question in questions:
        kind = kind_of(question)
        size, right = len(kind.choices(question.payload)), kind.right_positions(question.payload)
        if kind.many or not kind.polls or len(right) != 1 or not kind.shuffles(question.payload):
            continue
        counts[right[0]] += 1
        for at in range(size):
            counts[at] += 0
            expected[at] = expected.get(at, 0.0) + 1 / size
    n = sum(counts.values())
    if n < LEAST or len(counts) < 2:
        return counts, False
    statistic = sum((counts[at] - expected[at]) ** 2 / expected[at] for at in expected)
    return counts, statistic > _CHI_SQUARE_95[len(expected) - 1]


def statements(questions: Sequence[Question]) -> tuple[int, int]:
    """How many of the statements to be judged are true, and their number."""
    found = [kind_of(q).right_positions(q.payload) for q in questions if q.kind == "true_false"]
    return sum(right == (0,) for right in found), len(found)
