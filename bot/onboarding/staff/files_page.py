"""A personnel file at the desk: sent in, its mistakes shown at the line, what it would do, applied."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.room import Made, Page
from bot.onboarding.staff import store, taking_in
from bot.onboarding.staff.model import MOST_ROWS
from bot.people.company import named_units
from bot.people.importing import plan as planning
from bot.people.importing.plan import MOST_LEAVERS, Plan
from bot.people.model import Viewer

SHOWN = 40
"""How many of a kind are listed by name, and how many mistakes."""


def upload(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The form. None for whoever does not look after the people of the whole company."""
    if not taking_in.may(session, viewer):
        return None
    return {"needed": list(planning.NEEDED), "may": list(planning.MAY), "most": MOST_ROWS}


class Sent:
    """The form's file: read apart before any transaction, kept within it."""

    def prepare(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Reads it."""
        data, name = form.get("file"), str(form.get("file_name", ""))
        return {**form, "file": None, "found": taking_in.read(name, data if isinstance(data, bytes) else b"")}

    def __call__(self, session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
        """Keeps it; answers where it is looked at."""
        id = taking_in.keep(session, viewer, str(form.get("file_name", "")), form["found"], now)
        return f"/desk/people/files/{id}"


def file(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """What the file would do, or what is wrong with it and where."""
    row = store.file(session, int(query["id"]), viewer.person)
    if row is None or row.state not in ("ready", "rejected", "applied"):
        return None
    found = taking_in.look(session, row.found, now) if row.found is not None else taking_in.Looked(Plan(), (), "", 0)
    plan = found.plan
    return {
        "id": row.id, "name": row.name, "state": row.state, "wrong": list(found.wrong[:SHOWN]), "mark": found.mark,
        "more_wrong": max(len(found.wrong) - SHOWN, 0), "roles": found.roles, "nothing": plan.nothing,
        "many": plan.too_many_leave, "staff": plan.staff, "share": round(100 * MOST_LEAVERS),
        "kinds": [kind for kind in _kinds(plan) if kind["count"]],
    }  # fmt: skip


def _kinds(plan: Plan) -> list[dict[str, Any]]:
    return [
        _kind("join", [(e.badge, e.name, f"{e.unit} · {e.post}") for e in plan.joins]),
        _kind("return", [(e.badge, e.name, f"{e.unit} · {e.post}") for _, e in plan.returns]),
        _kind("move", [(e.badge, e.name, f"{p.unit} · {p.post} → {e.unit} · {e.post}") for p, e in plan.moves]),
        _kind("change", [(e.badge, e.name, f"{p.name} · {p.shift or '–'}") for p, e in plan.changes]),
        _kind("leave", [(p.badge, p.name, f"{p.unit} · {on}") for p, on in plan.leaves]),
        _kind("later", [(p.badge, p.name, str(on or "–")) for p, on in plan.announced]),
        _kind("stay", [(p.badge, p.name, p.unit) for p in plan.kept]),
    ]


def _kind(what: str, who: list[tuple[str, str, str]]) -> dict[str, Any]:
    lines = [{"badge": badge, "name": name, "words": words} for badge, name, words in who[:SHOWN]]
    return {"what": what, "count": len(who), "lines": lines, "more": max(len(who) - SHOWN, 0)}


def decided(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Applies it, or gives it up. Raises Refused."""
    id = int(form["id"])
    if form.get("do") == "no":
        taking_in.give_up(session, viewer, id)
        return "/desk/people/files"
    if form.get("do") != "apply":
        raise Refused("onboarding.staff.file_gone")
    taking_in.apply(session, viewer, id, str(form.get("seen", "")), form.get("leavers") == "1", now)
    return f"/desk/people/files/{id}"


def template(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Made:
    """An empty table with the right columns; a line that begins with # is not read."""
    units = sorted(name for name in named_units(session) if "/" in name)
    site, _, rest = (units[0] if units else "Site").partition("/")
    workshop, _, team = rest.partition("/")
    cells = {
        "badge": "# 1001", "name": "Name", "site": site, "workshop": workshop, "team": team, "post": "worker",
        "roles": "employee", "joined_on": now.date().isoformat(), "language": "en",
    }  # fmt: skip
    columns = (*planning.NEEDED, *planning.MAY)
    out = io.StringIO()
    csv.writer(out).writerows([columns, [cells.get(column, "") for column in columns]])
    return Made("people.csv", b"\xef\xbb\xbf" + out.getvalue().encode())


PAGES = (
    Page("/desk/people/files", upload, "upload", "title_files", role="hr", nav=False, post=Sent()),
    Page("/desk/people/files/{id:int}", file, "file", "title_files", role="hr", nav=False, post=decided),
    Page("/desk/people/template.csv", template, "", "", role="hr", nav=False),
)
