"""Coming in: links, posters, requests that a supervisor confirms, new phones. Each in the caller's transaction."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane, To, to_person
from bot.i18n.languages import LANGUAGES, closest
from bot.kit.errors import Refused
from bot.kit.events import Event
from bot.kit.replies import Message, Reply, answer, button, rows, toast
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding import actions, store, takeovers
from bot.onboarding.model import PERSON_JOINED, PHONE_CHANGED, How
from bot.onboarding.rules import INVITE_LASTS, REQUEST_LASTS, SLIP_LASTS, Door, door, may_admit, may_try
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import leaders
from bot.people.model import Person
from bot.people.tables import InviteRow, JoinRequestRow, JoinTryRow, PersonRow, PosterRow

CLOSED = {Door.UNKNOWN: "link_unknown", Door.USED: "link_used", Door.EXPIRED: "link_expired"}
PATIENCE = timedelta(hours=24)
"""How long a badge number that is typed counts as the answer to a scanned poster."""


def make_invite(
    session: Session, person_id: int, now: datetime, *, by: int | None, printed: bool = False, token: str | None = None
) -> str:
    """A single-use link for one person, as the token of a deep link; links of the same kind made before are void."""
    token = "i" + (token or secrets.token_hex(16))
    session.execute(
        update(InviteRow)
        .where(InviteRow.person_id == person_id, InviteRow.printed == printed, InviteRow.used_at.is_(None))
        .values(expires_at=now)
    )
    lasts = SLIP_LASTS if printed else INVITE_LASTS
    session.add(
        InviteRow(
            token_hash=store.hashed(token), person_id=person_id, printed=printed, created_by=by, created_at=now,
            expires_at=now + lasts,
        )
    )  # fmt: skip
    session.flush()
    return token


def make_poster(session: Session, unit_id: int, now: datetime, token: str | None = None) -> str:
    """A poster for a unit, as the token of its QR. Posters that hang already stay good."""
    token = "b" + (token or secrets.token_hex(16))
    session.add(PosterRow(token_hash=store.hashed(token), unit_id=unit_id, created_at=now))
    session.flush()
    return token


def use_invite(session: Session, event: Event, token: str, now: datetime) -> Reply:
    """Somebody opens a link: they are in, or are told kindly why not."""
    row = store.invite(session, token)
    if event.person is not None:
        return _known_with_link(session, event.person, row, now)
    if not may_try(store.tries(session, event.user, now), now):
        return answer("onboarding.too_many_tries")
    if row is not None and (early := store.first_day(session, row.person_id, now)) is not None:
        return answer("onboarding.too_early", day=early.joined_on.isoformat())
    state = door(row.expires_at, row.used_at, now) if row is not None else Door.UNKNOWN
    who = people.person(session, row.person_id, now) if row is not None else None
    if row is not None and who is not None and state is Door.OPEN and (why := takeovers.shut(session, row, who, now)):
        return answer(why)
    if row is None or who is None or who.left_on is not None or state is not Door.OPEN or not _use(session, row, now):
        session.add(JoinTryRow(user_id=event.user, at=now))
        return answer(f"onboarding.{CLOSED.get(state, 'link_used')}")
    how = How.SLIP if row.printed else How.INVITE
    if row.created_by is not None and takeovers.two_for(session, who.id, now):
        came = {"user": event.user, "chat": event.chat, "lang": event.lang, "how": how.value}
        takeovers.ask_second(
            session, who, row.created_by, came, event.name, now, key=f"door:{row.id}:{row.created_at.isoformat()}"
        )
        return answer("onboarding.waits_for_second")
    let_in(session, who, event.user, event.chat, event.lang, how, now)
    return Reply()


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a second person has spoken, or nobody in time. Whoever opened the door must still be allowed to."""
    who = people.person(session, payload["person"], now)
    taken = people.person_of_account(session, "telegram", payload["user"], now)
    good = payload["agreed"] and who is not None and who.left_on is None and taken is None
    if who is not None and good and takeovers.may_still(session, payload["by"], who, now):
        let_in(session, who, payload["user"], payload["chat"], payload["lang"], How(payload["how"]), now)
        return
    if payload.get("request"):
        session.execute(update(JoinRequestRow).where(JoinRequestRow.id == payload["request"]).values(state="refused"))
    to = To(chat=payload["chat"], lang=payload["lang"])
    outbox.send(session, to, Message(text("onboarding.not_let_in")), Lane.REPLY, now)


