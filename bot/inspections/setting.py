"""Planning a checklist by taps: where, who, on which days, at which hour, within how many hours. One question a screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.inspections import actions, rules, store
from bot.inspections.actions import Plan
from bot.kit.errors import Refused
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Role

DRAFT = "in.plan"
DAYS = ("12345", "1234567", "1", "2", "3", "4", "5", "6", "7")
HOURS = (5, 6, 7, 8, 9, 10, 12, 13, 14, 16, 18, 22)
WITHIN = (1, 2, 4, 8)
MOST_PLACES, MOST_POSTS = 10, 6
SPOTS = (0, 1, 2, 3, 5)


def begin(session: Session, who: Person, checklist: int, spot: bool, now: datetime) -> Message:
    """Where? Refused: to whoever leads nothing, and a draft that nobody stands for."""
    if not store.led(session, who.id, now):
        raise Refused("inspections.only_leaders")
    if checklist not in store.adoptions(session, who.path, checklist):
        raise Refused("inspections.not_adopted")
    data = {"checklist": checklist, "spot": spot, "key": f"plan:{checklist}:{who.id}:{now.isoformat()}"}
    return screen(session, drafts.begin(session, who.id, DRAFT, "where", data, now), who, now)


def pressed(session: Session, who: Person, act: str, draft_id: int, value: int, now: datetime) -> Reply:
    """A tap on a question: the next one, or what came of it. Refused where the draft is another by now."""
    draft = drafts.current(session, who.id, DRAFT)
    if (
        draft is None
        or draft.id != draft_id
        or act not in ("cancel", draft.step, "unit" if draft.step == "where" else "")
    ):
        raise Refused("inspections.changed_meanwhile")
    if act == "cancel":
        drafts.close(session, draft)
        return Reply(edit=Message(text("inspections.cancelled")))
    data = dict(draft.data)
    if act in ("where", "unit"):
        place = people.place(session, value) if act == "where" else None
        unit = people.unit(session, place.unit if place else value)
        if unit is None or not store.leads(session, who.id, unit.path, now):
            raise Refused("inspections.not_yours")
        data |= {"unit": unit.id, "place": place.id if place else None}
        return _ask(session, draft, who, "spots" if data["spot"] else "who", data, now)
    if act == "who":
        posts = _posts(session, data["unit"], now)
        if not 0 <= value <= len(posts):
            raise Refused("inspections.changed_meanwhile")
        return _ask(session, draft, who, "days", data | {"post": posts[value - 1] if value else None}, now)
    if act == "days" and 0 <= value < len(DAYS):
        return _ask(session, draft, who, "hour", data | {"days": DAYS[value]}, now)
    if act == "hour" and value in HOURS:
        return _ask(session, draft, who, "within", data | {"hour": value}, now)
    if act == "within" and value in WITHIN:
        return _plan(session, draft, who, data, value, now)
    if act == "spots" and 0 <= value <= rules.MOST_PER_WEEK:
        return _spot(session, draft, who, data, value, now)
    raise Refused("inspections.changed_meanwhile")


def _plan(session: Session, draft: Draft, who: Person, data: Mapping[str, Any], within: int, now: datetime) -> Reply:
    if not drafts.close(session, draft):
        raise Refused("inspections.changed_meanwhile")
    what = Plan(
        data["checklist"],
        data["unit"],
        data["place"],
        data["post"],
        data["days"],
        data["hour"] * 60,
        timedelta(hours=within),
    )
    actions.plan(session, who.id, what, data["key"], now)
    said = text("inspections.planned", **plan_line(session, what))
    return Reply(edit=Message(said))


def plan_line(session: Session, what: Plan) -> dict[str, Any]:
    """A plan, for a text."""
    return {
        "place": store.where(session, what.unit, what.place), "days": what.days, "hour": what.minute // 60,
        "minute": what.minute % 60, "within": int(what.within / timedelta(hours=1)),
        "post": post_label(session, what.post) if what.post else "",
    }  # fmt: skip


def _spot(session: Session, draft: Draft, who: Person, data: Mapping[str, Any], count: int, now: datetime) -> Reply:
    if not drafts.close(session, draft):
        raise Refused("inspections.changed_meanwhile")
    actions.set_spot(session, who.id, data["checklist"], data["unit"], count, now)
    here = store.where(session, data["unit"], None)
    return Reply(edit=Message(text("inspections.spot_set", count=count, unit=here)))


def _ask(session: Session, draft: Draft, who: Person, step: str, data: Mapping[str, Any], now: datetime) -> Reply:
    on = drafts.advance(session, draft, step, data, now)
    if on is None:
        raise Refused("inspections.changed_meanwhile")
    return Reply(edit=screen(session, on, who, now))


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The question of a draft's present step."""
    cancel = button("inspections.b_cancel", f"inp:cancel:{draft.id}:0")

    def key(value: int, act: str = draft.step) -> str:
        return f"inp:{act}:{draft.id}:{value}"

    keys: list[Button] = []
    if draft.step == "where":
        keys = _where(session, draft, who, now)
    elif draft.step == "who":
        keys = [button("inspections.b_leader", key(0))]
        for at, post in enumerate(_posts(session, draft.data["unit"], now), 1):
            keys.append(button("inspections.b_words", key(at), words=post_label(session, post)))
    elif draft.step == "days":
        keys = [button("inspections.b_days", key(at), days=days) for at, days in enumerate(DAYS)]
    elif draft.step == "hour":
        keys = [button("inspections.b_hour", key(hour), hour=hour) for hour in HOURS]
    elif draft.step == "within":
        keys = [button("inspections.b_within", key(hours), hours=hours) for hours in WITHIN]
    else:
        keys = [button("inspections.b_spots", key(count), count=count) for count in SPOTS]
    each = 3 if draft.step == "hour" else 1 if draft.step in ("where", "who") else 2
    return Message(text("inspections.ask_plan", step=draft.step), (*rows(*keys, each=each), (cancel,)))


def _where(session: Session, draft: Draft, who: Person, now: datetime) -> list[Button]:
    """The units that somebody leads, and (for a plan) their places, one's own first."""
    viewer = people.viewer(session, who.id, now)
    if viewer is None:
        return []
    units = [unit for unit in people.units(session) if viewer.holds(Role.SUPERVISOR, unit.path)]
    units.sort(key=lambda unit: (not who.path.startswith(unit.path), -unit.path.count("/"), unit.path))
    keys = [button("inspections.b_unit", f"inp:unit:{draft.id}:{u.id}", words=u.label) for u in units[:MOST_PLACES]]
    if draft.data["spot"]:
        return keys
    ids = {unit.id for unit in units}
    near = [place for place in people.places_near(session, who.path, 60) if place.unit in ids][:MOST_PLACES]
    return [*(button("inspections.b_words", f"inp:where:{draft.id}:{p.id}", words=p.label) for p in near), *keys]


def _posts(session: Session, unit: int, now: datetime) -> list[str]:
    """The posts that people of a unit have."""
    here = people.unit(session, unit)
    found = {each.post for each in people.everyone(session, now, (here.path,))} if here else set()
    return sorted(found)[:MOST_POSTS]
