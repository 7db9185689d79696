"""The plan of a site: a picture that somebody uploads, the spots of its places on it, and the open dangers at each.

No map comes from elsewhere. Where a place is, a safety officer says by pointing at the picture: an image button sends the spot,
so that it works without a script; the two numbers beside it do the same for whoever does not point.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.db.once import insert_once
from bot.hazards import listing, store
from bot.hazards.facts import PLAN_DRAWN
from bot.hazards.tables import SitePlanRow, SiteSpotRow
from bot.kit.errors import Refused
from bot.kit.replies import Media
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import cleaning, pictures
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Role, Unit, UnitKind, Viewer
from bot.people.tables import PlaceRow, UnitRow

WIDE = 1000
"""A plan is so many units wide; its height follows from the picture."""


def sites(session: Session, viewer: Viewer, now: datetime) -> list[Unit]:
    """The sites of which somebody leads a part."""
    mine = store.answers_for(session, viewer.person, now)
    found = [unit for unit in people.units(session) if unit.kind is UnitKind.SITE]
    return [unit for unit in found if any(unit.path.startswith(path) or path.startswith(unit.path) for path in mine)]


def plans(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The sites, each with its plan or without one yet."""
    found = sites(session, viewer, now)
    drawn = set(
        session.scalars(select(SitePlanRow.unit_id).where(SitePlanRow.unit_id.in_([unit.id for unit in found])))
    )
    return {
        "sites": [
            {"id": unit.id, "name": unit.label, "drawn": unit.id in drawn, "changes": viewer.holds(Role.SAFETY_OFFICER, unit.path)}
            for unit in found
        ]
    }  # fmt: skip


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A site's plan with the open dangers on it, and the same as a list. None: another's site."""
    site = next((unit for unit in sites(session, viewer, now) if unit.id == int(query["id"])), None)
    if site is None:
        return None
    plan, places = _plan(session, site.id), _places(session, site)
    mine = store.answers_for(session, viewer.person, now)
    open_at = listing.at_places(session, [place.id for place, _ in places], mine, viewer.person)
    tall = _tall(plan)
    shown = [
        {
            "id": place.id, "name": place.label, "n": open_at.get(place.id, (0, 0))[0], "worst": open_at.get(place.id, (0, 0))[1],
            "x": round(spot.x) if spot else 0, "y": round(spot.y * tall / WIDE) if spot else 0, "on": spot is not None,
        }
        for place, spot in places
    ]  # fmt: skip
    shown.sort(key=lambda each: (-each["worst"], -each["n"]))
    return {
        "title": site.label, "id": site.id, "drawn": plan is not None, "wide": WIDE, "tall": tall, "places": shown,
        "mark": plan.at.isoformat() if plan else "", "changes": viewer.holds(Role.SAFETY_OFFICER, site.path),
        "sites": [{"id": unit.id, "name": unit.label} for unit in sites(session, viewer, now)],
    }  # fmt: skip


def change(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The form: another picture, and where a place is. None: to others than those who look after safety there."""
    site = people.unit(session, int(query["id"]))
    if site is None or site.kind is not UnitKind.SITE or not viewer.holds(Role.SAFETY_OFFICER, site.path):
        return None
    plan, places = _plan(session, site.id), _places(session, site)
    chosen = str(query.get("place", ""))
    first = next((place.id for place, spot in places if spot is None), places[0][0].id if places else 0)
    at = next((place for place, _ in places if str(place.id) == chosen), None)
    return {
        "title": site.label, "id": site.id, "drawn": plan is not None, "mark": plan.at.isoformat() if plan else "",
        "place": at.id if at else first, "done": query.get("did") == "spot",
        "places": [
            {"id": place.id, "name": place.label, "on": spot is not None, "x": round(spot.x / 10) if spot else 50,
             "y": round(spot.y / 10) if spot else 50}
            for place, spot in places
        ],
    }  # fmt: skip


