"""Opening doors: invitations by badge, posters, roles. Rights are checked here."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import approvals, seals
from bot.delivery.approvals import Matter
from bot.kit.errors import Refused
from bot.kit.texts import Html, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media
from bot.onboarding import actions, joining, store, takeovers
from bot.onboarding.model import ROLE_ENDED, ROLE_GIVEN, Invitation
from bot.onboarding.rules import INVITE_LASTS, WEIGHTY, may_admit, may_grant
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person, Role, Unit, Viewer
from bot.people.tables import InviteRow, PosterRow

SECONDED = "onboarding.role_seconded"


@dataclass(frozen=True)
class Change:
    """A role that was given or taken, or that waits for a second person."""

    who: Person
    role: Role
    unit: Unit
    waits: bool


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
    two = takeovers.two_for(session, who.id, now)
    if two:
        takeovers.must_be_seconded(session, takeovers.door_of(session, who, by, {}, "", now), by, who.badge, now)
    token = joining.make_invite(session, who.id, now, by=by, token=token_of("invite", who.id, now, seed))
    url = actions.link(token)
    picture = media.put(qr(url), "qr.png")
    row = store.invite(session, token)
    if row is not None:
        row.picture = picture
    return who, Invitation(token, url, picture, int(INVITE_LASTS.total_seconds() // 3600), two)


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


DESK = "desk"
"""What is made at the desk can be shown again there: its token can be made anew from what is kept with it."""


def poster_at_desk(session: Session, by: Viewer, unit: int, now: datetime) -> int:
    """A poster for a unit; answers its number. Refused: to whoever does not lead there."""
    there = people.unit(session, unit)
    if there is None or not by.holds(Role.SUPERVISOR, there.path):
        raise Refused("onboarding.staff.no_unit").beside("unit")
    token = joining.make_poster(session, unit, now, token_of("poster", unit, now, DESK))
    made = store.poster(session, token)
    assert made is not None
    return made.id


def invite_at_desk(session: Session, by: Viewer, person: int, now: datetime) -> None:
    """A link for somebody, to be shown by `shown_invite`. Refused as in the chat."""
    who = people.person(session, person, now)
    invite_by_badge(session, by.person, who.badge if who else "", now, DESK)


def shown_poster(session: Session, row: PosterRow) -> str | None:
    """The link of a poster that was made at the desk and hangs; None for others: their link is known to nobody any more."""
    token = "b" + token_of("poster", row.unit_id, row.created_at, DESK)
    return actions.link(token) if row.closed_at is None and row.token_hash == store.hashed(token) else None


def shown_invite(session: Session, by: int, person: int, now: datetime) -> tuple[str, datetime] | None:
    """The link that this viewer made at the desk for somebody, as long as it opens a door, and until when it does."""
    mine = (InviteRow.person_id == person, InviteRow.created_by == by, InviteRow.printed.is_(False))
    good = (InviteRow.used_at.is_(None), InviteRow.expires_at > now)
    row = session.scalar(select(InviteRow).where(*mine, *good).order_by(InviteRow.id.desc()).limit(1))
    if row is None:
        return None
    token = "i" + token_of("invite", person, row.created_at, DESK)
    return (actions.link(token), row.expires_at) if row.token_hash == store.hashed(token) else None


def grant(session: Session, by: int, badge: str, role: str, over: str, now: datetime, seed: str = "") -> Change:
    """Gives a role over a unit (named from the site down; left out: the person's own). Raises Refused.

    A role that could take the company over waits for a second person, unless there is only one administrator; the works
    council's is never given by one person, nor by anybody to themselves.
    """
    who, wanted, unit = _asked(session, by, badge, role, over, now)
    if people_actions.has_grant(session, who.id, wanted, unit.id):
        raise Refused("onboarding.has_role_already", name=who.name)
    if wanted is Role.WORKS_COUNCIL and who.id == by:
        raise Refused("onboarding.not_your_own_council")
    waits = _seconded(session, by, who, wanted, unit, False, now, seed)
    if not waits:
        change_role(session, by, who, wanted, unit, False, now)
    return Change(who, wanted, unit, waits)


def change_role(session: Session, by: int, who: Person, role: Role, unit: Unit, take: bool, now: datetime) -> bool:
    """Gives or takes a role, with its fact and the menu that follows; False where it is so already."""
    key = f"role:{who.id}:{role}:{unit.id}:{now.isoformat()}"
    if take:
        kind, key, done = ROLE_ENDED, f"{key}:ended", people_actions.revoke(session, who.id, role, unit.id, now)
    else:
        kind, done = ROLE_GIVEN, people_actions.grant(session, who.id, role, unit.id, now, by)
    if done:
        record(session, Fact(kind, key, now, who.id, body={"role": role.value, "over": unit.id}), now)
        actions.refresh_menu(session, who.id, now)
    return done


def _seconded(
    session: Session, by: int, who: Person, role: Role, unit: Unit, take: bool, now: datetime, seed: str
) -> bool:
    """Whether a change of a role waits for a second person. Where there is none it is done, which stands on the trail.

    Never done alone: taking the role of an administrator, which would make whoever does it the only one left; giving or taking
    the works council's, whose word opens who reported without a name. It gets in by the personnel file then.
    """
    if role not in WEIGHTY:
        return False
    me = people.person(session, by, now)
    words = "onboarding.second_take" if take else "onboarding.second_give"
    said = text(words, name=who.name, badge=who.badge, role=text(f"onboarding.role_{role.value}"), unit=unit.label,
                by=me.name if me else "")  # fmt: skip
    payload = {"person": who.id, "role": role.value, "unit": unit.id, "take": take}
    council = role is Role.WORKS_COUNCIL
    seconds: tuple[Role, ...] = (Role.ADMIN,)
    if take:  # whom an administrator made a manager alone does not help to send the council away
        seconds = (Role.ADMIN, Role.WORKS_COUNCIL) if council else approvals.at_least(Role.MANAGER)
    what = "role_taken" if take else "role_given"
    matter = Matter(what, SECONDED, payload, said, unit.path, seconds, frozenset({who.id}))
    if approvals.able(session, matter, by, now):
        key = f"{what}:{who.id}:{role.value}:{unit.id}:{by}:{seed or now.isoformat()}"
        approvals.ask(session, by, matter, now, key=key)
        return True
    if council or (take and role is Role.ADMIN):
        raise Refused("delivery.nobody_seconds")
    approvals.alone(session, by, what, unit.id, f"{what}:{who.id}:{role.value}:{now.isoformat()}", now)
    return False


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a second person has spoken. Whoever asked must still be allowed to, and the person must still be here."""
    who, unit = people.person(session, payload["person"], now), people.unit(session, payload["unit"])
    me = people.viewer(session, payload["by"], now)
    if not payload["agreed"] or who is None or who.left_on is not None or unit is None or me is None:
        return
    if may_grant(me, unit.path):
        change_role(session, payload["by"], who, Role(payload["role"]), unit, bool(payload["take"]), now)


def revoke(session: Session, by: int, badge: str, role: str, over: str, now: datetime, seed: str = "") -> Change:
    """Takes a role away. Raises Refused; also where it would leave the company without an administrator."""
    who, wanted, unit = _asked(session, by, badge, role, over, now)
    if wanted is Role.ADMIN and who.id == by:
        raise Refused("onboarding.not_your_own_admin")
    if not people_actions.has_grant(session, who.id, wanted, unit.id):
        raise Refused("onboarding.has_no_such_role", name=who.name)
    waits = _seconded(session, by, who, wanted, unit, True, now, seed)
    if not waits:
        change_role(session, by, who, wanted, unit, True, now)
    return Change(who, wanted, unit, waits)


def qr(url: str) -> bytes:
    """A QR code as PNG, large enough for a phone's camera and a printer."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()


def qr_svg(url: str) -> Html:
    """The same as a drawing that stands in a page."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2)
    return Html(out.getvalue().decode().strip())


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
