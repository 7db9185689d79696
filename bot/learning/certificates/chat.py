"""`/certificates`: one's own as PDF; for trainers and safety officers those of their people, to withdraw one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.certificates import actions, rules, store
from bot.learning.certificates.model import Certificate, Reason, Status
from bot.people import store as people
from bot.people.model import Person, Viewer


def on_certificates(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """/certificates: one's own. /certificates BADGE: somebody's for whom one answers."""
    if not event.private:
        return answer("learning.certificates.in_private")
    me = _viewer(session, event.person, now)
    badge = event.args.strip() if isinstance(event, Said) else ""
    who = people.person_by_badge(session, badge, now) if badge else people.person(session, me.person, now)
    if who is None or not store.may_see(session, me, who.id, now):
        raise Refused("learning.certificates.no_such_person", badge=badge[:40])
    return Reply((_list(session, who, me, now),))


def _list(session: Session, who: Person, me: Viewer, now: datetime) -> Message:
    found, today = store.of_person(session, who.id), people.today_of(who, now)
    mine = who.id == me.person
    states = [rules.status(each.expires_on, each.revoked_at, today) for each in found]
    listed = [_line(number, each, state) for number, (each, state) in enumerate(zip(found, states, strict=True), 1)]
    buttons = []
    for number, (each, state) in enumerate(zip(found, states, strict=True), 1):
        if state is not Status.REVOKED:
            buttons.append(button("learning.certificates.b_pdf_of", f"ce.pdf:{each.id}", number=number))
            if not mine:
                buttons.append(button("learning.certificates.b_revoke", f"ce.why:{each.id}", number=number))
    words = text("learning.certificates.list", listed=listed, name="" if mine else who.name)
    return Message(words, rows(*buttons))


def _line(number: int, each: Certificate, state: Status) -> dict[str, object]:
    until = each.expires_on.isoformat() if each.expires_on else None
    return {
        "number": number, "title": dict(each.title), "state": state.value, "until": until,
        "issued": each.issued_on.isoformat(),
    }  # fmt: skip


def on_pdf(session: Session, event: Pressed, now: datetime) -> Reply:
    """The PDF comes in a moment, in the language of whoever asks."""
    me = _viewer(session, event.person, now)
    who = people.person(session, me.person, now)
    actions.ask_for_drawing(session, me, event.number(0), who.lang if who else "en", now)
    return Reply(toast=text("learning.certificates.comes"))


def on_why(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Withdraw*: why?"""
    me, found = _viewer(session, event.person, now), store.certificate(session, event.number(0))
    if found is None or not store.may_revoke(session, me, found.person, now):
        raise Refused("learning.certificates.not_yours")
    reasons = [
        button("learning.certificates.just", f"ce.revoke:{found.id}:{reason.value}", words=actions.reason_text(reason))
        for reason in Reason
    ]
    asked = text("learning.certificates.why", title=dict(found.title), name=found.name)
    return Reply((Message(asked, rows(*reasons, button("learning.certificates.b_keep", "ce.keep"), each=1)),))


def on_revoke(session: Session, event: Pressed, now: datetime) -> Reply:
    """The reason was pressed: it is withdrawn."""
    if event.word(1) not in set(Reason):
        raise Refused("delivery.stale")
    found = actions.revoke(session, _viewer(session, event.person, now), event.number(0), Reason(event.word(1)), now)
    done = text("learning.certificates.done_revoked", title=dict(found.title), name=found.name)
    return Reply(edit=Message(done))


def on_keep(session: Session, event: Pressed, now: datetime) -> Reply:
    """It stays as it is."""
    return Reply(edit=Message(text("learning.certificates.kept")))


def _viewer(session: Session, person: int | None, now: datetime) -> Viewer:
    found = people.viewer(session, person, now) if person is not None else None
    if found is None:
        raise Refused("delivery.stale")
    return found


ROUTES = (
    Route(on_certificates, command="certificates", menu="learning.certificates.menu"),
    Route(on_certificates, verb="ce.list"),
    Route(on_pdf, verb="ce.pdf"),
    Route(on_why, verb="ce.why"),
    Route(on_revoke, verb="ce.revoke"),
    Route(on_keep, verb="ce.keep"),
)
