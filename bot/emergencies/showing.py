"""What stands on the phone of emergency plans. Reads only: it is shown while the database is busy, too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.emergencies import rules, store
from bot.emergencies.model import Plan
from bot.kit.replies import Button, Media, Message, button, rows
from bot.kit.texts import text
from bot.people import company
from bot.people import store as people
from bot.people.model import Viewer

MOST_ROUTES = 3


def card(session: Session, path: str, place: Mapping[str, str] | str | None = None) -> Message:
    """The number first, where people gather, and a key for each plan that holds there."""
    known = company.emergency(session, path)
    plans = store.plans_for(session, path)
    said = text(
        "emergencies.card", number=known.number, assembly=dict(known.assembly) or None, place=place, plans=bool(plans)
    )
    keys: list[Button] = [button("emergencies.b_plan", f"em:plan:{each.id}", title=dict(each.title)) for each in plans]
    report = (button("emergencies.b_report", "hz.new"), button("emergencies.b_back", "ob.menu"))
    return Message(said, ((button("emergencies.b_sos", "so.ask"),), *rows(*keys), report))


def plan(session: Session, found: Plan) -> tuple[Message, ...]:
    """A plan: what to do, who does what, whom to call, what is needed; its routes as pictures before it."""
    known, unit = company.emergency(session, found.path), people.unit(session, found.unit)
    said = text(
        "emergencies.plan", title=dict(found.title), unit=unit.label if unit else "", number=known.number,
        steps={lang: list(lines) for lang, lines in found.steps.items()}, organisation=list(found.organisation),
        contacts=list(found.contacts), materials=[each.words for each in store.materials(session, found.id)],
    )  # fmt: skip
    routes = [
        Message(text("emergencies.route", title=dict(found.title)), media=(Media("photo", ref, "route.jpg"),))
        for ref in found.routes[:MOST_ROUTES]
    ]
    return (*routes, Message(said))


def keeping(session: Session, found: Plan, now: datetime) -> Message:
    """A plan before whoever looks after it: what is in it, how it stands, and keys to change it."""
    owner, unit = people.person(session, found.owner, now), people.unit(session, found.unit)
    today = people.today_of(owner, now) if owner else now.date()
    said = text(
        "emergencies.keeping", title=dict(found.title), unit=unit.label if unit else "", owner=owner.name if owner else "",
        organisation=list(found.organisation), contacts=list(found.contacts), routes=len(found.routes),
        materials=_materials(session, found.id, today), reviewed_at=found.reviewed_at.isoformat(), red=rules.red(found, now),
    )  # fmt: skip
    parts = ("organisation", "contacts", "materials", "routes")
    keys = [button("emergencies.b_part", f"ep:part:{found.id}:{part}", part=part) for part in parts]
    return Message(
        said,
        (
            *rows(*keys),
            (button("emergencies.b_reviewed", f"ep:ok:{found.id}:{found.version}"),),
            (button("emergencies.b_mine", f"ep:mine:{found.id}"), button("emergencies.b_plans", "ep:list")),
        ),
    )


def _materials(session: Session, plan: int, today: date) -> list[dict[str, Any]]:
    return [
        {"words": m.words, "on": m.expires_on.isoformat() if m.expires_on else None, "due": rules.due(m, today)}
        for m in store.materials(session, plan)
    ]


def plans(session: Session, viewer: Viewer, now: datetime) -> Message:
    """The plans of the units that somebody keeps, the red ones marked, and a key for a new one."""
    units = store.units_kept(session, viewer)
    found = store.plans_under(session, [unit.path for unit in units])
    named = {unit.id: unit.label for unit in units}
    found.sort(key=lambda each: (not rules.red(each, now), each.path, each.id))
    keys = [
        button("emergencies.b_keep", f"ep:open:{each.id}", title=dict(each.title), unit=named.get(each.unit, ""),
               red=rules.red(each, now))
        for each in found[:20]
    ]  # fmt: skip
    said = text("emergencies.plans", count=len(found), red=sum(rules.red(each, now) for each in found))
    return Message(said, (*rows(*keys, each=1), (button("emergencies.b_new", "ep:new:0"),)))
