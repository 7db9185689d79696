"""PINs, codes and waiting as decisions; and that Telegram's markup never brings more than a few tags into a page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery.browser.reading import LOWEST, number_of, read, update_of
from bot.kit.events import Pressed, Said, Sent, Voted
from bot.web.tablet import markup, rules
from tests.flows.house import MORNING


@pytest.mark.parametrize(
    ("pin", "badge", "trouble"),
    [
        ("481902", "W-1042", None),
        ("48190", "W-1042", "short"),
        ("48190a", "W-1042", "digits"),
        ("1" * 13, "W-1042", "long"),
        ("111111", "W-1042", "simple"),
        ("123456", "W-1042", "simple"),
        ("987654", "W-1042", "simple"),
        ("121212", "W-1042", "simple"),
        ("135791", "W-1042", "simple"),
        ("481481", "W-1042", "simple"),
        ("104299", "W-1042", "badge"),
        ("481902", "L-90", None),
    ],
)
def test_a_pin_that_is_easy_to_guess_is_not_taken(pin: str, badge: str, trouble: str | None) -> None:
    """Steps of one size, halves alike, the badge's own number."""
    assert rules.trouble(pin, badge) == trouble


def test_the_wait_doubles_and_ends_somewhere() -> None:
    """Four are free; then half a minute, a minute, two, up to an hour."""
    free, longest = rules.FREE_PER_BADGE, rules.LONGEST_PER_BADGE
    waits = [rules.wait_after(n, free, longest) for n in range(1, 14)]
    assert waits[:3] == [timedelta()] * 3
    assert waits[3:6] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert waits[-1] == timedelta(hours=1)
    assert rules.wait_after(10_000, free, longest) == longest


def test_a_code_is_read_however_it_is_typed() -> None:
    """Small letters, blanks, no hyphen; digits of another script."""
    code = rules.code_of("f" * 31 + "7")
    assert len(code) == 11
    assert rules.typed_code(code.lower().replace("-", " ")) == code
    assert rules.typed_pin(" ٤٨١٩٠٢ ") == "481902"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<b>two</b>\nlines", "<b>two</b><br>\nlines"),
        ("<script>alert(1)</script>", "alert(1)"),
        ('<b onclick="x()">a</b>', "<b>a</b>"),
        ('<a href="javascript:alert(1)">a</a>', "a"),
        (
            '<a href="https://example.com/?a=1&amp;b=2">a</a>',
            '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer">a</a>',
        ),
        ('<a href="https://e.com/&quot;onx=&quot;">a</a>', "a"),
        ("<b><i>open", "<b><i>open</i></b>"),
        ("</b>stray", "stray"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("<img src=x onerror=y>", ""),
        ("<tg-spoiler>x</tg-spoiler>", "<span>x</span>"),
        ("<pre>a\nb</pre>", "<pre>a\nb</pre>"),
    ],
)
def test_markup_of_a_message_is_shown_and_never_trusted(said: str, shown: str) -> None:
    """A few tags by name, without attributes; addresses of the web alone."""
    assert str(markup.safe(said)) == shown


def test_a_command_keeps_its_slash_before_it() -> None:
    """Among words from right to left; what only looks like one is left as it is."""
    assert markup.plain("أُغلق. /menu") == "أُغلق. <bdi>/menu</bdi>"
    assert markup.safe("<b>see</b> /pin W-1") == "<b>see</b> <bdi>/pin</bdi> W-1"
    assert markup.plain("24/7 and/or https://e.com/path") == "24/7 and/or https://e.com/path"


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("🆘 <b>طوارئ</b>\n1. ابتعد عن الخطر", "rtl"),
        ("Sam Okafor: تولّى المشرف بلاغك، وسيُفحص المكان قبل بدء العمل", "rtl"),
        ("<b>Dock 1</b>: the sign says خطر", "ltr"),
        ("危险已经消除", "ltr"),
        ("12 ✅", "ltr"),
    ],
)
def test_a_message_runs_the_way_most_of_its_letters_do(said: str, way: str) -> None:
    """Not as its first sign would have it: 🆘 counts as a Latin letter, and a name may come first."""
    assert markup.direction(said) == way


def test_a_form_of_the_page_is_an_update_that_can_be_kept_and_read_again() -> None:
    """Every kind; the same form gives the same number, a later one a higher, none ever Telegram's."""
    chat = 2**60 + 7
    file = {
        "kind": "photo",
        "file_id": "media:" + "a" * 64 + ".jpg",
        "unique_id": "a",
        "size": 3,
        "name": "p.jpg",
        "mime": "image/jpeg",
    }
    press = update_of(chat, MORNING, "1700000000.x", "pressed", message=5, data="ln.a:1:2", captioned=False)
    found = [
        read(press),
        read(update_of(chat, MORNING, "1700000000.x", "voted", poll="b5", options=[1])),
        read(update_of(chat, MORNING, "1700000000.x", "sent", file=file, caption="c", album=None)),
        read(update_of(chat, MORNING, "1700000000.x", "said", text="/start pHW-1")),
    ]
    assert [type(each) for each in found] == [Pressed, Voted, Sent, Said]
    assert isinstance(found[0], Pressed)
    assert (found[0].channel, found[0].user, found[0].message, found[0].args) == ("browser", chat, 5, ("1", "2"))
    assert isinstance(found[3], Said)
    assert (found[3].command, found[3].args) == ("start", "pHW-1")
    assert press == update_of(chat, MORNING, "1700000000.x", "pressed", message=5, data="ln.a:1:2", captioned=False)
    first, later = number_of(chat, "1700000000.x", "said"), number_of(chat, "1700000001.a", "said")
    assert LOWEST <= first < later < 0
    assert number_of(chat, "nonsense", "said") < first
