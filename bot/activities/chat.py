"""`/campaigns` and its buttons. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.activities import actions, asking, contest, planning, rules, showing, store, whom
from bot.activities.actions import RESULT
from bot.activities.model import DRAFT, ENTRY, Campaign, Judged, Wave
from bot.db import jobs
from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people.model import Person


def on_campaigns(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/campaigns`: what there is, and planning for whoever looks after safety."""
    who = whom.person(session, event, now)
    if who is None:
        return None
    return Reply((showing.overview(session, who, now),)) if event.private else Reply()


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`ac:what:...`: a button of campaigns."""
    who = whom.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _found(session: Session, event: Pressed, who: Person, now: datetime) -> Campaign:
    found = store.campaign(session, event.number(1))
    if found is None or not showing.may_see(session, who, found, now):
        raise Refused("activities.not_yours")
    return found


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.card(session, who, _found(session, event, who, now), now),))


def _new(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((planning.begin(session, who, now),))


def _agree(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    yes = event.word(0) == "agree"
    found = actions.agree(session, who.id, event.number(1), yes, now)
    return Reply((showing.card(session, who, found, now),), drop_buttons=True, toast=text("activities.t_noted"))


def _off(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = _found(session, event, who, now)
    if event.word(2) != "yes":
        keys = rows(button("activities.b_off_surely", f"ac:off:{found.id}:yes"))
        return Reply((Message(text("activities.off_surely", title=found.title), keys),))
    actions.call_off(session, who.id, found.id, now)
    return Reply(edit=Message(text("activities.called_off", title=found.title)))


def _result(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found, picture = _found(session, event, who, now), event.word(0) == "picture"
    if not actions.plans(session, who.id, found, now):
        raise Refused("activities.not_yours")
    key = f"campaign:{found.id}:{event.word(0)}:{who.id}:{event.update_id}"
    payload = {"campaign": found.id, "person": who.id, "picture": picture, "key": key}
    jobs.enqueue(session, RESULT, payload, key=key, now=now)
    return toast("activities.counting")


# --- questions ---------------------------------------------------------------------------------------------------------


def _wave(event: Pressed) -> Wave:
    if event.word(2) not in tuple(Wave):
        raise Refused("activities.changed_meanwhile")
    return Wave(event.word(2))


def _quiz(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((asking.show(session, who, event.number(1), _wave(event), now),))


def _answer(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return asking.answer(session, who, event.number(1), _wave(event), event.number(3), event.number(4), now)


# --- the contest -------------------------------------------------------------------------------------------------------


def _enter(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = contest.may_enter(session, who, event.number(1), now)
    drafts.begin(session, who.id, ENTRY, "entry", {"campaign": found.id}, now)
    return Reply((Message(text("activities.ask_entry", title=found.title, most=rules.MOST_ENTRY)),))


def _entries(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = _found(session, event, who, now)
    if not contest.voting(found, now):
        raise Refused("activities.no_votes")
    return Reply((showing.entry(session, who, found, max(event.number(2), 0)),), drop_buttons=True)


def _vote(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    contest.vote(session, who, event.number(1), now)
    return toast("activities.t_voted")


def _jury(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.to_let_in(session, who),))


def _let_in(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    contest.let_in(session, who.id, event.number(1), event.word(0) == "in", now)
    return Reply((showing.to_let_in(session, who),), drop_buttons=True, toast=text("activities.t_noted"))


def _judge(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    for found, each in store.to_judge(session, who.id):
        if each.id == event.number(1):
            return Reply((contest.to_judge(found, each),))
    raise Refused("activities.changed_meanwhile")


def _prize(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    to = contest.judge(session, who.id, event.number(1), event.word(2) == "1", now)
    return Reply(drop_buttons=True, toast=text("activities.t_judged", won=to is Judged.WON))


Act = Callable[[Session, Pressed, Person, datetime], Reply | None]
ACTS: dict[str, Act] = {
    "open": _open, "new": _new, "agree": _agree, "decline": _agree, "off": _off, "result": _result, "picture": _result,
    "quiz": _quiz, "a": _answer, "enter": _enter, "entries": _entries, "vote": _vote, "jury": _jury, "in": _let_in,
    "out": _let_in, "prize": _prize, "judge": _judge,
}  # fmt: skip


# --- conversations -----------------------------------------------------------------------------------------------------


def on_step(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`acd:what:value`: a button while a campaign is planned."""
    who, what = whom.person(session, event, now), event.word(0)
    if who is None:
        return None
    if what == "cancel":
        draft = drafts.current(session, who.id, DRAFT)
        if draft is not None:
            drafts.close(session, draft)
        return Reply(edit=Message(text("activities.cancelled")))
    if what == "plan":
        found = planning.finish(session, who, now)
        return Reply((showing.card(session, who, found, now),), drop_buttons=True, toast=text("activities.t_planned"))
    if what in planning.AFTER:
        return Reply(edit=planning.chosen(session, who, what, event.word(1), now))
    return Reply(edit=planning.changed(session, who, what, event.word(1), now))


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed or sent while a campaign is planned. All else is passed on: it may be a report of danger."""
    who = whom.person(session, event, now)
    if who is None or not event.private:
        return None
    made = None
    if isinstance(event, Said):
        made = planning.typed(session, who, event.text.strip(), now)
    elif isinstance(event, Sent) and event.file.kind == "photo":
        made = planning.pictured(session, who, event.file.file_id, now)
    return Reply((made,)) if made is not None else None


def on_entry(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """An entry: a photo, words, or both."""
    who = whom.person(session, event, now)
    draft = drafts.current(session, who.id, ENTRY) if who is not None and event.private else None
    if who is None or draft is None or draft.created_at < now - rules.PATIENCE:
        return None
    photo = event.file.file_id if isinstance(event, Sent) and event.file.kind == "photo" else None
    if photo is None and not isinstance(event, Said):
        return None
    words = event.text if isinstance(event, Said) else event.caption if isinstance(event, Sent) else ""
    if len(words) > rules.MOST_ENTRY:
        raise Refused("activities.entry_long", most=rules.MOST_ENTRY)
    contest.enter(session, who, draft.data["campaign"], words.strip(), photo, now)
    drafts.close(session, draft)
    return Reply((Message(text("activities.entered")),))


ROUTES = (
    Route(on_campaigns, command="campaigns", menu="activities.menu"),
    Route(on_press, verb="ac"),
    Route(on_step, verb="acd"),
    Route(on_draft, draft=DRAFT),
    Route(on_entry, draft=ENTRY),
)
