"""The same few questions before, after and weeks later. What somebody answered is in no fact and on no page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.activities import rules, store
from bot.activities.facts import ANSWERED, ASKED, QUESTIONS
from bot.activities.model import Campaign, Start, Wave
from bot.activities.tables import CampaignAnswerRow
from bot.db.once import changed, insert_many_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.model import Person

SLICE = 40


def ask_due(session: Session, now: datetime) -> bool:
    """Asks whoever is to be asked now, a slice at a time; True while more is left."""
    for found in store.live(session):
        if not found.asks:
            continue
        today = local_date(now, found.zone)
        for start in store.starts(session, found.id):
            for wave in Wave:
                first, last = rules.window(wave, start, found.later_weeks)
                if first <= today <= last:
                    new = store.to_ask(session, found, start, wave, now, SLICE)
                    if new:
                        _ask(session, found, start, wave, new, last, now)
                        return True
    return False


def _ask(
    session: Session, found: Campaign, start: Start, wave: Wave, new: Sequence[Person], last: date, now: datetime
) -> None:
    values = [
        {"campaign_id": found.id, "wave": wave.value, "person_id": who.id, "until_on": last, "asked_at": now, "next": 0,
         "right": 0, "at": None}
        for who in new
    ]  # fmt: skip
    insert_many_once(session, CampaignAnswerRow, values)
    for who in new:
        key = f"campaign:{found.id}:{wave.value}:{who.id}"
        outbox.send(
            session, outbox.to_person(who.id), ask(found, wave, last), Lane.BULK, now, key=key, unasked=QUESTIONS
        )
        body = {"campaign": found.id, "wave": wave.value}
        record(session, Fact(ASKED, f"{key}:asked", now, who.id, who.unit, who.post, body), now)


def ask(found: Campaign, wave: Wave, last: date) -> Message:
    """The few words in front of the questions."""
    said = text("activities.questions", title=found.title, count=found.asks, wave=wave.value, until=last.isoformat())
    return Message(said, rows(button("activities.b_answer", f"ac:quiz:{found.id}:{wave.value}", count=found.asks)))


def show(session: Session, who: Person, id: int, wave: Wave, now: datetime) -> Message:
    """The question at which somebody is. Raises Refused."""
    found, row = _open(session, who, id, wave, now)
    return _question(found, wave, row.next, who)


def answer(session: Session, who: Person, id: int, wave: Wave, at: int, choice: int, now: datetime) -> Reply:
    """One answer; then the next question, or thanks. Only at the last time is told what was right. Raises Refused."""
    found, row = _open(session, who, id, wave, now)
    offered = rules.answers(rules.spoken(found.said, who.lang).questions[row.next], id, row.next, wave, who.id)
    if row.next != at or not 0 <= choice < len(offered):
        raise Refused("activities.changed_meanwhile")
    done = at + 1 == found.asks
    values = {"next": at + 1, "right": row.right + offered[choice][1], "at": now if done else None}
    which = (
        CampaignAnswerRow.campaign_id == id, CampaignAnswerRow.wave == wave.value, CampaignAnswerRow.person_id == who.id,
        CampaignAnswerRow.next == at, CampaignAnswerRow.at.is_(None),
    )  # fmt: skip
    if changed(session, update(CampaignAnswerRow).where(*which).values(**values)) != 1:
        raise Refused("activities.changed_meanwhile")
    if not done:
        return Reply(edit=_question(found, wave, at + 1, who))
    body = {"campaign": id, "wave": wave.value}
    key = f"campaign:{id}:{wave.value}:{who.id}:answered"
    record(session, Fact(ANSWERED, key, now, who.id, who.unit, who.post, body), now)
    return Reply(edit=Message(_thanks(found, wave, who)), toast=text("activities.t_noted"))


def _thanks(found: Campaign, wave: Wave, who: Person):  # type: ignore[no-untyped-def]
    last = wave is Wave.LATER
    asked = rules.spoken(found.said, who.lang).questions if last else ()
    lines = [{"ask": each.ask, "right": each.right} for each in asked]
    return text("activities.answered", wave=wave.value, lines=lines)


def _open(session: Session, who: Person, id: int, wave: Wave, now: datetime) -> tuple[Campaign, CampaignAnswerRow]:
    found, row = store.campaign(session, id), store.answer(session, id, wave, who.id)
    if found is None or row is None or not found.live or row.until_on < local_date(now, found.zone):
        raise Refused("activities.questions_over")
    if row.at is not None:
        raise Refused("activities.answered_before")
    return found, row


def _question(found: Campaign, wave: Wave, at: int, who: Person) -> Message:
    asked = rules.spoken(found.said, who.lang).questions[at]
    keys = [
        button("activities.b_choice", f"ac:a:{found.id}:{wave.value}:{at}:{n}", words=words)
        for n, (words, _) in enumerate(rules.answers(asked, found.id, at, wave, who.id))
    ]
    said = text("activities.question", ask=asked.ask, number=at + 1, of=found.asks)
    return Message(said, rows(*keys, each=1))
