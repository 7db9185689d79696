"""`/violation` and its buttons: recording by whoever leads, answering by whom it concerns, deciding by somebody else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.violations import actions, rules, showing, store
from bot.compliance.violations.model import Decision
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person, Role, Viewer

DRAFT = "vi.draft"
WHEN = {"now": timedelta(0), "shift": timedelta(hours=4), "yesterday": timedelta(days=1)}
MOST_PLACES = 6


def on_violation(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/violation`: the cases that concern somebody; recording one, for whoever leads."""
    who = whom.person(session, event, now)
    if who is None or not event.private:
        return Reply() if who is not None else None
    viewer = _viewer(session, who, now)
    found = store.concerning(session, viewer)
    keys = [button("compliance.violations.b_open", f"vi:open:{each.id}", number=each.id) for each in found]
    if viewer.anywhere(Role.SUPERVISOR):
        keys.append(button("compliance.violations.b_new", "vi:new"))
    return Reply((Message(text("compliance.violations.list", count=len(found)), rows(*keys)),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`vi:what:...`: a button of a case."""
    who = whom.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _viewer(session: Session, who: Person, now: datetime) -> Viewer:
    viewer = people.viewer(session, who.id, now)
    if viewer is None:
        raise Refused("compliance.violations.changed_meanwhile")
    return viewer


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    viewer = _viewer(session, who, now)
    return Reply((showing.card(session, actions.seen_by(session, viewer, event.number(1)), viewer, now),))


def _new(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not _viewer(session, who, now).anywhere(Role.SUPERVISOR):
        raise Refused("compliance.violations.not_yours")
    drafts.begin(session, who.id, DRAFT, "whom", {"key": secrets.token_hex(12)}, now)
    return Reply((Message(text("compliance.violations.ask_whom"), rows(_cancel_key())),))


def _when(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = _draft(session, who, "when")
    if event.word(1) not in WHEN:
        raise Refused("compliance.violations.changed_meanwhile")
    data = {**draft.data, "at": (now - WHEN[event.word(1)]).isoformat()}
    _on(session, draft, "where", data, now)
    concerned = people.person(session, data["person"], now)
    near = people.places_near(session, concerned.path if concerned else who.path, MOST_PLACES)
    keys = [button("compliance.violations.b_place", f"vi:place:{each.id}", place=each.label) for each in near]
    keys.append(button("compliance.violations.b_elsewhere", "vi:place:0"))
    return Reply(edit=Message(text("compliance.violations.ask_where"), rows(*keys, _cancel_key())))


def _place(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft, place = _draft(session, who, "where"), people.place(session, event.number(1))
    _on(session, draft, "words", {**draft.data, "place": place.id if place else None}, now)
    return Reply(edit=Message(text("compliance.violations.ask_words"), rows(_cancel_key())))


def _look(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    viewer = _viewer(session, who, now)
    found = actions.look(session, viewer, event.number(1), event.word(0) == "go", now)
    return Reply(edit=showing.card(session, found, viewer, now, what="looked"))


def _nothing(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.reply(session, who.id, event.number(1), "", now)
    return Reply(edit=showing.card(session, found, _viewer(session, who, now), now, what="replied"))


def _write(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """An answer, an appeal or the reason of a decision is written next."""
    viewer = _viewer(session, who, now)
    found, step = actions.seen_by(session, viewer, event.number(1)), event.word(0)
    decision = event.word(2)
    if step in ("decide", "final") and decision not in tuple(Decision):
        raise Refused("compliance.violations.changed_meanwhile")
    drafts.begin(session, who.id, DRAFT, step, {"violation": found.id, "decision": decision}, now)
    said = text("compliance.violations.ask_more", step=step, number=found.id)
    return Reply((Message(said, rows(_cancel_key())),))


def _cancel(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("compliance.violations.cancelled")))


Act = Callable[[Session, Pressed, Person, datetime], Reply | None]
ACTS: dict[str, Act] = {
    "open": _open, "new": _new, "when": _when, "place": _place, "go": _look, "drop": _look, "nothing": _nothing,
    "reply": _write, "appeal": _write, "decide": _write, "final": _write, "cancel": _cancel,
}  # fmt: skip


# --- what is written --------------------------------------------------------------------------------------------------


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for. All else is passed on: it may be a report of danger."""
    who = whom.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    if who is None or draft is None or draft.step in ("when", "where"):
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    photo = event.file.file_id if isinstance(event, Sent) and event.file.kind == "photo" else None
    if photo is not None and draft.step != "words":
        return None
    if not isinstance(event, Said) and photo is None:
        return None
    words = event.text if isinstance(event, Said) else event.caption if isinstance(event, Sent) else ""
    return _typed(session, who, draft, words.strip(), photo, now)


def _typed(session: Session, who: Person, draft: Draft, words: str, photo: str | None, now: datetime) -> Reply:
    if len(words) > rules.MOST_WORDS:
        raise Refused("compliance.too_long", most=rules.MOST_WORDS, length=len(words))
    viewer = _viewer(session, who, now)
    if draft.step == "whom":
        return _whom(session, viewer, draft, words, now)
    if draft.step == "words" and not words:
        return Reply((Message(text("compliance.violations.words_too"), rows(_cancel_key())),))
    if not drafts.close(session, draft):
        raise Refused("compliance.violations.changed_meanwhile")
    data, id = draft.data, draft.data.get("violation", 0)
    if draft.step == "words":
        at = datetime.fromisoformat(data["at"])
        seen = actions.Seen(data["key"], data["person"], data["place"], words, photo, at)
        found = actions.record(session, viewer, seen, now)
        return Reply((Message(text("compliance.violations.recorded", number=found.id, state=found.state.value)),))
    if draft.step == "reply":
        found = actions.reply(session, who.id, id, words, now)
    elif draft.step == "appeal":
        found = actions.appeal(session, who.id, id, words, now)
    elif draft.step == "final":
        found = actions.finish(session, viewer, id, Decision(data["decision"]), words, now)
    else:
        found = actions.decide(session, viewer, id, Decision(data["decision"]), words, now)
    return Reply((showing.card(session, found, viewer, now, what="noted"),))


def _whom(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Reply:
    """By badge, for a name may be two people's."""
    concerned = people.person_by_badge(session, words, now)
    if concerned is None or concerned.left_on is not None or not rules.may_record(viewer, concerned.id, concerned.path):
        return Reply((Message(text("compliance.violations.no_such_person"), rows(_cancel_key())),))
    _on(session, draft, "when", {**draft.data, "person": concerned.id}, now)
    keys = [button("compliance.violations.b_when", f"vi:when:{each}", when=each) for each in WHEN]
    said = text("compliance.violations.ask_when", name=concerned.name)
    return Reply((Message(said, rows(*keys, _cancel_key(), each=1)),))


def _cancel_key() -> Button:
    return button("compliance.cancel", "vi:cancel")


def _draft(session: Session, who: Person, step: str) -> Draft:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != step:
        raise Refused("compliance.violations.changed_meanwhile")
    return draft


def _on(session: Session, draft: Draft, step: str, data: dict[str, Any], now: datetime) -> None:
    if drafts.advance(session, draft, step, data, now) is None:
        raise Refused("compliance.violations.changed_meanwhile")


ROUTES = (
    Route(
        on_violation,
        command="violation",
        menu="compliance.violations.menu",
        roles=("supervisor", "safety_officer", "manager", "admin"),
    ),
    Route(on_press, verb="vi"),
    Route(on_draft, draft=DRAFT),
)
