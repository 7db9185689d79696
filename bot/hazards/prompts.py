"""What a supervisor or assignee is asked to type or send: the photo after the fix, a question, a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.delivery.drafts import Draft
from bot.hazards import cards, major, repair, respond
from bot.hazards.model import Hazard, State
from bot.hazards.moves import handled, lost
from bot.hazards.reporting import MOST_SAID
from bot.hazards.rules import UNFIXED
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows, toast
from bot.kit.risk import Severity
from bot.kit.texts import Text, text
from bot.people.model import Person

CORRECTING = ("hazards.measure", "hazards.plan", "hazards.budget")
"""Drafts of what is done about a hazard."""


def press_fixed(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    if refused := major.tried(session, id, "fix", who.id, now):
        return Reply(toast=refused.text, alert=True)
    repair.may_fix(session, id, who.id, now)
    draft = drafts.begin(session, who.id, repair.FIX, "photo", {"hazard": id}, now)
    return Reply((_ask_after(draft),))


def _ask_after(draft: Draft) -> Message:
    id = draft.data["hazard"]
    buttons = rows(button("hazards.b_no_photo", f"hz:nophoto:{id}"), button("hazards.b_cancel", f"hz:cancel:{id}"))
    return Message(text("hazards.ask_after", number=id), buttons, ref=_prompt(draft))


def press_no_photo(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    hazard = repair.may_fix(session, id, who.id, now)
    if hazard.major:
        major.on_record(session, hazard, "fix", "photo", who.id, now)
        return toast("hazards.t_major_photo", alert=True)
    draft = drafts.begin(session, who.id, repair.FIX, "why", {"hazard": id}, now)
    cancel = rows(button("hazards.b_cancel", f"hz:cancel:{id}"))
    return Reply(edit=Message(text("hazards.ask_why_no_photo", number=id), cancel, ref=_prompt(draft)))


def on_fix(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The photo after the fix, or the word why there is none."""
    draft = draft_of(session, event, repair.FIX)
    if draft is None:
        return None
    id, by = int(draft.data["hazard"]), draft.person
    if isinstance(event, Sent) and event.file.kind in ("photo", "video"):
        photo, words = (event.file.kind, event.file.file_id), event.caption.strip() or None
        return _fixed(session, draft, lambda: repair.fix(session, id, by, now, words=words, photo=photo), now)
    if isinstance(event, Said) and draft.step == "why":
        words = event.text.strip()[:MOST_SAID]
        return _fixed(session, draft, lambda: repair.fix(session, id, by, now, words=words), now)
    return Reply((_ask_after(draft),)) if isinstance(event, Said) else None


def _fixed(session: Session, draft: Draft, do: Callable[[], Hazard], now: datetime) -> Reply:
    def told() -> Text:
        return repair.noted(session, do(), now)

    return finish(session, draft, told, None, now)


def press_ask(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    respond.may_ask(session, id, who.id, now)
    return type_next(session, who, respond.ASK, text("hazards.ask_question", number=id), id, now)


def press_reject(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    if refused := major.tried_to_lower(session, id, "reject", who.id, now):
        return Reply(toast=refused.text, alert=True)
    hazard = handled(session, id, who.id, now)
    if hazard.state not in UNFIXED:
        raise lost(session, hazard, now)
    return type_next(session, who, respond.REJECT, text("hazards.ask_reason", number=id), id, now)


def type_next(session: Session, who: Person, kind: str, words: Text, id: int, now: datetime, **values: object) -> Reply:
    """Asks for words about a hazard; what they are for stands in a draft."""
    draft = drafts.begin(session, who.id, kind, "wait", {"hazard": id, **values}, now)
    cancel = rows(button("hazards.b_cancel", f"hz:cancel:{id}"))
    return Reply((Message(words, cancel, ref=_prompt(draft)),))


def on_question(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What a supervisor wants to know."""
    draft = draft_of(session, event, respond.ASK)
    if draft is None or not isinstance(event, Said):
        return None
    id, words = int(draft.data["hazard"]), event.text.strip()[:MOST_SAID]
    sent = text("hazards.question_sent", number=id)
    return finish(session, draft, lambda: respond.ask(session, id, words, draft.person, now), sent, now)


def on_reason(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Why something is no danger."""
    draft = draft_of(session, event, respond.REJECT)
    if draft is None or not isinstance(event, Said):
        return None
    id, words = int(draft.data["hazard"]), event.text.strip()[:500]
    done = text("hazards.task_over", number=id, state=cards.state_name(State.REJECTED))
    return finish(session, draft, lambda: respond.reject(session, id, words, draft.person, now), done, now)


def on_milder(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Why something is less bad than it was rated."""
    draft = draft_of(session, event, respond.MILDER)
    if draft is None or not isinstance(event, Said):
        return None
    id, words, severity = int(draft.data["hazard"]), event.text.strip()[:500], Severity(draft.data["severity"])
    done = text("hazards.t_rated", level=cards.severity_name(severity))
    return finish(session, draft, lambda: respond.rate(session, id, severity, draft.person, now, words), done, now)


def finish(session: Session, draft: Draft, do: Callable[[], object], said: Text | None, now: datetime) -> Reply:
    """Ends a draft with what it was for; what was asked becomes the answer (None: what doing it answers).

    Also where it is refused, or it would

    catch everything that is said afterwards (actions refuse before they write anything).
    """
    drafts.close(session, draft)
    try:
        done = do()
        told = said if said is not None else done
    except Refused as refusal:
        told = refusal.text
    assert isinstance(told, Text)
    outbox.edit_ref(session, _prompt(draft), Message(told), now)
    return NOTHING


def _prompt(draft: Draft) -> str:
    """The ref of the message that asks for words or a photo."""
    nth = f":{draft.data['nth']}" if "nth" in draft.data else ""  # a danger has many measures, and each its own prompt
    return f"prompt:{draft.kind}:{draft.person}:{draft.data['hazard']}{nth}"


def draft_of(session: Session, event: AnyEvent, kind: str) -> Draft | None:
    """Somebody's draft of a kind, in a chat with us alone."""
    return drafts.current(session, event.person, kind) if event.person is not None and event.private else None


def press_cancel(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    for kind in (repair.FIX, respond.ASK, respond.REJECT, respond.MILDER, *CORRECTING):
        draft = drafts.current(session, who.id, kind)
        if draft is not None and draft.data.get("hazard") == id:
            drafts.close(session, draft)
    return Reply(edit=Message(text("hazards.cancelled")))
