"""A contest: entries that its jury lets in, votes without names, a prize that the jury approves, a list of prizes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.activities import rules, store, whom
from bot.activities.actions import FILE, open_key, tell
from bot.activities.facts import ANNOUNCED, ENTERED, JUDGED, VOTED, WON, YOURS
from bot.activities.model import Campaign, Entry, Judged
from bot.activities.tables import CampaignRow, ContestEntryRow, ContestJudgementRow, ContestVoteRow
from bot.db.once import changed, insert_once
from bot.delivery import broadcasts, downloads, outbox
from bot.delivery.audience import Audience
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person

KEPT = "activities.entry_kept"
LEAST_FOR_VOTES = 2


def may_enter(session: Session, who: Person, id: int, now: datetime) -> Campaign:
    """The contest, where somebody can send something now. Raises Refused."""
    found = next((each for each in store.meant_for(session, who) if each.id == id and each.contest), None)
    if found is None or local_date(now, found.zone) > found.ends_on:
        raise Refused("activities.no_entries")
    if who.id in found.jury:
        raise Refused("activities.jury_enters_not")
    before = store.entry_of(session, id, who.id)
    if before is not None and before.state is not Judged.WAITING:
        raise Refused("activities.entered_before")
    return found


def enter(session: Session, who: Person, id: int, words: str, photo: str | None, now: datetime) -> Entry:
    """An entry; as long as nobody has looked at it, a newer one takes its place. The jury is told. Raises Refused."""
    found = may_enter(session, who, id, now)
    values = {
        "campaign_id": id, "person_id": who.id, "words": words[: rules.MOST_ENTRY], "photo": f"{FILE}{photo}" if photo else None,
        "state": Judged.WAITING.value, "at": now, "asked_at": None,
    }  # fmt: skip
    new = insert_once(session, ContestEntryRow, values)
    mine = (ContestEntryRow.campaign_id == id, ContestEntryRow.person_id == who.id)
    if new is None:
        again = update(ContestEntryRow).where(*mine, ContestEntryRow.state == Judged.WAITING.value)
        if changed(session, again.values(words=values["words"], photo=values["photo"])) != 1:
            raise Refused("activities.entered_before")
    made = store.entry_of(session, id, who.id)
    assert made is not None
    if photo:
        downloads.want(session, photo, KEPT, {"entry": made.id, "photo": f"{FILE}{photo}"}, now)
    body = {"campaign": id, "photo": photo is not None}
    record(session, Fact(ENTERED, f"contest:{id}:{who.id}", now, who.id, who.unit, who.post, body), now)
    for juror in found.jury:
        message = Message(text("activities.to_let_in", title=found.title), rows(button("activities.b_jury", "ac:jury")))
        key = f"contest:{id}:{made.id}:look:{juror}"
        outbox.send(
            session,
            outbox.to_person(juror),
            message,
            Lane.LESSON,
            now,
            key=key,
            topic=f"contest:{id}:look",
            unasked=YOURS,
        )
    return made


def entry_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: the photo of an entry was fetched; another one may have taken its place meanwhile."""
    if payload.get("media"):
        same = (ContestEntryRow.id == payload["entry"], ContestEntryRow.photo == payload["photo"])
        session.execute(update(ContestEntryRow).where(*same).values(photo=payload["media"]))


def let_in(session: Session, juror: int, id: int, yes: bool, now: datetime) -> Entry:
    """Somebody of the jury lets an entry in, or leaves it out: it may show people who do not want to be seen. Raises Refused."""
    found, made = _of(session, id)
    if juror not in found.jury or juror == made.person:
        raise Refused("activities.not_jury")
    waits = (ContestEntryRow.id == id, ContestEntryRow.state == Judged.WAITING.value)
    to = Judged.IN if yes else Judged.OUT
    if changed(session, update(ContestEntryRow).where(*waits).values(state=to.value)) != 1:
        raise Refused("activities.changed_meanwhile")
    if not yes:
        tell(session, made.person, text("activities.left_out", title=found.title), (), f"contest:{id}:out", now)
    return _of(session, id)[1]


def _of(session: Session, id: int) -> tuple[Campaign, Entry]:
    made = store.entry(session, id)
    found = store.campaign(session, made.campaign) if made is not None else None
    if made is None or found is None or not found.live:
        raise Refused("activities.changed_meanwhile")
    return found, made


def voting(found: Campaign, now: datetime) -> bool:
    """Whether people can vote now."""
    return found.contest and found.live and found.ends_on < local_date(now, found.zone) <= rules.votes_until(found)


def vote(session: Session, who: Person, id: int, now: datetime) -> Campaign:
    """One vote a person, for somebody else's entry; it can be moved while votes are open. Raises Refused."""
    found, made = _of(session, id)
    if not voting(found, now) or made.state is not Judged.IN or not who.path.startswith(found.path):
        raise Refused("activities.no_votes")
    if made.person == who.id:
        raise Refused("activities.own_entry")
    values = {"campaign_id": found.id, "person_id": who.id, "entry_id": id, "at": now}
    if insert_once(session, ContestVoteRow, values) is None:
        mine = (ContestVoteRow.campaign_id == found.id, ContestVoteRow.person_id == who.id)
        session.execute(update(ContestVoteRow).where(*mine).values(entry_id=id, at=now))
    body = {"campaign": found.id}
    record(session, Fact(VOTED, f"contest:{found.id}:vote:{who.id}", now, who.id, who.unit, who.post, body), now)
    return found


