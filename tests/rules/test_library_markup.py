"""Texts that another program wrote as HTML or Markdown, as what a chat shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.library.formats.markup import plainly


@pytest.mark.parametrize(
    ("written", "format", "plain", "lost"),
    [
        ("<p>One</p><p>two</p>", "html", "One\ntwo", {}),
        ("<ul><li>a</li><li>b</li></ul>", "html", "- a\n- b", {}),
        ("a &lt; b &amp; c", "html", "a < b & c", {}),
        ("x<script>alert(1)</script>y<style>p{}</style>", "html", "xy", {}),
        ("CO<sub>2</sub> and 10<sup>-3</sup> and a<sup>nd</sup>", "html", "CO₂ and 10⁻³ and a^(nd)", {}),
        ("do <del>not</del> run", "html", "do not run", {"del": 1}),
        ("if a <x and y> d", "moodle", "if a <x and y> d", {}),
        ("line\nbreak", "moodle", "line\nbreak", {}),
        ("line\nbreak", "html", "line break", {}),
        ("**bold** and _it_ and `code` and [here](http://x)", "markdown", "bold and it and code and here", {"link": 1}),
        ("<b>not a tag</b>", "plain", "<b>not a tag</b>", {}),
        ("<" * 50_000, "html", "<" * 50_000, {}),
    ],
)
def test_markup_becomes_plain_text_without_a_change_of_meaning(
    written: str, format: str, plain: str, lost: dict[str, Any]
) -> None:
    """Breaks and lists stay, raised figures stay raised, nothing runs, and what is lost is counted."""
    found = plainly(written, format)
    assert (found.text, {what: n for what, n in found.lost.items() if n}) == (plain, lost)
