"""`/talk`, `/talks`, `/group`, and the taps of a crew. Routes only: work is in `actions` and `taking_part`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane, To
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Left, Migrated, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, answer, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.talks import actions, sending, showing, store, taking_part
from bot.learning.talks.model import Group
from bot.library import store as library
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer

LEADERS = ("supervisor",)
LAST = 10


def _leader(session: Session, event: AnyEvent, now: datetime) -> Viewer:
    viewer = people.viewer(session, event.person or 0, now)
    if viewer is None or not viewer.anywhere(Role.SUPERVISOR):
        raise Refused("learning.talks.not_yours")
    return viewer


def _say(session: Session, event: AnyEvent, lang: str, message: Message, now: datetime) -> Reply:
    """Into a group, in its own language: a reply would be in that of whoever spoke."""
    if isinstance(event, Pressed) and event.message is not None:
        outbox.edit(session, event.chat, event.message, message, now, lang=lang)
    else:
        outbox.send(session, To(chat=event.chat, lang=lang), message, Lane.REPLY, now)
    return NOTHING


# --- a talk is begun -----------------------------------------------------------------------------------------------


def on_talk(session: Session, event: Said, now: datetime) -> Reply:
    """/talk, in the crew's group or in private for one."""
    viewer = _leader(session, event, now)
    if event.private:
        groups = store.groups_under(session, viewer.paths(Role.SUPERVISOR))
        if len(groups) != 1:
            return Reply((showing.which_group(groups),))
        return _choose(session, event, viewer, groups[0], 0, now)
    group = store.group_of_chat(session, event.chat)
    if group is None:
        return _whose(session, event, viewer, None, now)
    actions.set_left(session, event.chat, None)
    return _choose(session, event, viewer, group, 0, now)


def _choose(session: Session, event: AnyEvent, viewer: Viewer, group: Group, page: int, now: datetime) -> Reply:
    actions.leads(viewer, group.unit)
    running = store.open_talk(session, group.id)
    if running is not None:
        sending.panel(session, running, viewer.person, now)
        if event.private:
            return NOTHING
        return _say(session, event, group.unit.language, Message(text("learning.talks.see_private")), now)
    lessons = library.lessons(session)
    ordered = [lessons[id] for id in store.topics(session, group.unit) if id in lessons]
    message = showing.topics(group, ordered, page)
    if not event.private:
        return _say(session, event, group.unit.language, message, now)
    return Reply(edit=message) if isinstance(event, Pressed) else Reply((message,))


def on_in(session: Session, event: Pressed, now: datetime) -> Reply:
    """A group was chosen, or *More* topics of one."""
    viewer = _leader(session, event, now)
    return _choose(session, event, viewer, _group(session, event), max(event.number(1), 0), now)


def _group(session: Session, event: Pressed) -> Group:
    group = store.group(session, event.number(0))
    if group is None or (not event.private and group.chat != event.chat):
        raise Refused("delivery.stale")
    return group


def on_go(session: Session, event: Pressed, now: datetime) -> Reply:
    """The topic is known: the talk begins in the group."""
    viewer, group = people.viewer(session, event.person or 0, now), _group(session, event)
    talk = actions.begin(session, viewer, group, event.word(1), now)
    lesson = library.lesson(session, talk.lesson, talk.version)
    assert lesson is not None
    message = Message(text("learning.talks.begun", title=said(lesson.title), unit=group.unit.label))
    if event.private:
        return Reply(edit=message)
    return _say(session, event, talk.lang, message, now)


# --- the crew ------------------------------------------------------------------------------------------------------


def on_here(session: Session, event: Pressed, now: datetime) -> Reply:
    """*I am here*."""
    who = people.person(session, event.person, now) if event.person is not None else None
    if who is None:
        return toast("learning.talks.t_stranger", alert=True)
    came = taking_part.come(session, event.number(0), event.chat, who, now)
    if came == "guest":
        return toast("learning.talks.t_guest")
    return toast("learning.talks.t_already") if came == "already" else toast("learning.talks.t_here")


def on_answer(session: Session, event: Pressed, now: datetime) -> Reply:
    """An answer: whoever tapped is told alone."""
    who = people.person(session, event.person, now) if event.person is not None else None
    if who is None:
        return toast("learning.talks.t_stranger", alert=True)
    judged = taking_part.answer(session, event.number(0), event.chat, event.number(1), event.number(2), who, now)
    return Reply(toast=showing.verdict(judged.right, judged.asking, judged.question), alert=True)