def judge(session: Session, juror: int, id: int, yes: bool, now: datetime) -> Judged:
    """One of the jury says yes or no to the entry that is to get the prize; each once. Raises Refused."""
    found, made = _of(session, id)
    able = rules.candidate(store.entries(session, found.id))
    if juror not in found.jury or juror == made.person:
        raise Refused("activities.not_jury")
    asked = session.get_one(ContestEntryRow, id, populate_existing=True).asked_at
    if able is None or able.id != id or asked is None:
        raise Refused("activities.changed_meanwhile")
    if insert_once(session, ContestJudgementRow, {"entry_id": id, "person_id": juror, "yes": yes, "at": now}) is None:
        raise Refused("activities.judged_before")
    body = {"campaign": found.id, "entry": id, "yes": yes}
    record(session, Fact(JUDGED, f"contest:{found.id}:{id}:judged:{juror}", now, juror, body=body), now)
    said = store.judgements(session, id)
    to = rules.verdict_of_jury(sum(said.values()), len(said) - sum(said.values()), len(found.jury))
    if to is not Judged.IN:
        session.execute(update(ContestEntryRow).where(ContestEntryRow.id == id).values(state=to.value))
        advance(session, found, now)
    return to


# --- what falls due ----------------------------------------------------------------------------------------------------


def advance(session: Session, found: Campaign, now: datetime) -> None:
    """Votes are opened; when they are over the jury is asked about one entry after another; then the prizes are listed."""
    row = session.get_one(CampaignRow, found.id, populate_existing=True)
    today = local_date(now, found.zone)
    if not found.contest or row.judged_at is not None or today <= found.ends_on:
        return
    if voting(found, now):
        if row.voting_at is None:
            row.voting_at = now
            session.flush()
            _open_votes(session, found, now)
        return
    able = rules.candidate(store.entries(session, found.id))
    if able is None:
        _close(session, found, now)
    else:
        _ask_jury(session, found, able, now)


def _open_votes(session: Session, found: Campaign, now: datetime) -> None:
    count = sum(each.state is Judged.IN for each in store.entries(session, found.id))
    viewer = people.viewer(session, found.by, now)
    if count < LEAST_FOR_VOTES or viewer is None or not viewer.holds(whom.PLANNER, found.path):
        return
    said = text("activities.votes_open", title=found.title, count=count, until=rules.votes_until(found).isoformat())
    message = Message(said, rows(button("activities.b_entries", f"ac:entries:{found.id}:0")))
    audience, key = Audience(paths=(found.path,)), f"campaign:{found.id}:votes"
    broadcasts.begin(session, viewer, message, audience, ANNOUNCED, now, key=key, role=whom.PLANNER)


def _ask_jury(session: Session, found: Campaign, able: Entry, now: datetime) -> None:
    fresh = (ContestEntryRow.id == able.id, ContestEntryRow.asked_at.is_(None))
    if changed(session, update(ContestEntryRow).where(*fresh).values(asked_at=now)) != 1:
        return
    for juror in found.jury:
        key = f"contest:{found.id}:{able.id}:prize:{juror}"
        outbox.send(session, outbox.to_person(juror), to_judge(found, able), Lane.LESSON, now, key=key, unasked=YOURS)


def to_judge(found: Campaign, able: Entry) -> Message:
    """What the jury is asked: this one has the most votes; is it to get the prize?"""
    said = text(
        "activities.to_judge", title=found.title, words=able.words, votes=able.votes, needed=len(found.jury) // 2 + 1
    )
    keys = rows(button("activities.b_yes", f"ac:prize:{able.id}:1"), button("activities.b_no", f"ac:prize:{able.id}:0"))
    return Message(said, keys, photo_of(able))


def photo_of(made: Entry) -> tuple[Media, ...]:
    """The picture of an entry, where there is one."""
    return (Media("photo", made.photo),) if made.photo else ()


def _close(session: Session, found: Campaign, now: datetime) -> None:
    open_ = (CampaignRow.id == found.id, CampaignRow.judged_at.is_(None))
    if changed(session, update(CampaignRow).where(*open_).values(judged_at=now)) != 1:
        return
    places = rules.prize_list(store.entries(session, found.id))
    for place, each in places:
        body = {"campaign": found.id, "place": place, "votes": each.votes}
        record(session, Fact(WON, f"contest:{found.id}:place:{each.id}", now, each.person, body=body), now)
        said = text("activities.placed", title=found.title, place=place, of=len(places), won=each.state is Judged.WON)
        tell(session, each.person, said, open_key(found.id), f"contest:{found.id}:placed:{each.person}", now)
    if found.by not in {each.person for _, each in places}:
        said = text("activities.prizes_ready", title=found.title, count=len(places))
        tell(session, found.by, said, open_key(found.id), f"contest:{found.id}:prizes", now)
