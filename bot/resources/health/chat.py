"""`/checkups`: one's own next health check; who is overdue, for whoever leads; entering them, for HR. Routes only."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.digits import with_digits
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.resources.health import actions, rules, store
from bot.resources.health.model import DRAFT

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""
MOST = 12


def on_checkups(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/checkups`."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply(overview(session, who, now))


def overview(session: Session, who: Person, now: datetime) -> tuple[Message, ...]:
    """First one's own; then, for leaders and HR, who is overdue."""
    mine, today = store.of(session, who.id), people.today_of(who, now)
    shown = [actions.card(mine, today) if mine is not None else Message(text("resources.health.not_planned"))]
    keeps = speaking.paths(session, who.id, actions.KEEPER, now)
    leads = {*keeps, *speaking.paths(session, who.id, Role.SUPERVISOR, now)}
    if leads:
        planned, late = store.counts(session, sorted(leads), now)
        found = store.under(session, sorted(leads), now, MOST, today)
        lines = [{"name": person.name, "unit": speaking.label(session, person.unit)} for person, _ in found]
        said = text("resources.health.overview", planned=planned, late=late, lines=lines)
        keys = [
            button("resources.health.b_was_there", f"hc:done:{each.id}:{each.due_on.toordinal()}", name=person.name)
            for person, each in found if person.path.startswith(keeps)
        ] if keeps else []  # fmt: skip
        new = [button("resources.health.b_enter", "hc:enter")] if keeps else []
        shown.append(Message(said, rows(*new, *keys, each=1)))
    return tuple(shown)


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hc:what:number:day`."""
    who, act = speaking.person(session, event, now), event.word(0)
    if who is None:
        return None
    if act == "mine":
        return Reply(overview(session, who, now))
    if act == "enter":
        if not speaking.paths(session, who.id, actions.KEEPER, now):
            raise Refused("resources.not_yours")
        drafts.begin(session, who.id, DRAFT, "lines", {}, now)
        return Reply((Message(text("resources.health.ask_lines", most=rules.MOST_LINES)),))
    if act == "done" and 0 < event.number(2) <= date.max.toordinal():
        later = actions.done(session, who.id, event.number(1), date.fromordinal(event.number(2)), now)
        said = text("resources.health.done", later=later.isoformat() if later else None)
        return Reply((Message(said),), drop_buttons=True)
    return None


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Lines of HR: all of them, or none."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None else None
    if (
        who is None
        or draft is None
        or not isinstance(event, Said)
        or draft.created_at < now - WITHIN
        or not event.private
    ):
        return None
    lines = [line for line in with_digits(event.text).splitlines() if line.strip()]
    if not 0 < len(lines) <= rules.MOST_LINES:
        raise Refused("resources.health.too_many", most=rules.MOST_LINES)
    for number, line in enumerate(lines, 1):
        entry = rules.entry_of(line)
        named = people.person_by_badge(session, entry.badge, now) if entry is not None else None
        if entry is None or named is None:
            raise Refused("resources.health.bad_line", number=number)
        actions.enter(session, who.id, named.id, entry.due_on, entry.every_months, now)
    drafts.close(session, draft)
    return Reply((Message(text("resources.health.entered", count=len(lines))),))


ROUTES = (
    Route(on_checkups, command="checkups", menu="resources.health.menu"),
    Route(on_press, verb="hc"),
    Route(on_words, draft=DRAFT),
)
