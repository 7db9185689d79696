"""A person before a shared tablet: what they see and touch, over HTTP, as a browser without scripts does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import aiohttp
from sqlalchemy import select
from yarl import URL

from bot.delivery.browser.model import chat_of
from bot.delivery.browser.tables import InboxRow
from bot.people import store as people
from bot.people.model import Person
from bot.web.tablet import actions, store
from bot.web.tablet.tables import SeatRow
from tests.flows.house import Story

PIN = "481902"


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, its buttons as (label, name, value)."""

    action: str
    held: list[tuple[str, str]] = field(default_factory=list)
    keys: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The words and forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._key: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(have.get("action", "")))
        elif tag == "input" and have.get("type") == "hidden":
            self.forms[-1].held.append((have["name"], have["value"]))
        elif tag == "button":
            self._key = []
            self.forms[-1].keys.append(("", have.get("name", ""), have.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._key is not None:
            _, name, value = self.forms[-1].keys[-1]
            self.forms[-1].keys[-1] = (" ".join("".join(self._key).split()), name, value)
            self._key = None

    def handle_data(self, data: str) -> None:
        (self._key if self._key is not None else self.words).append(data)

    @property
    def said(self) -> str:
        """All that can be read, in one line."""
        return " ".join(" ".join(self.words).split())


class Hand:
    """One browser."""

    def __init__(self, s: Story, http: aiohttp.ClientSession) -> None:
        self.s, self.http = s, http
        self.base = s.house.settings.address
        self.html = ""
        self.status = 0
        self.headers: Any = {}

    @property
    def page(self) -> Page:
        """What stands on the screen."""
        return Page(self.html)

    async def opens(self, path: str) -> str:
        """Goes to an address."""
        async with self.http.get(self.base + path, headers={"accept": "text/html"}) as answer:
            self.html, self.status, self.headers = await answer.text(), answer.status, answer.headers
        return self.page.said

    async def sends(self, form: Form, **more: Any) -> str:
        """Sends a form with what it holds."""
        data = aiohttp.FormData()
        for name, value in form.held:
            if name not in more:
                data.add_field(name, value)
        for name, value in more.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, tuple):
                    data.add_field(name, each[1], filename=each[0], content_type="application/octet-stream")
                else:
                    data.add_field(name, each)
        async with self.http.post(self.base + form.action, data=data, headers={"accept": "text/html"}) as answer:
            self.html, self.status, self.headers = await answer.text(), answer.status, answer.headers
        await self.s.settle()
        return self.page.said

    def form(self, action: str) -> Form:
        """The first form on the screen that goes there."""
        return next(each for each in self.page.forms if each.action.partition("?")[0] == action)

    async def presses(self, label: str) -> str:
        """Touches the first button on the screen whose words hold a label; answers what stands there then."""
        for form in sorted(self.page.forms, key=lambda each: each.action != "/tablet/press"):
            for words, name, value in form.keys:
                if label.lower() in words.lower():
                    return await self.sends(form, **({name: value} if name else {}))
        raise AssertionError(f"no button {label!r}; there are {self.buttons()}")

    def buttons(self) -> list[str]:
        """The labels of all buttons under messages."""
        return [words for form in self.page.forms if form.action == "/tablet/press" for words, _, _ in form.keys]

    async def says(self, words: str) -> str:
        """Types something and sends it."""
        return await self.sends(self.form_of_words(), words=words)

    async def sends_photo(self, data: bytes, caption: str = "") -> str:
        """Chooses a photo and sends it."""
        return await self.sends(self.form_of_words(), words=caption, file=[("photo.jpg", data)])

    def form_of_words(self) -> Form:
        """The form with the box to write in."""
        return [each for each in self.page.forms if each.action == "/tablet/say" and not any(k[1] for k in each.keys)][
            -1
        ]

    async def press_data(self, data: str) -> str:
        """Touches the button that has this data, wherever it stands on the screen."""

        def find(session: Any) -> tuple[int, str] | None:
            for row in session.scalars(select(InboxRow).order_by(InboxRow.touch.desc())):
                for line, keys in enumerate(row.payload.get("buttons", ())):
                    for column, key in enumerate(keys):
                        if key.get("data") == data:
                            return row.id, f"{line}-{column}"
            return None

        found = await self.s.ask(find)
        assert found is not None, f"no button with {data}"
        for form in self.page.forms:
            if form.action == "/tablet/press" and ("number", str(found[0])) in form.held:
                return await self.sends(form, at=found[1])
        raise AssertionError(f"the message {found[0]} is not on the screen: {self.page.said}")

    async def signs_in(self, badge: str, pin: str = PIN) -> str:
        """Badge and PIN."""
        await self.opens("/tablet")
        return await self.sends(self.form("/tablet/in"), badge=badge, pin=pin)


@asynccontextmanager
async def browser(s: Story, at: str = "127.0.0.1") -> AsyncIterator[Hand]:
    """A fresh browser; `at` is the address that it calls from, one of this machine's own."""
    jar, connector = aiohttp.CookieJar(unsafe=True), aiohttp.TCPConnector(local_addr=(at, 0))
    async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as http:
        yield Hand(s, http)


async def enrolled(s: Story, hand: Hand, by: str = "S-1", unit: str = "Harbour Works") -> None:
    """The browser becomes a device of ours, with a code that somebody made on the dashboard."""

    def make(session: Any) -> str:
        maker = people.person_by_badge(session, by, s.now)
        assert maker is not None
        viewer = people.viewer(session, maker.id, s.now)
        over = next(each for each in people.units(session) if each.name == unit)
        assert viewer is not None
        return store.code(actions.tablet_code(session, viewer, over.id, "Canteen", s.now))

    code = await s.db(make)
    await hand.opens("/tablet")
    await hand.sends(hand.form("/tablet/enrol"), code=code)
    assert hand.status == 200


async def worker(s: Story, hand: Hand, badge: str, pin: str = PIN) -> Person:
    """Somebody without a phone chooses their PIN with a code from human resources, and is signed in."""

    def make(session: Any) -> tuple[Person, str]:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        return who, store.code(actions.own_code(session, who.id, s.now))

    who, code = await s.db(make)
    await hand.opens("/tablet/code")
    said = await hand.sends(hand.form("/tablet/code"), badge=badge, code=code, pin=pin, again=pin)
    assert "I am done" in str(hand.html), said
    return who


def cookies(hand: Hand) -> dict[str, str]:
    """What the browser keeps."""
    return {each.key: each.value for each in hand.http.cookie_jar if each.key}


async def seats(s: Story) -> int:
    """How many are signed in."""
    count: int = await s.ask(
        lambda session: len(
            [r for r in session.scalars(select(SeatRow)) if r.ended_at is None and r.expires_at > s.now]
        )
    )
    return count


def chat(who: Person) -> int:
    """Somebody's chat in the browser."""
    return chat_of(who.id)


def address(hand: Hand) -> URL:
    """Where the house is."""
    return URL(hand.base)
