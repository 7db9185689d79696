"""Routes of joining, the menu and one's own settings. The other routes of this room stand in `desk.py`."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from bot.delivery import drawings
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import Blocked, Event, Joined, Pressed, Said
from bot.kit.replies import NOTHING, Button, Message, Reply, Rows, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.onboarding import actions, desk, joining
from bot.onboarding.doors import privately, who_asks
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person


@privately
def on_start(session: Session, event: Event, now: datetime) -> Reply:
    """/start and /menu: the menu. /start also brings the command menu up to date, should it ever be wrong."""
    who = who_asks(session, event, now)
    if isinstance(event, Said) and event.command == "start":
        actions.refresh_menu(session, who.id, now)
    return Reply((actions.menu(who),))


@privately
def on_invite_link(session: Session, event: Said, now: datetime) -> Reply:
    """/start i...: a link for one person."""
    return joining.use_invite(session, event, event.args.split()[0], now)


@privately
def on_poster_link(session: Session, event: Said, now: datetime) -> Reply:
    """/start b...: a poster."""
    return joining.scan_poster(session, event, event.args.split()[0], now)


def on_stranger_said(session: Session, event: Said, now: datetime) -> Reply | None:
    """A stranger's text: a badge number where a poster was scanned, else nothing for us."""
    if event.person is not None or not event.private:
        return None
    return joining.give_badge(session, event, event.text, now)


def on_join_decision(session: Session, event: Pressed, now: datetime) -> Reply:
    """Confirm, or not them."""
    who, word = who_asks(session, event, now), event.word(1)
    if word not in ("yes", "no"):
        raise Refused("delivery.stale")
    return joining.decide(session, who.id, event.number(0), word == "yes", now)


def on_hello(session: Session, event: Pressed, now: datetime) -> Reply:
    """The language was chosen on joining: three lines, what is kept, and the menu."""
    who = who_asks(session, event, now)
    actions.set_language(session, who.id, event.word(0), now)
    name = actions.first_name(who.name, event.word(0))
    return Reply(edit=Message(text("onboarding.welcome", name=name), actions.menu_rows()))


def on_menu_press(session: Session, event: Pressed, now: datetime) -> Reply:
    """Back to the menu."""
    return Reply(edit=actions.menu(who_asks(session, event, now)))


@privately
def on_help(session: Session, event: Event, now: datetime) -> Reply:
    """/help: what can be done here, for this person's roles."""
    viewer = people.viewer(session, who_asks(session, event, now).id, now)
    parts = [
        {"part": part, "commands": [{"command": name, "words": text(key)} for name, key in some]}
        for part, some in (actions.parts_for(session, viewer) if viewer else {}).items()
        if some
    ]
    return answer("onboarding.help", parts=parts)


@privately
def on_cancel(session: Session, event: Event, now: datetime) -> Reply:
    """/cancel: whatever was begun is closed."""
    return answer("onboarding.cancelled" if actions.cancel(session, event.person or 0) else "onboarding.nothing_open")


def on_cancel_press(session: Session, event: Pressed, now: datetime) -> Reply:
    """Cancel, under a question of ours."""
    who = who_asks(session, event, now)
    actions.cancel(session, who.id)
    return Reply(edit=actions.menu(who), toast=text("onboarding.cancelled_toast"))


@privately
def on_language(session: Session, event: Event, now: datetime) -> Reply:
    """/language."""
    who = who_asks(session, event, now)
    return Reply((Message(text("onboarding.which_language"), actions.language_rows("ob.lang", who.lang)),))


@privately
def on_settings(session: Session, event: Event, now: datetime) -> Reply:
    """/settings: language, lesson time, quiet hours."""
    return Reply((_settings(who_asks(session, event, now)),))


def on_set(session: Session, event: Pressed, now: datetime) -> Reply:
    """What is to be set."""
    who = who_asks(session, event, now)
    what = event.word(0)
    if what == "lang":
        message = Message(text("onboarding.which_language"), actions.language_rows("ob.lang", who.lang))
    elif what == "push":
        message = Message(text("onboarding.which_push_time"), _push_rows())
    elif what == "quiet":
        message = Message(text("onboarding.which_quiet_hours"), _quiet_rows())
    else:
        message = _settings(who)
    return Reply(edit=message)


def on_set_language(session: Session, event: Pressed, now: datetime) -> Reply:
    """A language was chosen."""
    actions.set_language(session, who_asks(session, event, now).id, event.word(0), now)
    return Reply(edit=_settings(who_asks(session, event, now)), toast=text("onboarding.saved"))


def on_set_push(session: Session, event: Pressed, now: datetime) -> Reply:
    """A time for the lesson was chosen."""
    actions.set_push(session, who_asks(session, event, now).id, _time(event.word(0)))
    return Reply(edit=_settings(who_asks(session, event, now)), toast=text("onboarding.saved"))


def on_set_pictures(session: Session, event: Pressed, now: datetime) -> Reply:
    """Pictures of lessons on or off: a button says what it does, so that a second tap changes nothing."""
    actions.set_pictures(session, who_asks(session, event, now).id, event.word(0) == "on")
    return Reply(edit=_settings(who_asks(session, event, now)), toast=text("onboarding.saved"))


