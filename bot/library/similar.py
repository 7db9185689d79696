"""Near-duplicate texts among many, without comparing all with all.

Texts become sets of words (or of character pairs in Chinese). Two sets that share at least `THRESHOLD` of their union
must share two of their rarest elements (prefix filtering), so only texts which meet in such a bucket are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import ceil

THRESHOLD = 0.8
SHORTEST = 4
"""Texts with fewer elements are compared for equality alone."""
BUCKET = 40
"""The most recent texts kept in a bucket: where thousands share a rare element, they are near their neighbours."""
LONG = 24
"""Texts with more elements meet by one of them, shorter ones by two."""
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
    buckets: dict[Meeting, list[int]] = {}
    for at, each in enumerate(sets):
        if not each:
            continue
        if each in seen:
            yield at, seen[each]
            continue
        seen[each] = at
        if len(each) < SHORTEST:
            continue
        meetings = list(_meetings(sorted(each, key=lambda element: (counts[element], element)), counts))
        twin = _twin(each, meetings, buckets, sets)
        for meeting in meetings:
            bucket = buckets.setdefault(meeting, [])
            if len(bucket) == BUCKET:
                del bucket[0]
            bucket.append(at)
        if twin is not None:
            yield at, twin


Meeting = str | tuple[str, str]
"""What two texts that say nearly the same must have in common: a rare element, or two."""


def _meetings(rare: Sequence[str], counts: Counter[str]) -> Iterator[Meeting]:
    """Where a text is looked for, from its elements, the rarest first.

    Of two texts that share so many, the rarest shared element is among the first few of both, and the two rarest among the
    first few and one. Two bring far fewer together that only seem alike; but long texts would have too many twos.
    Between the lengths both hold, so that a short text meets a long one. What stands in one text alone is shared with none.
    """
    shared = ceil(THRESHOLD * len(rare))
    if len(rare) <= LONG:
        often = [element for element in rare[: len(rare) - shared + 2] if counts[element] > 1]
        yield from combinations(often, 2)
    if len(rare) > THRESHOLD * LONG:
        yield from (element for element in rare[: len(rare) - shared + 1] if counts[element] > 1)


def _twin(
    each: frozenset[str],
    meetings: Sequence[Meeting],
    buckets: Mapping[Meeting, Sequence[int]],
    sets: Sequence[frozenset[str]],
) -> int | None:
    size, looked_at = len(each), set[int]()
    least, most = THRESHOLD * size, size / THRESHOLD
    for meeting in meetings:
        for other in buckets.get(meeting, ()):
            if other in looked_at:
                continue
            looked_at.add(other)
            its = sets[other]
            if least <= len(its) <= most:
                common = len(each & its)
                if common >= THRESHOLD * (size + len(its) - common):
                    return other
    return None
