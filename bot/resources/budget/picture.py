"""The budget drawn for the chat, beside its words. Slow: read and drawn outside transactions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.kit import money
from bot.kit.replies import Media, Message
from bot.kit.texts import text
from bot.media import drawing
from bot.media import store as media
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.resources.budget import showing, store

PICTURE = "resources.budget.picture"
TEMPLATE = Path(__file__).parent / "budget.typ"
SCALE = 1000
"""Bars are drawn in thousandths of the longest."""


class Drawn:
    """The job of a picture: rights and figures are read anew, the picture drawn, both sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What whoever asked may see."""
        who = people.person(session, payload["person"], now)
        paths = speaking.paths(session, payload["person"], Role.SUPERVISOR, now)
        year = people.today_of(who, now).year if who is not None else now.year
        found = store.lines(session, paths, year)[: showing.MOST]
        figures = store.figures(session, found)
        lines = [showing.line_of(session, each, figures[each.id]) for each in found]
        return payload | {"lang": who.lang if who else "en", "year": str(year), "lines": lines}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws it; nothing where nothing is planned."""
        if not payload["lines"]:
            return payload | {"ref": None}
        drawn = drawing.draw(TEMPLATE.read_bytes(), values(payload), "png", ppi=144)
        return payload | {"ref": media.put(drawn, "budget.png")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends the picture, with its text twin for whoever cannot see it."""
        said = text("resources.budget.picture_words", year=payload["year"], lines=payload["lines"])
        to, key = outbox.to_person(payload["person"]), payload["key"]
        if payload["ref"]:
            shown = Message(
                text("resources.budget.picture_caption", year=payload["year"]),
                media=(Media("photo", payload["ref"], "budget.png"),),
            )
            outbox.send(session, to, shown, Lane.REPLY, now, key=f"{key}:picture")
        outbox.send(session, to, Message(said), Lane.REPLY, now, key=f"{key}:words")


def values(payload: dict[str, Any]) -> dict[str, Any]:
    """What the template shows; the longest bar is the largest plan or use in its currency."""
    lang = payload["lang"]
    longest: dict[str, int] = {}
    for each in payload["lines"]:
        currency = each["planned"][1]
        longest[currency] = max(longest.get(currency, 1), each["used"], each["of"])
    return {
        "lang": lang, "rtl": lang in RIGHT_TO_LEFT, "title": _say("picture_title", lang, year=payload["year"]),
        "parts": [{"part": part, "name": _say("part", lang, part=part)} for part in ("actual", "committed", "carried", "left")],
        "lines": [_bar(each, longest[each["planned"][1]], lang) for each in payload["lines"]],
    }  # fmt: skip


def _bar(line: dict[str, Any], longest: int, lang: str) -> dict[str, Any]:
    name = line["unit"]
    return {
        "name": _say("heading", lang, code=line["heading"]),
        "unit": localized(name, lang) if isinstance(name, dict) else name,
        "planned": line["of"] * SCALE // longest,
        "bars": {part: line[part][0] * SCALE // longest for part in ("actual", "committed", "carried")},
        "said": _say("bar", lang, left=_money(line["left"], lang), planned=_money(line["planned"], lang)),
        "over": line["over"],
    }  # fmt: skip


def _money(amount: list[Any], lang: str) -> str:
    return money.shown(amount[0], amount[1], lang)


def _say(name: str, lang: str, **params: Any) -> str:
    return str(say(f"resources.budget.{name}", lang, **params))
