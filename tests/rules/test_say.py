"""From a text key to a sentence."""

from __future__ import annotations

from bot.i18n.say import compiled, environment, say


def test_a_line_that_is_left_out_leaves_no_hole() -> None:
    """One empty line between two paragraphs, also where a third stood between them."""
    assert say("delivery.just", "en", text="Kind: dangerous\n\n \n\nPlace: press hall\nBay 2") == (
        "Kind: dangerous\n\nPlace: press hall\nBay 2"
    )


def test_a_plain_text_that_a_page_imports_stays_plain() -> None:
    """Compiled for a page it escapes; what is kept of that must not be found for a button."""
    environment("en", "html").get_template("risks/texts.txt.j2")
    assert "company's steps" in say("risks.wrong_bad_step", "en", value="4", steps="1, 2")
    assert compiled("html") is not compiled("txt")
