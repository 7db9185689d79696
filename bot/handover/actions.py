"""Going away, coming back, handing over, acknowledging. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import drafts, outbox
from bot.delivery.outbox import Lane, to_person
from bot.handover import store
from bot.handover.model import (
    CAME_BACK,
    HANDOVER_ACKNOWLEDGED,
    HANDOVER_GIVEN,
    STANDS_IN,
    STOOD_DOWN,
    WENT_AWAY,
    Next,
    Until,
)
from bot.handover.rules import MOST_LETTERS, PATIENCE, REMIND_AFTER, until, who_is_next
from bot.handover.tables import HandoverRow
from bot.kit.errors import Refused
from bot.kit.quiet import quiet_ends
from bot.kit.replies import Button, Message, Reply, answer, button, from_json, rows, to_json
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import successor
from bot.people.model import Person, Role

DRAFT = "ho.note"
OpenItems = Callable[[Session, str, datetime], Iterable[Text]]
"""What is open in a unit: `(session, path, now) -> lines`; each room that has such things gives one."""
_open_items: list[OpenItems] = []


def configure(open_items: Iterable[OpenItems]) -> None:
    """Called at the composition root with what each room can say of its open items."""
    _open_items[:] = list(open_items)


def go_away(session: Session, person_id: int, word: Until, deputy: int | None, now: datetime) -> Reply:
    """Notes the absence, lends the roles to whoever stands in, and tells them. Raises Refused for a deputy who cannot."""
    who = _person(session, person_id, now)
    ends = until(word, now, who.zone)
    if deputy is not None and deputy not in {each.id for each in store.colleagues(session, who, now, most=100)}:
        raise Refused("handover.cannot_stand_in")
    leave = people_actions.go_away(session, person_id, now, ends, deputy)
    body = {"deputised": deputy is not None, "open_end": ends is None}
    record(session, Fact(WENT_AWAY, f"away:{leave}", now, person_id, body=body), now)
    name = ""
    if deputy is not None:
        name = _person(session, deputy, now).name
        people_actions.lend_roles(session, leave, person_id, deputy, ends, now)
        record(session, Fact(STANDS_IN, f"stands_in:{leave}", now, deputy), now)
        told = text("handover.you_stand_in", name=who.name, until=_iso(ends))
        outbox.send(session, to_person(deputy), Message(told), Lane.REPLY, now, key=f"stands_in:{leave}")
    return Reply(edit=Message(text("handover.away_noted", until=_iso(ends), deputy=name)))


def come_back(session: Session, person_id: int, now: datetime) -> Reply:
    """Ends the absence and what was lent for it."""
    who = _person(session, person_id, now)
    deputies = people_actions.come_back(session, person_id, now)
    if not deputies:
        return answer("handover.not_away")
    record(session, Fact(CAME_BACK, f"back:{person_id}:{now.isoformat()}", now, person_id), now)
    for deputy in {each for each in deputies if each}:
        record(session, Fact(STOOD_DOWN, f"stood_down:{person_id}:{deputy}:{now.isoformat()}", now, deputy), now)
        outbox.send(session, to_person(deputy), Message(text("handover.they_are_back", name=who.name)), Lane.REPLY, now)
    return answer("handover.welcome_back")


def begin_handover(session: Session, person_id: int, now: datetime) -> Reply:
    """Asks for the note and shows what is open. Raises Refused for people who lead nothing."""
    who = _person(session, person_id, now)
    lines = open_lines(session, person_id, now)
    drafts.begin(session, person_id, DRAFT, "note", {}, now)
    said = text("handover.write_note", name=who.name, items=lines)
    return Reply((Message(said, rows(button("handover.cancel", "ho.cancel"))),))


def take_note(session: Session, person_id: int, words: str, now: datetime) -> Reply | None:
    """The note is written: who takes over? None where no note is waited for. Raises Refused; the note can be sent again."""
    draft = drafts.current(session, person_id, DRAFT)
    if draft is None:
        return None
    if draft.created_at < now - PATIENCE:
        drafts.close(session, draft)  # a later text is a new matter, perhaps a danger
        return None
    if len(words) > MOST_LETTERS:
        raise Refused("handover.too_long", most=MOST_LETTERS, length=len(words))
    who = _person(session, person_id, now)
    takers = who_is_next(store.takers(session, who, now), now)[:5]
    if not takers:
        raise Refused("handover.nobody_next")
    drafts.advance(session, draft, "whom", {"words": words}, now)
    said = text("handover.to_whom", words=words, items=open_lines(session, person_id, now))
    buttons = rows(*(_taker(each) for each in takers), button("handover.cancel", "ho.cancel"), each=1)
    return Reply((Message(said, buttons),))


def give(session: Session, person_id: int, taker_id: int, now: datetime) -> Reply:
    """Hands over: the next one gets it with a button to acknowledge, outside their quiet hours."""
    draft = drafts.current(session, person_id, DRAFT)
    if draft is None or draft.step != "whom":
        raise Refused("handover.no_note")
    who, taker = _person(session, person_id, now), _person(session, taker_id, now)
    if taker_id not in {each.person for each in store.takers(session, who, now)}:
        raise Refused("handover.cannot_stand_in")
    lines = open_lines(session, person_id, now)
    drafts.close(session, draft)
    starts = quiet_ends(taker.quiet, now)
    row = HandoverRow(
        unit_id=who.unit, giver_id=person_id, taker_id=taker_id, words=str(draft.data["words"]), items=[_stored(x) for x in lines],
        given_at=now, remind_at=starts + REMIND_AFTER,
    )  # fmt: skip
    session.add(row)
    session.flush()
    body = {"handover": row.id, "items": len(lines)}
    record(session, Fact(HANDOVER_GIVEN, f"handover:{row.id}:given", now, person_id, body=body), now)
    outbox.send(
        session, to_person(taker_id), _for_taker(row, who.name, lines), Lane.REPLY, now,
        key=f"handover:{row.id}", not_before=starts,
    )  # fmt: skip
    return Reply(edit=Message(text("handover.given", name=taker.name, words=row.words)))


def acknowledge(session: Session, person_id: int, handover_id: int, now: datetime) -> Reply:
    """The next shift has read it. Raises Refused where it is not theirs, or was acknowledged."""
    row = store.handover(session, handover_id)
    if row is None or row.taker_id != person_id:
        raise Refused("handover.not_yours")
    won = changed(
        session,
        update(HandoverRow)
        .where(HandoverRow.id == handover_id, HandoverRow.state == "given")
        .values(state="acknowledged", acknowledged_at=now, remind_at=None),
    )
    if won != 1:
        raise Refused("handover.acknowledged_before")
    minutes = max(0, round((now - row.given_at).total_seconds() / 60))
    body = {"handover": row.id, "minutes": minutes}
    record(session, Fact(HANDOVER_ACKNOWLEDGED, f"handover:{row.id}:acknowledged", now, person_id, body=body), now)
    giver, taker = people.person(session, row.giver_id, now), _person(session, person_id, now)
    told = text("handover.was_read", name=taker.name)
    outbox.send(session, to_person(row.giver_id), Message(told), Lane.REPLY, now, key=f"handover:{row.id}:read")
    items = [_restored(each) for each in row.items]
    done = text("handover.read", giver=giver.name if giver else "", words=row.words, items=items, at=now.isoformat())
    return Reply(edit=Message(done), toast=text("handover.thanks"))


def remind(session: Session, now: datetime, most: int = 50) -> bool:
    """Reminds those who have not acknowledged, once, and tells the giver."""
    rows_ = store.due(session, now, most)
    for row in rows_:
        mine = (HandoverRow.id == row.id, HandoverRow.state == "given", HandoverRow.remind_at == row.remind_at)
        if not changed(session, update(HandoverRow).where(*mine).values(remind_at=None)):
            continue
        giver, taker = people.person(session, row.giver_id, now), people.person(session, row.taker_id, now)
        if giver is None or taker is None:
            continue
        buttons = rows(button("handover.acknowledge", f"ho.ack:{row.id}"))
        again = Message(text("handover.please_read", name=giver.name, words=row.words), buttons)
        outbox.send(session, to_person(taker.id), again, Lane.REPLY, now, key=f"handover:{row.id}:again")
        told = Message(text("handover.not_read_yet", name=taker.name))
        outbox.send(session, to_person(giver.id), told, Lane.REPLY, now, key=f"handover:{row.id}:unread")
    return len(rows_) == most


def pass_on(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: what they were to read goes to whoever takes over from them, and the giver hears of it."""
    leaver = payload["person"]
    for row in store.unread_by(session, leaver) if leaver is not None else ():
        heir = successor(session, leaver)
        to = people.person(session, heir, now) if heir is not None and heir != row.giver_id else None
        mine = (HandoverRow.id == row.id, HandoverRow.state == "given", HandoverRow.taker_id == leaver)
        remind = now + REMIND_AFTER if to else None
        if not changed(
            session, update(HandoverRow).where(*mine).values(taker_id=to.id if to else leaver, remind_at=remind)
        ):
            continue
        giver, gone = people.person(session, row.giver_id, now), people.person(session, leaver, now)
        if to is not None:
            lines = [_restored(each) for each in row.items]
            message = _for_taker(row, giver.name if giver else "", lines)
            outbox.send(session, to_person(to.id), message, Lane.REPLY, now, key=f"handover:{row.id}:{to.id}")
        told = text("handover.taker_left", name=gone.name if gone else "", heir=to.name if to else "")
        outbox.send(
            session, to_person(row.giver_id), Message(told), Lane.REPLY, now, key=f"handover:{row.id}:left:{leaver}"
        )


