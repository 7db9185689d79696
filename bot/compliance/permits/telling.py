"""Who hears of a permit: whoever works under it, whoever answers for it; and the facts of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.permits import showing, store
from bot.compliance.permits.model import Permit, State
from bot.delivery import outbox
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

OFFICER = Role.SAFETY_OFFICER


def tell_that_somebody_is_missing(
    session: Session, found: Permit, missing: Sequence[str], asked: Sequence[Person], now: datetime
) -> None:
    """A yes that it takes cannot be had: the safety officers hear it, and whoever else was asked."""
    officers = [who.id for who, _ in oncall.holders(session, [OFFICER], found.path, now)[OFFICER]]
    message = showing.missing(session, found, missing)
    told = dict.fromkeys(each for each in (*officers, *(who.id for who in asked)) if each != found.receiver)
    outbox.alert_all(session, [(id, message, f"{found.subject}:missing:{id}") for id in told], now)


def changed_now(session: Session, id: int, now: datetime) -> None:
    """What those who were asked see now."""
    found = permit(session, id)
    outbox.edit_ref(session, found.ref, showing.card(session, found, now, to="issuer"), now)


def tell_receiver(session: Session, found: Permit, what: str, now: datetime, name: str = "") -> None:
    """Whoever works hears at once what became of it."""
    message = showing.told(session, found, what, now, to="receiver", name=name)
    key = f"{found.ref}:{what}:{found.round}"
    outbox.alert_all(session, [(found.receiver, message, key)], now)


def alert(session: Session, found: Permit, what: str, now: datetime, besides: Sequence[int] = ()) -> None:
    """Receiver and issuer (and who is named besides) are called, each once."""
    mine = showing.told(session, found, what, now, to="receiver")
    theirs = showing.told(session, found, what, now, to="issuer")
    issuers = dict.fromkeys([*answering(session, found, now), *besides])
    told = [(found.receiver, mine, f"{found.ref}:{what}:{found.round}:{found.receiver}")]
    told += [(id, theirs, f"{found.ref}:{what}:{found.round}:{id}") for id in issuers if id != found.receiver]
    outbox.alert_all(session, told, now)


def answering(session: Session, found: Permit, now: datetime) -> list[int]:
    """The issuer; where they have left or cannot be reached, who else leads there."""
    issuer = people.person(session, found.issuer, now) if found.issuer else None
    reached = issuer is not None and issuer.left_on is None and people.reachable_chat(session, issuer.id) is not None
    away = issuer is not None and people.deputy(session, issuer.id, now) is not None
    if issuer is not None and reached and not away:
        return [issuer.id]
    open_gate = Permit(**(vars(found) | {"state": State.ASKED}))
    return [each.id for each in store.whom_to_ask(session, open_gate, now)][:3]


def permit(session: Session, id: int) -> Permit:
    """A permit that is there. Raises Refused."""
    found = store.permit(session, id)
    if found is None:
        raise Refused("compliance.permits.gone")
    return found


def note(
    session: Session, kind: FactKind, found: Permit, by: int | None, now: datetime, key: str, **more: object
) -> None:
    """Writes a fact of a permit."""
    body = {"permit": found.id, "card": found.card} | more
    fact = Fact(kind, f"permit:{found.id}:{key}", now, by, unit=None if by else found.unit, body=body)
    record(session, fact, now)
