"""Entering and rating by taps: one open draft a person, one question a screen. What was typed is kept in the writer's language."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.errors import Refused
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Role
from bot.risks import actions, rules, showing, store
from bot.risks.actions import Entry
from bot.risks.company import company, scale
from bot.risks.model import FACTORS, Method, Rank, Rating

DRAFT = "rk.draft"
MOST_PLACES, MOST_OWNERS, MOST_KNOWN = 10, 7, 500
TYPED = ("task", "hazard", "words")
"""The steps at which something is written; at all others a text is a new matter."""


def begin(session: Session, who: Person, now: datetime) -> Message:
    """A new risk: where is it? Refused: to whoever leads nothing."""
    if not store.led(session, who.id, now):
        raise Refused("risks.only_leaders")
    data = {"do": "new", "key": secrets.token_hex(12)}
    return screen(session, drafts.begin(session, who.id, DRAFT, "where", data, now), who, now)


def begin_rating(session: Session, who: Person, id: int, residual: bool, now: datetime) -> Message:
    """A risk is rated, or (`residual`) what its controls have done to it."""
    found = actions.mine(session, who.id, id, now)
    method = found.inherent.method if residual and found.inherent else company().method
    data = {"do": "rate", "risk": id, "residual": residual, "method": method.value, "factors": []}
    return screen(session, drafts.begin(session, who.id, DRAFT, FACTORS[method][0], data, now), who, now)


def begin_control(session: Session, who: Person, id: int, now: datetime) -> Message:
    """Something that keeps a risk small: of which kind?"""
    actions.mine(session, who.id, id, now)
    return screen(session, drafts.begin(session, who.id, DRAFT, "rank", {"do": "control", "risk": id}, now), who, now)


def pressed(session: Session, who: Person, act: str, draft_id: int, value: int, now: datetime) -> Reply:
    """A tap on a draft's screen: the next one, or what came of it. Refused where the draft is another by now."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.id != draft_id:
        raise Refused("risks.changed_meanwhile")
    if act == "cancel":
        drafts.close(session, draft)
        return Reply(edit=Message(text("risks.cancelled")))
    data, step = dict(draft.data), draft.step
    if act == "more" and step == "where":
        return _ask(session, draft, who, "where", data | {"page": max(value, 0)}, now)
    if act == "place" and step == "where":
        place = people.place(session, value)
        _led(session, who, place.unit if place else 0, now)
        assert place is not None
        return _ask(session, draft, who, "task", data | {"place": place.id, "unit": place.unit}, now)
    if act == "unit" and step == "where":
        _led(session, who, value, now)
        return _ask(session, draft, who, "task", data | {"unit": value}, now)
    if act == "task" and step == "task":
        known = store.tasks(session, data["unit"])
        if not 0 <= value < len(known):
            raise Refused("risks.changed_meanwhile")
        return _ask(session, draft, who, "hazard", data | {"task": known[value]}, now)
    if act == "f":
        return _factor(session, draft, who, value, now)
    if act == "rank" and step == "rank" and 1 <= value <= len(Rank):
        return _ask(session, draft, who, "words", data | {"rank": value}, now)
    if act == "owner" and step == "owner":
        owner = people.person(session, value, now)
        if owner is None or owner.left_on is not None:
            raise Refused("risks.changed_meanwhile")
        return _ask(session, draft, who, "placed", data | {"owner": value}, now)
    if act == "placed" and step == "placed":
        return _control(session, draft, who, value == 1, now)
    raise Refused("risks.changed_meanwhile")


def _led(session: Session, who: Person, unit: int, now: datetime) -> None:
    here = people.unit(session, unit)
    if here is None or not store.leads(session, who.id, here.path, now):
        raise Refused("risks.not_yours")


