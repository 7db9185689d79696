"""From a text key to a sentence."""

from __future__ import annotations

import pytest

from bot.i18n.say import say


def test_a_line_that_is_left_out_leaves_no_hole() -> None:
    """One empty line between two paragraphs, also where a third stood between them."""
    assert say("delivery.just", "en", text="Kind: dangerous\n\n \n\nPlace: press hall\nBay 2") == (
        "Kind: dangerous\n\nPlace: press hall\nBay 2"
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "لا أيام"),
        (1, "يوم واحد"),
        (2, "يومان"),
        (3, "3 أيام"),
        (10, "10 أيام"),
        (11, "11 يومًا"),
        (99, "99 يومًا"),
        (100, "100 يوم"),
        (102, "102 يوم"),
        (103, "103 أيام"),
        (111, "111 يومًا"),
    ],
)
def test_arabic_counts_in_its_six_forms(days: int, said: str) -> None:
    """None, one, two, a few, many, a hundred: each has a form of its own, and the file says in which order they stand."""
    assert say("learning.induction.b_days", "ar", days=days) == said
