"""The languages of the company: which one each unit speaks where nobody has chosen, and which its people read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding.staff.model import LANGUAGE_SET
from bot.people import company
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.people.tables import UnitRow

SETS = Role.MANAGER
MOST = 100


def card(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """On the page of settings: the languages that people read."""
    return {"names": [LANGUAGES.get(lang, lang) for lang in company.spoken(session, now, viewer.paths(SETS))]}


def languages(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Unit by unit."""
    found = [unit for unit in people.units(session) if viewer.holds(SETS, unit.path)][:MOST]
    return {
        "rows": [
            {"id": unit.id, "name": unit.label, "speaks": unit.language,
             "read": [
                 {"name": LANGUAGES.get(lang, lang), "count": n}
                 for lang, n in sorted(company.languages(session, now, [unit.path]).items(), key=lambda e: -e[1])
             ]}
            for unit in found
        ],
        "all": [{"lang": lang, "name": name} for lang, name in LANGUAGES.items()],
    }  # fmt: skip


def set_language(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """A unit speaks another language from now on. Raises Refused."""
    id, lang, seen = str(form.get("unit", "")), str(form.get("lang", "")), str(form.get("speaks", ""))
    unit = people.unit(session, int(id)) if id.isascii() and id.isdigit() and len(id) < 10 else None
    if unit is None or not viewer.holds(SETS, unit.path):
        raise Refused("onboarding.staff.not_your_unit")
    if lang not in LANGUAGES:
        raise Refused("onboarding.staff.bad_language").beside("lang")
    if lang == unit.language:
        raise Refused("onboarding.staff.nothing_new")
    was = (UnitRow.id == unit.id, UnitRow.language == seen)
    if changed(session, update(UnitRow).where(*was).values(language=lang)) != 1:
        raise Refused("onboarding.staff.language_changed")
    body = {"unit": unit.id, "language": lang}
    record(session, Fact(LANGUAGE_SET, f"language:{unit.id}:{now.isoformat()}", now, viewer.person, body=body), now)
    return "/desk/settings/languages"


PAGES = (
    Page("/desk/settings", card, "language_card", "title_settings", role="manager"),
    Page(
        "/desk/settings/languages",
        languages,
        "languages",
        "title_languages",
        role="manager",
        nav=False,
        post=set_language,
    ),
)
