"""`/desk/guests`: whoever answers for safety lets somebody from outside look, sees what they looked at, and ends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Viewer
from bot.web.address import address
from bot.web.factor.pages import qr
from bot.web.guests import actions, store
from bot.web.guests.model import Kind, LetIn, State, Wanted

HERE = "/desk/guests"
MOST_UNITS, MOST_NAME, MOST_REASON = 40, 120, 300
Offered = Sequence[tuple[str, str, str]]
"""The pages that guests may see: address, template, macro of the title."""
_offered: list[Callable[[], Offered]] = [lambda: ()]


def configure(offered: Callable[[], Offered]) -> None:
    """Which pages there are for guests; known where the pages of all rooms are put together."""
    _offered[:] = [offered]


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Those who may look now, and those who might."""
    found = [_shown(session, one, now) for one in store.guests(session, viewer)]
    return {"rows": found}


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A guest: why, who let them in, their link while it opens, and each of their looks."""
    found = store.guest(session, int(query["id"]))
    if found is None or not store.answers(viewer, found):
        return None
    link = f"{address() or ''}/visitor/{store.secret_again(found)}" if found.state(now) is State.OPEN else ""
    return _shown(session, found, now) | {
        "title": found.name,
        "link": link,
        "qr": qr(link) if link else "",
        "looks": [{"address": where, "at": at.isoformat()} for where, at in store.looks(session, found.id)],
    }


def form(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What may be chosen: one's own units, and the pages that show work and figures and no lists of people."""
    units = [unit for unit in people.units(session) if viewer.holds(store.ANSWERS, unit.path)][:MOST_UNITS]
    return {
        "units": [{"id": unit.id, "label": unit.label, "depth": unit.path.count("/") - 2} for unit in units],
        "pages": [{"path": path, "template": template, "macro": macro} for path, template, macro in _offered[0]()],
        "kinds": [kind.value for kind in Kind],
        "languages": [{"lang": lang, "name": name} for lang, name in LANGUAGES.items()],
        "most": actions.MOST_DAYS,
    }


def let_in(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """The form: checked, then the action decides over the units. Raises Refused."""
    kind, lang = str(form.get("kind", "")), str(form.get("lang", ""))
    known = {path for path, _, _ in _offered[0]()}
    chosen = tuple(path for path in known if form.get(f"page {path}") == "1")
    units = tuple(int(name[5:]) for name in form if name.startswith("unit ") and name[5:].isdigit() and len(name) < 15)
    days = western(str(form.get("days", "")))
    if kind not in set(Kind) or lang not in LANGUAGES:
        raise Refused("web.guests.all_fields", most=actions.MOST_DAYS)
    wanted = Wanted(
        _words(form.get("name"), MOST_NAME), Kind(kind), _words(form.get("reason"), MOST_REASON), lang,
        tuple(sorted(chosen)), units[:MOST_UNITS], int(days) if days.isdigit() and len(days) < 4 else 0,
    )  # fmt: skip
    return f"{HERE}/{actions.let_in(session, viewer, wanted, now)}"


def withdraw(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Their next look finds a closed door. Raises Refused."""
    actions.withdraw(session, viewer, int(form["id"]), now)
    return f"{HERE}/{form['id']}"


def _shown(session: Session, found: LetIn, now: datetime) -> dict[str, Any]:
    units = [people.unit(session, people.ancestors(path)[0]) for path in found.paths]
    titles = {path: (template, macro) for path, template, macro in _offered[0]()}
    return {
        "id": found.id, "name": found.name, "kind": found.kind.value, "reason": found.reason,
        "state": found.state(now).value, "ends": found.ends_at.isoformat(), "began": found.created_at.isoformat(),
        "by": speaking.name(session, found.by, now), "count": store.count_looks(session, found.id),
        "units": [unit.label for unit in units if unit is not None],
        "pages": [{"path": path, "template": titles[path][0], "macro": titles[path][1]} for path in found.pages if path in titles],
    }  # fmt: skip


def _words(value: Any, most: int) -> str:
    return " ".join(str(value or "").split())[:most]


PAGES = (
    Page(HERE, listing, "guests", "title_guests", role="safety_officer"),
    Page(f"{HERE}/new", form, "new", "title_new", role="safety_officer", nav=False, post=let_in, guarded=True),
    Page(f"{HERE}/{{id:int}}", one, "one", "title_one", role="safety_officer", nav=False, post=withdraw),
)
