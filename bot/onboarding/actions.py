"""What everybody may set for themselves, the menus, and what composition tells this room."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import pairwise
from urllib.parse import quote

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.delivery.outbox import Lane
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.kit.replies import Button, Message, Rows, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.onboarding import store
from bot.people import agreement
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import AccountRow, PersonRow, PlacementRow, UnitRow

PUSH_TIMES = (time(6), time(8), time(9), time(12), time(15), time(18))
FIRST_COMMANDS = ("today", "report", "hurt", "sos", "emergency", "mystatus", "pending", "ask", "help")
"""What everybody needs most stands at the top of the command menu."""
LAST_COMMANDS = ("menu", "settings", "language", "away", "back", "whoami", "cancel")
"""What is seldom needed stands at its end; the others follow as their rooms do, those of one's role after everybody's."""
PARTS = ("daily", "work", "role", "settings")
OLD = "old"
"""In place of a fingerprint: the menu of a chat is to be given anew."""
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_PATRONYMIC = re.compile(r"(?:ич|вна|чна|оглы|кызы)$", re.IGNORECASE)
QUIET_CHOICES = ((time(20), time(6)), (time(21), time(7)), (time(22), time(8)), (time(6, 30), time(15)))


@dataclass
class Composition:
    """What only the composition root knows: the bot's name, every room's commands."""

    bot_username: str = ""
    commands: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(command, key of its description, roles that have it in their menu; none: everybody)."""
    rooms: Mapping[str, str] = field(default_factory=dict)
    """Whose each command is: a room may be switched off where somebody works."""
    app: str | None = None
    """The address that the menu button of those with one of the roles `app_for` opens; None: nobody has one."""
    app_for: tuple[Role, ...] = ()
    menus: str = ""
    """A fingerprint of the commands, whose they are and what they are called: a new program may have others."""
    places_at: str = ""
    """Where the pages of places are, if QR codes lead there."""


composed = Composition()


def configure(
    *,
    bot_username: str | None = None,
    routes: Iterable[Route] | None = None,
    app: str | None = None,
    app_for: tuple[Role, ...] = (),
    places_at: str | None = None,
) -> None:
    """Called at the composition root: the bot's name without @, the routes of all rooms, what the menu button opens for whom."""
    if app_for:
        composed.app, composed.app_for = app, app_for
    if bot_username is not None:
        composed.bot_username = bot_username.lstrip("@")
    if places_at is not None:
        composed.places_at = places_at
    if routes is not None:
        routes = tuple(routes)
        listed = [(r.command, r.menu, r.roles) for r in routes if r.command and r.menu]
        composed.rooms = {r.command: r.room for r in routes if r.command}
        composed.commands = tuple(sorted(listed, key=lambda each: _rank(each[0], each[2])))
        called = [str(say(key, lang)) for _, key, _ in composed.commands for lang in LANGUAGES]
        opens = (composed.app, composed.app_for) if composed.app else ()
        composed.menus = hashlib.sha256(repr((composed.commands, called, *opens)).encode()).hexdigest()[:16]


