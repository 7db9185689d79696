"""`/facilities` and its buttons. Routes only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.resources import whom
from bot.resources.facilities import actions, rules, store
from bot.resources.facilities.model import DRAFT, Facility, Kind

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""
MOST = 12
AFTER = {"unit": "kind", "kind": "words", "words": "every", "every": "due", "due": "owner"}


def on_facilities(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/facilities`: what is to be looked at, the most urgent first."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((overview(session, who, now),))


def overview(session: Session, who: Person, now: datetime) -> Message:
    """One's own and those of the units that one leads."""
    today, paths = people.today_of(who, now), speaking.paths(session, who.id, Role.SUPERVISOR, now)
    found = store.seen_by(session, who.id, paths, MOST + 1)
    lines = [
        actions.line(session, each, now)
        | {"id": each.id, "is_over": rules.overdue(each, today), "soon": rules.soon(each, today)}
        for each in found[:MOST]
    ]
    keys = [button("resources.facilities.b_number", f"fa:open:{each.id}", number=each.id) for each in found[:MOST]]
    new = [button("resources.facilities.b_new", "fa:new")] if paths else []
    said = text("resources.facilities.overview", lines=lines, more=len(found) > MOST)
    return Message(said, (*rows(*keys, each=4), *rows(*new)))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`fa:what:number`."""
    who, act, id = speaking.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "all":
        return Reply((overview(session, who, now),))
    if act == "new":
        return Reply((_begin(session, who, now),))
    found = store.facility(session, id)
    if found is None or not actions.may_check(session, who.id, found, now):
        raise Refused("resources.not_yours")
    if act == "open":
        leads = speaking.holds(session, who.id, Role.SUPERVISOR, found.path, now)
        return Reply((actions.card(session, found, now, leads=leads),))
    if act == "gone":
        actions.retire(session, who.id, id, now)
        return Reply(edit=Message(text("resources.facilities.retired", kind=found.kind.value, what=found.words)))
    return _looked(session, event, who, act, found, now)


def _looked(session: Session, event: Pressed, who: Person, act: str, found: Facility, now: datetime) -> Reply | None:
    if event.number(2) != found.due_on.toordinal():
        raise Refused("resources.changed_meanwhile")
    if act == "ok":
        again = actions.check(session, who.id, found.id, found.due_on, True, "", now)
        return Reply(
            edit=Message(text("resources.facilities.looked", **actions.line(session, again, now), danger=False))
        )
    if act == "bad":
        drafts.begin(session, who.id, DRAFT, "wrong", {"facility": found.id, "due": found.due_on.isoformat()}, now)
        return Reply((Message(text("resources.facilities.ask", step="wrong")),))
    return None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`fad:step:value`: a button while a facility is entered."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None else None
    what, value = event.word(0), event.number(1)
    if who is None or draft is None or draft.step != what or what not in ("unit", "kind", "every", "due", "owner"):
        return None if who is None else Reply(toast=text("resources.changed_meanwhile"))
    if what == "kind" and not 0 <= value < len(Kind):
        raise Refused("resources.changed_meanwhile")
    if what == "every" and value not in rules.RHYTHMS:
        raise Refused("resources.changed_meanwhile")
    if what == "due":
        return Reply((_onward(session, who, draft, _usual_due(draft, who, now).isoformat(), now),), drop_buttons=True)
    if what == "owner":
        return Reply((_enter(session, who, draft, who.id, now),), drop_buttons=True)
    return Reply((_onward(session, who, draft, value, now),), drop_buttons=True)


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed: what is wrong, what it is called, a day, a badge."""
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
    words = event.text.strip()
    if draft.step == "wrong":
        drafts.close(session, draft)
        due = date.fromisoformat(draft.data["due"])
        found = actions.check(session, who.id, draft.data["facility"], due, False, words, now)
        return Reply((Message(text("resources.facilities.looked", **actions.line(session, found, now), danger=True)),))
    if draft.step == "words":
        return Reply((_onward(session, who, draft, words[: rules.MOST_WORDS], now),))
    if draft.step == "due":
        try:
            due = date.fromisoformat(western(words))
        except ValueError:
            raise Refused("resources.bad_day") from None
        return Reply((_onward(session, who, draft, due.isoformat(), now),))
    if draft.step == "owner":
        named = people.person_by_badge(session, words, now)
        if named is None or named.left_on is not None:
            raise Refused("resources.no_badge")
        return Reply((_enter(session, who, draft, named.id, now),))
    return None


# --- entering one -----------------------------------------------------------------------------------------------------


def _begin(session: Session, who: Person, now: datetime) -> Message:
    if not speaking.paths(session, who.id, Role.SUPERVISOR, now):
        raise Refused("resources.only_leaders")
    return _screen(session, who, drafts.begin(session, who.id, DRAFT, "unit", {"key": secrets.token_hex(12)}, now), now)


def _screen(session: Session, who: Person, draft: Draft, now: datetime) -> Message:
    step, keys = draft.step, []
    if step == "unit":
        units = whom.units(session, who.id, Role.SUPERVISOR, now)
        keys = [button("resources.b_unit", f"fad:unit:{each.id}", unit=each.label) for each in units]
    elif step == "kind":
        keys = [button("resources.facilities.b_kind", f"fad:kind:{at}", kind=e.value) for at, e in enumerate(Kind)]
    elif step == "every":
        keys = [button("resources.facilities.b_every", f"fad:every:{days}", count=days) for days in rules.RHYTHMS]
    elif step == "due":
        day = _usual_due(draft, who, now)
        keys = [button("resources.facilities.b_due", "fad:due:0", on=day.isoformat())]
    elif step == "owner":
        keys = [button("resources.facilities.b_me", "fad:owner:0")]
    return Message(text("resources.facilities.ask", step=step), rows(*keys))


def _usual_due(draft: Draft, who: Person, now: datetime) -> date:
    return people.today_of(who, now) + timedelta(days=draft.data["every"])


def _onward(session: Session, who: Person, draft: Draft, value: Any, now: datetime) -> Message:
    data: Mapping[str, Any] = {**draft.data, draft.step: value}
    onward = drafts.advance(session, draft, AFTER[draft.step], data, now)
    if onward is None:
        raise Refused("resources.changed_meanwhile")
    return _screen(session, who, onward, now)


def _enter(session: Session, who: Person, draft: Draft, owner: int, now: datetime) -> Message:
    drafts.close(session, draft)
    data = draft.data
    made = actions.enter(
        session, who.id, data["key"], data["unit"], tuple(Kind)[data["kind"]], data["words"], data["every"],
        date.fromisoformat(data["due"]), owner, now,
    )  # fmt: skip
    return actions.card(session, made, now, leads=True)


ROUTES = (
    Route(on_facilities, command="facilities", menu="resources.facilities.menu", roles=whom.LEADERS),
    Route(on_press, verb="fa"),
    Route(on_choice, verb="fad"),
    Route(on_words, draft=DRAFT),
)
