"""Which sentence of a lesson goes on its card: pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.library.cards.model import Part
from bot.library.wording import han_characters

MOST_LETTERS, MOST_HAN = 150, 60
"""What can be read on a phone at a glance; where a sentence is longer, its strong words stand alone."""
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_END = re.compile(r"[.!?…؟]+[\"»”’)\]]*(?=\s|$)|[。！？]+[\"”’」）]*")
_LONG, _PIECE = re.compile(r"[^\s\u2e80-\u9fff]{25,}"), re.compile(r".{1,12}")
_UNIT, _HAN_UNIT = re.compile(r"(?<=\d) (?=[^\W\d_]|%)"), re.compile(r"(?<=\d) ?(?=[\u3400-\u9fff])")
_SHORT = re.compile(r"(?:^|[\s(])[^\W\d_]{1,3}\.$")
"""`EE.` and `UU.`, `ст.` and `No.`: a full stop that ends no sentence, where a capital or a number stands before or behind."""


def key_of(cards: Sequence[str]) -> tuple[Part, ...]:
    """The sentence around the first strong words of a lesson, with the question before it that it answers.

    Without strong words the first sentence. Empty only where there are no words at all.
    """
    lines = [line.removeprefix("- ").strip() for card in cards for line in card.split("\n") if line.strip()]
    for line in lines:
        if found := _around(line):
            return found
    for line in lines[:1]:
        plain = line.replace("**", "")
        ends = _ends(plain)
        return (Part(_short(plain[: ends[0]].strip() if ends else plain), False),)
    return ()


def _around(line: str) -> tuple[Part, ...]:
    bold = _BOLD.search(line)
    if bold is None:
        return ()
    before, strong, behind = line[: bold.start()], bold[1], line[bold.end() :].replace("**", "")
    before = before.replace("**", "")
    plain = before + strong + behind
    start, end = len(before), len(before) + len(strong)
    ends = _ends(plain)
    left = max((at for at in ends if at <= start), default=0)
    asked = max((at for at in ends if at < left), default=0)
    right = min((at for at in ends if at >= end), default=len(plain))
    if plain[:left].rstrip().endswith(("?", "？", "؟")) and not _too_long(plain[asked:right]):
        left = asked
    if _too_long(plain[left:right]):
        return (Part(_short(strong.strip()), True),)
    parts = Part(plain[left:start].lstrip(), False), Part(strong, True), Part(plain[end:right].rstrip(), False)
    return tuple(part for part in parts if part.words)


def _ends(plain: str) -> list[int]:
    """Where sentences end."""
    found = [match.end() for match in _END.finditer(plain)]
    return [at for at in found if at == len(plain) or not _abbreviated(plain, at)]


def _abbreviated(plain: str, at: int) -> bool:
    word = _SHORT.search(plain[:at])
    if word is None:
        return False
    letters = word[0].strip(" (.\t")
    return letters.isupper() or plain[at:].lstrip()[:1].isdigit() or plain[at:].lstrip()[:1].islower()


def _too_long(words: str) -> bool:
    return han_characters(words) > MOST_HAN or len(words) - han_characters(words) > MOST_LETTERS


def _short(words: str) -> str:
    """Words that are too long even so are cut between two of them, and say that there is more."""
    if not _too_long(words):
        return words
    if han_characters(words) > MOST_HAN:
        return words[:MOST_HAN].rstrip() + "…"
    return words[:MOST_LETTERS].rpartition(" ")[0].rstrip(" ,;:") + "…"


def for_lines(words: str) -> str:
    """Where lines may break: also within words so long that they would run off the card, never between a number and its unit."""
    joined = _UNIT.sub("\u00a0", _HAN_UNIT.sub("\u2060", words))
    return _LONG.sub(lambda found: "\u200b".join(_PIECE.findall(found[0])), joined)
