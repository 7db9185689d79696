"""What stands on the page of a place and of a receipt. No names: nobody knows who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.documents import store as documents
from bot.delivery.browser import sealed
from bot.delivery.render import Reader
from bot.emergencies import store as emergencies
from bot.hazards import cards, store, telling
from bot.hazards.model import Hazard
from bot.kit.replies import from_json
from bot.kit.texts import Text, text
from bot.people import company
from bot.people import store as people
from bot.people.model import Place, Unit
from bot.web.outside import actions
from bot.web.tablet import markup, showing

MOST_RULES = 20


def place(session: Session, found: Place, unit: Unit, reader: Reader, words: bool) -> dict[str, Any]:
    """A place: the number, where people gather, what to do in an emergency, which rules hold (`words`: what they say)."""
    known = company.emergency(session, unit.path)
    return {
        "name": found.label,
        "unit": unit.label,
        "number": known.number,
        "assembly": dict(known.assembly) or None,
        "plans": [
            {"title": dict(each.title), "steps": {lang: list(lines) for lang, lines in each.steps.items()}}
            for each in emergencies.plans_for(session, unit.path)
        ],
        "rules": [
            {"title": dict(each.title), "words": _words(each.words) if words else None}
            for each in documents.holding(session, unit.path, found.id, MOST_RULES)
        ],
    }


def _words(said: Mapping[str, str]) -> dict[str, str] | None:
    return dict(said) or None


def receipt(session: Session, code: str, hazard: Hazard, reader: Reader, now: datetime) -> dict[str, Any]:
    """How a report without a name stands, what was said to whoever made it, and what they may say."""
    may = {key.data.split(":")[1] for row in telling.reporter_buttons(hazard, now) for key in row if key.data}
    told = [from_json(each["payload"]) for _, each in sealed.messages(session, actions.box_of(code))]
    words = [showing.said(_nameless(each.text), reader) for each in told if each.text is not None]
    return {
        "number": hazard.id,
        "place": store.where(session, hazard),
        "state": cards.state_name(hazard.state),
        "told": [(said, markup.direction(said)) for said in words],
        "gone": "gone" in may,
        "still": "still" in may,
    }


def _nameless(said: Text) -> Text:
    """Without the names of people: whoever holds the receipt may be anybody."""
    params = {
        name: text("web.outside.somebody") if name == "name" and value else value for name, value in said.params.items()
    }
    return replace(said, params={name: _nameless(v) if isinstance(v, Text) else v for name, v in params.items()})


def unit_of(session: Session, found: Place) -> Unit | None:
    """The unit of a place."""
    return people.unit(session, found.unit)