def commands_for(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """The command menu of somebody: (command, key), without rooms that are switched off where they work. It is no authorisation."""
    return [each for part in parts_for(session, viewer).values() for each in part]


def parts_for(session: Session, viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """The same by parts: what is needed daily, at work, for one's role, and to set things."""
    off = agreement.rooms_off(session, viewer.path)
    found: dict[str, list[tuple[str, str]]] = {part: [] for part in PARTS}
    for command, key, roles in composed.commands:
        if composed.rooms.get(command) in off:
            continue
        if not roles or any(viewer.anywhere(Role(role)) for role in roles):
            found[part_of_menu(command, roles)].append((command, key))
    return found


def refresh_menu(session: Session, person_id: int, now: datetime, lane: Lane = Lane.REPLY) -> None:
    """Gives somebody's chat the commands of their roles in their language. To be called when either has changed."""
    viewer, chat = people.viewer(session, person_id, now), store.open_chat(session, person_id)
    if viewer is not None and chat is not None and composed.commands:
        mine = (AccountRow.person_id == person_id, AccountRow.chat_id == chat[1], AccountRow.closed_at.is_(None))
        opens = composed.app if any(viewer.anywhere(role) for role in composed.app_for) else None
        if opens is None and composed.app and session.scalar(select(AccountRow.menu).where(*mine)) is not None:
            opens = ""  # they may have had one; a new chat has none to take away
        outbox.set_menu(session, chat[1], person_id, commands_for(session, viewer), now, lane, app=opens)
        session.execute(update(AccountRow).where(*mine).values(menu=composed.menus))


def refresh_old_menus(session: Session, now: datetime, most: int) -> int:
    """Brings menus up to date that an older program gave, so many at a time; answers how many."""
    old = store.with_other_menu(session, composed.menus, most) if composed.commands else []
    for person_id in old:
        refresh_menu(session, person_id, now, Lane.BULK)
    # also who may have none by now: nobody is looked at twice
    seen = update(AccountRow).where(AccountRow.person_id.in_(old), AccountRow.closed_at.is_(None))
    session.execute(seen.values(menu=composed.menus))
    return len(old)


def menus_are_old(session: Session, path: str) -> None:
    """The menus of a unit's people are no longer right: `refresh_old_menus` gives them anew, some a minute."""
    here = select(PlacementRow.person_id).join(UnitRow, UnitRow.id == PlacementRow.unit_id)
    theirs = AccountRow.person_id.in_(here.where(UnitRow.path.startswith(path, autoescape=True)))
    given = (AccountRow.closed_at.is_(None), AccountRow.menu.is_not(None))
    session.execute(update(AccountRow).where(*given, theirs).values(menu=OLD))


def reset_menu(session: Session, chat: int, now: datetime) -> None:
    """Takes the personal command menu away from a chat that is nobody's any more."""
    if composed.commands:
        outbox.set_menu(session, chat, None, (), now)


def menu_rows() -> Rows:
    """The five buttons."""
    return rows(
        button("onboarding.today", "ln.today"),
        button("onboarding.report", "hz.new"),
        button("onboarding.emergency_button", "ob.emergency"),
        button("onboarding.status", "ln.status"),
        button("onboarding.ask", "vq:new"),
    )


def menu(who: Person) -> Message:
    """The menu of five."""
    return Message(text("onboarding.menu", name=first_name(who.name, who.lang)), menu_rows())


def language_rows(verb: str, chosen: str) -> Rows:
    """A button a language, each in its own words; the one that is set is marked."""
    return rows(
        *(
            Button(text("onboarding.language_choice", name=name, chosen=code == chosen), data=f"{verb}:{code}")
            for code, name in LANGUAGES.items()
        )
    )


def set_language(session: Session, person_id: int, lang: str, now: datetime) -> None:
    """From now on everything is said in a language. Raises Refused for one that is not in the catalogue."""
    if lang not in LANGUAGES:
        raise Refused("delivery.stale")
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(lang=lang))
    refresh_menu(session, person_id, now)


def set_push(session: Session, person_id: int, at: time | None) -> None:
    """When the daily lesson comes, on the person's own clock; None: as the company has it."""
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(push_at=at))


def set_pictures(session: Session, person_id: int, on: bool) -> None:
    """Whether somebody gets lessons with their picture."""
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(pictures=on))


def set_quiet(session: Session, person_id: int, hours: tuple[time, time] | None) -> None:
    """When somebody is not rung for what can wait; None: as the company or their shift has it."""
    start, end = hours or (None, None)
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(quiet_start=start, quiet_end=end))


def cancel(session: Session, person_id: int) -> bool:
    """Closes whatever conversation is open, of any room; False where there was none."""
    found = False
    while (draft := drafts.current(session, person_id)) is not None:
        drafts.close(session, draft)
        found = True
    return found


def first_name(name: str, lang: str) -> str:
    """What to call somebody in a language: the first word of their name; in Chinese always the whole name.

    A Russian name is said with its patronymic where it has one. Without one it is left whole, because lists have the
    family name first as often as last.
    """
    whole = name.strip()
    words = whole.split()
    if lang == "ru" and _CYRILLIC.search(whole):
        pairs = (f"{one} {next_}" for one, next_ in pairwise(words) if _PATRONYMIC.search(next_))
        return next(pairs, whole)
    return whole if lang == "zh" or not words else words[0]


def part_of_menu(command: str, roles: Sequence[str]) -> str:
    """In which part of the menu and of /help a command stands."""
    if command in FIRST_COMMANDS:
        return "daily"
    if command in LAST_COMMANDS:
        return "settings"
    return "role" if roles else "work"


def _rank(command: str, roles: Sequence[str]) -> tuple[int, int]:
    part = part_of_menu(command, roles)
    fixed = {"daily": FIRST_COMMANDS, "settings": LAST_COMMANDS}.get(part, ())
    return PARTS.index(part), fixed.index(command) if fixed else 0


def link_to_bot() -> str:
    """The chat with Davy; empty in a process that has not asked Telegram who it is."""
    return f"https://t.me/{composed.bot_username}" if composed.bot_username else ""


def place_link(code: str) -> str:
    """Where a place's QR code leads: to its page, where there is one for every phone, else to the bot."""
    return f"{composed.places_at}/p/{quote(code, safe='')}" if composed.places_at else link(f"p{code}")


def link(token: str) -> str:
    """The deep link of a token."""
    return f"https://t.me/{composed.bot_username}?start={token}"
