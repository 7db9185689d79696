"""Setting up, proving and removing a second factor. Each in the caller's transaction; what may be done once is a conditional
update."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import approvals
from bot.kit.errors import Refused
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding import takeovers
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.web.actions import sign_out_everywhere
from bot.web.factor import rules, store
from bot.web.factor.model import FACTOR_REMOVED, FACTOR_SET, RECOVERY_USED, Proof
from bot.web.factor.tables import RecoveryCodeRow, SecondFactorRow

SECONDED = "web.factor.seconded"


def begin(session: Session, person: int, now: datetime) -> None:
    """A new secret and new recovery codes, to be confirmed by a code. Refused where one is set up already."""
    people.lock_person(session, person)
    if store.is_set(session, person):
        raise Refused("web.factor.is_set")
    session.execute(delete(SecondFactorRow).where(SecondFactorRow.person_id == person))
    parts = (rules.new_secret(), *(code.replace("-", "") for code in rules.new_recovery()))
    session.add(SecondFactorRow(person_id=person, secret=store.closed(person, parts), begun_at=now))
    session.flush()


def confirm(session: Session, person: int, code: str, now: datetime) -> Proof:
    """The first code of the phone: from now on it is asked for. The recovery codes are then kept as hashes alone."""
    people.lock_person(session, person)
    setup, found = store.being_set(session, person, now), store.row(session, person)
    if setup is None or found is None:
        raise Refused("web.factor.too_late")
    if _locked(found, now):
        return Proof.TOO_MANY
    step = rules.step_of(setup.secret, code, now, 0)
    if step is None:
        return _wrong(session, person, now)
    values = {"secret": store.closed(person, (setup.secret,)), "confirmed_at": now, "last_step": step, "wrong": 0}
    unset = (SecondFactorRow.person_id == person, SecondFactorRow.confirmed_at.is_(None))
    if changed(session, update(SecondFactorRow).where(*unset).values(**values)) != 1:
        raise Refused("web.factor.is_set")
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person))
    hashes = [store.recovery_hash(person, code) for code in setup.recovery]
    session.add_all(RecoveryCodeRow(person_id=person, code_hash=each) for each in hashes)
    session.flush()
    record(session, Fact(FACTOR_SET, f"factor:{person}:{now.isoformat()}", now, person), now)
    return Proof.GOOD


def prove(session: Session, person: int, code: str, now: datetime) -> Proof:
    """Whether a code is right: of the phone, once; or a recovery code, once. All wrong ones are counted."""
    people.lock_person(session, person)
    found = store.row(session, person)
    if found is None or found.confirmed_at is None:
        return Proof.WRONG
    if _locked(found, now):
        return Proof.TOO_MANY
    recovery = rules.recovery_in(code)
    if recovery is not None:
        good = _recovered(session, person, recovery, now)
    else:
        parts = store.opened(found)  # nothing, where the house's key is another: then no code is right
        good = bool(parts) and _stepped(session, person, rules.step_of(parts[0], code, now, found.last_step))
    if not good:
        return _wrong(session, person, now)
    session.execute(update(SecondFactorRow).where(SecondFactorRow.person_id == person).values(wrong=0))
    return Proof.GOOD


def remove(session: Session, person: int, now: datetime, *, by_other: bool) -> bool:
    """Takes somebody's second factor away; False where there was none. Whose role needs one sets up another at the next page."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person))
    if changed(session, delete(SecondFactorRow).where(SecondFactorRow.person_id == person)) == 0:
        return False
    body = {"by_other": by_other}
    record(session, Fact(FACTOR_REMOVED, f"factor:{person}:{now.isoformat()}:removed", now, person, body=body), now)
    if (who := people.person(session, person, now)) is not None:
        takeovers.tell(session, who, text("web.factor.removed", by_other=by_other), now)
    return True


def ask_to_remove(session: Session, by: int, who: Person, now: datetime) -> None:
    """Takes the second factor of one of two away only with the word of a second person. Raises Refused: nobody could give it."""
    me = people.person(session, by, now)
    name = me.name if me else ""
    said = text("web.factor.second", name=who.name, badge=who.badge, by=name)
    matter = takeovers.matter_of(session, who, by, "factor_removed", SECONDED, {"person": who.id}, said, now)
    takeovers.must_be_seconded(session, matter, by, who.badge, now, way="factor")
    approvals.ask(session, by, matter, now, key=f"factor:{who.id}:{by}:{now.isoformat()}")
    takeovers.tell(session, who, text("web.factor.asked", by=name), now)


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a second person has spoken. Whoever asked must still be over whom it is about."""
    who, me = people.person(session, payload["person"], now), people.viewer(session, payload["by"], now)
    if payload["agreed"] and who is not None and me is not None and may_remove(session, me, who, now):
        remove(session, who.id, now, by_other=True)
        sign_out_everywhere(session, who.id, now, by_other=True)


def may_remove(session: Session, by: Viewer, who: Person, now: datetime) -> bool:
    """Whether somebody may take another's second factor away: who is over me is not disarmed by me."""
    them = people.viewer(session, who.id, now)
    return (
        them is not None
        and by.holds(Role.ADMIN, who.path)
        and all(by.holds(each.role, each.path) for each in them.grants)
    )


def _locked(found: SecondFactorRow, now: datetime) -> bool:
    return found.wrong >= rules.WRONG and found.wrong_since is not None and found.wrong_since > now - rules.WITHIN


def _wrong(session: Session, person: int, now: datetime) -> Proof:
    mine = update(SecondFactorRow).where(SecondFactorRow.person_id == person)
    over = or_(SecondFactorRow.wrong_since.is_(None), SecondFactorRow.wrong_since <= now - rules.WITHIN)
    if changed(session, mine.where(over).values(wrong=1, wrong_since=now)) == 0:
        session.execute(mine.values(wrong=SecondFactorRow.wrong + 1))
    return Proof.WRONG


def _stepped(session: Session, person: int, step: int | None) -> bool:
    if step is None:
        return False
    newer = (SecondFactorRow.person_id == person, SecondFactorRow.last_step < step)
    return changed(session, update(SecondFactorRow).where(*newer).values(last_step=step)) == 1


def _recovered(session: Session, person: int, code: str, now: datetime) -> bool:
    mine = (RecoveryCodeRow.person_id == person, RecoveryCodeRow.code_hash == store.recovery_hash(person, code))
    unused = update(RecoveryCodeRow).where(*mine, RecoveryCodeRow.used_at.is_(None))
    if changed(session, unused.values(used_at=now)) != 1:
        return False
    left = store.recovery_left(session, person)
    key = f"recovery:{person}:{now.isoformat()}:{left}"
    record(session, Fact(RECOVERY_USED, key, now, person, body={"left": left}), now)
    return True
