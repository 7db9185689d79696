"""`/staffing`: who looks after safety, against how many are required. Routes only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
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
from bot.resources.staffing import actions, content, rules, showing, store
from bot.resources.staffing.model import DRAFT, Kind

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""
AFTER = {"unit": "kind", "kind": "at_least", "at_least": "per", "per": "source"}


def on_staffing(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/staffing`: what is required of one's units, and what is missing."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    if not speaking.paths(session, who.id, Role.SUPERVISOR, now):
        raise Refused("resources.only_leaders")
    return Reply((showing.overview(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`sf:what:number`."""
    who, act, id = speaking.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "new":
        _keeper(session, who, now)
        return Reply((_begin(session, who, "unit", {}, now),))
    if act == "law":
        return Reply((_take_over(session, who, id, event.number(2), now),))
    if act == "end":
        actions.end(session, who.id, id, now)
        return Reply(toast=text("resources.t_noted"), drop_buttons=True)
    found = store.requirement(session, id)
    if found is None or not speaking.holds(session, who.id, Role.SUPERVISOR, found.path, now):
        raise Refused("resources.not_yours")
    if act == "open":
        return Reply((showing.card(session, who, found, now),))
    if act == "name":
        _keeper(session, who, now)
        return Reply((_begin(session, who, "badge", {"requirement": id}, now),))
    if act == "gone":
        actions.retire(session, who.id, id, now)
        return Reply(edit=Message(text("resources.staffing.retired")))
    return None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`sfd:step:value`: a button while a requirement is entered."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None else None
    what, value = event.word(0), event.number(1)
    if who is None:
        return None
    if draft is None or draft.step != what or what not in ("unit", "kind", "per"):
        raise Refused("resources.changed_meanwhile")
    if what == "kind" and not 0 <= value < len(Kind):
        raise Refused("resources.changed_meanwhile")
    return Reply((_onward(session, who, draft, value if what != "per" else 0, now),), drop_buttons=True)


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Numbers, a source, a badge."""
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
    if draft.step == "badge":
        named = people.person_by_badge(session, words, now)
        if named is None:
            raise Refused("resources.no_badge")
        drafts.close(session, draft)
        actions.name(session, who.id, draft.data["requirement"], named.id, now)
        found = store.requirement(session, draft.data["requirement"])
        assert found is not None
        return Reply((showing.card(session, who, found, now),))
    if draft.step in ("at_least", "per"):
        number = western(words)
        if not (number.isascii() and number.isdigit() and len(number) < 6 and 0 < int(number) <= rules.MOST):
            raise Refused("resources.bad_number", most=rules.MOST)
        return Reply((_onward(session, who, draft, int(number), now),))
    if draft.step == "source" and words:
        data = draft.data
        drafts.close(session, draft)
        made = actions.require(
            session, who.id, data["key"], data["unit"], tuple(Kind)[data["kind"]], data["at_least"], 1, data["per"], words, now
        )  # fmt: skip
        return Reply((showing.card(session, who, made, now),))
    return None


def _take_over(session: Session, who: Person, at: int, unit: int, now: datetime) -> Message:
    """What the law of a unit's jurisdiction asks, taken over by name."""
    there, known = people.unit(session, unit), content.shipped()
    if there is None or not 0 <= at < len(known) or known[at].jurisdiction.casefold() != there.jurisdiction.casefold():
        raise Refused("resources.changed_meanwhile")
    law = known[at]
    made = actions.require(
        session, who.id, f"{law.code}:{unit}", unit, law.kind, law.at_least, law.from_people, law.per, law.source, now,
        law.jurisdiction,
    )  # fmt: skip
    return showing.card(session, who, made, now)


def _begin(session: Session, who: Person, step: str, data: Mapping[str, Any], now: datetime) -> Message:
    draft = drafts.begin(session, who.id, DRAFT, step, {"key": secrets.token_hex(12), **data}, now)
    return _screen(session, who, draft, now)


def _screen(session: Session, who: Person, draft: Draft, now: datetime) -> Message:
    step, keys = draft.step, []
    if step == "unit":
        units = whom.units(session, who.id, actions.KEEPER, now)
        keys = [button("resources.b_unit", f"sfd:unit:{each.id}", unit=each.label) for each in units]
    elif step == "kind":
        keys = [button("resources.staffing.b_kind", f"sfd:kind:{at}", kind=e.value) for at, e in enumerate(Kind)]
    elif step == "per":
        keys = [button("resources.staffing.b_only_at_least", "sfd:per:0")]
    return Message(text("resources.staffing.ask", step=step), rows(*keys))


def _onward(session: Session, who: Person, draft: Draft, value: Any, now: datetime) -> Message:
    onward = drafts.advance(session, draft, AFTER[draft.step], {**draft.data, draft.step: value}, now)
    if onward is None:
        raise Refused("resources.changed_meanwhile")
    return _screen(session, who, onward, now)


def _keeper(session: Session, who: Person, now: datetime) -> None:
    if not speaking.paths(session, who.id, actions.KEEPER, now):
        raise Refused("resources.not_yours")


ROUTES = (
    Route(on_staffing, command="staffing", menu="resources.staffing.menu", roles=whom.LEADERS),
    Route(on_press, verb="sf"),
    Route(on_choice, verb="sfd"),
    Route(on_words, draft=DRAFT),
)
