"""Whether two short texts mean the same although they are written differently. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.kit.digits import with_digits

LEAST_LETTERS = 5
"""A shorter word with one letter changed is too easily another word."""
_NOT_WORD = re.compile(r"[^\w]+")
_ARTICLES = re.compile(r"^(the|an?|el|la|los|las|une?|una|unos|unas|le|les)\s+|\bال(?=\w{3})|ـ", re.IGNORECASE)
"""Arabic writes its article onto the word, and stretches words with a line (tatweel)."""


def normal(text: str) -> str:
    """Text as compared: one width, no case, no accents, no article, no spaces or signs; digits as 0-9."""
    words = _ARTICLES.sub("", unicodedata.normalize("NFKC", text).casefold().strip())
    bare = "".join(each for each in unicodedata.normalize("NFD", words) if not unicodedata.combining(each))
    return _NOT_WORD.sub("", with_digits(bare)).replace("_", "")


def one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong, or two stand the wrong way round, in a word long enough.

    Digits must be right, and so must Chinese, Japanese and Korean characters: another one is another word.
    """
    if typed == meant or len(meant) < LEAST_LETTERS or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(meant)) - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    differs = typed[start : len(typed) - end] + meant[start : len(meant) - end]
    if any(each.isdigit() or each > "\u2fff" for each in differs):
        return False
    left, right = typed[start : len(typed) - end], meant[start : len(meant) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])
