"""Opening doors: invitations by badge, posters, roles. Rights are checked here."""

from __future__ import annotations

import io
from datetime import datetime

import segno
from sqlalchemy.orm import Session

from bot.delivery import seals
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media
from bot.onboarding import actions, joining, store
from bot.onboarding.model import ROLE_ENDED, ROLE_GIVEN, Invitation
from bot.onboarding.rules import INVITE_LASTS, may_admit, may_grant
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person, Role, Unit, Viewer


def invite_by_badge(session: Session, by: int, badge: str, now: datetime, seed: str) -> tuple[Person, Invitation]:
    """A link for the person with a badge, and its QR. With the same `seed` a second run makes the same.

    Raises Refused where there is no such person or they are not for `by` to let in.
    """
    who = people.person_by_badge(session, badge, now)
    me = people.viewer(session, by, now)
    if me is None or not me.anywhere(Role.SUPERVISOR):
        raise Refused("onboarding.not_allowed")
    if who is None or who.left_on is not None or not me.holds(Role.SUPERVISOR, who.path):
        raise Refused("onboarding.no_such_badge", badge=badge[:40])
    them = people.viewer(session, who.id, now)
    if them is None or not may_admit(me, them):
        raise Refused("onboarding.not_yours_to_invite", name=who.name)
    token = joining.make_invite(session, who.id, now, by=by, token=token_of("invite", who.id, now, seed))
    url = actions.link(token)
    picture = media.put(qr(url), "qr.png")
    row = store.invite(session, token)
    if row is not None:
        row.picture = picture
    return who, Invitation(token, url, picture, int(INVITE_LASTS.total_seconds() // 3600))


def poster(session: Session, by: int, now: datetime, seed: str) -> tuple[Unit, str, str, int]:
    """A poster for the widest unit that somebody leads: the unit, the link, the picture of its QR, its number."""
    me = people.viewer(session, by, now)
    paths = me.paths(Role.SUPERVISOR) if me else ()
    unit = people.unit(session, people.ancestors(min(paths, key=len))[0]) if paths else None
    if unit is None:
        raise Refused("onboarding.not_allowed")
    token = joining.make_poster(session, unit.id, now, token_of("poster", unit.id, now, seed))
    url, made = actions.link(token), store.poster(session, token)
    return unit, url, media.put(qr(url), "poster.png"), made.id if made else 0


def grant(session: Session, by: int, badge: str, role: str, over: str, now: datetime) -> tuple[Person, Role, Unit]:
    """Gives a role over a unit (named from the site down; left out: the person's own). Raises Refused."""
    who, wanted, unit = _asked(session, by, badge, role, over, now)
    if not people_actions.grant(session, who.id, wanted, unit.id, now, by):
        raise Refused("onboarding.has_role_already", name=who.name)
    key = f"role:{who.id}:{wanted}:{unit.id}:{now.isoformat()}"
    record(session, Fact(ROLE_GIVEN, key, now, who.id, body={"role": wanted.value, "over": unit.id}), now)
    actions.refresh_menu(session, who.id, now)
    return who, wanted, unit


def revoke(session: Session, by: int, badge: str, role: str, over: str, now: datetime) -> tuple[Person, Role, Unit]:
    """Takes a role away. Raises Refused; also where it would leave the company without an administrator."""
    who, wanted, unit = _asked(session, by, badge, role, over, now)
    if wanted is Role.ADMIN and who.id == by:
        raise Refused("onboarding.not_your_own_admin")
    if not people_actions.revoke(session, who.id, wanted, unit.id, now):
        raise Refused("onboarding.has_no_such_role", name=who.name)
    key = f"role:{who.id}:{wanted}:{unit.id}:{now.isoformat()}:ended"
    record(session, Fact(ROLE_ENDED, key, now, who.id, body={"role": wanted.value, "over": unit.id}), now)
    actions.refresh_menu(session, who.id, now)
    return who, wanted, unit


def qr(url: str) -> bytes:
    """A QR code as PNG, large enough for a phone's camera and a printer."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()


def _asked(session: Session, by: int, badge: str, role: str, over: str, now: datetime) -> tuple[Person, Role, Unit]:
    me = people.viewer(session, by, now)
    if me is None or not me.anywhere(Role.ADMIN):
        raise Refused("onboarding.not_allowed")
    who = people.person_by_badge(session, badge, now)
    if who is None or who.left_on is not None:
        raise Refused("onboarding.no_such_badge", badge=badge[:40])
    word = role.lower().replace("-", "_")
    if word not in {each.value for each in Role if each is not Role.EMPLOYEE}:
        known = ", ".join(each.value for each in Role if each is not Role.EMPLOYEE)
        raise Refused("onboarding.no_such_role", role=role[:40], known=known)
    return who, Role(word), _unit(session, me, who, over)


def _unit(session: Session, me: Viewer, who: Person, over: str) -> Unit:
    unit = named_units(session).get(over) if over else people.unit(session, who.unit)
    if unit is None:
        raise Refused("onboarding.no_such_unit", unit=over[:80])
    if not may_grant(me, unit.path):
        raise Refused("onboarding.not_allowed")
    return unit


def token_of(kind: str, id: int, now: datetime, seed: str) -> str:
    """128 bits that only this house can make; the same for the same event, which may be handled twice."""
    return seals.seal().name(kind, id, now.isoformat(), seed)
