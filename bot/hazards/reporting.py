"""The reporter's side of the chat while a report is being made: what is sent, typed and tapped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox, seals
from bot.delivery.drafts import Draft
from bot.hazards import attached, company, drafting, report, respond, store, telling
from bot.hazards.model import Kind, Urgency
from bot.hazards.rules import JOINS_SILENTLY, MOST_FILES, tells_something
from bot.kit.events import AnyEvent, Edited, Located, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, toast
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person

PICTURED = ("image/", "video/")
MOST_SAID = 2000
MOST_HIDDEN = 8


def person_of(session: Session, event: AnyEvent, now: datetime) -> Person | None:
    """Who it is, in a chat with us alone; None in groups and for strangers."""
    return people.person(session, event.person, now) if event.person is not None and event.private else None


def _shown(session: Session, draft: Draft, who: Person, now: datetime) -> Reply:
    return Reply((drafting.screen(session, draft, who, now),))


# --- what is sent -----------------------------------------------------------------------------------------------------


def on_file(session: Session, event: Sent, now: datetime) -> Reply | None:
    """A photo, voice or video outside any draft: the beginning of a report, or the late part of an album."""
    who = person_of(session, event, now)
    if who is None:
        return None
    album = report.album_name(event.album)
    late = store.by_album(session, album) if album else None
    if late is not None and store.is_reporter(late, who.id):
        attached.join_late(session, late, event, now)
        return NOTHING
    draft = drafts.current(session, who.id, drafting.KIND)
    if draft is not None:
        return _join(session, draft, who, event, now)
    return _shown(session, report.begin(session, event, who, "menu", now), who, now)


def on_any_file(session: Session, event: Sent, now: datetime) -> Reply | None:
    """A picture or film sent as a document, which nobody else took."""
    if event.file.kind == "document" and (event.file.mime or "").startswith(PICTURED):
        return on_file(session, event, now)
    return None


def on_report(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/report`, with or without words behind it."""
    who = person_of(session, event, now)
    if who is None:
        return None
    draft = drafts.current(session, who.id, drafting.KIND)
    if draft is None:
        draft = report.begin(session, event, who, "wait", now)
    return _say(session, draft, who, event.args, now, fresh=True) if event.args else _shown(session, draft, who, now)


def on_words(session: Session, event: Said, now: datetime) -> Reply | None:
    """A few words out of the blue: most likely somebody tells of a danger, and one tap says that it is none."""
    who = person_of(session, event, now)
    if who is None or not tells_something(event.text):
        return None
    return _say(
        session, report.begin(session, event, who, "wait", now), who, event.text, now, fresh=True, number=event.message
    )


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Whatever comes while a report is being written joins it."""
    who = person_of(session, event, now)
    draft = drafts.current(session, who.id, drafting.KIND) if who else None
    if who is None or draft is None:
        return None
    if isinstance(event, Sent):
        return _join(session, draft, who, event, now)
    if isinstance(event, Said):
        return _say(session, draft, who, event.text, now, number=event.message)
    if isinstance(event, Located):
        words = f"{event.latitude:.5f}, {event.longitude:.5f}"
        return _on(session, draft, who, draft.step, {**draft.data, "place_words": words}, now)
    return None


def _join(session: Session, draft: Draft, who: Person, event: Sent, now: datetime) -> Reply:
    """Silently: the draft's message says how many there are."""
    on = report.join(session, draft, event, now)
    if on is None:
        return _full(session, draft, now)
    if _long_ago(draft, now):
        return _moved(session, on, who, now)
    outbox.edit_ref(session, drafting.ref_of(on), drafting.screen(session, on, who, now), now)
    return NOTHING


def _full(session: Session, draft: Draft, now: datetime) -> Reply:
    """Ten are enough; said once."""
    if draft.data.get("full"):
        return NOTHING
    report.step(session, draft, draft.step, {**draft.data, "full": True}, now)
    return Reply((Message(text("hazards.too_many", most=MOST_FILES), ref=f"{drafting.ref_of(draft)}:full"),))


