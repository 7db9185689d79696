"""Telling whoever reported a hazard what becomes of it: one message kept up to date, and a new one when it matters.

Without a name there is nothing to keep up to date (that would need a note of where their message stands), so each step
is a message of its own under seal, the small ones without a sound.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import ladders, outbox
from bot.delivery.outbox import Lane, To
from bot.hazards import cards, store
from bot.hazards.model import Hazard, Kind, State
from bot.hazards.rules import UNSEEN, first_called, may_reopen, reporter_closes, rings
from bot.kit.quiet import is_quiet
from bot.kit.replies import Media, Message, Rows, button, quietly, rows
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Role


def moment(hazard: Hazard, now: datetime) -> datetime:
    """The time that may stand beside a hazard: the hour only, where it came without a name."""
    return outbox.coarse(now) if hazard.anonymous else now


def status(session: Session, hazard: Hazard, now: datetime, *, fresh: bool = False) -> Message:
    """How a named report stands, for its reporter. `fresh`: it was made just now."""
    if hazard.state in UNSEEN:
        loud = rings(hazard.kind, hazard.urgency, hazard.severity)
        said = [text("hazards.r_sent", rings=loud, hurt=hazard.kind is Kind.HURT)]
        ladder = None if fresh else ladders.of(session, hazard.ref)
        if ladder is not None and ladder.climbing and ladder.rung > first_called(hazard.kind):
            said = [text("hazards.r_climbed")]
    else:
        said = cards.lines(session, hazard, now, talk=False)
    words = text(
        "hazards.status",
        number=hazard.id,
        place=store.where(session, hazard),
        state=cards.state_name(hazard.state),
        lines=said,
    )
    return Message(words, reporter_buttons(hazard, now), ref=hazard.report_ref)


def reporter_buttons(hazard: Hazard, now: datetime) -> Rows:
    """What the reporter may do: confirm that a small danger is gone, or say that it is not."""
    still = button("hazards.b_still", f"hzr:still:{hazard.id}")
    if hazard.state is State.FIXED and reporter_closes(hazard):
        return rows(button("hazards.b_gone", f"hzr:gone:{hazard.id}"), still)
    return rows(still) if may_reopen(hazard, now) else ()


def refresh(session: Session, hazard: Hazard, now: datetime) -> None:
    """Brings all cards, and the reporter's own message, up to date. Silent: edits do not ring."""
    outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
    if not hazard.anonymous:
        outbox.edit_ref(session, hazard.report_ref, status(session, hazard, now), now)


def tell(
    session: Session,
    hazard: Hazard,
    words: Text,
    now: datetime,
    *,
    step: str,
    by: int | None = None,
    buttons: Rows = (),
    media: tuple[Media, ...] = (),
    small: bool = False,
    urgent: bool = False,
) -> None:
    """A new message to the reporter. A `small` step is left to the kept-up-to-date message where there is one.

    Nobody is told what they did themselves. Only what is `urgent` rings in a reporter's quiet hours.
    """
    message = Message(words, buttons, media, silent=small)
    _tell_one(session, hazard, message, f"hazard:{hazard.id}:told:{step}:{hazard.round}", now, by, small, urgent)
    for also in store.joined(session, hazard.id):
        key = f"hazard:{hazard.id}:told:{step}:{hazard.round}:{also.id}"
        _tell_one(session, also, message, key, now, by, False, urgent)


def _tell_one(
    session: Session,
    hazard: Hazard,
    message: Message,
    key: str,
    now: datetime,
    by: int | None,
    small: bool,
    urgent: bool,
) -> None:
    if hazard.seal is not None:
        outbox.send(session, To(sealed=hazard.seal), message, Lane.REPLY, moment(hazard, now), key=key)
    elif hazard.reporter is not None and hazard.reporter != by and not small:
        said = message if urgent else considerate(session, hazard.reporter, message, now)
        outbox.send(session, outbox.to_person(hazard.reporter), said, Lane.REPLY, now, key=key)


def considerate(session: Session, person: int, message: Message, now: datetime) -> Message:
    """The message, without a sound in somebody's quiet hours: for all that is no alarm."""
    who = people.person(session, person, now)
    return quietly(message) if who is not None and is_quiet(who.quiet, now) else message


def seen(session: Session, hazard: Hazard, by: int, now: datetime) -> None:
    """Somebody takes care of it."""
    viewer = people.viewer(session, by, now)
    held = (
        role for role in (Role.ADMIN, Role.MANAGER, Role.SAFETY_OFFICER) if viewer and viewer.holds(role, hazard.path)
    )
    role = text("hazards.role_name", role=next(held, Role.SUPERVISOR).value)
    words = text("hazards.told_acknowledged", number=hazard.id, role=role, name=store.name(session, by, now))
    tell(session, hazard, words, now, step="acknowledged", by=by)


def climbed(session: Session, hazard: Hazard, run: int, rung: int, now: datetime) -> None:
    """Those who were called have not answered, the next are: without a sound."""
    if hazard.anonymous:
        tell(session, hazard, text("hazards.r_climbed"), now, step=f"climbed:{run}:{rung}", small=True)
    else:
        outbox.edit_ref(session, hazard.report_ref, status(session, hazard, now), now)


def nobody_answers(session: Session, hazard: Hazard, run: int, now: datetime) -> None:
    """Everybody on the list was called: whoever stands beside the danger must know that nobody may come."""
    words = text("hazards.told_nobody", number=hazard.id)
    tell(session, hazard, words, now, step=f"nobody:{run}", urgent=True)


def fixed(session: Session, hazard: Hazard, now: datetime) -> None:
    """Somebody says that it is fixed; a small one is for the reporter to confirm."""
    closes = reporter_closes(hazard)
    words = text("hazards.told_fixed", number=hazard.id, closes=closes)
    media = cards.after_photo(store.files(session, hazard.id)) if closes else ()
    buttons = reporter_buttons(hazard, now)
    tell(session, hazard, words, now, step="fixed", by=hazard.fixed_by, buttons=buttons, media=media)


def verified(session: Session, hazard: Hazard, now: datetime) -> None:
    """It is gone, with the photo that shows it."""
    words = text("hazards.told_verified", number=hazard.id)
    media = cards.after_photo(store.files(session, hazard.id))
    buttons = reporter_buttons(hazard, now)
    tell(session, hazard, words, now, step="verified", by=hazard.verified_by, buttons=buttons, media=media)
