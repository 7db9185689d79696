"""`/goals` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.duties.goals import actions, setting, showing, store
from bot.duties.goals.model import DRAFT
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people


def on_goals(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/goals`: the goals that one leads or is accountable for, with the week's figures."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((showing.overview(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dg:what:number`."""
    who, act, id = speaking.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "all":
        return Reply((showing.overview(session, who, now),))
    if act == "new":
        return Reply((setting.begin(session, who, now),))
    found = store.goal(session, id)
    if found is None or not showing.may_see(session, who, found, now):
        raise Refused("duties.goals.not_yours")
    if act == "open":
        return Reply((showing.card(session, who, found, now),))
    if act == "one":
        again = actions.step(session, who.id, id, 1, f"{id}:{event.update_id}", now)
        return Reply(edit=showing.card(session, who, again, now), toast=text("duties.goals.t_noted"))
    if act == "some":
        return Reply((setting.begin_amount(session, who, id, now),))
    if act == "hand":
        return Reply((setting.begin_handover(session, who, found, now),))
    if act == "drop":
        actions.drop(session, who.id, id, now)
        return Reply(edit=Message(text("duties.goals.dropped", words=found.words)))
    return None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dgd:step:value`: a button of a conversation."""
    who = speaking.person(session, event, now)
    if who is None or event.word(0) not in ("unit", "parent", "due", "owner", "heir"):
        return None
    return Reply((setting.chosen(session, who, event.word(0), event.number(1), now),), drop_buttons=True)


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed while a goal is set, noted or handed over."""
    who = speaking.person(session, event, now)
    if who is None or not isinstance(event, Said) or not event.private:
        return None
    found = setting.typed(session, who, event.text.strip(), event.update_id, now)
    return Reply((found,)) if found is not None else None


def on_handover(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dgh:yes:number`: a side of a handover says yes or no."""
    who = speaking.person(session, event, now)
    if who is None or event.word(0) not in ("yes", "no", "open"):
        return None
    row = store.handover(session, event.number(1))
    if row is None or who.id not in (row.from_id, row.to_id):
        raise Refused("duties.not_yours")
    if event.word(0) == "open":
        return Reply((Message(*actions.handover_card(session, row.id, now)),))
    state = actions.answer_handover(session, who.id, row.id, event.word(0) == "yes", now)
    found, heir = store.goal(session, row.goal_id), people.person(session, row.to_id, now)
    said = text(
        "duties.goals.handed",
        words=found.words if found else "",
        state=state,
        to_name=heir.name if heir else "",
        by=who.name,
    )
    return Reply(edit=Message(said))


ROUTES = (
    Route(on_goals, command="goals", menu="duties.goals.menu"),
    Route(on_press, verb="dg"),
    Route(on_choice, verb="dgd"),
    Route(on_handover, verb="dgh"),
    Route(on_typed, draft=DRAFT),
)
