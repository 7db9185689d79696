"""`/emergency`, the plans behind it, and keeping them. Routes only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import downloads, drafts
from bot.emergencies import actions, showing, store
from bot.emergencies.content import shipped
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Event, Pressed, Said, Sent
from bot.kit.replies import Message, Reply, button, here_ref, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer

DRAFT = "ep.part"
MOST_UNITS = 8


def who_asks(session: Session, event: Event, now: datetime) -> Person:
    """Whoever it is. Refused to people who have left."""
    who = people.person(session, event.person, now) if event.person is not None else None
    if who is None or who.left_on is not None:
        raise Refused("emergencies.t_gone")
    return who


def on_emergency(session: Session, event: Event, now: datetime) -> Reply:
    """The number, where people gather, and the plans of one's own place. Reads only."""
    message = showing.card(session, who_asks(session, event, now).path)
    return Reply(edit=message) if isinstance(event, Pressed) else Reply((message,))


def on_plan(session: Session, event: Pressed, now: datetime) -> Reply:
    """`em:plan:number`, `em:here:place`. Reads only."""
    who = who_asks(session, event, now)
    if event.word(0) == "here":
        place = people.place(session, event.number(1))
        unit = people.unit(session, place.unit) if place else None
        if place is None or unit is None:
            raise Refused("emergencies.t_gone")
        card = showing.card(session, unit.path, place.label)
        return Reply((replace(card, ref=here_ref(who.id)),))
    found = store.plan(session, event.number(1))
    if found is None:
        raise Refused("emergencies.t_gone")
    return Reply(showing.plan(session, found))


def on_plans(session: Session, event: Said, now: datetime) -> Reply:
    """`/emergencyplans`: what somebody keeps."""
    return Reply((showing.plans(session, _keeper(session, event, now), now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`ep:what:number`."""
    viewer, act, id = _keeper(session, event, now), event.word(0), event.number(1)
    if act == "list":
        return Reply(edit=showing.plans(session, viewer, now))
    if act == "new":
        return _which_unit(session, viewer, max(id, 0))
    if act == "unit":
        return _which_kind(session, viewer, id)
    if act == "make":
        return Reply(edit=showing.keeping(session, actions.make(session, viewer.person, id, event.word(2), now), now))
    if act == "part":
        return _ask_part(session, viewer, id, event.word(2), now)
    if act == "mine":
        actions.take_over(session, viewer.person, id, now)
    elif act == "ok":
        actions.review(session, viewer.person, id, event.number(2), now)
    elif act != "open":
        return None
    found = store.plan(session, id)
    if found is None or not store.may_keep(viewer, found.path):
        raise Refused("emergencies.t_only_keepers")
    message = showing.keeping(session, found, now)
    return Reply((message,)) if act == "open" else Reply(edit=message, toast=text("emergencies.t_noted"))


def _which_unit(session: Session, viewer: Viewer, page: int) -> Reply:
    units = store.units_kept(session, viewer)
    some = units[page * MOST_UNITS : (page + 1) * MOST_UNITS]
    keys = [button("emergencies.b_unit", f"ep:unit:{unit.id}", unit=unit.label) for unit in some]
    if units[(page + 1) * MOST_UNITS :]:
        keys.append(button("emergencies.b_more", f"ep:new:{page + 1}"))
    return Reply(edit=Message(text("emergencies.ask_unit"), rows(*keys, each=1)))


def _which_kind(session: Session, viewer: Viewer, unit: int) -> Reply:
    here = people.unit(session, unit)
    if here is None or not store.may_keep(viewer, here.path):
        raise Refused("emergencies.t_only_keepers")
    there = {plan.kind for plan in store.plans_under(session, [here.path]) if plan.unit == unit}
    keys = [
        button("emergencies.b_plan", f"ep:make:{unit}:{kind}", title=dict(known.title))
        for kind, known in shipped().items()
        if kind not in there
    ]
    return Reply(edit=Message(text("emergencies.ask_kind", unit=here.label), rows(*keys)))


def _ask_part(session: Session, viewer: Viewer, id: int, part: str, now: datetime) -> Reply:
    found = store.plan(session, id)
    if found is None or part not in ("organisation", "contacts", "materials", "routes"):
        raise Refused("emergencies.t_gone")
    drafts.begin(session, viewer.person, DRAFT, part, {"plan": id}, now)
    return Reply((Message(text("emergencies.ask_part", part=part)),))


def on_part(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The lines or the picture that were asked for; all else is passed on."""
    draft = drafts.current(session, event.person, DRAFT) if event.person is not None and event.private else None
    if draft is None or event.person is None:
        return None
    id = int(draft.data["plan"])
    if isinstance(event, Sent) and event.file.kind == "photo" and draft.step == "routes":
        found = actions.add_route(session, event.person, id, f"file:{event.file.file_id}", now)
        downloads.want(
            session, event.file.file_id, actions.ROUTE_KEPT, {"plan": id, "ref": f"file:{event.file.file_id}"}, now
        )
    elif isinstance(event, Said) and draft.step != "routes":
        found = actions.put_lines(session, event.person, id, draft.step, event.text, now)
    else:
        return None
    drafts.close(session, draft)
    return Reply((showing.keeping(session, found, now),))


def _keeper(session: Session, event: Event, now: datetime) -> Viewer:
    who = who_asks(session, event, now)
    viewer = people.viewer(session, who.id, now)
    if viewer is None or not store.units_kept(session, viewer):
        raise Refused("emergencies.t_only_keepers")
    return viewer


ROUTES = (
    Route(on_emergency, command="emergency", menu="emergencies.menu", urgent=True),
    Route(on_emergency, verb="ob.emergency", urgent=True),
    Route(on_plan, verb="em", urgent=True),
    Route(
        on_plans, command="emergencyplans", menu="emergencies.menu_plans", roles=("safety_officer", "manager", "admin")
    ),
    Route(on_press, verb="ep"),
    Route(on_part, draft=DRAFT),
)
