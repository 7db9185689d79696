"""The reporter's side of the chat beside the draft: a scanned place, how one's reports stand, answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.delivery.outbox import Lane, To
from bot.hazards import attached, cards, company, repair, report, respond, store, telling
from bot.hazards.model import Hazard
from bot.hazards.reporting import MOST_SAID, person_of
from bot.hazards.rules import told
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, answer, button, here_ref, rows, toast
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person


def on_place(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/start p<code>`: somebody scanned a place's QR."""
    who = person_of(session, event, now)
    if who is None:
        return None
    place = people.place_by_code(session, event.args[1:])
    if place is None:
        return answer("hazards.no_such_place")
    report.scan(session, who, place, now)
    said = text("hazards.here", place=place.label)
    more = [each for offer in company.at_place for each in offer(session, place, who, now)]
    return Reply((Message(said, rows(button("hazards.b_report", "hzd:new"), *more, each=1), ref=here_ref(who.id)),))


# --- one's own reports ------------------------------------------------------------------------------------------------


def on_my_reports(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """`/myreports`: how one's reports stand; those without a name in a message of their own, under seal."""
    who = person_of(session, event, now)
    if who is None:
        return None
    named, sealed = store.reports_of(session, who.id), store.sealed_reports_of(session, who.id)
    if sealed:
        words = text("hazards.my_reports", reports=[_line(session, h) for h in sealed], sealed=True)
        outbox.send(session, outbox.under_seal(who.id), Message(words), Lane.REPLY, outbox.coarse(now))
    if not named:
        return NOTHING if sealed else answer("hazards.no_reports")
    found = (button("hazards.b_open", f"hzr:show:{h.id}", number=h.id) for h in named)
    return answer("hazards.my_reports", reports=[_line(session, h) for h in named], buttons=rows(*found))


def _line(session: Session, hazard: Hazard) -> dict[str, Any]:
    words, state = told(hazard, 30), cards.state_name(hazard.state)
    return {"number": hazard.id, "place": store.where(session, hazard), "words": words, "state": state}


def on_reporter_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzr:what:hazard`: a button of a message to a reporter."""
    who = person_of(session, event, now)
    if who is None:
        return None
    hazard = store.hazard(session, event.number(1))
    if hazard is None or store.reported_as(session, hazard, who.id) is None:
        return toast("hazards.t_not_yours", alert=True)
    what = event.word(0)
    if what == "gone":
        repair.confirm_gone(session, hazard.id, who.id, now)
        return toast("hazards.t_thanks")
    if what == "still":
        repair.reopen(session, hazard.id, who.id, now)
        return toast("hazards.t_reopened", alert=True)
    if what == "answer":
        return _begin_answer(session, hazard, who, now)
    return Reply((telling.status(session, hazard, now),))


def _begin_answer(session: Session, hazard: Hazard, who: Person, now: datetime) -> Reply:
    respond.begin_answer(session, hazard, who.id, now)
    words = text("hazards.ask_answer", number=hazard.id)
    if hazard.seal is None:
        return Reply((Message(words),))
    outbox.send(session, To(sealed=hazard.seal), Message(words), Lane.REPLY, telling.moment(hazard, now))
    return toast("hazards.t_type_answer")


def on_answer(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The reporter's answer, in whatever form."""
    draft = (
        drafts.current(session, event.person, respond.ANSWER) if event.person is not None and event.private else None
    )
    if draft is None:
        return None
    files: tuple[tuple[str, str], ...] = ()
    if isinstance(event, Said):
        words = event.text.strip()[:MOST_SAID]
    elif isinstance(event, Sent):
        words, files = event.caption.strip(), (attached.file_of(event),)
    else:
        return None
    drafts.close(session, draft)
    respond.answer(session, draft, words, files, now)
    return NOTHING