def _say(
    session: Session,
    draft: Draft,
    who: Person,
    said: str,
    now: datetime,
    *,
    fresh: bool = False,
    number: int | None = None,
) -> Reply:
    """Typed words: the place where one was asked for, else a part of the report."""
    data, said = report.freshen(draft, now), said.strip()[:MOST_SAID]
    if draft.step == "place_words":
        return _on(session, draft, who, _after_place(data), {**data, "place_words": said[:200], "place": None}, now)
    data["words"] = [*data["words"], said]
    if number is not None:
        data["lines"] = {**data.get("lines", {}), str(number): len(data["words"]) - 1}
    if draft.step == "words":
        return _on(session, draft, who, "summary", data, now)
    if fresh or _long_ago(draft, now):
        on = report.step(session, draft, "menu", data, now)
        return _moved(session, on, who, now) if on else NOTHING
    return _on(session, draft, who, "menu" if draft.step == "wait" else draft.step, data, now)


def _long_ago(draft: Draft, now: datetime) -> bool:
    return now - datetime.fromisoformat(draft.data["touched"]) > JOINS_SILENTLY


def _moved(session: Session, draft: Draft, who: Person, now: datetime) -> Reply:
    """The draft's message once more, below what was just sent; the one above goes."""
    outbox.withdraw(session, drafting.ref_of(draft), now)
    return Reply((drafting.screen(session, draft, who, now),))


def _on(session: Session, draft: Draft, who: Person, step: str, data: dict[str, Any], now: datetime) -> Reply:
    """The next step, below what was just typed: an edit further up would not be seen."""
    on = report.step(session, draft, step, data, now)
    return _moved(session, on, who, now) if on is not None else NOTHING


# --- the draft's buttons ----------------------------------------------------------------------------------------------


