"""Digits and marks that an Arabic, Persian or Hindi keyboard types, read like ours. Pure."""

from __future__ import annotations

import unicodedata

UNSEEN = "\u200e\u200f\u2066\u2067\u2068\u2069\u061c\ufeff"
"""Marks of the direction of writing: nobody sees them, and they come along when something is copied."""


def with_digits(text: str) -> str:
    """The text with the digits of any script as 0-9 and nothing else changed: `L-١٠٤٢` is `L-1042`."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def western(text: str) -> str:
    """What is to be read as a number: all digits as 0-9, all minus signs as one, Arabic separators as ours."""
    plain = unicodedata.normalize("NFKC", text).translate(
        {0x66A: "%", 0x66B: ".", 0x66C: ",", 0x60C: ",", 0x2212: "-", 0x2009: " ", 0x2019: "'"}
    )
    return with_digits(plain).strip(f" \t\n{UNSEEN}")
