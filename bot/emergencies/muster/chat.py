"""`/muster`, its answers and the board. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.emergencies.chat import who_asks
from bot.emergencies.muster import actions, answering, showing, store
from bot.emergencies.muster.model import Muster
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Event, Pressed, Said
from bot.kit.replies import Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Role, Viewer

DRAFT = "mu.words"
MOST_UNITS = 8
MOST_WORDS = 1500


def on_muster(session: Session, event: Said, now: datetime) -> Reply:
    """`/muster`: one's own answer where one runs; boards and a new one for whoever leads."""
    who = who_asks(session, event, now)
    viewer = people.viewer(session, who.id, now)
    mine = store.concerning(session, who.path)
    messages = [
        showing.call(session, each, people.unit(session, each.unit), leads=False, path=who.path) for each in mine
    ]
    led = viewer.paths(Role.SUPERVISOR) if viewer is not None else ()
    if viewer is None or not led:
        return Reply(tuple(messages) or (Message(text("emergencies.muster.nothing_runs")),))
    # also of what lies above: a team's leader calls the roll of their people while the whole company is counted
    above = [each for each in mine if store.leads_in(viewer, each)]
    boards = {each.id: each for each in (*store.under(session, led), *above) if each.open}.values()
    keys = [
        button("emergencies.muster.b_board_of", f"mu:board:{each.id}", unit=_label(session, each)) for each in boards
    ]
    keys += [
        button("emergencies.muster.b_start_drill", "mu:where:d:0"), button("emergencies.muster.b_start_real", "mu:where:r:0")
    ]  # fmt: skip
    return Reply((*messages, Message(text("emergencies.muster.start"), rows(*keys, each=1))))


def _label(session: Session, found: Muster) -> object:
    unit = people.unit(session, found.unit)
    return unit.label if unit else ""


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`mu:what:…`."""
    viewer, act = _viewer(session, event, now), event.word(0)
    if act == "where":
        return _where(session, viewer, event.word(1), max(event.number(2), 0))
    if act == "whom":
        return _whom(session, viewer, event.word(1), event.number(2))
    if act == "go":
        return _go(session, viewer, event, now)
    if act in ("board", "roll", "end", "guests", "learn"):
        return _show(session, viewer, event, act, now)
    if act == "mark":
        actions.mark(session, viewer, event.number(1), event.word(2), event.word(3), now)
        found = _found(session, viewer, event.number(1))
        return Reply(edit=showing.roll(session, viewer, found, event.number(4)), toast=text("emergencies.t_noted"))
    if act == "again":
        actions.call_again(session, viewer, event.number(1), event.number(2), now)
        return toast("emergencies.muster.t_again")
    if act == "ended":
        ended = actions.end(session, viewer, event.number(1), now)
        return Reply(edit=Message(text("emergencies.muster.over", real=ended.real, unit=_label(session, ended))))
    return None


def _where(session: Session, viewer: Viewer, what: str, page: int) -> Reply:
    units = [unit for unit in people.units(session) if viewer.holds(Role.SUPERVISOR, unit.path)]
    if not units:
        raise Refused("emergencies.muster.t_only_leaders")
    some = units[page * MOST_UNITS : (page + 1) * MOST_UNITS]
    keys = [button("emergencies.b_unit", f"mu:whom:{what}:{unit.id}", unit=unit.label) for unit in some]
    if units[(page + 1) * MOST_UNITS :]:
        keys.append(button("emergencies.b_more", f"mu:where:{what}:{page + 1}"))
    return Reply(edit=Message(text("emergencies.muster.ask_where", real=what == "r"), rows(*keys, each=1)))


def _whom(session: Session, viewer: Viewer, what: str, unit: int) -> Reply:
    here = people.unit(session, unit)
    if here is None or not viewer.holds(Role.SUPERVISOR, here.path):
        raise Refused("emergencies.muster.t_only_leaders")
    keys = [
        button("emergencies.muster.b_on_shift", f"mu:go:{what}:{unit}:s"),
        button("emergencies.muster.b_everybody", f"mu:go:{what}:{unit}:e"),
    ]
    said = text("emergencies.muster.ask_whom", real=what == "r", unit=here.label)
    return Reply(edit=Message(said, rows(*keys, each=1)))


def _go(session: Session, viewer: Viewer, event: Pressed, now: datetime) -> Reply:
    real, unit, everybody = event.word(1) == "r", event.number(2), event.word(3) == "e"
    found = actions.start(session, viewer, unit, real, everybody, now)
    return Reply((showing.board(session, found, {}, now),), drop_buttons=True)


def _show(session: Session, viewer: Viewer, event: Pressed, act: str, now: datetime) -> Reply:
    found = _found(session, viewer, event.number(1))
    if act == "board":
        return Reply((showing.board(session, found, store.by_unit(session, found.id), now),))
    if act == "roll":
        message = showing.roll(session, viewer, found, event.number(2))
        return Reply((message,)) if event.number(2) == 0 else Reply(edit=message)
    if act == "end":
        return Reply((showing.ending(session, found),))
    step = event.word(2) if event.word(2) in ("visitor", "contractor") else "visitor"
    drafts.begin(session, viewer.person, DRAFT, "lessons" if act == "learn" else step, {"muster": found.id}, now)
    key = "emergencies.muster.ask_lessons" if act == "learn" else "emergencies.muster.ask_guests"
    return Reply((Message(text(key, real=found.real)),))


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Guests, or what is to be done better; all else is passed on."""
    draft = drafts.current(session, event.person, DRAFT) if event.person is not None and event.private else None
    if draft is None or not isinstance(event, Said):
        return None
    viewer, id, words = _viewer(session, event, now), int(draft.data["muster"]), event.text.strip()
    if draft.step != "lessons":
        key = f"muster:{id}:guests:{event.update_id}"
        count = actions.add_guests(session, viewer, id, draft.step, words, key, now)
        drafts.close(session, draft)
        found = _found(session, viewer, id)
        return Reply((Message(text("emergencies.muster.guests_added", real=found.real, count=count)),))
    if len(words) > MOST_WORDS:
        raise Refused("emergencies.muster.too_long", most=MOST_WORDS, length=len(words))
    drafts.close(session, draft)
    found = actions.learn(session, viewer, id, words, now)
    return Reply((Message(text("emergencies.muster.learned", real=found.real)),))


def _found(session: Session, viewer: Viewer, id: int) -> Muster:
    found = store.muster(session, id)
    if found is None:
        raise Refused("emergencies.t_gone")
    if not store.leads_in(viewer, found):
        raise Refused("emergencies.muster.t_only_leaders")
    return found


def _viewer(session: Session, event: Event, now: datetime) -> Viewer:
    viewer = people.viewer(session, who_asks(session, event, now).id, now)
    if viewer is None:
        raise Refused("emergencies.t_gone")
    return viewer


ROUTES = (
    Route(
        on_muster,
        command="muster",
        menu="emergencies.muster.menu",
        roles=("supervisor", "safety_officer", "manager", "admin"),
    ),
    Route(answering.on_answers, verb="mu.a", many=True),
    Route(on_press, verb="mu"),
    Route(on_words, draft=DRAFT),
)