# --- whoever leads -------------------------------------------------------------------------------------------------


def on_ask(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Ask the first question*, *Next question*."""
    viewer = people.viewer(session, event.person or 0, now)
    actions.ask(session, viewer, event.number(0), event.number(1), now)
    return toast("learning.talks.t_asked")


def on_close(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Close the talk*."""
    viewer = people.viewer(session, event.person or 0, now)
    actions.close(session, viewer, event.number(0), now)
    return toast("learning.talks.t_closed")


def on_talks(session: Session, event: Said, now: datetime) -> Reply:
    """/talks: the last talks of the units that somebody leads, on their own phone."""
    viewer = _leader(session, event, now)
    held = store.last_talks(session, viewer.paths(Role.SUPERVISOR), LAST)
    lessons = library.lessons(session, {each.talk.lesson for each in held})
    message = showing.last(held, lessons)
    if event.private:
        return Reply((message,))
    outbox.send(session, outbox.to_person(viewer.person), message, Lane.REPLY, now)
    return NOTHING


# --- whose group it is ---------------------------------------------------------------------------------------------


def on_group(session: Session, event: Said, now: datetime) -> Reply:
    """/group: names this chat as that of a crew."""
    viewer = _leader(session, event, now)
    if event.private:
        return answer("learning.talks.group_how")
    return _whose(session, event, viewer, None, now)


def on_unit(session: Session, event: Pressed, now: datetime) -> Reply:
    """A unit was chosen: its parts, or if it has none, it is the one."""
    viewer, unit = _leader(session, event, now), people.unit(session, event.number(0))
    if unit is None:
        raise Refused("delivery.stale")
    actions.leads(viewer, unit)
    return _whose(session, event, viewer, unit, now)


def _whose(session: Session, event: AnyEvent, viewer: Viewer, above: Unit | None, now: datetime) -> Reply:
    group = store.group_of_chat(session, event.chat)
    units = store.parts_of(session, above.id) if above else _led(session, viewer)
    if above is not None and not units:
        return _tie(session, event, viewer, above.id, now)
    lang = above.language if above else units[0].language if units else "en"
    return _say(session, event, lang, showing.which_unit(above, units, group.unit if group else None), now)


def _led(session: Session, viewer: Viewer) -> list[Unit]:
    paths = viewer.paths(Role.SUPERVISOR)
    widest = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    found = [people.unit(session, people.ancestors(path)[0]) for path in widest]
    return [unit for unit in found if unit is not None]


def on_tie(session: Session, event: Pressed, now: datetime) -> Reply:
    """*All of ...*: the group is that unit's."""
    return _tie(session, event, people.viewer(session, event.person or 0, now), event.number(0), now)


def _tie(session: Session, event: AnyEvent, viewer: Viewer | None, unit: int, now: datetime) -> Reply:
    if event.private:
        raise Refused("delivery.stale")
    group = actions.tie(session, viewer, event.chat, unit, now)
    return _say(session, event, group.unit.language, Message(text("learning.talks.tied", unit=group.unit.label)), now)


def on_left(session: Session, event: Left, now: datetime) -> Reply | None:
    """Davy was taken out of a group."""
    actions.set_left(session, event.chat, now)
    return None


def on_moved(session: Session, event: Migrated, now: datetime) -> Reply | None:
    """A group became a supergroup, with another number."""
    actions.move(session, event.chat, event.to_chat, now)
    return None


ROUTES = (
    Route(on_talk, command="talk", menu="learning.talks.menu_talk", roles=LEADERS),
    Route(on_talks, command="talks", menu="learning.talks.menu_talks", roles=LEADERS),
    Route(on_group, command="group", menu="learning.talks.menu_group", roles=LEADERS),
    Route(on_in, verb="tk.in"),
    Route(on_go, verb="tk.go"),
    Route(on_here, verb="tk.here", stranger=True),
    Route(on_answer, verb="tk.a", stranger=True),
    Route(on_ask, verb="tk.ask"),
    Route(on_close, verb="tk.close"),
    Route(on_unit, verb="tk.unit"),
    Route(on_tie, verb="tk.tie"),
    Route(on_left, event="Left", stranger=True),
    Route(on_moved, event="Migrated", stranger=True),
)
