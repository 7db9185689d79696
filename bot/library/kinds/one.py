"""A question with one right option."""

from __future__ import annotations

from collections.abc import Sequence

from bot.library.kinds.options import OptionsKind, OptionsPayload
from bot.library.model import Option, Place
from bot.library.reading import Reading


class OnePayload(OptionsPayload):
    """Options of which exactly one is right."""

    __slots__ = ()


class One(OptionsKind[OnePayload]):
    """Choose the one that is right."""

    name = "one"
    also_called = (
        "single",
        "single choice",
        "multiple choice",
        "mc",
        "单选",
        "单选题",
        "única",
        "اختيار واحد",
        "اختيار من متعدد",
    )
    payload = OnePayload

    def check_right(self, right: int, options: Sequence[Option], place: Place, reading: Reading) -> None:
        """Exactly one is right."""
        if right == 0:
            reading.note("no_right_option", place)
        elif right > 1:
            reading.note("several_right", place, n=right)


KIND = One()