def scan_poster(session: Session, event: Event, token: str, now: datetime) -> Reply:
    """Somebody scanned a poster: they are asked for their badge number."""
    if event.person is not None:
        who = people.person(session, event.person, now)
        return Reply((actions.menu(who),)) if who else Reply()
    if not may_try(store.tries(session, event.user, now), now):
        return answer("onboarding.too_many_tries")
    poster = store.poster(session, token)
    if poster is None:
        session.add(JoinTryRow(user_id=event.user, at=now))
        return answer("onboarding.link_unknown")
    session.execute(
        delete(JoinRequestRow).where(JoinRequestRow.user_id == event.user, JoinRequestRow.state == "asking")
    )
    session.add(
        JoinRequestRow(
            unit_id=poster.unit_id, poster_id=poster.id, user_id=event.user, chat_id=event.chat,
            lang=closest(event.lang), created_at=now,
        )
    )  # fmt: skip
    return answer("onboarding.which_badge")


def give_badge(session: Session, event: Event, badge: str, now: datetime) -> Reply | None:
    """A stranger who scanned a poster typed a number; None for a stranger who did not.

    The answer is the same for every number, so that nobody finds out by trying who works here.
    """
    asked = store.latest_request(session, event.user, now - PATIENCE)
    if asked is None:
        return None
    if not may_try(store.tries(session, event.user, now), now):
        return answer("onboarding.too_many_tries")
    session.add(JoinTryRow(user_id=event.user, at=now))
    badge = " ".join(badge.split())[:40]
    who = people.person_by_badge(session, badge, now)
    if who is not None and who.left_on is not None:
        who = None
    if asked.state != "asking":
        asked = _another_number(session, asked, now)
    asked.person_id, asked.state = (who.id, "waiting") if who else (None, "unknown")
    session.flush()
    if who is not None:
        _ask_leaders(session, asked, who, event.name, now)
    return answer("onboarding.badge_taken", badge=badge)


def decide(session: Session, by: int, request_id: int, yes: bool, now: datetime) -> Reply:
    """A supervisor says whether it is really them. Raises Refused where it is not theirs to say."""
    row = store.request(session, request_id)
    if row is None or row.person_id is None or row.created_at < now - REQUEST_LASTS:
        raise Refused("onboarding.request_gone")
    who, me, them = (
        people.person(session, row.person_id, now),
        people.viewer(session, by, now),
        people.viewer(session, row.person_id, now),
    )
    if who is None or me is None or them is None or not may_admit(me, them):
        raise Refused("onboarding.not_yours_to_decide")
    two = yes and takeovers.two_for(session, who.id, now)
    if two:
        takeovers.must_be_seconded(session, takeovers.door_of(session, who, by, {}, "", now), by, who.badge, now)
    won = changed(
        session,
        update(JoinRequestRow)
        .where(JoinRequestRow.id == request_id, JoinRequestRow.state == "waiting")
        .values(state="confirmed" if yes else "refused", decided_by=by, decided_at=now),
    )
    if won != 1:
        other = people.person(session, row.decided_by, now) if row.decided_by else None
        if other is None:
            raise Refused("onboarding.request_gone")
        return toast("onboarding.decided_already", alert=True, name=other.name, yes=row.state == "confirmed")
    mine = people.person(session, by, now)
    said = "onboarding.join_waits" if two else "onboarding.join_decided"
    outcome = text(said, name=who.name, badge=who.badge, by=mine.name if mine else "", **({} if two else {"yes": yes}))
    outbox.edit_ref(session, f"join:{request_id}", Message(outcome), now)
    if two:
        came = {"user": row.user_id, "chat": row.chat_id, "lang": row.lang, "how": How.POSTER.value, "request": row.id}
        takeovers.ask_second(session, who, by, came, "", now, key=f"join:{row.id}:{row.created_at.isoformat()}")
        return toast("onboarding.second_is_asked", alert=True)
    if yes:
        let_in(session, who, row.user_id, row.chat_id, row.lang, How.POSTER, now)
    else:
        outbox.send(
            session, To(chat=row.chat_id, lang=row.lang), Message(text("onboarding.not_confirmed")), Lane.REPLY, now
        )
    return toast("onboarding.let_in" if yes else "onboarding.kept_out")


