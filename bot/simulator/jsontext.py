"""JSON from outside: what is broken, too deep or no real text is a ValueError, whichever way it came in."""

from __future__ import annotations

import json
from typing import Any


class NotUtf8(ValueError):
    """Half a surrogate pair: no text that could be written down or sent on."""


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. ValueError where it is none or is nested too deeply, NotUtf8 for half characters."""
    try:
        value = json.loads(text)
        if ("\\u" in text) if isinstance(text, str) else (b"\\u" in text):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeEncodeError:
        raise NotUtf8("strings must be encoded in UTF-8") from None
    return value
