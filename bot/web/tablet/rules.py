"""Which PINs are too easy, how long to wait after wrong ones, how a code is written."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from bot.kit.digits import with_digits

LEAST_DIGITS, MOST_DIGITS = 6, 12
FREE_PER_BADGE, FREE_PER_DEVICE = 4, 12
LONGEST_PER_BADGE, LONGEST_PER_DEVICE = timedelta(hours=1), timedelta(minutes=10)
FIRST_WAIT = timedelta(seconds=30)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which are taken for one another."""
CODE = 10
"""Letters of a code: 50 bits."""


def trouble(pin: str, badge: str) -> str | None:
    """Why a PIN is not taken: `digits`, `short`, `long`, `simple`, `badge`; None where it is."""
    if not pin.isascii() or not pin.isdigit():
        return "digits"
    if len(pin) < LEAST_DIGITS:
        return "short"
    if len(pin) > MOST_DIGITS:
        return "long"
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < 3 or pin[: len(pin) // 2] * 2 == pin:
        return "simple"
    numbers = "".join(filter(str.isdigit, badge))
    return "badge" if len(numbers) >= 3 and (numbers in pin or pin in numbers) else None


def wait_after(tries: int, free: int, longest: timedelta) -> timedelta:
    """How long nobody may try again after so many wrong ones: nothing at first, then twice as long each time."""
    if tries < free:
        return timedelta()
    return min(longest, FIRST_WAIT * int(2 ** min(tries - free, 20)))


def typed_pin(typed: str) -> str:
    """A PIN as typed: digits of any script, blanks left out."""
    return "".join(with_digits(typed[:40]).split())


def code_of(name: str) -> str:
    """A code from a name that only the key can make: `7KQ2M-9XW4T`."""
    number = int(name, 16)
    letters = "".join(LETTERS[number >> (5 * i) & 31] for i in range(CODE))
    return f"{letters[: CODE // 2]}-{letters[CODE // 2 :]}"


def typed_code(typed: str) -> str:
    """A code as typed, written as it is kept: capitals or not, with or without the hyphen."""
    letters = "".join(each for each in with_digits(typed[:40]).upper() if each in LETTERS)
    return f"{letters[: CODE // 2]}-{letters[CODE // 2 :]}"
