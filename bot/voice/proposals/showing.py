"""How proposals and committees look in the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.voice import whom
from bot.voice.proposals import rules, store
from bot.voice.proposals.model import Proposal, Stand, State

MOST, SHORT = 10, 140


def short(words: str) -> str:
    """The beginning of a long text."""
    return words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"


def overview(session: Session, who: Person, now: datetime) -> Message:
    """The proposals that somebody may see; whoever leads can put one, and name a committee."""
    found = store.seen_by(session, who, now, MOST)
    lines = [{"id": each.id, "words": short(each.words), "state": each.state.value} for each in found]
    keys = [button("voice.b_number", f"vp:open:{each.id}", number=each.id) for each in found]
    more = []
    if whom.led(session, who.id, now):
        more = [button("voice.proposals.b_new", "vp:new"), button("voice.proposals.b_committee", "vp:units")]
    return Message(
        text("voice.proposals.overview", lines=lines, leads=bool(more)), (*rows(*keys, each=4), *rows(*more))
    )


def values(session: Session, found: Proposal, now: datetime) -> dict[str, Any]:
    """A proposal as its texts take it: who was asked, who agreed, who dissented and why, who said nothing."""
    voices = store.voices(session, found.id)

    def said(stand: Stand | None) -> list[dict[str, str]]:
        some = [each for each in voices if each.stand is stand]
        return [{"name": speaking.name(session, each.person, now), "reason": each.reason} for each in some]

    return {
        "id": found.id, "words": found.words, "unit": speaking.label(session, found.unit), "state": found.state.value,
        "by": speaking.name(session, found.put_by, now), "due": found.due_at.isoformat(), "reason": found.reason,
        "decided_by": speaking.name(session, found.decided_by, now),
        "at": found.decided_at.isoformat() if found.decided_at else None, "agreed": said(Stand.AGREES),
        "dissented": said(Stand.DISSENTS), "silent": said(None), "asked": len(voices),
    }  # fmt: skip


def record(session: Session, found: Proposal, now: datetime) -> Text:
    """The decision with its dissent, and who was asked."""
    return text("voice.proposals.record", **values(session, found, now))


def card(session: Session, reader: Person, found: Proposal, now: datetime) -> Message:
    """One proposal. A member reads it without what the others say, so that each speaks for themselves."""
    voices = {each.person: each for each in store.voices(session, found.id)}
    leads = whom.leads(session, reader.id, found.path, now)
    if found.state is not State.OPEN:
        return Message(record(session, found, now))
    mine, keys = voices.get(reader.id), []
    if mine is not None:
        keys += [
            button("voice.proposals.b_agree", f"vp:agree:{found.id}"),
            button("voice.proposals.b_dissent", f"vp:dissent:{found.id}"),
        ]
    ready = rules.may_be_decided(found, list(voices.values()), now)
    if leads and ready:
        keys += [
            button("voice.proposals.b_adopt", f"vp:adopt:{found.id}"),
            button("voice.proposals.b_drop", f"vp:drop:{found.id}"),
        ]
    known = values(session, found, now)
    shown = leads and (ready or mine is None)
    said = text(
        "voice.proposals.card", **{name: known[name] for name in ("id", "words", "unit", "by", "due", "asked")},
        spoken=sum(each.stand is not None for each in voices.values()), ready=ready,
        stand=mine.stand.value if mine is not None and mine.stand is not None else None, why=mine.reason if mine else "",
        voices={name: known[name] for name in ("agreed", "dissented", "silent")} if shown else None,
    )  # fmt: skip
    return Message(said, rows(*keys))


def committee(session: Session, unit: int, now: datetime) -> Message:
    """Who is asked about a unit's proposals; a tap puts somebody on or takes them off."""
    there = whom.people_of(session, _path(session, unit), now, 12)
    members = store.committee(session, unit)
    named = {each.id: each.name for each in there} | {id: speaking.name(session, id, now) for id in members}
    keys = [
        button("voice.proposals.b_member", f"vp:member:{unit}:{id}", name=name, on=id in members)
        for id, name in named.items()
    ]
    said = text("voice.proposals.committee", unit=speaking.label(session, unit), names=[named[id] for id in members])
    return Message(said, rows(*keys))


def _path(session: Session, unit: int) -> str:
    found = people.unit(session, unit)
    return found.path if found is not None else "/0/"
