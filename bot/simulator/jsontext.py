"""JSON from outside: what is broken, too deep or no real text is a ValueError, whichever way it came in."""

from __future__ import annotations

import json
import math
from typing import Any


class NotUtf8(ValueError):
    """Half a surrogate pair: no text that could be written down or sent on."""


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # NaN and Infinity are no JSON, and 1e999 no number that could be answered
        raise ValueError(f"{text} is out of range")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. ValueError where it is none or is nested too deeply, NotUtf8 for half characters."""
    try:
        text = text if isinstance(text, str) else text.decode()
        value = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeEncodeError:
        raise NotUtf8("strings must be encoded in UTF-8") from None
    return value
