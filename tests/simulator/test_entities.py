"""Formatted texts are parsed as Telegram parses them: entities in UTF-16 units, and Telegram's own complaints."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.complaints import Wrong
from bot.simulator.text import read_text


def entities(text: str, mode: str | None) -> list[str]:
    """Entities as short words: `bold 0+4`, `text_link 5+1 http://a.org/`."""
    out = []
    for e in read_text(text, mode, None).entities:
        extra = e.get("url") or e.get("language") or e.get("custom_emoji_id") or e.get("date_time_format") or ""
        if "user" in e:
            extra = str(e["user"]["id"])
        out.append(f"{e['type']} {e['offset']}+{e['length']} {extra}".strip())
    return out


HTML: list[tuple[str, str, list[str]]] = [
    ("<b>bold</b>", "bold", ["bold 0+4"]),
    (
        "<strong>a</strong><em>b</em><ins>c</ins><del>d</del>",
        "abcd",
        ["bold 0+1", "italic 1+1", "underline 2+1", "strikethrough 3+1"],
    ),
    ("<b>a <i>b</i></b>", "a b", ["bold 0+3", "italic 2+1"]),
    ("😀<b>x</b>", "😀x", ["bold 2+1"]),
    ("<b>😀</b>", "😀", ["bold 0+2"]),
    ("a &lt;b&gt; &amp; &quot;c&quot;", 'a <b> & "c"', []),
    ("&#65;&#x1F600;&nbsp;", "A😀&nbsp;", []),
    ('<a href="http://example.com/">l</a>', "l", ["text_link 0+1 http://example.com/"]),
    ('<a href="tg://user?id=42">u</a>', "u", ["text_mention 0+1 42"]),
    ("<a>example.com</a>", "example.com", ["text_link 0+11 http://example.com/"]),
    ('<a href="nowhere">l</a>', "l", []),
    ("<code>x</code>", "x", ["code 0+1"]),
    ('<pre><code class="language-python">x</code></pre>', "x", ["pre 0+1 python"]),
    ("<pre>x</pre>", "x", ["pre 0+1"]),
    ('<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>', "st", ["spoiler 0+1", "spoiler 1+1"]),
    ("<blockquote>q</blockquote>", "q", ["blockquote 0+1"]),
    ("<blockquote expandable>q</blockquote>", "q", ["expandable_blockquote 0+1"]),
    ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", ["custom_emoji 0+2 5368324170671202286"]),
    ('<tg-time unix="1647531900" format="wDT">then</tg-time>', "then", ["date_time 0+4 wDT"]),
    ("<b></b>x", "x", []),
    ("<B>x</B>", "x", ["bold 0+1"]),
    ("  <b> x </b>  ", "x", ["bold 0+1"]),
    ("<b>x\n</b>", "x", ["bold 0+1"]),
    ("<code>/start @someone</code>", "/start @someone", ["code 0+15"]),
]


@pytest.mark.parametrize(("source", "text", "expected"), HTML)
def test_html_is_parsed(source: str, text: str, expected: list[str]) -> None:
    """Tags, references, nesting, trimming."""
    assert read_text(source, "HTML", None).text == text
    assert entities(source, "HTML") == expected


V2: list[tuple[str, str, list[str]]] = [
    ("*bold*", "bold", ["bold 0+4"]),
    ("_it_ __un__ ~st~ ||sp||", "it un st sp", ["italic 0+2", "underline 3+2", "strikethrough 6+2", "spoiler 9+2"]),
    (
        "*bold _italic bold ~strike~ __under___ bold*",
        "bold italic bold strike under bold",
        ["bold 0+34", "italic 5+24", "strikethrough 17+6", "underline 24+5"],
    ),
    ("`a_b*c`", "a_b*c", ["code 0+5"]),
    ("```\nx\n```", "x", ["pre 0+1"]),
    ("```python\nx = 1\n```", "x = 1", ["pre 0+5 python"]),
    ("[l](http://example.com/\\))", "l", ["text_link 0+1 http://example.com/)"]),
    ("[u](tg://user?id=42)", "u", ["text_mention 0+1 42"]),
    ("![👍](tg://emoji?id=5368324170671202286)", "👍", ["custom_emoji 0+2 5368324170671202286"]),
    ("![then](tg://time?unix=1647531900&format=r)", "then", ["date_time 0+4 r"]),
    (r"a\.b\-c\!", "a.b-c!", []),
    (">one\n>two\nthree", "one\ntwo\nthree", ["blockquote 0+7"]),
    (">one\n>two||", "one\ntwo", ["expandable_blockquote 0+7"]),
    ("😀*x*", "😀x", ["bold 2+1"]),
]


@pytest.mark.parametrize(("source", "text", "expected"), V2)
def test_markdown_v2_is_parsed(source: str, text: str, expected: list[str]) -> None:
    """Marks, escapes, quotes, links."""
    assert read_text(source, "MarkdownV2", None).text == text
    assert entities(source, "MarkdownV2") == expected


V1: list[tuple[str, str, list[str]]] = [
    ("*bold* _it_ `c`", "bold it c", ["bold 0+4", "italic 5+2", "code 8+1"]),
    ("[l](http://example.com)", "l", ["text_link 0+1 http://example.com/"]),
    (r"\*a\* . - !", "*a* . - !", []),
    ("```js\nx```", "x", ["pre 0+1 js"]),
    ("*a _b_*", "a _b_", ["bold 0+5"]),
]


@pytest.mark.parametrize(("source", "text", "expected"), V1)
def test_the_older_markdown_is_parsed(source: str, text: str, expected: list[str]) -> None:
    """No nesting, fewer escapes."""
    assert read_text(source, "Markdown", None).text == text
    assert entities(source, "Markdown") == expected


RESERVED = [
    (mode, text, f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
    for mode, text, char in (
        ("MarkdownV2", "hello.", "."),
        ("MarkdownV2", "a-b", "-"),
        ("MarkdownV2", "hello!", "!"),
        ("MarkdownV2", "test()", "("),
        ("MarkdownV2", "#tag", "#"),
        ("MarkdownV2", "a+b", "+"),
        ("MarkdownV2", "a=b", "="),
        ("MarkdownV2", "a{b", "{"),
        ("MarkdownV2", "a>b", ">"),
        ("MarkdownV2", "a|b", "|"),
    )
]
BAD = [
    ("HTML", "<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
    ("HTML", "<script>alert(1)</script>", 'Unsupported start tag "script" at byte offset 0'),
    ("HTML", "é<br>", 'Unsupported start tag "br" at byte offset 2'),
    ("HTML", "<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
    ("HTML", "x</b>", "Unexpected end tag at byte offset 1"),
    ("HTML", "<b", "Unclosed start tag at byte offset 0"),
    ("HTML", "a < b", 'Unsupported start tag "" at byte offset 2'),
    ("HTML", "<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("HTML", '<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>', "Invalid custom emoji identifier specified"),
    ("Markdown", "*unclosed", "Can't find end of the entity starting at byte offset 0"),
    ("Markdown", "snake_case", "Can't find end of the entity starting at byte offset 5"),
    ("MarkdownV2", "*unclosed", "Can't find end of Bold entity at byte offset 0"),
    ("MarkdownV2", "*bold _italic\\_*", "Can't find end of Bold entity at byte offset 15"),
    ("MarkdownV2", "__u", "Can't find end of Underline entity at byte offset 0"),
    ("MarkdownV2", "[l](http://x", "Can't find end of a URL at byte offset 4"),
    *RESERVED,
]


@pytest.mark.parametrize(("mode", "source", "complaint"), BAD)
def test_what_cannot_be_parsed_is_refused_in_telegrams_words(mode: str, source: str, complaint: str) -> None:
    """Byte offsets count UTF-8 bytes."""
    with pytest.raises(Wrong) as caught:
        read_text(source, mode, None)
    assert str(caught.value) == f"can't parse entities: {complaint}"


FOUND: list[tuple[str, list[str]]] = [
    ("/start token", ["bot_command 0+6"]),
    ("/start@davy_bot x", ["bot_command 0+15"]),
    ("see https://example.com/a?b=c. And example.org!", ["url 4+25", "url 35+11"]),
    ("ask @someone or a@b.example #tag1 $USD", ["mention 4+8", "email 16+11", "hashtag 28+5", "cashtag 34+4"]),
    ("#123 and 5/6", []),
    ("call +1 555 123 45 67", ["phone_number 5+16"]),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_links_mentions_and_commands_are_found_without_markup(text: str, expected: list[str]) -> None:
    """Telegram finds these itself, in what bots and people write."""
    assert entities(text, None) == expected


GIVEN: list[tuple[list[dict[str, Any]], str]] = [
    ([{"type": "bold", "offset": 100, "length": 1}], "entity begins after the end of the text at UTF-16 offset 100"),
    (
        [{"type": "bold", "offset": 0, "length": 100}],
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
    ),
    ([{"type": "bold", "offset": -1, "length": 1}], "receive an entity with incorrect offset -1"),
    ([{"type": "invalid_type", "offset": 0, "length": 1}], "can't parse MessageEntity: Unsupported type specified"),
    ([{"type": "text_link", "offset": 0, "length": 1}], "can't parse MessageEntity: Can't find field \"url\""),
    (
        [{"type": "text_link", "offset": 0, "length": 5, "url": "not-a-url"}],
        "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    ([{"type": "text_link", "offset": 0, "length": 5, "url": ""}], "entity URL '' is invalid: URL host is empty"),
]


@pytest.mark.parametrize(("given", "complaint"), GIVEN)
def test_listed_entities_are_checked(given: list[dict[str, Any]], complaint: str) -> None:
    """Entities that a bot lists itself must fit its text."""
    with pytest.raises(Wrong) as caught:
        read_text("hello", None, given)
    assert str(caught.value) == complaint


def test_only_the_first_hundred_entities_are_kept() -> None:
    """Telegram drops the rest without a word."""
    assert len(read_text("<b>x</b> " * 150, "HTML", None).entities) == 100


def test_the_parse_mode_is_read_in_any_case_and_an_unknown_one_refused() -> None:
    """`html` is as good as `HTML`."""
    assert entities("<b>x</b>", "html") == ["bold 0+1"]
    with pytest.raises(Wrong, match="unsupported parse_mode"):
        read_text("x", "BBCode", None)


@pytest.mark.parametrize(
    "url", ["http://[x", "[x", "http://x.example:99999/", "tg://user?id=²", "tg://user?id=" + "9" * 5000]
)
def test_a_link_that_cannot_be_read_breaks_nothing(url: str) -> None:
    """Half a bracket, an impossible port, digits that are no number: the text stays, no link comes of it."""
    read = read_text(f'<a href="{url}">here</a>', "HTML", None)
    assert read.text == "here"
    assert [entity["type"] for entity in read.entities] in ([], ["text_link"])
    assert "text_mention" not in {entity["type"] for entity in read.entities}


@pytest.mark.parametrize("number", ["²", "9" * 5000, "0"])
def test_an_emoji_that_has_no_number_is_refused(number: str) -> None:
    """In HTML and in entities that a bot lists itself."""
    with pytest.raises(Wrong, match="custom emoji identifier"):
        read_text(f'<tg-emoji emoji-id="{number}">x</tg-emoji>', "HTML", None)
    given = {"type": "custom_emoji", "offset": 0, "length": 1, "custom_emoji_id": number}
    with pytest.raises(Wrong, match="valid Number"):
        read_text("x", None, [given])
