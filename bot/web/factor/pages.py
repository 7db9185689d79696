"""`/desk/factor`: setting up a second factor, and giving it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import segno
from markupsafe import Markup
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer
from bot.web.factor import actions, rules, store
from bot.web.factor.model import Proof
from bot.web.forms import SESSION
from bot.web.model import WITH_A_ROLE
from bot.web.tables import WebSessionRow

HERE = "/desk/factor"


def factor(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Whether one is set up; while it is being set up its QR and the recovery codes, which are shown then and never again."""
    setup = store.being_set(session, viewer.person, now)
    who = people.person(session, viewer.person, now)
    return {
        "is_set": store.is_set(session, viewer.person),
        "required": store.policy().requires(viewer),
        "left": store.recovery_left(session, viewer.person),
        "secret": _parted(setup.secret) if setup else "",
        "qr": qr(rules.address(setup.secret, who.badge if who else "", "Davy")) if setup else "",
        "recovery": [_parted(code) for code in setup.recovery] if setup else (),
    }


def qr(words: str) -> Markup:
    """A QR that stands in the page: no file, no script, no style."""
    made = segno.make(words, error="m", micro=False)
    return Markup(made.svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True))


def change(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """What a button of the page does: begin, confirm, remove. Raises Refused."""
    does = form.get("do")
    if does == "begin":
        actions.begin(session, viewer.person, now)
    elif does == "confirm":
        return _confirm(session, viewer, form, now)
    elif does == "remove":
        _remove(session, viewer, form, now)
    return HERE


def _confirm(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    proof = actions.confirm(session, viewer.person, str(form.get("code", "")), now)
    if proof is Proof.TOO_MANY:
        raise Refused("web.factor.too_many", minutes=int(rules.WITHIN.total_seconds() // 60))
    if proof is Proof.GOOD:
        mine = (WebSessionRow.token_hash == form[SESSION], WebSessionRow.person_id == viewer.person)
        session.execute(update(WebSessionRow).where(*mine).values(factor_at=now))
    return HERE if proof is Proof.GOOD else f"{HERE}?wrong=1"


def _remove(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> None:
    """Only in a session in which it was proved a short while ago: a page left open is no proof."""
    if not _is_fresh(session, form, now):
        raise Refused("web.factor.prove_first")
    actions.remove(session, viewer.person, now, by_other=False)


def _is_fresh(session: Session, query: Mapping[str, Any], now: datetime) -> bool:
    row = session.get(WebSessionRow, query[SESSION], populate_existing=True)
    return store.policy().is_fresh(row.factor_at if row is not None else None, now)


def shown(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The page, with a word on a wrong code."""
    return factor(session, viewer, query, now) | {
        "wrong": query.get("wrong") == "1",
        "fresh": _is_fresh(session, query, now),
    }


def _parted(word: str) -> str:
    return " ".join(word[at : at + 4] for at in range(0, len(word), 4))


PAGES = (Page(HERE, shown, "factor", "title_factor", nav=False, also=WITH_A_ROLE, post=change),)
