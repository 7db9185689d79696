"""When a question is due, what it shares with another, and who hears when nobody answers. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import timedelta
from math import log

DUE, REMIND = timedelta(days=3), timedelta(days=2)
"""A question is to be answered within three days; a day before, whoever can answer hears of it once more."""
AGAIN = timedelta(days=7)
ALIKE = 0.4
"""The share of a question's words, by weight, that an answer must share to be shown before the question goes out."""
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
STEM, LEAST, MOST = 6, 3, 40
_ARTICLE = "ال"


def stems(words: str) -> list[str]:
    """What a text is found by: the beginnings of its words; of Chinese, which has no gaps, each two signs beside each other."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    found: dict[str, None] = {}
    for run in _HAN.findall(plain):
        found |= dict.fromkeys(run[at : at + 2] for at in range(max(len(run) - 1, 1)))
    for word in _WORD.findall(_HAN.sub(" ", plain)):
        bare = word.removeprefix(_ARTICLE)
        if len(bare) >= LEAST or bare.isdigit():
            found[bare[:STEM]] = None
    return list(found)[:MOST]


def alike(wanted: Collection[str], has: Collection[str], common: Mapping[str, int], texts: int) -> float:
    """How much of what is wanted a text has, from 0 to 1: rare words count for more. `common`: in how many texts a word is."""
    weights = {word: log(1 + (texts + 1) / (common.get(word, 0) + 0.5)) for word in wanted}
    whole = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in has) / whole if whole else 0.0


def next_step(rung: int) -> tuple[str, timedelta]:
    """What is done when a question falls due for the so-manieth time, and when the next time is."""
    if rung == 0:
        return "remind", DUE - REMIND
    return ("escalate", AGAIN) if rung == 1 else ("again", AGAIN)
