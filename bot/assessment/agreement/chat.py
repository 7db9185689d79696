"""`/agreement`: what was agreed, for everybody; changing it, for those who speak for a side. Routes only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.assessment.agreement import actions, rules, store
from bot.assessment.agreement.model import DRAFT, FIGURES, ITEMS, ROOMS, Clause, State
from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people import store as people
from bot.people.agreement import WORKTIME
from bot.people.model import Person

WITHIN = timedelta(hours=2)
SHOWN = 12


def on_agreement(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/agreement`."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((overview(session, who, now),))


def overview(session: Session, who: Person, now: datetime) -> Message:
    """What holds where somebody works, by whose word, and what was before."""
    held = store.switches(session, who.path)
    told = [each for each in store.history(session, who.path, SHOWN) if who.path.startswith(each.path)]
    unit = people.unit(session, who.unit)
    said = text(
        "assessment.agreement.overview", unit=unit.label if unit else "",
        figures=[{"what": _item(item), "on": held[item]} for item in FIGURES], worktime=held[WORKTIME],
        rooms=[_item(item) for item in ROOMS if not held[item]],
        lines=[actions.line(session, each, now) for each in told],
    )  # fmt: skip
    keys = []
    if store.paths(people.viewer(session, who.id, now)):
        keys.append(button("assessment.agreement.b_change", "wa:change"))
    waits = store.waiting_for(session, who.id, now)[:3]
    keys += [button("assessment.agreement.b_answer", f"wa:open:{each.id}", what=_item(each.item)) for each in waits]
    return Message(said, rows(*keys, each=1))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`wa:what:...`."""
    who, act = speaking.person(session, event, now), event.word(0)
    if who is None:
        return None
    if act == "all":
        return Reply((overview(session, who, now),))
    if act == "change":
        return Reply((_units(session, who, now),))
    if act in ("unit", "rooms"):
        return Reply((_items(session, who, event.number(1), act == "rooms", now),))
    if act == "item":
        return Reply((_begin(session, who, event.number(1), event.word(2), now),))
    if act == "open":
        return Reply((card(session, who, event.number(1), now),))
    if act in ("yes", "no"):
        found = actions.answer(session, who.id, event.number(1), act == "yes", now)
        return Reply(
            edit=Message(text("assessment.agreement.card", line=actions.line(session, found, now), mine=False))
        )
    return None


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The purpose, in their own words."""
    who = speaking.person(session, event, now)
    if who is None or not isinstance(event, Said) or not event.private:
        return None
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or now - draft.created_at > WITHIN:
        return None
    purpose = rules.purpose_of(event.text)
    if purpose is None:
        return Reply((Message(text("assessment.agreement.too_short")),))
    drafts.close(session, draft)
    data = draft.data
    found = actions.ask(session, who.id, data["unit"], data["item"], data["on"], purpose, now)
    return Reply((_after(session, found, now),))


def card(session: Session, who: Person, id: int, now: datetime) -> Message:
    """A proposal, with the buttons of whoever may answer it."""
    found = store.clause(session, id)
    side = store.side(people.viewer(session, who.id, now), found.path) if found else None
    if found is None or side is None or not side.any:
        raise Refused("assessment.agreement.not_yours")
    waits = found.state is State.ASKED and rules.is_open(found, now)
    keys = []
    if waits and found.asked_by != who.id:
        keys = [
            button("assessment.agreement.b_yes", f"wa:yes:{id}"),
            button("assessment.agreement.b_no", f"wa:no:{id}"),
        ]
    elif waits:
        keys = [button("assessment.agreement.b_withdraw", f"wa:no:{id}")]
    said = text("assessment.agreement.card", line=actions.line(session, found, now), mine=found.asked_by == who.id)
    return Message(said, rows(*keys))


def _after(session: Session, found: Clause, now: datetime) -> Message:
    key = "assessment.agreement.asked" if found.state is State.ASKED else "assessment.agreement.done"
    return Message(text(key, line=actions.line(session, found, now)))


def _units(session: Session, who: Person, now: datetime) -> Message:
    found = store.units(session, people.viewer(session, who.id, now))
    if not found:
        raise Refused("assessment.agreement.not_yours")
    keys = [button("assessment.agreement.b_unit", f"wa:unit:{each.id}", unit=each.label) for each in found]
    return Message(text("assessment.agreement.which_unit"), rows(*keys, each=1))


def _items(session: Session, who: Person, unit: int, of_rooms: bool, now: datetime) -> Message:
    there = _mine(session, who, unit, now)
    held = store.switches(session, there)
    items = ROOMS if of_rooms else (*FIGURES, WORKTIME)
    keys = [
        button("assessment.agreement.b_item", f"wa:item:{unit}:{item}", what=_item(item), on=held[item])
        for item in items
    ]
    if not of_rooms:
        keys.append(button("assessment.agreement.b_rooms", f"wa:rooms:{unit}"))
    return Message(text("assessment.agreement.which_item"), rows(*keys, each=1))


def _begin(session: Session, who: Person, unit: int, item: str, now: datetime) -> Message:
    there = _mine(session, who, unit, now)
    if item not in ITEMS:
        raise Refused("assessment.agreement.not_yours")
    on = not store.switches(session, there)[item]
    drafts.begin(session, who.id, DRAFT, "purpose", {"unit": unit, "item": item, "on": on}, now)
    found = people.unit(session, unit)
    return Message(
        text(
            "assessment.agreement.why", what=_item(item), on=on, unit=found.label if found else "",
            alone=rules.protects(item, on), council=store.has_council(session, there, now),
        )
    )  # fmt: skip


def _mine(session: Session, who: Person, unit: int, now: datetime) -> str:
    """The path of a unit for which somebody can speak. Refused otherwise."""
    there = people.unit(session, unit)
    if there is None or not store.side(people.viewer(session, who.id, now), there.path).any:
        raise Refused("assessment.agreement.not_yours")
    return there.path


def _item(item: str) -> Text:
    return text("assessment.agreement.item", item=item)


ROUTES = (
    Route(on_agreement, command="agreement", menu="assessment.agreement.menu"),
    Route(on_press, verb="wa"),
    Route(on_typed, draft=DRAFT),
)
