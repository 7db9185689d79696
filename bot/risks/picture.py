"""The map of risks drawn for the chat, beside its words. Slow: read and drawn outside transactions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.kit.replies import Media, Message
from bot.kit.risk import Colour
from bot.kit.texts import text
from bot.media import drawing
from bot.media import store as media
from bot.people import store as people
from bot.risks import mapping, showing, store
from bot.risks.mapping import Grid, Spot
from bot.risks.model import Method

MAP = "risks.map"
MOST_PLACES = 16
TEMPLATE = Path(__file__).parent / "map.typ"


class Drawn:
    """The job of a map: rights and figures are read anew, the picture drawn, both sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What whoever asked may see."""
        paths = store.led(session, payload["person"], now)
        who = people.person(session, payload["person"], now)
        found = [made for method in Method if (made := mapping.grid(session, paths, method)) is not None]
        return payload | {
            "lang": who.lang if who else "en", "counts": store.counts(session, paths), "grids": found,
            "spots": mapping.spots(session, paths, MOST_PLACES + 1),
        }  # fmt: skip

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws it; nothing where no risk is rated."""
        if not payload["spots"]:
            return payload | {"ref": None}
        return payload | {"ref": media.put(draw(payload), "risks.png")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends the picture, and its text twin for whoever cannot see it."""
        to, key = outbox.to_person(payload["person"]), payload["key"]
        if payload["ref"]:
            shown = Message(text("risks.map_caption"), media=(Media("photo", payload["ref"], "risks.png"),))
            outbox.send(session, to, shown, Lane.REPLY, now, key=f"{key}:picture")
        outbox.send(session, to, Message(twin(payload)), Lane.REPLY, now, key=f"{key}:words")


def twin(payload: dict[str, Any]) -> Any:
    """The same in words."""
    spots: list[Spot] = payload["spots"]
    lines = [{"name": spot.name, "by": dict(spot.by), "key": spot.key} for spot in spots[:MOST_PLACES]]
    bands = [{"method": grid.method.value, "bands": showing.bands(grid.method)} for grid in payload["grids"]]
    return text("risks.map_words", counts=payload["counts"], lines=lines, more=len(spots) > MOST_PLACES, bands=bands)


def draw(payload: dict[str, Any]) -> bytes:
    """The picture, in the reader's language."""
    return drawing.draw(TEMPLATE.read_bytes(), values(payload), "png", ppi=144)


def values(payload: dict[str, Any]) -> dict[str, Any]:
    """What the template shows."""
    lang, counts, spots = payload["lang"], payload["counts"], payload["spots"]
    colours = [{"colour": c.value, "n": counts[c], "name": _say("colour_plain", lang, colour=c.value)} for c in Colour]
    return {
        "lang": lang, "rtl": lang in RIGHT_TO_LEFT, "title": _say("map_title", lang), "colours": colours,
        "grids": [_grid(each, lang) for each in payload["grids"]], "places": _say("map_places", lang),
        "spots": [_spot(each, lang) for each in spots[:MOST_PLACES]],
        "more": _say("map_more", lang) if len(spots) > MOST_PLACES else "", "rule": _say("map_rule", lang),
    }  # fmt: skip


def _grid(found: Grid, lang: str) -> dict[str, Any]:
    return {
        "title": _say("grid_title", lang, method=found.method.value), "axes": _say("grid_axes", lang),
        "consequences": [f"{each:g}" for each in found.consequences],
        "rows": [
            {
                "likelihood": f"{likelihood:g}",
                "cells": [{"n": c.n, "colour": c.colour.value if c.colour else None} for c in row],
            }
            for likelihood, row in zip(found.likelihoods, found.rows, strict=True)
        ],
    }  # fmt: skip


def _spot(spot: Spot, lang: str) -> dict[str, Any]:
    name = localized(spot.name, lang) if isinstance(spot.name, dict) else spot.name
    return {
        "name": name, "key": spot.key,
        "by": [{"colour": c.value, "n": spot.by[c]} for c in Colour if spot.by.get(c)],
    }  # fmt: skip


def _say(name: str, lang: str, **params: Any) -> str:
    return str(say(f"risks.{name}", lang, **params))
