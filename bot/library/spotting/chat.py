"""What a trainer presses and types about a picture. Routes only; whose it is stands in the query."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import uploads
from bot.library.authoring.writing import who_is
from bot.library.spotting import actions, screens, store
from bot.library.spotting.model import MOST_WHY, MOST_WORDS, Spot

KIND = "library.spotting"
AT_IT = timedelta(minutes=30)
"""What is typed later than this belongs to something else: perhaps a danger."""


def _mine(session: Session, event: Pressed, now: datetime) -> Spot:
    found = store.mine(session, event.number(0), who_is(session, event, now).id, now)
    if found is None:
        raise Refused("library.spotting.t_not_yours")
    return found


def on_list(session: Session, event: Pressed, now: datetime) -> Reply:
    """The pictures that wait."""
    who = who_is(session, event, now)
    some = store.undecided(session, who.id, now)
    more = store.count(session, who.id, now) - len(some)
    return Reply((screens.listed(session, some, more),))


def on_open(session: Session, event: Pressed, now: datetime) -> Reply:
    """One of them: as a new message, or back from the grid."""
    message = screens.now_at(session, _mine(session, event, now))
    return Reply((message,)) if len(event.args) > 1 else Reply(edit=message)


def on_grid(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Cover more*."""
    return Reply(edit=screens.grid(_mine(session, event, now)))


def on_cell(session: Session, event: Pressed, now: datetime) -> Reply:
    """A cell: covered, or not any more. The picture follows."""
    spot = _mine(session, event, now)
    if event.number(2) != spot.version:
        raise Refused("library.spotting.t_changed")
    return Reply(
        edit=screens.grid(actions.cover(session, spot, event.number(1), now)), toast=text("library.spotting.t_drawing")
    )


def on_other(session: Session, event: Pressed, now: datetime) -> Reply:
    """The other picture."""
    found = actions.choose(session, _mine(session, event, now), now)
    return Reply(edit=screens.look(session, found), toast=text("library.spotting.t_drawing"))


def on_sure(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Nobody can be recognised*: by name, in the picture as it was shown."""
    spot = _mine(session, event, now)
    return Reply(
        edit=screens.marking(actions.be_sure(session, spot, event.number(1), who_is(session, event, now), now))
    )


def on_drop(session: Session, event: Pressed, now: datetime) -> Reply:
    """*No question from this*."""
    actions.drop(session, _mine(session, event, now), event.person, now)
    return Reply(edit=Message(text("library.spotting.over", sent=False)))


def on_mark(session: Session, event: Pressed, now: datetime) -> Reply:
    """A cell of the question: asks what is to be seen there."""
    spot = _mine(session, event, now)
    if event.number(2) != spot.version:
        raise Refused("library.spotting.t_changed")
    _listen(session, event.person or 0, {"spot": spot.id, "cell": event.number(1), "words": ""}, "words", now)
    return Reply((screens.asks_words(event.number(1)),))


def on_kind(session: Session, event: Pressed, now: datetime) -> Reply:
    """*That is dangerous*, or *that is all right*."""
    spot, talk = _mine(session, event, now), drafts.current(session, event.person or 0, KIND)
    if talk is None or talk.data["spot"] != spot.id or talk.data["cell"] != event.number(1) or not talk.data["words"]:
        return toast("delivery.stale", alert=True)
    drafts.close(session, talk)
    found = actions.mark(session, spot, event.number(1), talk.data["words"], event.number(2) == 1, now)
    return Reply((screens.marking(found),), edit=Message(text("library.spotting.marked", words=talk.data["words"])))


def on_why(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Make the question*: asks for what is told after an answer."""
    spot = _mine(session, event, now)
    _listen(session, event.person or 0, {"spot": spot.id, "cell": 0, "words": ""}, "why", now)
    return Reply((screens.asks_why(),))


def _listen(session: Session, person: int, data: dict[str, object], step: str, now: datetime) -> None:
    drafts.begin(session, person, KIND, step, {**data, "touched": now.isoformat()}, now)


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The words that were asked for; anything else is passed on."""
    talk = drafts.current(session, event.person or 0, KIND)
    if talk is None or not isinstance(event, Said) or not event.private or event.text.startswith("/"):
        return None
    if now - datetime.fromisoformat(talk.data["touched"]) > AT_IT:
        return None
    who = who_is(session, event, now)
    spot = store.mine(session, talk.data["spot"], who.id, now)
    if spot is None:
        return None
    words, limit = " ".join(event.text.split()), MOST_WHY if talk.step == "why" else MOST_WORDS
    if not words or len(words) > limit:
        return Reply((Message(text("library.spotting.too_long", length=len(words), limit=limit)),))
    if talk.step == "why":
        drafts.close(session, talk)
        row = actions.make_question(session, spot, words, who, now)
        return Reply((Message(text("library.checking", name=row.name), ref=uploads.ref(row.id)),))
    drafts.advance(session, talk, "words", {**talk.data, "words": words}, now)
    return Reply((screens.asks_kind(spot, talk.data["cell"], words),))


ROUTES = (
    Route(on_typed, draft=KIND),
    Route(on_list, verb="ls.list"),
    Route(on_open, verb="ls.open"),
    Route(on_grid, verb="ls.grid"),
    Route(on_cell, verb="ls.cell"),
    Route(on_other, verb="ls.other"),
    Route(on_sure, verb="ls.sure"),
    Route(on_drop, verb="ls.no"),
    Route(on_mark, verb="ls.mark"),
    Route(on_kind, verb="ls.kind"),
    Route(on_why, verb="ls.why"),
)
