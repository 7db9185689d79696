"""Routes for those who open doors for others: /invite, /slips, /poster, /posters, /labels, /grant, /revoke."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import approvals
from bot.kit.errors import Refused
from bot.kit.events import Event, Pressed, Said
from bot.kit.replies import Button, Media, Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.onboarding import access, posters, printing, store
from bot.onboarding.doors import privately, who_asks
from bot.onboarding.rules import SLIP_LASTS
from bot.people import store as people
from bot.people.model import Role

LEADERS = ("supervisor",)
"""And whoever has all that a supervisor has."""
MOST_NAMES = 8
"""Buttons of people to invite; the others are invited by their badge."""


@privately
def on_invite(session: Session, event: Said, now: datetime) -> Reply:
    """/invite BADGE: a link for somebody; alone, those who have not joined yet."""
    by = who_asks(session, event, now)
    if event.args:
        return Reply((_invitation(session, by.id, event.args, event, now),))
    viewer = people.viewer(session, by.id, now)
    paths = viewer.paths(Role.SUPERVISOR) if viewer else ()
    if not paths:
        raise Refused("onboarding.not_allowed")
    waiting = store.not_joined(session, paths, now, most=None)
    missing = waiting[:MOST_NAMES]
    buttons = rows(*(Button(text("delivery.just", text=who.name[:60]), data=f"ob.invite:{who.id}") for who in missing))
    return Reply(
        (Message(text("onboarding.invite_whom", some=bool(missing), more=len(waiting) - len(missing)), buttons),)
    )


def on_invite_press(session: Session, event: Pressed, now: datetime) -> Reply:
    """Somebody's name was pressed."""
    whom = people.person(session, event.number(0), now)
    by = who_asks(session, event, now).id
    return Reply((_invitation(session, by, whom.badge if whom else "", event, now),))


@privately
def on_poster(session: Session, event: Said, now: datetime) -> Reply:
    """/poster: a QR to print and hang up."""
    by = who_asks(session, event, now)
    unit, url, picture, number = access.poster(session, by.id, now, str(event.update_id))
    file = Media("document", picture, f"davy-poster-{number}.png")
    return answer("onboarding.poster", media=(file,), unit=unit.label, url=url, number=number)


@privately
def on_posters(session: Session, event: Said, now: datetime) -> Reply:
    """/posters: those that hang, each to be taken down."""
    return Reply((_posters(session, who_asks(session, event, now).id, now),))


def on_take_down(session: Session, event: Pressed, now: datetime) -> Reply:
    """Take down: it opens nothing any more."""
    by = who_asks(session, event, now).id
    gone = posters.take_down(session, by, event.number(0), now)
    return Reply(edit=_posters(session, by, now), toast=text("onboarding.poster_down", number=gone.id))


def _posters(session: Session, by: int, now: datetime) -> Message:
    viewer = people.viewer(session, by, now)
    if viewer is None or not viewer.anywhere(Role.SUPERVISOR):
        raise Refused("onboarding.not_allowed")
    found = posters.hanging(session, by, now)
    listed = [{"number": p.id, "unit": p.unit.label, "at": p.made_at.isoformat()} for p in found[: posters.MOST]]
    buttons = [button("onboarding.take_down", f"ob.down:{p.id}", number=p.id) for p in found[: posters.MOST]]
    words = text("onboarding.posters", listed=listed, more=max(len(found) - posters.MOST, 0))
    return Message(words, rows(*buttons))


@privately
def on_slips(session: Session, event: Said, now: datetime) -> Reply:
    """/slips: a sheet to print for those who are not in yet; /slips BADGE: a new one for somebody who lost theirs."""
    sheet = printing.slips(session, who_asks(session, event, now).id, event.args.strip(), now, str(event.update_id))
    if sheet is None:
        return answer("onboarding.no_slips")
    file = Media("document", sheet.file, "davy-slips.html")
    return answer("onboarding.slips", media=(file,), count=sheet.count, more=sheet.more, days=SLIP_LASTS.days)


@privately
def on_labels(session: Session, event: Said, now: datetime) -> Reply:
    """/labels: a sheet to print with a QR for each place."""
    sheet = printing.labels(session, who_asks(session, event, now).id, now)
    if sheet is None:
        return answer("onboarding.no_places")
    return answer("onboarding.labels", media=(Media("document", sheet.file, "davy-labels.html"),), count=sheet.count)


@privately
def on_grant(session: Session, event: Said, now: datetime) -> Reply:
    """/grant BADGE ROLE [UNIT]."""
    badge, role, over = _three(event.args, "onboarding.grant_how")
    by = who_asks(session, event, now).id
    return _changed(access.grant(session, by, badge, role, over, now, str(event.update_id)), "onboarding.role_given")


@privately
def on_revoke(session: Session, event: Said, now: datetime) -> Reply:
    """/revoke BADGE ROLE [UNIT]."""
    badge, role, over = _three(event.args, "onboarding.grant_how")
    by = who_asks(session, event, now).id
    return _changed(access.revoke(session, by, badge, role, over, now, str(event.update_id)), "onboarding.role_taken")


def _changed(change: access.Change, done: str) -> Reply:
    role, unit = text(f"onboarding.role_{change.role.value}"), change.unit.label
    if change.waits:
        hours = int(approvals.usual.lasts.total_seconds() // 3600)
        return answer("onboarding.role_waits", name=change.who.name, role=role, unit=unit, hours=hours)
    return answer(done, name=change.who.name, role=role, unit=unit)


def _invitation(session: Session, by: int, badge: str, event: Event, now: datetime) -> Message:
    who, made = access.invite_by_badge(session, by, badge, now, str(event.update_id))
    said = text("onboarding.invitation", name=who.name, badge=who.badge, url=made.url, hours=made.hours, two=made.two)
    return Message(said, media=(Media("photo", made.picture),))


def _three(args: str, how: str) -> tuple[str, str, str]:
    parts = args.split(maxsplit=2)
    if len(parts) < 2:
        raise Refused(how)
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


ROUTES = (
    Route(on_invite, command="invite", menu="onboarding.menu_invite", roles=LEADERS, guarded=True),
    Route(on_invite_press, verb="ob.invite", guarded=True),
    Route(on_poster, command="poster", menu="onboarding.menu_poster", roles=LEADERS, guarded=True),
    Route(on_posters, command="posters", menu="onboarding.menu_posters", roles=LEADERS),
    Route(on_take_down, verb="ob.down"),
    Route(on_slips, command="slips", menu="onboarding.menu_slips", roles=LEADERS, guarded=True),
    Route(on_labels, command="labels", menu="onboarding.menu_labels", roles=LEADERS),
    Route(on_grant, command="grant", menu="onboarding.menu_grant", roles=("admin",), guarded=True),
    Route(on_revoke, command="revoke", menu="onboarding.menu_revoke", roles=("admin",), guarded=True),
)
