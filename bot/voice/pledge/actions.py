"""Going through the scenes, signing, asking people. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import drafts, outbox
from bot.delivery.drafts import Draft
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.pledge import rules, showing, store
from bot.voice.pledge.content import scenes
from bot.voice.pledge.model import ASKED, CALLED, DRAFT, ENDED, SIGNED, Scene, Signed
from bot.voice.pledge.tables import PledgeAskedRow, PledgeCallRow, PledgeRow


def begin(session: Session, who: Person, now: datetime) -> Draft:
    """Opens the scenes. Refused: while a pledge holds for long enough."""
    today, signed = people.today_of(who, now), store.newest(session, who.id)
    if signed is not None and signed.until_on - today > rules.SOON:
        raise Refused("voice.pledge.holds", until=signed.until_on.isoformat())
    drawn = [each.code for each in rules.scenes(scenes(), who.id, today.year)]
    return drafts.begin(session, who.id, DRAFT, "scene", {"scenes": drawn, "at": 0, "tries": 0, "wrong": 0}, now)


def scene(draft: Draft) -> Scene | None:
    """The scene that the conversation is at; None once all are done."""
    codes, at = draft.data["scenes"], draft.data["at"]
    known = {each.code: each for each in scenes()}
    return known[codes[at]] if at < len(codes) else None


def answer(session: Session, who: Person, at: int, tries: int, place: int, now: datetime) -> tuple[Draft, Scene, bool]:
    """Takes an answer to the scene at hand; a wrong one is explained and the scene comes again. Refused: an old button."""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    found, data = scene(draft), draft.data
    if found is None or (at, tries) != (data["at"], data["tries"]) or not 0 <= place < len(found.answers):
        raise Refused("voice.pledge.answered_before")
    right = rules.order(who.id, at, tries, len(found.answers))[place] == 0
    if right:
        return typed.onward(session, draft, "scene", now, at=at + 1, tries=0), found, True
    return typed.onward(session, draft, "scene", now, tries=tries + 1, wrong=data["wrong"] + 1), found, False


def sign(session: Session, who: Person, now: datetime) -> Signed:
    """Signs for a year. Refused: before all scenes are done."""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    if scene(draft) is not None:
        raise Refused("voice.pledge.scenes_first")
    drafts.close(session, draft)
    today, before = people.today_of(who, now), store.newest(session, who.id)
    until = rules.until(today, before.until_on if before is not None else None)
    key, wrong = f"pledge:{who.id}:{until}", draft.data["wrong"]
    values = {"key": key, "person_id": who.id, "signed_at": now, "until_on": until, "wrong": wrong}
    insert_once(session, PledgeRow, values, "key")
    session.execute(delete(PledgeAskedRow).where(PledgeAskedRow.person_id == who.id))
    body = {"wrong": wrong, "renewed": before is not None}
    record(session, Fact(SIGNED, key, now, who.id, body=body), now)
    return Signed(who.id, now, until)


def call(session: Session, who: Person, unit: int, now: datetime) -> None:
    """Asks the people of a unit from now on. Refused: without the right; while they are asked already, also from above."""
    there = whom.led_unit(session, who, unit, now)
    if store.call_over(session, there.path) is not None:
        raise Refused("voice.pledge.called_before")
    values = {"unit_id": unit, "open_unit": unit, "path": there.path, "by_id": who.id, "at": now}
    id = insert_once(session, PledgeCallRow, values, "open_unit")
    if id is None:
        raise Refused("voice.pledge.called_before")
    record(session, Fact(CALLED, f"pledge-call:{id}", now, who.id, body={"call": id, "unit": unit}), now)


def end_call(session: Session, who: Person, unit: int, now: datetime) -> None:
    """Asks nobody any more; what was signed holds. Refused: to whoever does not lead there, and when it is ended."""
    there = whom.led_unit(session, who, unit, now)
    live = next((each for each in store.calls(session, [there.path]) if each.unit == unit), None)
    ended = update(PledgeCallRow).where(PledgeCallRow.open_unit == unit).values(open_unit=None, ended_at=now)
    if live is None or changed(session, ended) != 1:
        raise Refused("voice.changed_meanwhile")
    record(session, Fact(ENDED, f"pledge-call:{live.id}:ended", now, who.id, body={"call": live.id, "unit": unit}), now)


def ask(session: Session, who: Person, times: int, now: datetime) -> None:
    """Asks somebody to sign or to renew; each of so many times once."""
    if times == 0:
        first = {"person_id": who.id, "times": 1, "asked_at": now}
        won = insert_once(session, PledgeAskedRow, first) is not None
    else:
        mine = (PledgeAskedRow.person_id == who.id, PledgeAskedRow.times == times)
        won = changed(session, update(PledgeAskedRow).where(*mine).values(times=times + 1, asked_at=now)) == 1
    if won:
        message = showing.request(session, who, now)
        key = f"pledge-asked:{who.id}:{now.date()}"
        outbox.send(session, to_person(who.id), message, Lane.LESSON, now, key=key, topic="voice.pledge", unasked=ASKED)