def picture(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """The picture itself, for whoever sees the plan."""
    if int(query["id"]) not in {unit.id for unit in sites(session, viewer, now)}:
        return None
    plan = _plan(session, int(query["id"]))
    return Media("photo", plan.media) if plan is not None else None


class Changed:
    """What the form sends: a picture, or the spot of a place. Refused: to others than those who look after safety there."""

    def prepare(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Makes a picture of our own of what was sent, before any transaction."""
        data = form.get("picture")
        if not isinstance(data, bytes) or not data:
            return {**form, "picture": None}
        try:
            made = cleaning.clean(data)[0]
        except pictures.BadPicture:
            raise Refused("hazards.t_no_picture") from None
        with Image.open(BytesIO(made)) as image:
            size = image.size
        return {**form, "picture": media.put(made, "plan.jpg"), "size": size}

    def __call__(self, session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
        """Does it; answers where to go on."""
        site = people.unit(session, int(form["id"]))
        if site is None or site.kind is not UnitKind.SITE or not viewer.holds(Role.SAFETY_OFFICER, site.path):
            raise Refused("hazards.t_not_yours")
        if form.get("picture"):
            draw(session, site, str(form["picture"]), form["size"], viewer.person, now)
            return f"/desk/plan/{site.id}/change"
        place = _number(form.get("place"))
        if form.get("act") == "off":
            session.execute(delete(SiteSpotRow).where(SiteSpotRow.place_id == place, SiteSpotRow.unit_id == site.id))
            return f"/desk/plan/{site.id}/change?place={place}"
        put(session, site, place, *_spot(session, site, form), viewer.person, now)
        return f"/desk/plan/{site.id}/change?did=spot"


def draw(session: Session, site: Unit, ref: str, size: tuple[int, int], by: int, now: datetime) -> None:
    """Another picture is the plan from now on; the spots stay where they are on it."""
    values = {"unit_id": site.id, "media": ref, "wide": size[0], "tall": size[1], "by_id": by, "at": now}
    if insert_once(session, SitePlanRow, values, "unit_id") is None:
        row = session.scalars(select(SitePlanRow).where(SitePlanRow.unit_id == site.id).with_for_update()).one()
        row.media, row.wide, row.tall, row.by_id, row.at = ref, size[0], size[1], by, now
    record(session, Fact(PLAN_DRAWN, f"site-plan:{site.id}:{now.isoformat()}", now, by, body={"unit": site.id}), now)


def put(session: Session, site: Unit, place: int, x: float, y: float, by: int, now: datetime) -> None:
    """A place of the site is there on the plan: thousandths of its width and of its height. Refused: a place elsewhere."""
    here = session.get(PlaceRow, place)
    unit = people.unit(session, here.unit_id) if here is not None else None
    if unit is None or not unit.path.startswith(site.path) or not (0 <= x <= WIDE and 0 <= y <= WIDE):
        raise Refused("hazards.t_again")
    values = {"place_id": place, "unit_id": site.id, "x": x, "y": y, "by_id": by, "at": now}
    if insert_once(session, SiteSpotRow, values, "place_id") is None:
        row = session.scalars(select(SiteSpotRow).where(SiteSpotRow.place_id == place).with_for_update()).one()
        row.unit_id, row.x, row.y, row.by_id, row.at = site.id, x, y, by, now


def _spot(session: Session, site: Unit, form: Mapping[str, Any]) -> tuple[float, float]:
    """Where somebody pointed (in points of the picture as it was shown, `shown` wide), or the two numbers (percent).

    Enter, with no pointer, presses the picture at its corner 0, 0: there the numbers count.
    """
    plan = _plan(session, site.id)
    if plan is None:
        raise Refused("hazards.t_no_plan")
    if max(_number(form.get("at.x")), _number(form.get("at.y"))) > 0:
        shown = max(_number(form.get("shown")), 1)
        high = max(1, round(shown * plan.tall / plan.wide))
        return _number(form.get("at.x")) * WIDE / shown, _number(form.get("at.y")) * WIDE / high
    return _number(form.get("x")) * 10.0, _number(form.get("y")) * 10.0


def _plan(session: Session, site: int) -> SitePlanRow | None:
    return session.scalars(select(SitePlanRow).where(SitePlanRow.unit_id == site)).one_or_none()


def _tall(plan: SitePlanRow | None) -> int:
    return round(WIDE * plan.tall / plan.wide) if plan is not None else 0


def _places(session: Session, site: Unit) -> list[tuple[Any, SiteSpotRow | None]]:
    """The places of a site, each with its spot where it has one."""
    query = (
        select(PlaceRow, SiteSpotRow)
        .join(UnitRow, UnitRow.id == PlaceRow.unit_id)
        .outerjoin(SiteSpotRow, SiteSpotRow.place_id == PlaceRow.id)
        .where(UnitRow.path.startswith(site.path), PlaceRow.closed_at.is_(None))
        .order_by(PlaceRow.name)
    )
    return [(people.as_place(place), spot) for place, spot in session.execute(query)]


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
