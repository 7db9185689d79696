"""`/rewards`: the catalogue, a wish, its answer, and the keeping of the catalogue. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Message, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import rules as point_rules
from bot.rewards import store as balances
from bot.rewards.chat import person
from bot.rewards.shop import actions, rules, showing, store, taking
from bot.rewards.shop.model import DRAFT, Redemption


def on_rewards(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/rewards`: what there is for points."""
    who = person(session, event, now)
    if who is None or not event.private:
        return Reply() if who is not None else None
    return Reply((showing.catalogue(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rwd:what:...`: a button of the catalogue."""
    who, act = person(session, event, now), ACTS.get(event.word(0))
    viewer = people.viewer(session, who.id, now) if who is not None else None
    return act(session, event, who, viewer, now) if act is not None and who is not None and viewer is not None else None


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A reason, a number or a file that was asked for. All else is passed on: it may be a report of danger."""
    who = person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    viewer = people.viewer(session, who.id, now) if who is not None else None
    if who is None or draft is None or viewer is None:
        return None
    if draft.created_at < now - point_rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if draft.step == "file" and isinstance(event, Sent) and event.file.kind == "document":
        drafts.close(session, draft)
        name, size = event.file.name or "rewards.csv", event.file.size or 0
        return Reply((taking.receive(session, viewer, event.file.file_id, name, size, str(event.update_id), now),))
    if not isinstance(event, Said) or draft.step == "file":
        return None
    words, id = event.text.strip(), draft.data["id"]
    drafts.close(session, draft)
    if draft.step == "no":
        return Reply((showing.wish(session, actions.refuse(session, viewer, id, words, now), viewer, now),))
    plain = western(words).removeprefix("+")
    if not (plain.removeprefix("-").isdigit() and len(plain) < 8):
        raise Refused("rewards.whole_number")
    actions.add_stock(session, viewer, id, int(plain), now)
    return Reply((showing.keeping(session, viewer),))


def _list(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    return Reply((showing.catalogue(session, who, now),))


def _want(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = store.reward(session, event.number(1))
    if found is None or not rules.is_for(found, who.path):
        raise Refused("rewards.shop.not_there")
    return Reply((showing.sure(found, balances.balance(session, who.id)),))


def _take(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    # the message that asks is answered once: pressing it again is the same wish
    found = actions.redeem(session, who, event.number(1), f"{who.id}:{event.chat}:{event.message}", now)
    return Reply(edit=showing.wish(session, found, viewer, now))


def _off(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    actions.withdraw(session, who.id, event.number(1), now)
    return Reply(edit=showing.catalogue(session, who, now), toast=text("rewards.t_noted"))


def _open(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    return Reply((showing.wish(session, _seen(session, event, viewer), viewer, now),))


def _yes(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    return Reply(edit=showing.wish(session, actions.approve(session, viewer, event.number(1), now), viewer, now))


def _no(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = _seen(session, event, viewer)
    if not rules.may_decide(found, viewer):
        raise Refused("rewards.shop.not_yours")
    return _begin(session, who, "no", {"id": found.id}, now)


def _seen(session: Session, event: Pressed, viewer: Viewer) -> Redemption:
    found = store.redemption(session, event.number(1))
    if found is None or not (viewer.person == found.person or viewer.holds(rules.APPROVER, found.path)):
        raise Refused("rewards.shop.not_there")
    return found


def _keep(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    _keeper(viewer)
    return Reply((showing.keeping(session, viewer),))


def _stock(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    _keeper(viewer)
    return _begin(session, who, "stock", {"id": event.number(1)}, now)


def _close(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    actions.close(session, viewer, event.number(1), now)
    return Reply(edit=showing.keeping(session, viewer), toast=text("rewards.t_noted"))


def _file(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    _keeper(viewer)
    return _begin(session, who, "file", {}, now)


def _out(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    _keeper(viewer)
    taking.export(session, who, str(event.update_id), now)
    return Reply(toast=text("rewards.shop.t_file"))


def _keeper(viewer: Viewer) -> None:
    if not viewer.anywhere(rules.KEEPER):
        raise Refused("rewards.shop.not_yours")


def _begin(session: Session, who: Person, step: str, data: dict[str, int], now: datetime) -> Reply:
    drafts.begin(session, who.id, DRAFT, step, data, now)
    return Reply((Message(text("rewards.shop.ask", step=step)),))


Act = Callable[[Session, Pressed, Person, Viewer, datetime], Reply]
ACTS: dict[str, Act] = {
    "list": _list, "want": _want, "take": _take, "off": _off, "open": _open, "yes": _yes, "no": _no, "keep": _keep,
    "stock": _stock, "close": _close, "file": _file, "out": _out,
}  # fmt: skip
ROUTES = (
    Route(on_rewards, command="rewards", menu="rewards.shop.menu"),
    Route(on_press, verb="rwd", guarded=("out",)),
    Route(on_draft, draft=DRAFT),
)
