"""Setting a goal by taps, step by step; one open draft a person."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.duties import store as duties
from bot.duties.goals import actions, rules, showing, store
from bot.duties.goals.model import DRAFT, REFUSED, Goal
from bot.duties.goals.tables import SafetyGoalRow
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Unit

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""
AFTER = {"unit": "parent", "parent": "words", "words": "target", "target": "due", "due": "owner"}
DAYS = (30, 90, 180, 365)


def begin(session: Session, who: Person, now: datetime) -> Message:
    """A new goal: for which unit? Refused: to whoever leads nothing."""
    if not duties.led(session, who.id, now):
        raise Refused("duties.only_leaders")
    return screen(session, drafts.begin(session, who.id, DRAFT, "unit", {"key": secrets.token_hex(12)}, now), who, now)


def begin_amount(session: Session, who: Person, goal: int, now: datetime) -> Message:
    """How much was done? Typed."""
    drafts.begin(session, who.id, DRAFT, "amount", {"goal": goal}, now)
    return Message(text("duties.goals.ask_amount"))


def begin_handover(session: Session, who: Person, goal: Goal, now: datetime) -> Message:
    """To whom? A name that is shown, or a badge that is typed."""
    drafts.begin(session, who.id, DRAFT, "heir", {"goal": goal.id}, now)
    able = [each for each in store.people_of(session, goal.path, now) if each.id != goal.owner]
    keys = [button("duties.goals.b_person", f"dgd:heir:{each.id}", name=each.name) for each in able]
    return Message(text("duties.goals.ask_heir", words=goal.words), rows(*keys))


def units(session: Session, who: Person, now: datetime) -> list[Unit]:
    """The units that somebody leads, from the widest."""
    paths = duties.led(session, who.id, now)
    return [each for each in people.units(session) if each.path.startswith(paths)][:12] if paths else []


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The question of a step."""
    step, keys = draft.step, []
    unit = people.unit(session, draft.data.get("unit", 0))
    if step == "unit":
        keys = [
            button("duties.goals.b_unit", f"dgd:unit:{each.id}", unit=each.label) for each in units(session, who, now)
        ]
    elif step == "parent" and unit is not None:
        above = store.above(session, unit.path)
        keys = [button("duties.goals.b_parent", f"dgd:parent:{each.id}", words=each.words[:50]) for each in above]
        keys.append(button("duties.goals.b_no_parent", "dgd:parent:0"))
    elif step == "due":
        keys = [button("duties.goals.b_days", f"dgd:due:{days}", count=days) for days in DAYS]
    elif step == "owner" and unit is not None:
        able = {each.id: each for each in (who, *store.people_of(session, unit.path, now))}
        keys = [button("duties.goals.b_person", f"dgd:owner:{id}", name=each.name) for id, each in able.items()]
    return Message(text("duties.goals.ask", step=step), rows(*keys, each=1 if step == "parent" else 2))


def chosen(session: Session, who: Person, what: str, value: int, now: datetime) -> Message:
    """A button of a step. Refused where the conversation is another by now."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != what:
        raise Refused("duties.changed_meanwhile")
    if what == "heir":
        return _hand_over(session, who, draft, value, now)
    if what == "unit" and value not in {each.id for each in units(session, who, now)}:
        raise Refused("duties.goals.not_yours")
    if what == "due":
        due = people.today_of(who, now) + timedelta(days=value if value in DAYS else DAYS[0])
        return _onward(session, who, draft, due.isoformat(), now)
    if what == "owner":
        return _set(session, who, draft, value, now)
    return _onward(session, who, draft, value, now)


def typed(session: Session, who: Person, words: str, update: int, now: datetime) -> Message | None:
    """Something typed: the words, a number, a day, a badge. None where the step wants none of it."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.created_at < now - WITHIN:
        return None
    number = western(words)
    if draft.step == "words":
        return _onward(session, who, draft, words[: rules.MOST_LETTERS], now)
    if draft.step in ("target", "amount"):
        if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= rules.MOST_TARGET):
            raise Refused("duties.goals.bad_number", most=rules.MOST_TARGET)
        if draft.step == "target":
            return _onward(session, who, draft, int(number), now)
        drafts.close(session, draft)
        found = actions.step(session, who.id, draft.data["goal"], int(number), f"{draft.data['goal']}:{update}", now)
        return _card(session, who, found, now)
    if draft.step == "due":
        try:
            due = date.fromisoformat(number)
        except ValueError:
            raise Refused("duties.goals.bad_day") from None
        return _onward(session, who, draft, due.isoformat(), now)
    if draft.step in ("owner", "heir"):
        named = people.person_by_badge(session, words, now)
        if named is None or named.left_on is not None:
            raise Refused("duties.goals.no_badge")
        return chosen(session, who, draft.step, named.id, now)
    return None


def _onward(session: Session, who: Person, draft: Draft, value: object, now: datetime) -> Message:
    onward = drafts.advance(session, draft, AFTER[draft.step], {**draft.data, draft.step: value}, now)
    if onward is None:
        raise Refused("duties.changed_meanwhile")
    return screen(session, onward, who, now)


def _set(session: Session, who: Person, draft: Draft, owner: int, now: datetime) -> Message:
    data = draft.data
    if (there := same(session, data["unit"], data["words"])) is not None:
        drafts.close(session, draft)
        record(session, _refusal(there, who, draft, now), now)
        named = people.person(session, there.owner, now)
        said = text("duties.goals.second", words=there.words, number=there.id, name=named.name if named else "")
        return Message(said, rows(button("duties.goals.b_hand", f"dg:hand:{there.id}")))
    due = date.fromisoformat(data["due"])
    parent = data["parent"] or None
    made = actions.set_goal(
        session, who.id, f"goal:{data['key']}", data["unit"], data["words"], data["target"], due, owner, parent, now
    )
    drafts.close(session, draft)
    return _card(session, who, made, now)


def same(session: Session, unit: int, words: str) -> Goal | None:
    """The open goal of a unit that says the same."""
    row = session.scalar(select(SafetyGoalRow).where(SafetyGoalRow.open_item == rules.item(unit, words)))
    return store.as_goal(row) if row is not None else None


def _refusal(there: Goal, who: Person, draft: Draft, now: datetime) -> Fact:
    key = f"goal:{there.id}:second:{draft.data['key']}"
    return Fact(REFUSED, key, now, who.id, body={"goal": there.id, "unit": there.unit})


def _hand_over(session: Session, who: Person, draft: Draft, to: int, now: datetime) -> Message:
    made = actions.ask_handover(session, who.id, draft.data["goal"], to, now)
    drafts.close(session, draft)
    row = store.handover(session, made)
    mine = row is not None and who.id in (row.from_id, row.to_id)
    return Message(text("duties.goals.asked", mine=mine))


def _card(session: Session, who: Person, found: Goal, now: datetime) -> Message:
    return showing.card(session, who, found, now)
