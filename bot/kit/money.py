"""Money as whole minor units (cents) of a currency: added and compared exactly, never a float. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, is_currency

from bot.kit.digits import western

MOST_DIGITS = 15
"""So many digits fit into every database's column, and no safety budget is larger."""
_GROUPED = re.compile(r"[1-9]\d{0,2}([ ,.']\d{3})+")


class NoMoney(ValueError):
    """What was typed is no amount of that currency."""


@dataclass(frozen=True, order=True)
class Money:
    """So many minor units of a currency (ISO 4217)."""

    currency: str
    minor: int

    def __str__(self) -> str:
        """As an operator reads it: `USD 1250.00`."""
        return f"{self.currency} {plain(self.minor, self.currency)}"


def known(currency: str) -> bool:
    """Whether there is such a currency."""
    return len(currency) == 3 and currency.isascii() and is_currency(currency)


def digits(currency: str) -> int:
    """How many decimals a currency has: USD 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


def plain(minor: int, currency: str) -> str:
    """An amount as it is typed and read again, without its currency: `1250.00`."""
    return f"{Decimal(minor).scaleb(-digits(currency)):f}"


def shown(minor: int, currency: str, lang: str) -> str:
    """An amount as people of a language write it."""
    return str(format_currency(Decimal(minor).scaleb(-digits(currency)), currency, locale=lang))


def parse(words: str, currency: str) -> int:
    """What was typed (`1250`, `1,250.50`, `1.250,50`, `1 250`) as minor units. Raises NoMoney where it is unclear or too fine."""
    text, most = western(words).upper().replace(currency, "").strip(), digits(currency)
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    if _GROUPED.fullmatch(text):
        whole, rest = re.sub(r"[ ,.']", "", text), ""
        marks = set(re.findall(r"[ ,.']", text))
        if len(marks) > 1 or (most == 3 and len(re.findall(r"[,.]", text)) == 1):
            raise NoMoney(words)  # 1.250 dinars may be one or a thousand
    else:
        found = re.fullmatch(r"([1-9]\d{0,2}(?:[ ,.']\d{3})+|\d+)(?:([.,])(\d+))?", text)
        if found is None:
            raise NoMoney(words)
        whole, mark, rest = found[1], found[2], found[3] or ""
        if mark and mark in whole:
            raise NoMoney(words)
        whole = re.sub(r"[ ,.']", "", whole)
    if len(rest) > most and rest[most:].strip("0"):
        raise NoMoney(words)
    made = int(whole + rest[:most].ljust(most, "0"))
    if len(str(made)) > MOST_DIGITS:
        raise NoMoney(words)
    return made
