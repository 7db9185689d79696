"""A question with several right options; an answer is right only when exactly all of them were chosen."""

from __future__ import annotations

from collections.abc import Sequence

from bot.library.kinds.options import OptionsKind, OptionsPayload
from bot.library.model import Option, Place
from bot.library.reading import Reading


class SeveralPayload(OptionsPayload):
    """Options of which one or more are right."""

    __slots__ = ()


class Several(OptionsKind[SeveralPayload]):
    """Choose all that are right."""

    name = "several"
    also_called = (
        "multi",
        "multiple",
        "multiple answers",
        "multiple response",
        "多选",
        "多选题",
        "varias",
        "متعدد",
        "عدة إجابات",
    )
    payload = SeveralPayload
    many = True

    def check_right(self, right: int, options: Sequence[Option], place: Place, reading: Reading) -> None:
        """At least one is right, and it is odd when none is wrong."""
        if right == 0:
            reading.note("no_right_option", place)
        elif right == len(options):
            reading.note("all_right", place)


KIND = Several()
