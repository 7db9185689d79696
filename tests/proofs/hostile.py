"""Texts that were made to be taken for something else: markup, templates, buttons, formulas, letters that turn a line."""

from __future__ import annotations

import random
from collections.abc import Iterator

TAGS: tuple[str, ...] = (
    "b",
    "i",
    "u",
    "s",
    "a href='tg://user?id=1'",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
    "tg-emoji emoji-id='5'",
)
TAGS += (
    "tg-time unix='1'",
    "script",
    "img src=x onerror=alert(1)",
    "svg/onload=alert(1)",
    "style",
    "iframe src=//x",
    "!--",
)
PIECES = (
    "<", ">", "&", '"', "'", "&amp;", "&lt;b&gt;", "&#60;", "&#x3c;script&#x3e;", "&nbsp;", "]]>", "<![CDATA[", "</b>", "</",
    "{{ 7*7 }}", "{% raw %}", "{{ self.__init__.__globals__ }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "%(name)s",
    "%s%n", "{0}", "{name}",
    "\\u202e", "\u202e", "\u2066", "\u2069", "\u2068", "\u200f", "\u200b", "\ufeff", "\u034f",
    "a\u0300\u0301\u0302\u0303" * 4,
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a",
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇺🇳", "🦺", "\U0010ffff",
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "\t=1", "hz:verify:1", "/start i0", "/grant L-1 admin", "@channel",
    "https://evil.example/?a=<b>", "[x](javascript:alert(1))", "*b*", "_i_", "`c`", "||s||", "\\", "\r\n", "\n\n\n", "\t", "\x0b",
    "'; DROP TABLE person;--", "../../etc/passwd", "﷽", "ﷺ", "ﬀ", "ẞ", "İ", "𝕳", "ا", "中", "١٢٣", "１２",
)  # fmt: skip
EDGE = 4096
"""The most that Telegram takes, in UTF-16 units; an emoji may not be cut in two there."""


def texts(count: int, most: int = 200, seed: int = 9) -> Iterator[str]:
    """So many, always the same; every fiftieth is as long as a message may be, to one unit more or less, of emoji."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 50 == 49:
            yield _long(chance)
            continue
        parts = [_piece(chance) for _ in range(chance.randint(1, 8))]
        yield ("".join(parts) or "<")[:most]


def _piece(chance: random.Random) -> str:
    if chance.random() < 0.3:
        tag = chance.choice(TAGS)
        close = f"</{tag.split()[0].split('/')[0]}>" if chance.random() < 0.6 else ""
        return f"<{tag}>{chance.choice(PIECES)}{close}"
    return chance.choice(PIECES)


def _long(chance: random.Random) -> str:
    units = EDGE + chance.choice((-3, -2, -1, 0, 1, 2, 600))
    head = chance.choice(("", "a", "<b>", "&"))
    left = (units - len(head)) // 2
    return head + "🦺" * left + "x" * ((units - len(head)) % 2)
