"""From a text key to a sentence."""

from __future__ import annotations

from bot.i18n.say import say


def test_a_line_that_is_left_out_leaves_no_hole() -> None:
    """One empty line between two paragraphs, also where a third stood between them."""
    assert say("delivery.just", "en", text="Kind: dangerous\n\n \n\nPlace: press hall\nBay 2") == (
        "Kind: dangerous\n\nPlace: press hall\nBay 2"
    )