def typed(session: Session, who: Person, words: str, now: datetime) -> Reply | None:
    """What was asked for is written; None where nothing is asked, so that it may be a report of danger."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step not in TYPED:
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if len(words) > rules.MOST_WORDS:
        raise Refused("risks.too_long", most=rules.MOST_WORDS, length=len(words))
    data = dict(draft.data)
    if draft.step == "words":
        return _ask(session, draft, who, "owner", data | {"words": words}, now, fresh=True)
    if draft.step == "task":
        task, hazard = rules.in_two(words)
        data["task"] = actions.words_of(who, task)
        if not hazard:
            return _ask(session, draft, who, "hazard", data, now, fresh=True)
        words = hazard
    data |= {"hazard": actions.words_of(who, words), "method": company().method.value, "factors": []}
    return _ask(session, draft, who, FACTORS[company().method][0], data, now, fresh=True)


def _factor(session: Session, draft: Draft, who: Person, at: int, now: datetime) -> Reply:
    method = Method(draft.data.get("method", company().method))
    names = FACTORS[method]
    if draft.step not in names or not 0 <= at < len(scale(method).steps[draft.step]):
        raise Refused("risks.changed_meanwhile")
    factors = [*draft.data["factors"], scale(method).steps[draft.step][at]]
    data = dict(draft.data) | {"factors": factors}
    if len(factors) < len(names):
        return _ask(session, draft, who, names[len(factors)], data, now)
    if not drafts.close(session, draft):
        raise Refused("risks.changed_meanwhile")
    residual = bool(data.get("residual"))
    id = data["risk"] if data["do"] == "rate" else actions.identify(session, who.id, _entry(data), now).id
    found = actions.rate(session, who.id, id, Rating(method, tuple(factors)), now, residual=residual)
    return Reply(edit=showing.card(session, found, now), toast=text("risks.rated"))


def _entry(data: Mapping[str, Any]) -> Entry:
    return Entry(data["key"], data["unit"], data["task"], data["hazard"], data.get("place"))


def _control(session: Session, draft: Draft, who: Person, placed: bool, now: datetime) -> Reply:
    data = draft.data
    if not drafts.close(session, draft):
        raise Refused("risks.changed_meanwhile")
    words = actions.words_of(who, data["words"])
    control = actions.add_control(session, who.id, data["risk"], Rank(data["rank"]), words, data["owner"], now)
    if placed:
        actions.place_control(session, who.id, control.id, now)
    found = actions.mine(session, who.id, data["risk"], now)
    return Reply(edit=showing.card(session, found, now), toast=text("risks.noted"))


# --- screens ----------------------------------------------------------------------------------------------------------


def _ask(
    session: Session,
    draft: Draft,
    who: Person,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    fresh: bool = False,
) -> Reply:
    on = drafts.advance(session, draft, step, data, now)
    if on is None:
        raise Refused("risks.changed_meanwhile")
    shown = screen(session, on, who, now)
    return Reply((shown,)) if fresh else Reply(edit=shown)


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The question of a draft's present step."""
    cancel = button("risks.b_cancel", f"rkd:cancel:{draft.id}:0")
    data = draft.data
    if draft.step == "where":
        return Message(text("risks.ask_where"), rows(*_places(session, draft, who, now), cancel))
    if draft.step == "task":
        known = store.tasks(session, data["unit"])
        keys = [
            button("risks.b_words", f"rkd:task:{draft.id}:{at}", words=showing.short(t)) for at, t in enumerate(known)
        ]
        return Message(text("risks.ask_task"), rows(*keys, cancel, each=1))
    if draft.step == "hazard":
        return Message(text("risks.ask_hazard", task=data["task"]), rows(cancel))
    if draft.step == "rank":
        keys = [button("risks.b_rank", f"rkd:rank:{draft.id}:{rank.value}", rank=rank.value) for rank in Rank]
        return Message(text("risks.ask_rank"), rows(*keys, cancel, each=1))
    if draft.step == "words":
        return Message(text("risks.ask_control", rank=data["rank"]), rows(cancel))
    if draft.step == "owner":
        return Message(text("risks.ask_owner", words=data["words"]), rows(*_owners(session, draft, who, now), cancel))
    if draft.step == "placed":
        keys = [
            button("risks.b_placed", f"rkd:placed:{draft.id}:1"),
            button("risks.b_planned", f"rkd:placed:{draft.id}:0"),
        ]
        return Message(text("risks.ask_placed"), rows(*keys, cancel, each=1))
    return _rating(draft, cancel)


def _rating(draft: Draft, cancel: Button) -> Message:
    data, factor = draft.data, draft.step
    method = Method(data.get("method", company().method))
    steps = scale(method).steps[factor]
    keys = [
        button(
            "risks.b_step", f"rkd:f:{draft.id}:{at}", value=f"{value:g}", words=showing.step_name(method, factor, value)
        )
        for at, value in enumerate(steps)
    ]
    so_far = [
        showing.step_name(method, name, value) for name, value in zip(FACTORS[method], data["factors"], strict=False)
    ]
    words = text("risks.ask_factor", factor=factor, residual=bool(data.get("residual")), so_far=so_far)
    return Message(words, rows(*keys, cancel, each=1))


def _places(session: Session, draft: Draft, who: Person, now: datetime) -> list[Button]:
    """The places that somebody leads, their own first, then the units."""
    viewer = people.viewer(session, who.id, now)
    if viewer is None:
        return []
    units = [unit for unit in people.units(session) if viewer.holds(Role.SUPERVISOR, unit.path)]
    mine = {unit.id for unit in units}
    near = [place for place in people.places_near(session, who.path, MOST_KNOWN) if place.unit in mine]
    units.sort(key=lambda unit: (not who.path.startswith(unit.path), unit.path.count("/"), unit.path))
    keys = [button("risks.b_words", f"rkd:place:{draft.id}:{p.id}", words=p.label) for p in near]
    keys += [button("risks.b_unit", f"rkd:unit:{draft.id}:{u.id}", words=u.label) for u in units]
    page = int(draft.data.get("page", 0))
    shown, more = keys[page * MOST_PLACES : (page + 1) * MOST_PLACES], keys[(page + 1) * MOST_PLACES :]
    return [*shown, button("risks.b_more", f"rkd:more:{draft.id}:{page + 1}")] if more else shown


def _owners(session: Session, draft: Draft, who: Person, now: datetime) -> list[Button]:
    """Who can answer for a control: oneself, then the people of the unit."""
    found = store.risk(session, draft.data["risk"])
    there = people.everyone(session, now, (found.path,)) if found else []
    others = [each for each in there if each.id != who.id][: MOST_OWNERS - 1]
    keys = [button("risks.b_me", f"rkd:owner:{draft.id}:{who.id}")]
    return keys + [button("risks.b_name", f"rkd:owner:{draft.id}:{each.id}", name=each.name[:40]) for each in others]
