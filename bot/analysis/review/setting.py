"""Adding an entry by taps, noting and ending one by typing; one open draft a person."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.analysis.review import actions, showing, store
from bot.analysis.review.model import DAYS, DRAFT, MOST_WORDS, Kind, State
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""
AFTER = {"kind": "unit", "unit": "words", "words": "owner", "owner": "due"}
TYPED = ("note", "done", "dropped")
MOST_UNITS = 12


def begin(session: Session, who: Person, now: datetime) -> Message:
    """A new entry: of which kind? Refused to whoever leads nothing."""
    if not store.led(session, who.id, now):
        raise Refused("analysis.review.not_yours")
    draft = drafts.begin(session, who.id, DRAFT, "kind", {"key": secrets.token_hex(12)}, now)
    return screen(session, draft, who, now)


def ask(session: Session, who: Person, what: str, item: int, now: datetime) -> Message:
    """A note, or what came of it: typed. Another day: a tap, or typed."""
    found = store.item(session, item)
    if found is None or not store.may(session, found, who.id, now):
        raise Refused("analysis.review.not_yours")
    drafts.begin(session, who.id, DRAFT, "newdue" if what == "due" else what, {"item": item}, now)
    keys = (
        [button("analysis.review.b_days", f"rvd:newdue:{days}", count=days) for days in DAYS] if what == "due" else []
    )
    return Message(text("analysis.review.ask", step=what, most=MOST_WORDS), rows(*keys))


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The question of a step."""
    step, keys = draft.step, []
    if step == "kind":
        keys = [button("analysis.review.b_kind", f"rvd:kind:{at}", kind=kind.value) for at, kind in enumerate(Kind)]
    elif step == "unit":
        known = {unit.id: unit for unit in people.units(session)}
        some = store.units(session, who.id, now)[:MOST_UNITS]
        keys = [button("analysis.review.b_unit", f"rvd:unit:{id}", unit=known[id].label) for id in some]
    elif step == "owner":
        unit = people.unit(session, draft.data["unit"])
        able = {each.id: each for each in (who, *(store.people_of(session, unit.path, now) if unit else ()))}
        keys = [button("analysis.review.b_person", f"rvd:owner:{id}", name=each.name) for id, each in able.items()]
    elif step == "due":
        keys = [button("analysis.review.b_days", f"rvd:due:{days}", count=days) for days in DAYS]
    return Message(text("analysis.review.ask", step=step, most=MOST_WORDS), rows(*keys))


def chosen(session: Session, who: Person, what: str, value: int, now: datetime) -> Message:
    """A button of a step. Refused where the conversation is another by now."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != what:
        raise Refused("analysis.review.changed")
    if what in ("due", "newdue"):
        return _due(
            session, who, draft, people.today_of(who, now) + timedelta(days=value if value in DAYS else DAYS[0]), now
        )
    if what == "kind":
        return _onward(
            session, who, draft, list(Kind)[value].value if 0 <= value < len(Kind) else Kind.ACTION.value, now
        )
    if what == "unit" and value not in store.units(session, who.id, now):
        raise Refused("analysis.review.not_yours")
    return _onward(session, who, draft, value, now)


def typed(session: Session, who: Person, words: str, now: datetime) -> Message | None:
    """The words, a badge, a day, a note. None where the step wants none of it."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.created_at < now - WITHIN:
        return None
    if draft.step in (*TYPED, "words") and len(words) > MOST_WORDS:
        raise Refused("analysis.review.too_long", most=MOST_WORDS, length=len(words))
    if draft.step == "words":
        return _onward(session, who, draft, words, now)
    if draft.step == "owner":
        named = people.person_by_badge(session, words, now)
        if named is None or named.left_on is not None:
            raise Refused("analysis.review.no_badge")
        return _onward(session, who, draft, named.id, now)
    if draft.step in ("due", "newdue"):
        try:
            return _due(session, who, draft, date.fromisoformat(western(words)), now)
        except ValueError:
            raise Refused("analysis.review.bad_day") from None
    if draft.step not in TYPED:
        return None
    item = draft.data["item"]
    drafts.close(session, draft)
    found = actions.note(session, who.id, item, words, now) if draft.step == "note" else actions.end(
        session, who.id, item, State(draft.step), words, now
    )  # fmt: skip
    return showing.card(session, found, who.id, now)


def _due(session: Session, who: Person, draft: Draft, due: date, now: datetime) -> Message:
    if due < people.today_of(who, now):
        raise Refused("analysis.review.bad_day")
    data = draft.data
    drafts.close(session, draft)
    if draft.step == "newdue":
        found = actions.set_due(session, who.id, data["item"], due, now)
    else:
        found = actions.add(
            session,
            who.id,
            f"review:{data['key']}",
            data["unit"],
            Kind(data["kind"]),
            data["words"],
            data["owner"],
            due,
            now,
        )
    return showing.card(session, found, who.id, now)


def _onward(session: Session, who: Person, draft: Draft, value: object, now: datetime) -> Message:
    on = drafts.advance(session, draft, AFTER[draft.step], {**draft.data, draft.step: value}, now)
    if on is None:
        raise Refused("analysis.review.changed")
    return screen(session, on, who, now)
