"""Text keys and what they become. A room never builds a sentence: it names one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """A sentence by its key (`room.macro`) and the values that go into it.

    Values are JSON: str, int, float, bool, None, lists and maps of them; aware datetimes are given as ISO strings.
    A nested Text is rendered first, in the same language.
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


def text(key: str, /, **params: Any) -> Text:
    """`text('hazards.thanks', number=7)`: a Text."""
    return Text(key, params)


class Html(str):
    """Escaped Telegram HTML. Safe to put into other HTML as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Plain(str):
    """Plain text: buttons, toasts, polls, menus."""

    __slots__ = ()