def let_in(session: Session, who: Person, user: int, chat: int, lang: str | None, how: How, now: datetime) -> None:
    """Ties the phone to the person, closes an old one, and says hello."""
    first, old = not store.ever_joined(session, who.id), store.open_chat(session, who.id)
    people_actions.open_account(session, who.id, user, chat, now)
    if first and closest(lang, "") in LANGUAGES:
        session.execute(update(PersonRow).where(PersonRow.id == who.id).values(lang=closest(lang)))
    if first:
        record(session, Fact(PERSON_JOINED, f"joined:{who.id}", now, who.id, body={"how": how.value}), now)
    else:
        key = f"phone:{who.id}:{now.isoformat()}"
        record(session, Fact(PHONE_CHANGED, key, now, who.id, body={"how": how.value}), now)
    takeovers.tell(session, who, text("onboarding.now_on_a_phone"), now, besides=chat)
    if old is not None and old[1] != chat:
        said = Message(text("onboarding.old_phone_closed"))
        outbox.send(session, To(chat=old[1], lang=who.lang), said, Lane.REPLY, now)
        actions.reset_menu(session, old[1], now)
    session.execute(
        update(JoinRequestRow)
        .where(JoinRequestRow.user_id == user, JoinRequestRow.state.in_(("asking", "waiting", "unknown")))
        .values(state="replaced")
    )
    actions.refresh_menu(session, who.id, now)
    chosen = closest(lang, who.lang) if first else who.lang
    hello = text("onboarding.hello", name=actions.first_name(who.name, chosen))
    outbox.send(session, to_person(who.id), Message(hello, actions.language_rows("ob.hello", chosen)), Lane.REPLY, now)


def _known_with_link(session: Session, person_id: int, row: InviteRow | None, now: datetime) -> Reply:
    who = people.person(session, person_id, now)
    if who is None:
        return Reply()
    if row is not None and row.person_id != person_id and door(row.expires_at, row.used_at, now) is Door.OPEN:
        return answer("onboarding.link_for_other", name=who.name)
    return Reply((actions.menu(who),))


def _use(session: Session, row: InviteRow, now: datetime) -> bool:
    """Two phones with one link: the first one has it."""
    mine = (InviteRow.id == row.id, InviteRow.used_at.is_(None), InviteRow.expires_at > now)
    return changed(session, update(InviteRow).where(*mine).values(used_at=now)) == 1


def _another_number(session: Session, asked: JoinRequestRow, now: datetime) -> JoinRequestRow:
    """They typed another number: what was asked before is taken back."""
    mine = (JoinRequestRow.id == asked.id, JoinRequestRow.state == "waiting")
    if changed(session, update(JoinRequestRow).where(*mine).values(state="replaced")):
        outbox.edit_ref(session, f"join:{asked.id}", Message(text("onboarding.join_taken_back")), now)
    row = JoinRequestRow(
        unit_id=asked.unit_id, poster_id=asked.poster_id, user_id=asked.user_id, chat_id=asked.chat_id,
        lang=asked.lang, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def ask_again(session: Session, now: datetime) -> None:
    """Whoever was asked may have left: those who decide by now are asked too, each of them once."""
    for asked in store.waiting_requests(session, now - REQUEST_LASTS):
        who = people.person(session, asked.person_id, now) if asked.person_id else None
        if who is not None and who.left_on is None:
            _ask_leaders(session, asked, who, "", now)


def _ask_leaders(session: Session, asked: JoinRequestRow, who: Person, called: str, now: datetime) -> None:
    them = people.viewer(session, who.id, now)
    if them is None:
        return

    def may(leader: Person) -> bool:
        mine = people.viewer(session, leader.id, now)
        return mine is not None and may_admit(mine, them)

    buttons = rows(
        button("onboarding.confirm", f"ob.join:{asked.id}:yes"), button("onboarding.not_them", f"ob.join:{asked.id}:no")
    )
    said = text(
        "onboarding.join_request", name=who.name, badge=who.badge, called=called[:40],
        again=store.open_chat(session, who.id) is not None,
    )  # fmt: skip
    for leader in leaders(session, who.path, now, besides=who.id, may=may):
        message = Message(said, buttons, ref=f"join:{asked.id}")
        outbox.send(session, to_person(leader.id), message, Lane.REPLY, now, key=f"join:{asked.id}:{leader.id}")
