"""Participation today, by unit: who was offered something, who took part, who has not begun.

Two rights: whoever leads a unit sees its figures and its people by name; human resources see figures alone, and none of
so few people that they would tell what one of them did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment import rules, store
from bot.assessment.model import Tally
from bot.kit.room import Page
from bot.learning.induction import showing
from bot.learning.induction import store as induction
from bot.people import agreement
from bot.people import store as people
from bot.people.company import post_labels
from bot.people.model import Role, Unit, Viewer

MOST_PEOPLE = 300
TODAY = agreement.FIGURE + "today"
COUNTS = Role.HR
"""The least role that sees figures without names."""


def participation(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The units that somebody may see, or the parts of the one they do."""
    look = Look(session, viewer, now)
    shown = rules.rows_under(look.units, look.tops)
    rows = [look.row(unit) for unit in shown]
    if len(look.tops) == 1 and shown and shown[0].path != look.tops[0]:
        rows += look.own(look.at[look.tops[0]])
    first = [look.at[path] for path in look.tops if path in look.at]
    whole = sum((look.sums[unit.id] for unit in first), Tally())
    veiled = bool(first) and all(unit.id in look.veiled for unit in first)
    return {"rows": rows, "whole": whole, "veiled": veiled, "alone": len(rows) == 1, "names": look.names_anywhere}


def unit(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One unit: its parts, and for whoever leads it its own people by what they did today; None for all others."""
    here = people.unit(session, int(query["id"]))
    if here is None or not sees(viewer, here.path):
        return None
    look = Look(session, viewer, now, here.path)
    named = viewer.holds(Role.SUPERVISOR, here.path) and agreement.holds(session, TODAY, here.path)
    parts = [look.row(part) for part in look.units if part.parent == here.id]
    above = people.unit(session, here.parent) if here.parent else None
    up = above if above and sees(viewer, above.path) else None
    return {
        "title": here.label,
        "whole": look.sums.get(here.id, Tally()),
        "veiled": here.id in look.veiled,
        "rows": parts + (look.own(here) if parts else []),
        "people": _people(session, here, now) if named else [],
        "names": named,
        "up": up.id if up else None,
        "up_name": up.label if up else "",
    }


def sees(viewer: Viewer, path: str) -> bool:
    """Whether somebody may see a unit's figures."""
    return viewer.holds(Role.SUPERVISOR, path) or viewer.holds(COUNTS, path)


class Look:
    """All that somebody may see of today: the units, their figures, and which of these are kept from them."""

    def __init__(self, session: Session, viewer: Viewer, now: datetime, here: str = "") -> None:
        """`here`: the path of the unit whose parts are shown, instead of those of the widest ones."""
        led = viewer.paths(Role.SUPERVISOR)
        self.names_anywhere = bool(led)
        self.tops = rules.tops((*led, *viewer.paths(COUNTS)))
        found = store.places(session, self.tops)
        part = rules.opened([place for place in found if not place.closed], self.tops, here)
        self.units = store.named(session, part.kept)
        self.at = {unit.path: unit for unit in self.units}
        self.tallies = store.tallies(session, found, now)
        gathered = part.gathered(self.tallies)
        self.sums = rules.sums(self.units, gathered)
        agreed = agreement.terms(
            session, TODAY
        )  # where no names are shown, few people's figures would tell them as well
        named = [
            u for u in self.units
            if viewer.holds(Role.SUPERVISOR, u.path) and agreement.is_on(agreed, TODAY, u.path)
        ]  # fmt: skip
        open_ = {sign * u.id for u in named for sign in (1, -1)}
        self.veiled = rules.veiled(self.units, gathered, self.tops) - open_

    def row(self, one: Unit) -> dict[str, Any]:
        """A unit with all that is below it."""
        return self._row(one, self.sums[one.id], one.id)

    def own(self, one: Unit) -> list[dict[str, Any]]:
        """The people of a unit who belong to none of its parts, so that the rows come to the sum below them."""
        own = self.tallies.get(one.id, Tally())
        return [self._row(one, own, -one.id)] if own.people or own.offered else []

    def _row(self, one: Unit, tally: Tally, key: int) -> dict[str, Any]:
        return {"id": one.id, "name": one.label, "tally": tally, "own": key < 0, "veiled": key in self.veiled}


def _people(session: Session, here: Unit, now: datetime) -> list[dict[str, Any]]:
    """Who works in this very unit, those who have not begun first. What they answered is nobody's business."""
    marks, own = store.marks_of(session, here.id, here.zone, now), store.own_people(session, here.id, now)
    posts, rows = post_labels(session, (who.post for who in own)), []
    away = people.deputies(session, [who.id for who in own], now)
    cleared = induction.clearances(session, [who.id for who in own], now)
    for who in own:
        kinds, gate = marks.get(who.id, frozenset()), cleared[who.id]
        did = rules.did(kinds, who.id in away)
        row: dict[str, Any] = {"name": who.name, "post": posts[who.post], "did": did}
        rows.append(row | {"standing": gate.standing.value, "gate": showing.line(gate)})
    rows.sort(key=lambda row: (rules.DID.index(row["did"]), row["name"]))
    return rows[:MOST_PEOPLE]


PAGES = (
    Page("/desk", participation, "participation", "title_participation", also=(COUNTS,)),
    Page("/desk/units/{id:int}", unit, "unit", "title_unit", nav=False, also=(COUNTS,)),
)
