"""What people write is delivered as text: in no message and on no page does it become markup, a template, a command of ours.

Ten thousand texts that were made for it, through every message and every page in every language. The oracle is the same
sentence with a harmless word: as many marks, as many elements, the same attributes.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.delivery import render
from bot.i18n import say as saying
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say, show
from bot.kit.replies import Message
from bot.kit.texts import Html, Text
from bot.simulator.complaints import Wrong
from bot.simulator.markup_html import parse_html
from tests.conftest import PROVING
from tests.house.source import BOT
from tests.proofs.counted import SABOTAGE, counted
from tests.proofs.filled import macros_of, wanted
from tests.proofs.hostile import texts
from tests.proofs.wanted_values import made

COUNT = 10_000 if PROVING else 1_200
HARMLESS = "wort"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600 if PROVING else 300)]
LINKS = ("href", "src", "action", "formaction", "xlink:href")
Values = tuple[dict[str, Any], dict[str, Any], list[str]]


def pairs(path: Path, name: str, hostile: Iterator[str], seed: int) -> Iterator[Values]:
    """Values for a macro twice, alike but for their texts: harmless ones and hostile ones; and which texts those are."""
    shapes = wanted(path, name)
    for turn in range(6):
        used: list[str] = []

        def evil(used: list[str] = used) -> str:
            used.append(next(hostile))
            return used[-1]

        key = f"{path}{name}{seed}{turn}"
        bad = {each: made(shape, evil, random.Random(key + each)) for each, shape in shapes.items()}
        tame = (f"{HARMLESS}{used.index(each)}" for each in list(used))  # what is compared stays alike or unlike
        good = {each: made(shape, tame.__next__, random.Random(key + each)) for each, shape in shapes.items()}
        yield good, bad, used


def said_twice(
    speak: Callable[..., str], path: Path, name: str, hostile: Iterator[str], seed: int
) -> tuple[str, str, list[str]] | None:
    """A macro said with harmless texts and with hostile ones; None where no values were found that it takes."""
    for good, bad, used in pairs(path, name, hostile, seed):
        try:
            return speak(**good), speak(**bad), used
        except (
            TypeError,
            ValueError,
            AttributeError,
            KeyError,
            IndexError,
            ArithmeticError,
            saying.jinja2.UndefinedError,
        ):
            continue
    return None


def key_of(path: Path, name: str) -> str:
    """`hazards.thanks`."""
    return ".".join((*path.parent.relative_to(BOT).parts, name))


def languages(number: int) -> list[str]:
    """In `make test` every macro in one language after the other, in `make prove` each in all."""
    every = sorted(LANGUAGES)
    return every if PROVING else [every[number % len(every)]]


def wrong_in_message(good: str, bad: str) -> str:
    """What is not as it should be, in words; nothing where the hostile texts are only texts."""
    try:
        (_, one), (_, other) = parse_html(good), parse_html(bad)
    except Wrong as error:
        return str(error)
    if [each["type"] for each in one] != [each["type"] for each in other]:
        return f"{[each['type'] for each in one]} became {[each['type'] for each in other]}"
    links = [each.get("url") for each in other if each.get("url")]
    return "" if all(re.match(r"(https?|tg|mailto|tel):", str(url)) for url in links) else f"links {links}"


def _spoken(kind: str) -> tuple[int, dict[str, str], list[str]]:
    """All messages of a kind: how many were tried, what was wrong, and what could not be said at all."""
    hostile = itertools.cycle(texts(COUNT))
    tried, wrong, silent = 0, {}, []
    found = list(macros_of(kind))
    rounds = max(1, COUNT // max(1, len(found) * (len(LANGUAGES) if PROVING else 1)))
    for number, (path, name) in enumerate(found):
        key = key_of(path, name)
        for lang in languages(number):
            for turn in range(rounds):
                got = said_twice(partial(say, key, lang), path, name, hostile, turn)
                if got is None:
                    silent.append(key)
                    break
                tried += 1
                problem = wrong_in_message(got[0], got[1]) if isinstance(got[0], Html) else _lost(got)
                if problem:
                    wrong[f"{key} {lang}"] = problem
    return tried, wrong, silent


def _lost(got: tuple[str, str, list[str]]) -> str:
    """A plain text is nothing but text; what a person wrote must still be in it as they wrote it, as far as it is shown."""
    return "escaped twice" if "&amp;lt;" in got[1] and not any("&amp;lt;" in used for used in got[2]) else ""


def test_ten_thousand_texts_are_text_in_every_message() -> None:
    """As many marks as with a harmless word, and no link but to addresses."""
    tried, wrong, silent = _spoken("texts.html")
    counted("markup, templates or turned lines in a message", tried, tried - len(wrong))
    assert wrong == {}
    assert sorted(set(silent)) == []


def test_and_in_every_button_toast_and_menu() -> None:
    """Nothing is escaped there, since nothing is parsed."""
    tried, wrong, silent = _spoken("texts.txt")
    counted("markup in a button, toast or poll", tried, tried - len(wrong))
    assert wrong == {}
    assert sorted(set(silent)) == []


@pytest.mark.parametrize("sabotaged", [False, pytest.param(True, marks=SABOTAGE)])
def test_no_text_is_too_long_for_telegram_or_cut_within_a_letter(
    sabotaged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the edge of 4,096 units, in messages and captions: the markup counts nothing, an emoji counts two and stays whole."""
    if sabotaged:
        monkeypatch.setattr(render, "MOST_TEXT", 9000)
    tried = held = 0
    long = [each for each in texts(COUNT * 3) if len(each) > 1500]
    for number, words in enumerate(long):
        lang = sorted(LANGUAGES)[number % len(LANGUAGES)]
        message = Message(Text("hazards.reveal_wanted", {"number": 7, "by": words[: 40 * (number % 3)], "why": words}))
        (call,) = render.call_for("send", message, 1, None, render.Reader(lang, "UTC"), lambda ref: ref)
        said = call.params["text"]
        plain = parse_html(said)[0] if call.params.get("parse_mode") else said
        tried += 1
        held += len(plain.encode("utf-16-le", "surrogatepass")) // 2 <= 4096 and not re.search("[\ud800-\udfff]", plain)
    counted("texts at the edge of what Telegram takes", tried, held, sabotaged=sabotaged)
    assert (held == tried) is not sabotaged


