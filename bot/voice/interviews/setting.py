"""Planning interviews by taps: for which unit, what for, about what, when, with whom."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.interviews import actions, rules, showing
from bot.voice.interviews.model import DRAFT, Kind


def begin(session: Session, who: Person, now: datetime) -> Message:
    """For which unit? Refused: to whoever leads nothing."""
    units = whom.units(session, who, now)
    if not units:
        raise Refused("voice.only_leaders")
    drafts.begin(session, who.id, DRAFT, "unit", {"key": secrets.token_hex(12)}, now)
    keys = [button("voice.b_unit", f"ivd:unit:{each.id}", unit=each.label) for each in units]
    return Message(text("voice.interviews.ask", step="unit"), rows(*keys))


def chosen(session: Session, who: Person, step: str, value: str, now: datetime) -> Message:
    """A button of the conversation. Refused: of another step."""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 18 else -1
    if step == "who" and draft.step == "who":
        return _turn(session, draft, number, now)
    if step == "invite" and draft.step == "who":
        return _invite(session, who, draft, now)
    if step != draft.step:
        raise Refused("voice.begin_again")
    if step == "unit":
        unit = whom.led_unit(session, who, number, now)
        typed.onward(session, draft, "kind", now, unit=unit.id)
        keys = [button(f"voice.interviews.b_{kind.value}", f"ivd:kind:{kind.value}") for kind in Kind]
        return Message(text("voice.interviews.ask", step="kind"), rows(*keys))
    if step == "kind" and value in set(Kind):
        typed.onward(session, draft, "topic", now, kind=value)
        return Message(text("voice.interviews.ask", step="topic"), rows(button("voice.cancel", "ob.cancel")))
    if step == "days" and number in rules.DAYS:
        on = people.today_of(who, now) + timedelta(days=number)
        return _who(session, typed.onward(session, draft, "who", now, on=on.isoformat(), persons=[]), now)
    raise Refused("voice.begin_again")


def on_typed(session: Session, who: Person, words: str, now: datetime) -> Message | None:
    """The topic, a badge, a note, or what changed; None where nothing is waited for."""
    draft = typed.fresh(session, who.id, DRAFT, now)
    if draft is None:
        return None
    if draft.step == "topic":
        typed.onward(session, draft, "days", now, topic=typed.check(words, rules.MOST_TOPIC))
        keys = [button("voice.b_days", f"ivd:days:{days}", count=days) for days in rules.DAYS]
        return Message(text("voice.interviews.ask", step="days"), rows(*keys, each=3))
    if draft.step == "who":
        named = people.person_by_badge(session, words, now)
        if named is None or named.left_on is not None:
            raise Refused("voice.no_badge")
        return _turn(session, draft, named.id, now)
    if draft.step == "note":
        found = actions.note(session, who, draft.data["round"], words, now)
        drafts.close(session, draft)
        more = button("voice.interviews.b_note", f"iv:note:{found.id}")
        return Message(text("voice.interviews.noted"), rows(more, button("voice.b_look", f"iv:open:{found.id}")))
    if draft.step == "changed":
        found = actions.say_changed(session, who, draft.data["round"], words, now)
        drafts.close(session, draft)
        return showing.card(session, who.id, found, now)
    return None


def begin_typed(session: Session, who: Person, step: str, id: int, now: datetime) -> Message:
    """The next text is a note, or what changed. Refused: to others than the lead."""
    actions.own(session, who, id)
    drafts.begin(session, who.id, DRAFT, step, {"round": id}, now)
    return Message(text("voice.interviews.ask", step=step), rows(button("voice.cancel", "ob.cancel")))


def _turn(session: Session, draft: Draft, person: int, now: datetime) -> Message:
    if whom.working(session, person, now) is None:
        raise Refused("voice.no_badge")
    chosen_ = list(draft.data["persons"])
    chosen_.remove(person) if person in chosen_ else chosen_.append(person)
    return _who(session, typed.onward(session, draft, "who", now, persons=chosen_[: rules.MOST_PEOPLE]), now)


def _who(session: Session, draft: Draft, now: datetime) -> Message:
    unit = people.unit(session, draft.data["unit"])
    chosen_ = list(draft.data["persons"])
    able = [each for each in whom.people_of(session, unit.path if unit else "/0/", now, 12) if each.id != draft.person]
    named = {each.id: each.name for each in able} | {id: speaking.name(session, id, now) for id in chosen_}
    keys = [
        button("voice.interviews.b_pick", f"ivd:who:{id}", name=name, on=id in chosen_) for id, name in named.items()
    ]
    go = [button("voice.interviews.b_invite", "ivd:invite", count=len(chosen_))] if chosen_ else []
    return Message(text("voice.interviews.ask", step="who"), (*rows(*keys), *rows(*go)))


def _invite(session: Session, who: Person, draft: Draft, now: datetime) -> Message:
    data = draft.data
    drafts.close(session, draft)
    found = actions.plan(
        session, who, f"interviews:{data['key']}", data["unit"], Kind(data["kind"]), data["topic"], date.fromisoformat(data["on"]),
        data["persons"], now,
    )  # fmt: skip
    return showing.card(session, who.id, found, now)