def open_lines(session: Session, person_id: int, now: datetime) -> list[Text]:
    """What is open in the units that somebody leads. Raises Refused for people who lead none."""
    viewer = people.viewer(session, person_id, now)
    paths = viewer.paths(Role.SUPERVISOR) if viewer else ()
    if not paths:
        raise Refused("handover.only_leaders")
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return [line for items in _open_items for path in tops for line in items(session, path, now)]


def _for_taker(row: HandoverRow, giver: str, lines: list[Text]) -> Message:
    said = text("handover.for_you", name=giver, words=row.words, items=lines)
    return Message(said, rows(button("handover.acknowledge", f"ho.ack:{row.id}")), ref=f"handover:{row.id}")


def _taker(each: Next) -> Button:
    starts = each.starts_at.isoformat() if each.starts_at is not None and not each.on_shift else None
    return button("handover.taker", f"ho.give:{each.person}", name=each.name[:40], starts=starts, now_=each.on_shift)


def _person(session: Session, id: int, now: datetime) -> Person:
    who = people.person(session, id, now)
    if who is None or who.left_on is not None:
        raise Refused("delivery.stale")
    return who


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _stored(line: Text) -> dict[str, Any]:
    return to_json(Message(line))


def _restored(data: dict[str, Any]) -> Text:
    return from_json(data).text or Text("handover.nothing")
