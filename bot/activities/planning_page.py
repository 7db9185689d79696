"""The form that plans a campaign: looked at first, with whether there is enough to tell afterwards, then planned."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.activities import actions, planning, rules, whom
from bot.activities.actions import Plan
from bot.activities.model import Kind
from bot.i18n.languages import LANGUAGES
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.room import Again
from bot.kit.texts import Text
from bot.media import pictures
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Viewer


def plan(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The form; once it was looked at, with what it would be above it."""
    who = people.person(session, viewer.person, now)
    units = whom.units(session, viewer.person, now, 100)
    own = who.lang if who is not None else "en"
    order = sorted(LANGUAGES, key=lambda lang: lang != own)
    today = people.today_of(who, now) if who is not None else now.date()
    return {
        "units": [{"id": each.id, "label": each.label} for each in units], "kinds": [each.value for each in Kind],
        "languages": [{"lang": lang, "name": LANGUAGES[lang]} for lang in order], "most": rules.MOST_DAYS,
        "once": secrets.token_hex(12), "first": (today + timedelta(days=1)).isoformat(),
        "outlook": _outlook(session, viewer, query["typed"], own, now),
    }  # fmt: skip


def _outlook(session: Session, viewer: Viewer, typed: Mapping[str, Any], lang: str, now: datetime) -> Text | None:
    """What was typed would mean; nothing where it is not right yet, or not theirs."""
    if not typed:
        return None
    try:
        wanted = _wanted(session, viewer, typed, now)
    except Refused:
        return None
    unit = people.unit(session, wanted.unit)
    if unit is None or not viewer.holds(whom.PLANNER, unit.path):
        return None
    return planning.outlook(session, wanted, lang, now)


class Planned:
    """What the form sends: checked as in the chat, planned by the same action."""

    def prepare(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Makes a picture of its own from what was sent, before any transaction."""
        data = form.get("picture")
        if not isinstance(data, bytes) or not data:
            return {**form, "picture": None}
        try:
            clean = pictures.clean(data)
        except pictures.BadPicture:
            raise Refused("activities.bad_picture").beside("picture") from None
        return {**form, "picture": None if form.get("act") == "look" else media.put(clean, "picture.jpg")}

    def __call__(self, session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str | Again:
        """Plans it, once a form; answers where to go on. Raises Refused."""
        wanted = _wanted(session, viewer, form, now)
        if form.get("act") == "look":
            return Again()
        return f"/desk/campaigns/{actions.plan(session, viewer.person, wanted, now).id}"


def _wanted(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> Plan:
    said = {}
    for lang in LANGUAGES:
        words = str(form.get(f"said_{lang}", "")).strip()
        if words:
            found, why = rules.read(words.replace("\r\n", "\n"))
            if found is None:
                refusal = Refused("activities.bad_words", name=LANGUAGES[lang], why=why, most=rules.MOST_WORDS)
                raise refusal.beside(f"said_{lang}")
            said[lang] = found
    if not said:
        raise Refused("activities.bad_words", name=LANGUAGES["en"], why="words", most=rules.MOST_WORDS).beside(
            "said_en"
        )
    kind, contest = str(form.get("kind", "")), form.get("contest") == "1" or form.get("kind") == Kind.CONTEST
    if kind not in tuple(Kind):
        raise Refused("activities.changed_meanwhile")
    days = _number(form.get("days"))
    if not 1 <= days <= rules.MOST_DAYS:
        raise Refused("activities.bad_day", most=rules.MOST_DAYS).beside("days")
    key = f"campaign:form:{viewer.person}:{str(form.get('once', ''))[:24]}"
    return Plan(
        key, Kind(kind), _number(form.get("unit")), said, _day(form.get("start")),
        days, form.get("picture") or None, contest, _jury(session, form, now) if contest else (),
        staggered=form.get("stagger") == "1",
    )  # fmt: skip


def _jury(session: Session, form: Mapping[str, Any], now: datetime) -> tuple[int, ...]:
    jury: Sequence[int] = []
    for badge in western(str(form.get("jury", ""))).replace(",", " ").split():
        named = people.person_by_badge(session, badge, now)
        if named is None or named.left_on is not None:
            raise Refused("activities.no_badge", badge=badge[:20]).beside("jury")
        jury = [*jury, named.id]
    return tuple(sorted(set(jury)))


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        raise Refused("activities.bad_day", most=rules.MOST_DAYS).beside("start") from None
