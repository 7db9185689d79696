"""How the pledge looks in the chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.drafts import Draft
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.voice import whom
from bot.voice.pledge import actions, rules, store
from bot.voice.pledge.model import Scene

MOST_UNITS, MOST_NAMES = 8, 30
LETTERS = "ABC"


def overview(session: Session, who: Person, now: datetime) -> Message:
    """What one promises, until when one has signed; for whoever leads, how it stands in their units."""
    signed, today = store.newest(session, who.id), people.today_of(who, now)
    until = signed.until_on.isoformat() if signed is not None and signed.until_on >= today else None
    keys = []
    if signed is None or signed.until_on - today <= rules.SOON:
        keys.append(button("voice.pledge.b_begin", "pg:go", again=signed is not None))
    lines = []
    for unit in whom.units(session, who, now, most=MOST_UNITS):
        meant, done = store.counts(session, unit.path, now)
        lines.append({"unit": unit.label, "done": done, "meant": meant})
        keys.append(button("voice.pledge.b_unit", f"pg:unit:{unit.id}", unit=unit.label, done=done, meant=meant))
    return Message(text("voice.pledge.overview", until=until, lines=lines), rows(*keys, each=1))


def unit(session: Session, id: int, now: datetime) -> Message:
    """Who of a unit has not signed, by name; and asking them."""
    there = people.unit(session, id)
    path = there.path if there is not None else "/0/"
    meant, done = store.counts(session, path, now)
    names = [each.name for each in store.missing(session, path, now, MOST_NAMES)]
    called = store.call_over(session, path)
    key = None
    if called is None:
        key = button("voice.pledge.b_call", f"pg:call:{id}", count=meant - done)
    elif called.unit == id:
        key = button("voice.pledge.b_end", f"pg:end:{id}")
    said = text(
        "voice.pledge.unit", unit=speaking.label(session, id), meant=meant, done=done, names=names, more=meant - done - len(names),
        called=called is not None,
    )  # fmt: skip
    return Message(said, rows(key) if key is not None else ())


def request(session: Session, who: Person, now: datetime) -> Message:
    """What somebody gets who is to sign, or to renew."""
    signed = store.newest(session, who.id)
    until = signed.until_on if signed is not None else None
    over = until is not None and until < people.today_of(who, now)
    said = text("voice.pledge.request", until=until.isoformat() if until is not None else None, over=over)
    return Message(said, rows(button("voice.pledge.b_begin", "pg:go", again=until is not None)))


def screen(draft: Draft, before: Scene | None = None, right: bool = True) -> Message:
    """The scene at hand, below what is to be said of the one before; after the last the pledge itself."""
    found, data = actions.scene(draft), draft.data
    why = {"right": right, "words": dict(before.why)} if before is not None else None
    if found is None:
        return Message(text("voice.pledge.promise", why=why), rows(button("voice.pledge.b_sign", "pg:sign")))
    places = rules.order(draft.person, data["at"], data["tries"], len(found.answers))
    answers = [{"letter": LETTERS[at], "words": dict(found.answers[place])} for at, place in enumerate(places)]
    keys = [
        button("voice.pledge.b_letter", f"pg:a:{data['at']}:{data['tries']}:{at}", letter=LETTERS[at])
        for at in range(len(places))
    ]
    said = text(
        "voice.pledge.scene", number=data["at"] + 1, of=len(data["scenes"]), harm=found.harm, says=dict(found.says),
        answers=answers, why=why,
    )  # fmt: skip
    return Message(said, rows(*keys, each=3))
