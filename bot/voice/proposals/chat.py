"""`/proposals` and its buttons: a committee, putting something to it, answering, deciding."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.proposals import actions, showing, store
from bot.voice.proposals.model import DRAFT, Stand, State

DECISIONS = {"adopt": State.ADOPTED, "drop": State.DROPPED}


def on_proposals(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/proposals`."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    return Reply((showing.overview(session, who, now),))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A proposal, a reason, a decision, or a badge of somebody who is to be on a committee."""
    who, words = whom.person(session, event, now), typed.words(event)
    draft = typed.fresh(session, who.id, DRAFT, now) if who is not None and words else None
    if who is None or draft is None:
        return None
    data = draft.data
    if draft.step == "member":
        named = people.person_by_badge(session, words, now)
        if named is None or named.left_on is not None:
            raise Refused("voice.no_badge")
        actions.turn_member(session, who, data["unit"], named.id, now)
        return Reply((showing.committee(session, data["unit"], now),))
    if draft.step == "words":
        found = actions.put(session, who, f"proposal:{data['key']}", data["unit"], words, now)
        drafts.close(session, draft)
        asked = len(store.voices(session, found.id))
        said = text("voice.proposals.put", number=found.id, asked=asked, due=found.due_at.isoformat())
        return Reply((Message(said, rows(button("voice.b_look", f"vp:open:{found.id}"))),))
    if draft.step == "dissent":
        found = actions.answer(session, who, data["id"], Stand.DISSENTS, words, now)
    elif draft.step in DECISIONS:
        found = actions.decide(session, who, data["id"], DECISIONS[draft.step], words, now)
    else:
        return None
    drafts.close(session, draft)
    again = store.proposal(session, found.id) or found
    return Reply((showing.card(session, who, again, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`vp:what:number`."""
    who, act, id = whom.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "all":
        return Reply((showing.overview(session, who, now),))
    if act in ("new", "units"):
        return Reply((_units(session, who, "put" if act == "new" else "com", now),))
    if act == "put":
        unit = whom.led_unit(session, who, id, now)
        drafts.begin(session, who.id, DRAFT, "words", {"key": secrets.token_hex(12), "unit": unit.id}, now)
        return _typed("ask_words")
    if act == "com":
        unit = whom.led_unit(session, who, id, now)
        drafts.begin(session, who.id, DRAFT, "member", {"unit": unit.id}, now)
        return Reply((showing.committee(session, unit.id, now),))
    if act == "member":
        actions.turn_member(session, who, id, event.number(2), now)
        return Reply(edit=showing.committee(session, id, now))
    found = next(iter(store.seen_by(session, who, now, 1, id)), None)
    if found is None:
        raise Refused("voice.not_yours")
    if act == "open":
        return Reply((showing.card(session, who, found, now),))
    if act == "agree":
        actions.answer(session, who, id, Stand.AGREES, "", now)
        return Reply(edit=showing.card(session, who, found, now), toast=text("voice.noted"))
    if act == "dissent":
        if found.state is not State.OPEN or who.id not in {each.person for each in store.voices(session, id)}:
            raise Refused("voice.proposals.not_asked")
        drafts.begin(session, who.id, DRAFT, "dissent", {"id": id}, now)
        return _typed("ask_dissent")
    if act in DECISIONS:
        actions.may_decide(session, who, id, now)
        drafts.begin(session, who.id, DRAFT, act, {"id": id}, now)
        return _typed("ask_reason")
    return None


def _typed(what: str) -> Reply:
    keys = rows(button("voice.cancel", "ob.cancel"))
    said = {
        "ask_words": text("voice.proposals.ask_words"), "ask_dissent": text("voice.proposals.ask_dissent"),
        "ask_reason": text("voice.proposals.ask_reason"),
    }  # fmt: skip
    return Reply((Message(said[what], keys),))


def _units(session: Session, who: Person, act: str, now: datetime) -> Message:
    units = whom.units(session, who, now)
    if not units:
        raise Refused("voice.only_leaders")
    keys = [button("voice.b_unit", f"vp:{act}:{each.id}", unit=each.label) for each in units]
    return Message(text("voice.proposals.ask_unit"), rows(*keys))


ROUTES = (
    Route(on_proposals, command="proposals", menu="voice.proposals.menu"),
    Route(on_typed, draft=DRAFT),
    Route(on_press, verb="vp"),
)
