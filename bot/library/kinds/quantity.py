"""Numbers as people write them, in any digits: "2,5", "2.5 m", "1 000", "٢٫٥". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from bot.kit.digits import western

MOST_DIGITS = 15
_NUMBER = re.compile(r"[-+]?(?:\d[\d.,' ]*\d|\d|[.,]\d+)(?:e[-+]?\d{1,2})?", re.IGNORECASE)
_GROUPS = r"[.,' ]"
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


def decimal(text: str) -> Decimal | None:
    """A number of a file: digits with a point or a comma, no groups; None for anything else."""
    typed = western(text).replace(",", ".")
    try:
        found = Decimal(typed)
    except InvalidOperation:
        return None
    return (
        found
        if found.is_finite() and len(found.as_tuple().digits) <= MOST_DIGITS and abs(found.adjusted()) < 20
        else None
    )


def written(number: Decimal) -> str:
    """The shortest usual form: no exponent, no zeros at the end."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def readings(text: str) -> Iterator[tuple[Decimal, str]]:
    """What a typed text may mean, likeliest first: the number, and the words around it (its unit).

    "1,000" may be one or a thousand; a text with no number, or with two, means nothing.
    """
    typed = western(text)
    found = list(_NUMBER.finditer(typed))
    if len(found) != 1:
        return
    words = f"{typed[: found[0].start()]} {typed[found[0].end() :]}".strip()
    seen = set()
    for form in _forms(found[0][0].strip()):
        number = decimal(form)
        if number is not None and number not in seen:
            seen.add(number)
            yield number, words


def _forms(number: str) -> list[str]:
    body, sign = number.lstrip("+-"), "-" if number.startswith("-") else ""
    forms = []
    last = max(body.rfind("."), body.rfind(","))
    if last < 0 and " " not in body and "'" not in body:
        forms.append(body)
    elif last >= 0 and body.count(body[last]) == 1 and body[last + 1 :].isdigit():
        forms.append(f"{re.sub(_GROUPS, '', body[:last]) or '0'}.{body[last + 1 :]}")
    if _GROUPED.fullmatch(body) and not body.startswith("0"):
        # "1.001" is rather one and a bit, "1,001" rather a thousand and one
        forms.insert(1 if last >= 0 and body[last] == "." else 0, re.sub(_GROUPS, "", body))
    return [sign + form for form in forms]
