"""How suggestions look in the chat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.voice import whom
from bot.voice.suggestions import rules, store
from bot.voice.suggestions.model import State, Suggestion, Votes

MOST, SHORT = 12, 160
SETTLED_WITHIN = timedelta(days=30)


def short(words: str) -> str:
    """The beginning of a long text."""
    return words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"


def board(session: Session, who: Person, now: datetime) -> Message:
    """What colleagues suggest, with their votes."""
    found = store.board(session, who, now, now - SETTLED_WITHIN, MOST)
    votes = store.votes(session, [each.id for each in found], who.id)
    lines = [
        {
            "id": each.id,
            "words": short(each.words),
            "state": each.state.value,
            "up": votes[each.id].up,
            "down": votes[each.id].down,
        }
        for each in found
    ]
    keys = [button("voice.b_number", f"vs:open:{each.id}", number=each.id) for each in found]
    new = button("voice.suggestions.b_new", "vs:new")
    return Message(text("voice.suggestions.board", lines=lines), (*rows(*keys, each=4), *rows(new)))


def values(session: Session, found: Suggestion, votes: Votes, now: datetime) -> dict[str, Any]:
    """A suggestion as its texts take it."""
    owner = people.person(session, found.owner, now) if found.owner else None
    today = people.today_of(owner, now) if owner is not None else now.date()
    return {
        "id": found.id, "words": found.words, "unit": speaking.label(session, found.unit), "state": found.state.value,
        "reason": found.reason, "by": speaking.name(session, found.decided_by, now), "owner": owner.name if owner else "",
        "due": found.due_on.isoformat() if found.due_on else None, "done": found.done_words,
        "back": found.back_on.isoformat() if found.back_on else None, "up": votes.up, "down": votes.down,
        "overdue": rules.overdue(found, today),
    }  # fmt: skip


def card(session: Session, reader: Person, found: Suggestion, now: datetime) -> Message:
    """One suggestion, and what this reader can do with it. Who wrote it stands there for those who decide."""
    votes = store.votes(session, [found.id], reader.id)[found.id]
    decides = reader.id != found.person and whom.leads(session, reader.id, found.path, now)
    name = speaking.name(session, found.person, now) if decides or reader.id == found.person else ""
    said = text("voice.suggestions.card", name=name, mine=votes.mine, **values(session, found, votes, now))
    keys, decide = [], []
    waits = found.state in (State.OPEN, State.DEFERRED)
    if waits and reader.id != found.person:
        keys = [
            button("voice.suggestions.b_up", f"vs:up:{found.id}", count=votes.up),
            button("voice.suggestions.b_down", f"vs:down:{found.id}", count=votes.down),
        ]
    if waits and decides:
        decide = [button(f"voice.suggestions.b_{what}", f"vs:{what}:{found.id}") for what in rules.DECISIONS]
    if found.state is State.ACCEPTED and found.owner == reader.id:
        decide = [button("voice.suggestions.b_done", f"vs:done:{found.id}")]
    return Message(said, (*rows(*keys), *rows(*decide, each=1)))


def status(session: Session, found: Suggestion, now: datetime, names: tuple[str, ...] = (), late: bool = False) -> Text:
    """What became of it. `names`: who was told because nobody decided; `late`: it is not done although its day is over."""
    known = values(session, found, Votes(), now)
    wanted = ("words", "state", "reason", "by", "owner", "due", "back", "done")
    return text(
        "voice.suggestions.status", names=list(names), overdue=late or known["overdue"],
        **{name: known[name] for name in wanted},
    )  # fmt: skip


def for_owner(session: Session, found: Suggestion, step: str, now: datetime) -> Message:
    """What its owner gets: at first, on its day, and while it is overdue."""
    why = step.partition(":")[0]
    due = found.due_on.isoformat() if found.due_on else None
    said = text("voice.suggestions.for_owner", words=found.words, due=due, reason=found.reason, why=why)
    return Message(said, rows(button("voice.suggestions.b_done", f"vs:done:{found.id}")))