class Structure(HTMLParser):
    """The elements and attributes of a page, without its texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, ...]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in LINKS]

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration",))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction",))


def structure(html: str) -> Structure:
    """A page, read."""
    found = Structure()
    found.feed(html)
    found.close()
    return found


def _pages(rounds: int) -> tuple[int, dict[str, str], list[str]]:
    hostile = itertools.cycle(["javascript:alert(1)", *texts(COUNT)])
    tried, wrong, silent = 0, {}, []
    found = [each for kind in ("pages.html", "layout.html") for each in macros_of(kind)]
    for number, (path, name) in enumerate(found):
        template = str(path.relative_to(BOT))
        for lang in languages(number):
            for turn in range(rounds):
                got = said_twice(partial(show, template, name, lang), path, name, hostile, turn)
                if got is None:
                    silent.append(f"{template} {name}")
                    break
                tried += 1
                one, other = structure(got[0]), structure(got[1])
                if one.found != other.found:
                    wrong[f"{template} {name} {lang}"] = str(sorted(set(other.found) ^ set(one.found))[:4])
                elif any(link.strip().lower().startswith("javascript:") for link in other.links):
                    wrong[f"{template} {name} {lang}"] = "a link runs a script"
    return tried, wrong, silent


def test_no_page_has_an_element_or_attribute_that_a_person_wrote() -> None:
    """The same elements with the same attributes as with a harmless word, and no link that is a script."""
    tried, wrong, silent = _pages(10 if PROVING else 2)
    counted("markup in a page of the dashboard", tried, tried - len(wrong))
    assert wrong == {}
    assert sorted(set(silent)) == []


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_template_that_does_not_escape_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: nothing is escaped any more, in messages and on pages."""
    saying.environment.cache_clear()
    saying._macro.cache_clear()
    monkeypatch.setattr(saying.jinja2.Environment, "__init__", _careless(saying.jinja2.Environment.__init__))
    try:
        tried, wrong, _ = _spoken_safely()
        counted("markup, templates or turned lines in a message", tried, tried - wrong, sabotaged=True)
        counted("markup in a button, toast or poll", tried, tried - wrong, sabotaged=True)
        pages, bad, _ = _pages(1)
        counted("markup in a page of the dashboard", pages, pages - len(bad), sabotaged=True)
        assert wrong
        assert bad
    finally:
        monkeypatch.undo()
        saying.environment.cache_clear()
        saying._macro.cache_clear()


def _careless(init: Callable[..., None]) -> Callable[..., None]:
    def without(self: Any, *args: Any, **kwargs: Any) -> None:
        kwargs["autoescape"] = False
        kwargs.pop("bytecode_cache", None)
        init(self, *args, **kwargs)

    return without


def _spoken_safely() -> tuple[int, int, None]:
    """The same over a few messages, where what cannot be parsed at all is counted as wrong."""
    hostile = itertools.cycle(texts(300))
    tried = wrong = 0
    for path, name in list(macros_of("texts.html"))[:200]:
        key = key_of(path, name)
        got = said_twice(partial(say, key, "en"), path, name, hostile, 0)
        if got is None:
            continue
        tried += 1
        try:
            wrong += bool(wrong_in_message(got[0], got[1]))
        except Exception:
            wrong += 1
    return tried, wrong, None
