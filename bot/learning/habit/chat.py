"""`/habit`: one's own days and badges, the board of teams, and what a manager lets be counted. Routes only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, answer, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.habit import actions, days, rules, showing, store, teams
from bot.learning.habit.model import Mode, Streak
from bot.people import store as people
from bot.people.model import Person, Role, Unit, Viewer


def on_habit(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """/habit. In a group only that it is for one's own chat: what one person does is nobody else's."""
    if not event.private:
        return answer("learning.habit.in_private")
    message = _own(session, _who(session, event, now), _viewer(session, event, now), now)
    return Reply(edit=message) if isinstance(event, Pressed) else Reply((message,))


def _own(session: Session, who: Person, viewer: Viewer, now: datetime) -> Message:
    mode = store.mode(session, who.path, now)
    found = days.streak(session, who, now) if mode is Mode.ON else None
    team = _team(session, who, now) if mode is not Mode.OFF else None
    earned = store.badges(session, who.id) if mode is Mode.ON else []
    board = store.boards_above(session, who.path) if mode is not Mode.OFF else None
    keys = showing.own_buttons(
        missed=mode is Mode.ON and bool(days.missed(session, who, now)),
        badges=bool(earned),
        board=board,
        joined=board is not None and store.joined(session, who.id) == board.id,
        leads=viewer.anywhere(Role.SUPERVISOR),
        manages=viewer.anywhere(Role.MANAGER),
    )
    return showing.own(mode, found, team, earned, keys)


def _team(session: Session, who: Person, now: datetime) -> Streak | None:
    unit = people.unit(session, who.unit)
    if unit is None:
        return None
    last = people.today_of(who, now) - timedelta(days=1)
    found = rules.team_days(teams.team_days(session, unit, last, now))
    return rules.streak(found, last) if found else None


def on_away(session: Session, event: Pressed, now: datetime) -> Reply:
    """*I was away or ill*: taken at their word."""
    who = _who(session, event, now)
    actions.say_away(session, who, now)
    return Reply(edit=_own(session, who, _viewer(session, event, now), now), toast=text("learning.habit.t_away"))


def on_picture(session: Session, event: Pressed, now: datetime) -> Reply:
    """*My badges*: drawn, to whoever they belong."""
    who = _who(session, event, now)
    if store.mode(session, who.path, now) is not Mode.ON or not store.badges(session, who.id):
        return toast("learning.habit.no_badges")
    actions.ask_for_picture(session, who, now, update=event.update_id)
    return toast("learning.habit.comes")


# --- the board -----------------------------------------------------------------------------------------------------


def on_about(session: Session, event: Pressed, now: datetime) -> Reply:
    """What joining the board means."""
    board = store.boards_above(session, _who(session, event, now).path)
    if board is None:
        raise Refused("learning.habit.no_board")
    return Reply(edit=showing.about(board))


def on_join(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Count me in*."""
    who = _who(session, event, now)
    actions.join(session, who, now)
    return Reply(edit=_own(session, who, _viewer(session, event, now), now), toast=text("learning.habit.t_joined"))


def on_leave(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Leave the board*."""
    who = _who(session, event, now)
    actions.leave(session, who)
    return Reply(edit=_own(session, who, _viewer(session, event, now), now), toast=text("learning.habit.t_left"))


def on_board(session: Session, event: Pressed, now: datetime) -> Reply:
    """*See the board*: it comes in a moment."""
    unit = actions.unit_of(session, event.number(0))
    actions.ask_for_board(session, _viewer(session, event, now), unit, now, update=event.update_id)
    return toast("learning.habit.comes")


def on_boards(session: Session, event: Pressed, now: datetime) -> Reply:
    """The boards of the units that somebody leads."""
    viewer = _viewer(session, event, now)
    led = store.units_led(session, viewer.paths(Role.SUPERVISOR))
    below = [part for unit in led for part in store.parts(session, unit.id)]
    there = [unit for unit in (*led, *below) if len(store.parts(session, unit.id)) > 1]
    return Reply(edit=showing.boards([(unit, store.has_board(session, unit.id)) for unit in there]))


def on_open(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Switch the board on*."""
    actions.open_board(session, _viewer(session, event, now), actions.unit_of(session, event.number(0)), now)
    return on_boards(session, event, now)


def on_close(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Switch the board off*."""
    actions.close_board(session, _viewer(session, event, now), actions.unit_of(session, event.number(0)), now)
    return on_boards(session, event, now)


# --- what is counted -----------------------------------------------------------------------------------------------


def on_modes(session: Session, event: Pressed, now: datetime) -> Reply:
    """What is counted in the units that somebody manages."""
    viewer, id = _viewer(session, event, now), event.number(0)
    led = store.units_led(session, viewer.paths(Role.MANAGER))
    if id <= 0 and not led:
        raise Refused("learning.habit.not_manager")
    return Reply(edit=_modes(session, viewer, actions.unit_of(session, id) if id > 0 else led[0], now))


def _modes(session: Session, viewer: Viewer, unit: Unit, now: datetime) -> Message:
    if not viewer.holds(Role.MANAGER, unit.path):
        raise Refused("learning.habit.not_manager")
    above = people.unit(session, unit.parent) if unit.parent is not None else None
    managed = above is not None and viewer.holds(Role.MANAGER, above.path)
    return showing.modes(unit, store.mode(session, unit.path, now), store.parts(session, unit.id), managed)


def on_set(session: Session, event: Pressed, now: datetime) -> Reply:
    """A mode was chosen."""
    viewer, unit = _viewer(session, event, now), actions.unit_of(session, event.number(0))
    if event.word(1) not in set(Mode):
        raise Refused("delivery.stale")
    actions.switch(session, viewer, unit, Mode(event.word(1)), now)
    return Reply(edit=_modes(session, viewer, unit, now), toast=text("learning.habit.t_set"))


def _who(session: Session, event: AnyEvent, now: datetime) -> Person:
    who = people.person(session, event.person or 0, now)
    if who is None:
        raise Refused("delivery.stale")
    return who


def _viewer(session: Session, event: AnyEvent, now: datetime) -> Viewer:
    viewer = people.viewer(session, event.person or 0, now)
    if viewer is None:
        raise Refused("delivery.stale")
    return viewer


ROUTES = (
    Route(on_habit, command="habit", menu="learning.habit.menu"),
    Route(on_habit, verb="hb.own"),
    Route(on_away, verb="hb.away"),
    Route(on_picture, verb="hb.pic"),
    Route(on_about, verb="hb.about"),
    Route(on_join, verb="hb.join"),
    Route(on_leave, verb="hb.leave"),
    Route(on_board, verb="hb.board"),
    Route(on_boards, verb="hb.boards"),
    Route(on_open, verb="hb.open"),
    Route(on_close, verb="hb.close"),
    Route(on_modes, verb="hb.modes"),
    Route(on_set, verb="hb.set"),
)