def on_draft_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzd:what:draft:value`: a button of the draft's message, or `hzd:new`."""
    who = person_of(session, event, now)
    if who is None:
        return None
    what = event.word(0)
    if what == "new":
        return _new(session, event, who, now)
    draft = drafts.current(session, who.id, drafting.KIND)
    if draft is None or draft.id != event.number(1):
        return toast("hazards.t_gone", alert=True)
    if what in SENDING:
        return SENDING[what](session, event, draft, who, now)
    step, data = _next(session, draft, what, event)
    on = report.only_new(session, draft, now) if what == "only_new" else report.step(session, draft, step, data, now)
    return Reply(edit=drafting.screen(session, on, who, now)) if on else toast("hazards.t_again")


def _new(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, drafting.KIND)
    return _shown(session, draft or report.begin(session, event, who, "wait", now), who, now)


def _next(session: Session, draft: Draft, what: str, event: Pressed) -> tuple[str, dict[str, Any]]:
    """Where a button leads, and with what."""
    data, value = dict(draft.data), event.word(2)
    if what == "practice":
        return "menu", data | {"practice": True}
    if what == "kind" and value in set(Kind):
        hurt = value == Kind.HURT.value
        data |= {"kind": value, "urgency": Urgency.NOW.value if hurt else None}
        return ("hurt" if hurt else "place"), data
    if what == "place":
        place = people.place(session, event.number(2))
        return _after_place(data), data | {"place": place.id if place else None, "place_words": None}
    if what == "hide" and event.number(2) > 0:
        hidden = list(data.get("hidden", ()))
        (hidden.remove if event.number(2) in hidden else hidden.append)(event.number(2))
        return "around", data | {"hidden": hidden[:MOST_HIDDEN]}
    if what == "urgency" and value in set(Urgency):
        return "words", data | {"urgency": value}
    if what == "back" and draft.step in ("place_words", "sealed") and data.get("kind") == Kind.HURT.value:
        return "hurt", data
    steps = {"details": "kind", "where": "place", "elsewhere": "place_words", "skip": "summary", "sealed": "sealed"}
    steps |= {"around": "around", "hide": "around"}
    return steps.get(what) or drafting.BACK.get(draft.step, "menu"), data


def on_located(session: Session, event: Located, now: datetime) -> Reply | None:
    """A spot on the map outside any draft: somebody is about to report something there."""
    who = person_of(session, event, now)
    if who is None:
        return None
    draft = drafts.current(session, who.id, drafting.KIND) or report.begin(session, event, who, "wait", now)
    words = f"{event.latitude:.5f}, {event.longitude:.5f}"
    return _on(session, draft, who, draft.step, {**draft.data, "place_words": words}, now)


def on_edited(session: Session, event: Edited, now: datetime) -> Reply | None:
    """A message was changed afterwards: the draft takes the new words; a report keeps both, and those who act read them."""
    who = person_of(session, event, now)
    if who is None or event.message is None or not event.text.strip():
        return None
    said, number = event.text.strip()[:MOST_SAID], str(event.message)
    draft = drafts.current(session, who.id, drafting.KIND)
    if draft is not None and number in draft.data.get("lines", {}):
        words = list(draft.data["words"])
        words[draft.data["lines"][number]] = said
        on = report.step(session, draft, draft.step, {**draft.data, "words": words}, now)
        if on is not None:
            outbox.edit_ref(session, drafting.ref_of(on), drafting.screen(session, on, who, now), now)
        return NOTHING
    hazard = store.by_key(session, seals.seal().name("hazard", event.chat, event.message))
    if hazard is not None and store.is_reporter(hazard, who.id):
        respond.reworded(session, hazard, said, now)
        return NOTHING
    return None


def _after_place(data: dict[str, Any]) -> str:
    """Whoever is with somebody hurt is asked nothing more."""
    return "hurt" if data.get("kind") == Kind.HURT.value else "urgency"


def _send_hurt(session: Session, event: Pressed, draft: Draft, who: Person, now: datetime) -> Reply:
    """One tap, and it leaves as somebody hurt: nothing is asked before."""
    data = {**draft.data, "kind": Kind.HURT.value, "urgency": Urgency.NOW.value}
    on = report.step(session, draft, "menu", data, now)
    return _send(session, event, on, who, now) if on is not None else toast("hazards.t_again")


def _send(session: Session, event: Pressed, draft: Draft, who: Person, now: datetime) -> Reply:
    if draft.data["practice"]:
        return _practised(session, draft, who, now)
    hazard = report.send(session, draft, who, now)
    if hazard is None:
        return toast("hazards.t_gone", alert=True)
    status = telling.status(session, hazard, now, fresh=True)
    outbox.edit_ref(session, hazard.report_ref, status, now)
    at_once = company.when_hurt if hazard.kind is Kind.HURT else ()
    return Reply(tuple(show(session, hazard.path) for show in at_once), edit=status, toast=text("hazards.t_sent"))


def _send_sealed(session: Session, event: Pressed, draft: Draft, who: Person, now: datetime) -> Reply:
    if draft.data["practice"]:
        return _practised(session, draft, who, now)
    hazard = report.send_sealed(session, draft, who, event.message, now)
    return toast("hazards.t_sent") if hazard else toast("hazards.t_gone", alert=True)


def _practised(session: Session, draft: Draft, who: Person, now: datetime) -> Reply:
    if not report.practise(session, draft, who, now):
        return toast("hazards.t_gone", alert=True)
    done = Message(text("hazards.practised"), ref=drafting.ref_of(draft))
    outbox.edit_ref(session, drafting.ref_of(draft), done, now)
    return Reply(edit=done)


def _discard(session: Session, event: Pressed, draft: Draft, who: Person, now: datetime) -> Reply:
    if not report.discard(session, draft):
        return toast("hazards.t_gone", alert=True)
    done = Message(text("hazards.discarded"), ref=drafting.ref_of(draft))
    outbox.edit_ref(session, drafting.ref_of(draft), done, now)
    return Reply(edit=done)


SENDING: dict[str, Callable[[Session, Pressed, Draft, Person, datetime], Reply]] = {
    "send": _send,
    "hurt": _send_hurt,
    "sealed_yes": _send_sealed,
    "discard": _discard,
}
