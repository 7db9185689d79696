"""Near-duplicate texts among many, without comparing all with all.

Texts become sets of words (or of character pairs in Chinese). Two sets that share at least `THRESHOLD` of their union
must share one of their rarest elements (prefix filtering), so only texts which meet in such a bucket are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from math import ceil

THRESHOLD = 0.8
SHORTEST = 4
"""Texts with fewer elements are compared for equality alone."""
BUCKET = 40
"""The most recent texts kept in a bucket: where thousands share a rare element, they are near their neighbours."""
_WORD = re.compile(r"[a-z0-9\u00c0-\u024f]+|[\u0370-\uffff]+")


def elements(text: str) -> frozenset[str]:
    """The words of a text; runs of other scripts count by pairs of characters."""
    found: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if word[0] < "\u0370" or len(word) == 1:
            found.add(word)
        else:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs (later, earlier) of indexes: for each text the first earlier one found that says nearly the same."""
    sets = [elements(text) for text in texts]
    seen: dict[frozenset[str], int] = {}
    counts = Counter(element for each in sets for element in each)
    buckets: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=BUCKET))
    for at, each in enumerate(sets):
        if not each:
            continue
        if each in seen:
            yield at, seen[each]
            continue
        seen[each] = at
        if len(each) < SHORTEST:
            continue
        rare = sorted(each, key=lambda element: (counts[element], element))
        prefix = rare[: len(each) - ceil(THRESHOLD * len(each)) + 1]
        twin = _twin(each, prefix, buckets, sets)
        for element in prefix:
            buckets[element].append(at)
        if twin is not None:
            yield at, twin


def _twin(
    each: frozenset[str], prefix: Sequence[str], buckets: dict[str, deque[int]], sets: Sequence[frozenset[str]]
) -> int | None:
    for element in prefix:
        for other in buckets.get(element, ()):
            small, large = sorted((len(each), len(sets[other])))
            if small < THRESHOLD * large:
                continue
            common = len(each & sets[other])
            if common >= THRESHOLD * (small + large - common):
                return other
    return None