def on_set_quiet(session: Session, event: Pressed, now: datetime) -> Reply:
    """Quiet hours were chosen."""
    begin, _, end = event.word(0).partition("-")
    starts, ends = _time(begin), _time(end)
    hours = (starts, ends) if starts is not None and ends is not None else None
    actions.set_quiet(session, who_asks(session, event, now).id, hours)
    return Reply(edit=_settings(who_asks(session, event, now)), toast=text("onboarding.saved"))


@privately
def on_whoami(session: Session, event: Event, now: datetime) -> Reply:
    """/whoami: what Davy takes somebody for."""
    who = who_asks(session, event, now)
    viewer = people.viewer(session, who.id, now)
    held = [
        {"role": text(f"onboarding.role_{grant.role.value}"), "over": _unit_label(session, grant.unit)}
        for grant in (viewer.grants if viewer else ())
    ]
    return answer(
        "onboarding.whoami", name=who.name, badge=who.badge, unit=_unit_label(session, who.unit),
        post=post_label(session, who.post), roles=held, language=LANGUAGES.get(who.lang, who.lang),
    )  # fmt: skip


def on_group_joined(session: Session, event: Joined, now: datetime) -> Reply:
    """The bot is in a group: it says who it is and who may use it."""
    return answer("onboarding.group_hello", url=f"https://t.me/{actions.composed.bot_username}")


def on_blocked(session: Session, event: Blocked, now: datetime) -> Reply:
    """Somebody let us in again (whoever blocks us is noted by the receiver and hears nothing)."""
    return NOTHING if event.blocked or event.person is None else answer("onboarding.back_again")


def _unit_label(session: Session, unit_id: int) -> object:
    unit = people.unit(session, unit_id)
    return unit.label if unit else ""


def _settings(who: Person) -> Message:
    said = text(
        "onboarding.settings", language=LANGUAGES.get(who.lang, who.lang),
        push="" if who.shift else who.push_at.isoformat("minutes"),
        quiet_from=who.quiet.start.isoformat("minutes"), quiet_to=who.quiet.end.isoformat("minutes"),
        pictures=who.pictures if drawings.usual.pictures else None,
    )  # fmt: skip
    chosen = [button("onboarding.set_language", "ob.set:lang"), button("onboarding.set_quiet", "ob.set:quiet")]
    if not who.shift:  # with a shift the lesson comes by the shift
        chosen.insert(1, button("onboarding.set_push", "ob.set:push"))
    if drawings.usual.pictures:
        turn = "off" if who.pictures else "on"
        chosen.append(button(f"onboarding.pictures_{turn}", f"ob.pics:{turn}"))
    return Message(said, rows(*chosen, button("onboarding.back", "ob.menu")))


def _push_rows() -> Rows:
    times = [
        Button(text("delivery.just", text=at.isoformat("minutes")), data=f"ob.push:{at:%H%M}")
        for at in actions.PUSH_TIMES
    ]
    return rows(*times, button("onboarding.as_usual", "ob.push:auto"), button("onboarding.back", "ob.set"))


def _quiet_rows() -> Rows:
    hours = [
        Button(text("delivery.just", text=f"{a:%H:%M} – {b:%H:%M}"), data=f"ob.quiet:{a:%H%M}-{b:%H%M}")
        for a, b in actions.QUIET_CHOICES
    ]
    return rows(*hours, button("onboarding.as_usual", "ob.quiet:auto"), button("onboarding.back", "ob.set"))


def _time(word: str) -> time | None:
    """`0630` as a time; None for anything else, which means: as the company has it."""
    good = len(word) == 4 and word.isascii() and word.isdigit() and word < "2400" and word[2] < "6"
    return time(int(word[:2]), int(word[2:])) if good else None


ROUTES = (
    Route(on_start, command="menu", menu="onboarding.menu_menu"),
    Route(on_start, command="start"),
    Route(on_invite_link, start="i", stranger=True),
    Route(on_poster_link, start="b", stranger=True),
    Route(on_stranger_said, event="Said", stranger=True),
    Route(on_join_decision, verb="ob.join", guarded=True),
    Route(on_hello, verb="ob.hello"),
    Route(on_menu_press, verb="ob.menu"),
    Route(on_language, command="language", menu="onboarding.menu_language"),
    Route(on_settings, command="settings", menu="onboarding.menu_settings"),
    Route(on_set, verb="ob.set"),
    Route(on_set_language, verb="ob.lang"),
    Route(on_set_push, verb="ob.push"),
    Route(on_set_quiet, verb="ob.quiet"),
    Route(on_set_pictures, verb="ob.pics"),
    Route(on_help, command="help", menu="onboarding.menu_help"),
    Route(on_cancel, command="cancel", menu="onboarding.menu_cancel"),
    Route(on_cancel_press, verb="ob.cancel"),
    Route(on_whoami, command="whoami", menu="onboarding.menu_whoami"),
    Route(on_group_joined, event="Joined", stranger=True),
    Route(on_blocked, event="Blocked", stranger=True),
    *desk.ROUTES,
)
