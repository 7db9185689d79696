"""`/safetyreport`: a leader's report of the month, asked in three steps; `/visit`: a visit with photo and location. Routes only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.duties import store as duties
from bot.duties.reports import actions, rules, store
from bot.duties.reports.model import REPORT_DRAFT, STEPS, VISIT_DRAFT, Report, State
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Located, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Place

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter, until somebody goes on by the button. What was written stays."""
LEADERS = ("supervisor", "safety_officer", "manager")
MOST_PLACES = 6


def on_report(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/safetyreport`: one's own that is still to come, and those of whoever stands below."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((_overview(session, who, now),))


def _overview(session: Session, who: Person, now: datetime) -> Message:
    if not duties.led(session, who.id, now):
        raise Refused("duties.only_leaders")
    month = rules.month_before(now.date())
    own, below = store.wanted(session, who.id), store.below(session, who.id, month, now)
    lines = [_line(session, each, now) for each in below]
    keys = [
        button("duties.reports.b_read", f"dsr:read:{each.id}", name=line["name"])
        for each, line in zip(below, lines, strict=True) if each.state is State.SENT
    ]  # fmt: skip
    if own is not None:
        keys.insert(0, button("duties.reports.b_begin", f"dsr:begin:{own.id}"))
    visits = store.visits(session, who.id, f"{now:%Y-%m}")
    said = text(
        "duties.reports.overview", month=f"{month}-01", own=f"{own.month}-01" if own else "", lines=lines, visits=visits,
        came=sum(each.state is State.SENT for each in below),
    )  # fmt: skip
    return Message(said, rows(*keys))


def _line(session: Session, found: Report, now: datetime) -> dict[str, Any]:
    who = people.person(session, found.person, now)
    return {
        "name": who.name if who else "",
        "state": found.state.value,
        "late": found.late,
        "visits": found.visits,
    }


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dsr:what:number`."""
    who, act, id = speaking.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "begin":
        return Reply((_begin(session, who, id, now),))
    if act == "read":
        return Reply((_read(session, who, id, now),))
    if act == "send":
        return _send(session, who, id, now)
    if act == "all":
        return Reply((_overview(session, who, now),))
    if act == "again":
        return Reply((_restart(session, who, id, now),))
    return None


def _read(session: Session, who: Person, id: int, now: datetime) -> Message:
    found = store.report(session, id)
    mine = found is not None and found.person == who.id
    if found is None or not (mine or any(each.id == id for each in store.below(session, who.id, found.month, now))):
        raise Refused("duties.not_yours")
    author = people.person(session, found.person, now)
    return Message(
        text(
            "duties.reports.card", name=author.name if author else "", month=f"{found.month}-01", done=found.done,
            seen=found.seen, promised=found.promised, visits=found.visits, late=found.late,
        )
    )  # fmt: skip


def _begin(session: Session, who: Person, id: int, now: datetime) -> Message:
    """Goes on where somebody left off, or begins."""
    found = store.report(session, id)
    if found is None or found.person != who.id:
        raise Refused("duties.not_yours")
    if found.state is State.SENT:
        raise Refused("duties.reports.sent_before")
    draft = drafts.current(session, who.id, REPORT_DRAFT)
    if draft is not None and draft.data["report"] == id:
        draft = drafts.advance(session, draft, draft.step, {**draft.data, "at": now.isoformat()}, now)
    else:
        draft = drafts.begin(session, who.id, REPORT_DRAFT, STEPS[0], {"report": id, "at": now.isoformat()}, now)
    if draft is None:
        raise Refused("duties.changed_meanwhile")
    return _screen(session, draft, found)


def _restart(session: Session, who: Person, id: int, now: datetime) -> Message:
    drafts.begin(session, who.id, REPORT_DRAFT, STEPS[0], {"report": id, "at": now.isoformat()}, now)
    return _begin(session, who, id, now)


def _screen(session: Session, draft: Draft, found: Report) -> Message:
    if draft.step == "check":
        said = {step: draft.data[step] for step in STEPS}
        visits = store.visits(session, found.person, found.month)
        keys = rows(
            button("duties.reports.b_send", f"dsr:send:{found.id}"),
            button("duties.reports.b_again", f"dsr:again:{found.id}"),
        )
        return Message(
            text("duties.reports.card", name="", month=f"{found.month}-01", **said, visits=visits, late=False), keys
        )
    before = store.before(session, found)
    return Message(
        text(
            "duties.reports.ask", step=draft.step, number=STEPS.index(draft.step) + 1, month=f"{found.month}-01",
            promised=before.promised if before else "", visits=store.visits(session, found.person, found.month),
        )
    )  # fmt: skip


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The answer to one question; what was written stays until the report is sent."""
    if not isinstance(event, Said) or event.person is None or not event.private:
        return None
    draft = drafts.current(session, event.person, REPORT_DRAFT)
    found = store.report(session, draft.data["report"]) if draft is not None else None
    if draft is None or found is None or draft.step not in STEPS:
        return None
    if datetime.fromisoformat(draft.data["at"]) < now - WITHIN:
        return None
    words = event.text.strip()[: rules.MOST_LETTERS]
    after = (*STEPS, "check")[STEPS.index(draft.step) + 1]
    onward = drafts.advance(session, draft, after, {**draft.data, draft.step: words, "at": now.isoformat()}, now)
    return Reply((_screen(session, onward, found),)) if onward is not None else None


def _send(session: Session, who: Person, id: int, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, REPORT_DRAFT)
    if draft is None or draft.data["report"] != id or draft.step != "check":
        raise Refused("duties.changed_meanwhile")
    sent = actions.send(session, who, id, {step: draft.data[step] for step in STEPS}, now)
    drafts.close(session, draft)
    return Reply(edit=Message(text("duties.reports.sent", month=f"{sent.month}-01", late=sent.late)))


# --- visits -----------------------------------------------------------------------------------------------------------


def on_visit(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/visit`: where are you? By the phone's location; a place of the site can be named besides."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    if not duties.led(session, who.id, now):
        raise Refused("duties.only_leaders")
    drafts.begin(session, who.id, VISIT_DRAFT, "where", {}, now)
    return Reply((Message(text("duties.reports.ask_where"), ask="location"),))


def on_visit_step(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A location, then a photo, then a few words."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, VISIT_DRAFT) if who is not None else None
    if who is None or draft is None or not event.private or draft.created_at < now - WITHIN:
        return None
    if draft.step == "where" and isinstance(event, Located):
        where = {"latitude": rules.coarse(event.latitude), "longitude": rules.coarse(event.longitude)}
        if drafts.advance(session, draft, "photo", where, now) is None:
            return None
        keys = [button("duties.reports.b_place", f"dsv:place:{p.id}", place=p.label) for p in _places(session, who)]
        return Reply((Message(text("duties.reports.ask_photo"), rows(*keys)),))
    if draft.step == "photo" and isinstance(event, Sent) and event.file.kind == "photo":
        if event.caption.strip():
            return _visited(session, who, _with_photo(draft, event), event.caption.strip(), now)
        if drafts.advance(session, draft, "words", {**draft.data, "photo": event.file.file_id}, now) is None:
            return None
        return Reply((Message(text("duties.reports.ask_words"), rows(button("duties.reports.b_done", "dsv:done:0"))),))
    if draft.step == "words" and isinstance(event, Said):
        return _visited(session, who, draft, event.text.strip(), now)
    return Reply((Message(text("duties.reports.visit_needs", step=draft.step)),))


def _with_photo(draft: Draft, event: Sent) -> Draft:
    data = {**draft.data, "photo": event.file.file_id}
    return Draft(draft.id, draft.person, draft.kind, draft.step, data, draft.version, draft.created_at, None)


def _places(session: Session, who: Person) -> list[Place]:
    return people.places_near(session, who.path, MOST_PLACES)


def on_visit_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dsv:place:number` names the place; `dsv:done` goes without words."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, VISIT_DRAFT) if who is not None else None
    if who is None or draft is None:
        return None
    if event.word(0) == "place" and event.number(1) in {place.id for place in _places(session, who)}:
        drafts.advance(session, draft, draft.step, {**draft.data, "place": event.number(1)}, now)
        return Reply(drop_buttons=True, toast=text("duties.reports.t_place"))
    if event.word(0) == "done" and draft.step == "words":
        return _visited(session, who, draft, "", now)
    return None


def _visited(session: Session, who: Person, draft: Draft, note: str, now: datetime) -> Reply:
    actions.visit(session, who, draft, note, now)
    drafts.close(session, draft)
    count = store.visits(session, who.id, f"{now:%Y-%m}") + 1
    return Reply(
        (Message(text("duties.reports.visited", count=count), rows(button("duties.reports.b_danger", "hzd:new"))),)
    )


ROUTES = (
    Route(on_report, command="safetyreport", menu="duties.reports.menu", roles=LEADERS),
    Route(on_press, verb="dsr"),
    Route(on_words, draft=REPORT_DRAFT),
    Route(on_visit, command="visit", menu="duties.reports.menu_visit", roles=LEADERS),
    Route(on_visit_step, draft=VISIT_DRAFT),
    Route(on_visit_press, verb="dsv"),
)
