"""Sheets to print and cut: slips that let people in, and labels by which a place is named in a report."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import islice

import segno
from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.media import store as media
from bot.onboarding import actions, joining, store
from bot.onboarding.access import token_of
from bot.onboarding.rules import SLIP_LASTS, may_admit
from bot.people import store as people
from bot.people.model import Person, Place, Role, Viewer

MOST = 20
"""So many slips stand in one file, two pages: drawing more would keep other people's messages waiting."""
STYLE = """
@page { size: A4; margin: 10mm }
body { margin: 0; font: 12pt/1.35 sans-serif; display: grid; grid-template-columns: 1fr 1fr }
div { display: flex; gap: 5mm; align-items: center; padding: 5mm; border: 1px dashed #888; break-inside: avoid }
svg { flex: none; width: 32mm; height: 32mm } b { display: block; font-size: 14pt } p { margin: 1mm 0 }
"""


@dataclass(frozen=True)
class Sheet:
    """A file to print: its ref, how many are on it, and whether people wait for a next one."""

    file: str
    count: int
    more: bool = False


def slips(session: Session, by: int, badge: str, now: datetime, seed: str) -> Sheet | None:
    """Slips for those who are not in yet and have none, or anew for one badge; None where there is nobody.

    With the same `seed` a second run makes the same. Raises Refused.
    """
    me = _leader(session, by, now)
    if badge:
        who = people.person_by_badge(session, badge, now)
        if who is None or who.left_on is not None or not _may(session, me, who, now):
            raise Refused("onboarding.no_such_badge", badge=badge[:40])
        waiting = [who]
    else:
        waiting = store.without_slip(session, me.paths(Role.SUPERVISOR), now)
    admitted = list(islice((who for who in waiting if _may(session, me, who, now)), MOST + 1))
    chosen = admitted[:MOST]
    if not chosen:
        return None
    made = [(who, _slip(session, who, by, now, seed)) for who in chosen]
    file = media.put(_page(_person(who, token, now) for who, token in made), "slips.html")
    for _, token in made:
        row = store.invite(session, token)
        if row is not None:
            row.picture = file
    return Sheet(file, len(chosen), len(admitted) > MOST)


def labels(session: Session, by: int, now: datetime) -> Sheet | None:
    """A label for each place that somebody answers for; None where there is none. Raises Refused."""
    found = store.places_under(session, _leader(session, by, now).paths(Role.SUPERVISOR))
    if not found:
        return None
    return Sheet(media.put(_page(_place(place) for place in found), "labels.html"), len(found))


def _leader(session: Session, person: int, now: datetime) -> Viewer:
    me = people.viewer(session, person, now)
    if me is None or not me.anywhere(Role.SUPERVISOR):
        raise Refused("onboarding.not_allowed")
    return me


def _may(session: Session, me: Viewer, who: Person, now: datetime) -> bool:
    them = people.viewer(session, who.id, now)
    return them is not None and may_admit(me, them)


def _slip(session: Session, who: Person, by: int, now: datetime, seed: str) -> str:
    token = token_of("slip", who.id, now, seed)
    return joining.make_invite(session, who.id, now, by=by, printed=True, token=token)


def _person(who: Person, token: str, now: datetime) -> str:
    day = (now + SLIP_LASTS).date().isoformat()
    lines = [say("onboarding.slip_how", who.lang), say("onboarding.slip_until", who.lang, day=day)]
    return _card(actions.link(token), f"{who.name} · {who.badge}", lines)


def _place(place: Place) -> str:
    lines = [say("onboarding.label_how", lang) for lang in LANGUAGES]
    return _card(actions.place_link(place.code), place.name, lines)


def _card(url: str, title: str, lines: Iterable[object]) -> str:
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2)
    said = "".join(f'<p dir="auto">{escape(str(line))}</p>' for line in lines)
    return f'<div>{out.getvalue().decode().strip()}<section><b dir="auto">{escape(title)}</b>{said}</section></div>'


def _page(cards: Iterable[str]) -> bytes:
    head = f'<!doctype html><meta charset="utf-8"><title>Davy</title><style>{STYLE}</style>'
    return f"{head}<body>{chr(10).join(cards)}</body>".encode()
